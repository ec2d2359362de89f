"""Cloudflare's Turnstile on the loopback: Odoo asks it as it would ask the real one.

Odoo's process gets it as its proxy for HTTPS, with a certificate that this process trusts alone.
The browser gets its script from `Widget`.
"""

import datetime
import http.server
import itertools
import json
import ssl
import threading
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "challenges.cloudflare.com"
SITE_KEY, SECRET = "site-key", "secret-key"

# What the script of Cloudflare does on the page: it fills each box with a hidden field and tells.
SCRIPT = """
const render = (box) => {
    const wrapper = document.createElement("div");
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: box.dataset.responseFieldName });
    field.value = TOKEN;
    wrapper.append(field);
    box.append(wrapper);
    window.asked = { action: box.dataset.action, sitekey: box.dataset.sitekey };
    window[box.dataset.callback].call({ wrapper });
};
window.turnstile = { render };
document.querySelectorAll(".cf-turnstile").forEach(render);
"""


class Cloudflare:
    """Gives out tokens, and answers whether one is good: once, as the real one does."""

    def __init__(self, folder):
        self.certificate = folder / "cloudflare.pem"
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(_self_signed(self.certificate))
        self._numbers = itertools.count(1)
        self._actions = {}
        self._lock = threading.Lock()
        #: What it was asked: one dict for each question.
        self.questions = []
        #: What becomes of the questions, when it is not answered as usual: "gone" or "nonsense".
        self.trouble = None

    def __enter__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
        self._server.tls, self._server.cloudflare = self._tls, self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()

    @property
    def env(self):
        """The environment of a process that is to take this one for Cloudflare."""
        proxy = f"http://127.0.0.1:{self._server.server_port}"
        certificate = str(self.certificate)
        return {"HTTPS_PROXY": proxy, "NO_PROXY": "", "REQUESTS_CA_BUNDLE": certificate}

    def token(self, action="immoassist_booking"):
        """What the browser of a person gets."""
        token = f"token-{next(self._numbers)}"
        self._actions[token] = action
        return token

    def script(self, token):
        return SCRIPT.replace("TOKEN", json.dumps(token))

    def verify(self, question):
        """The answer to a question, as its reference describes it."""
        with self._lock:
            self.questions.append(question)
            token = question.get("response", "")
            if question.get("secret") != SECRET:
                return _refusal("invalid-input-secret")
            if token not in self._actions:
                return _refusal("invalid-input-response" if token else "missing-input-response")
            # None when it was used before, or lay for too long.
            action, self._actions[token] = self._actions[token], None
            if action is None:
                return _refusal("timeout-or-duplicate")
            return {"success": True, "action": action, "error-codes": []}

    def expire(self, token):
        self._actions[token] = None


def _refusal(code):
    return {"success": False, "error-codes": [code]}


class _Quiet(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_words):
        pass


class _Proxy(_Quiet):
    """Leads to Cloudflare, and nowhere else."""

    def do_CONNECT(self):
        if self.path != f"{HOST}:443":
            self.send_error(502)
            return
        self.send_response(200)
        self.end_headers()
        with self.server.tls.wrap_socket(self.connection, server_side=True) as connection:
            _Siteverify(connection, self.client_address, self.server)
        self.close_connection = True


class _Siteverify(_Quiet):
    def do_POST(self):
        cloudflare = self.server.cloudflare
        length = int(self.headers["Content-Length"])
        form = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        answer = cloudflare.verify({name: values[-1] for name, values in form.items()})
        if self.path != "/turnstile/v0/siteverify" or cloudflare.trouble == "gone":
            self.close_connection = True
            return
        body = json.dumps(answer) if not cloudflare.trouble else "<h1>Bad gateway</h1>"
        self.send_response(200 if not cloudflare.trouble else 502)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


def _self_signed(target):
    """A certificate for the name of Cloudflare, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    target.write_bytes(private + certificate.public_bytes(pem))
    return target
