"""Google's consent and tokens, against a server that is told what to answer."""

import base64
import hashlib
import logging
import os
import socket
import traceback
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from odoo.addons.immoassist_calendar_sync.core import failures
from odoo.addons.immoassist_calendar_sync.providers import open_authoriser
from odoo.addons.immoassist_calendar_sync.providers.google_oauth import NEEDED, SCOPES
from odoo.addons.immoassist_calendar_sync.providers.settings import GoogleSettings

from tests.unit.calendar_sync.scripted_server import CUT, Answer, ScriptedServer

BACK = "https://odoo.agency.example/google/callback"
SECRETS = ("the-client-secret", "1//the-refresh-token", "ya29.the-access-token", "the-code")
SECRET, REFRESH, ACCESS, CODE = SECRETS
TOKEN = {
    "access_token": ACCESS,
    "refresh_token": REFRESH,
    "expires_in": 3599,
    "scope": " ".join(reversed(SCOPES)),
    "token_type": "Bearer",
}
ACCOUNT = {"id": "117", "email": "Ann@Agency.example", "verified_email": True}


def authoriser(url: str):
    settings = GoogleSettings(
        "the-client-id",
        SECRET,
        token_uri=f"{url}/token",
        revoke_uri=f"{url}/revoke",
        userinfo_uri=f"{url}/userinfo",
    )
    return open_authoriser("google", settings)


def finishing(*answers, **params):
    with ScriptedServer(*answers) as server:
        google = authoriser(server.url)
        _, flow = google.begin(BACK)
        params = params or {"code": CODE, "state": flow["state"], "scope": "x"}
        try:
            return google.finish(flow, params), server.seen, flow
        finally:
            assert not server.answers


def form(seen) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(seen.body).items()}


def test_the_broker_is_sent_to_google():
    google = open_authoriser("google", GoogleSettings("the-client-id", SECRET))
    address, flow = google.begin(BACK, "ann@agency.example")
    parts = urlsplit(address)
    query = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == GoogleSettings("", "").auth_uri
    digest = hashlib.sha256(flow["code_verifier"].encode()).digest()
    assert query == {
        "response_type": "code",
        "client_id": "the-client-id",
        "redirect_uri": BACK,
        "scope": " ".join(SCOPES),
        "state": flow["state"],
        "access_type": "offline",
        "prompt": "consent",
        "login_hint": "ann@agency.example",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    assert len(base64.urlsafe_b64decode(flow["state"] + "==")) >= 32
    assert 43 <= len(flow["code_verifier"]) <= 128
    again = google.begin(BACK)[1]
    assert again["state"] != flow["state"] and again["code_verifier"] != flow["code_verifier"]
    assert SECRET not in address


def test_a_simulator_on_this_machine_is_reached_by_http():
    settings = GoogleSettings("id", SECRET, auth_uri="http://localhost:1234/google/auth")
    address, _ = open_authoriser("google", settings).begin(BACK)
    assert address.startswith("http://localhost:1234/google/auth?")
    assert not [name for name in os.environ if name.startswith("OAUTHLIB")]


def test_the_code_becomes_a_grant():
    grant, (token, userinfo), flow = finishing(Answer(200, TOKEN), Answer(200, ACCOUNT))
    assert form(token) == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": BACK,
        "code_verifier": flow["code_verifier"],
    }
    basic = base64.b64encode(f"the-client-id:{SECRET}".encode()).decode()
    assert token.headers["authorization"] == f"Basic {basic}"
    assert userinfo.headers["authorization"] == f"Bearer {ACCESS}"
    assert (grant.access_token, grant.refresh_token) == (ACCESS, REFRESH)
    assert (grant.account_id, grant.account_email) == ("117", "ann@agency.example")
    assert grant.scopes == frozenset(SCOPES)
    left = grant.expires_at - datetime.now(timezone.utc)
    assert timedelta(seconds=3500) < left <= timedelta(seconds=3599)


def test_scopes_that_were_unticked_are_named():
    one = sorted(NEEDED)[0]
    kept = " ".join(scope for scope in SCOPES if scope != one)
    with pytest.raises(failures.ScopesMissing) as raised:
        finishing(Answer(200, {**TOKEN, "scope": kept}))
    assert raised.value.missing == {one}


def test_more_scopes_than_asked_for_are_no_trouble():
    scope = TOKEN["scope"] + " https://www.googleapis.com/auth/drive"
    grant, _, _ = finishing(Answer(200, {**TOKEN, "scope": scope}), Answer(200, ACCOUNT))
    assert grant.scopes > NEEDED


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("access_denied", failures.ConsentRefused),
        ("admin_policy_enforced", failures.AdministratorNeeded),
        ("org_internal", failures.AdministratorNeeded),
        ("invalid_scope", failures.AdministratorNeeded),
        ("temporarily_unavailable", failures.RetryLater),
        ("<script>of somebody</script>", failures.AdministratorNeeded),
    ],
)
def test_errors_of_the_consent_page(error, kind):
    with pytest.raises(failures.ProviderError) as raised:
        finishing(error=error, state="x")
    assert type(raised.value) is kind
    assert "script" not in str(raised.value)


def test_a_callback_without_a_code():
    with pytest.raises(failures.Reauthorise):
        finishing(state="x")


TROUBLES = [
    (Answer(400, {"error": "invalid_grant", "error_description": "Bad Request"}), "Reauthorise"),
    (Answer(401, {"error": "invalid_client"}), "AdministratorNeeded"),
    (Answer(400, {"error": "unauthorized_client"}), "AdministratorNeeded"),
    (Answer(400, {"error": "redirect_uri_mismatch"}), "AdministratorNeeded"),
    (Answer(400, {"error": "invalid_scope"}), "AdministratorNeeded"),
    (Answer(400, {"error": "admin_policy_enforced"}), "AdministratorNeeded"),
    (Answer(400, {"error": {"strange": SECRET}}), "AdministratorNeeded"),
    (Answer(500, {"error": "internal_failure"}), "RetryLater"),
    (Answer(503, f"<html>{SECRET}</html>"), "RetryLater"),
    (Answer(429, ""), "RetryLater"),
    (Answer(200, "<html></html>"), "RetryLater"),
    (Answer(200, ["x"]), "RetryLater"),
    (Answer(200, {"token_type": "Bearer"}), "RetryLater"),
    (Answer(307, "", {"Location": "/elsewhere"}), "RetryLater"),
    (CUT, "RetryLater"),
]


@pytest.mark.parametrize(("answer", "kind"), TROUBLES)
@pytest.mark.parametrize("act", ["finish", "refresh"])
def test_troubles_of_the_token_page_tell_no_secrets(answer, kind, act, caplog):
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(answer) as server:
        google = authoriser(server.url)
        _, flow = google.begin(BACK)
        with pytest.raises(failures.ProviderError) as raised:
            if act == "finish":
                google.finish(flow, {"code": CODE})
            else:
                google.refresh(REFRESH)
        assert not server.answers and len(server.seen) == 1
    error = raised.value
    assert type(error).__name__ == kind
    assert error.__context__ is None and error.__cause__ is None
    told = "".join(traceback.format_exception(error)) + repr(error) + caplog.text
    assert not [secret for secret in (*SECRETS, flow["code_verifier"]) if secret in told]


def test_success_tells_no_secrets_either(caplog):
    caplog.set_level(logging.DEBUG)
    grant, _, flow = finishing(Answer(200, TOKEN), Answer(200, ACCOUNT))
    with ScriptedServer(Answer(200, TOKEN), Answer(200)) as server:
        authoriser(server.url).refresh(REFRESH)
        authoriser(server.url).revoke(REFRESH)
    told = caplog.text
    assert not [secret for secret in (*SECRETS, flow["code_verifier"]) if secret in told]
    assert SECRET not in repr(GoogleSettings("id", SECRET))
    assert grant.access_token == ACCESS


def test_retry_after_of_the_token_page():
    answer = Answer(503, "", {"Retry-After": "60"})
    with ScriptedServer(answer) as server, pytest.raises(failures.RetryLater) as raised:
        authoriser(server.url).refresh(REFRESH)
    assert raised.value.retry_after == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(401, {"error": "invalid"}), failures.Reauthorise),
        (Answer(500, ""), failures.RetryLater),
        (Answer(200, {}), failures.RetryLater),
        (Answer(200, "no json"), failures.RetryLater),
        (CUT, failures.RetryLater),
    ],
)
def test_an_account_without_a_name(answer, kind):
    with pytest.raises(failures.ProviderError) as raised:
        finishing(Answer(200, TOKEN), answer)
    assert type(raised.value) is kind


def test_a_refresh_keeps_the_old_refresh_token():
    answer = {name: value for name, value in TOKEN.items() if name != "refresh_token"}
    with ScriptedServer(Answer(200, answer)) as server:
        grant = authoriser(server.url).refresh(REFRESH)
    assert form(server.seen[0]) == {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH,
        "client_id": "the-client-id",
        "client_secret": SECRET,
    }
    assert (grant.access_token, grant.refresh_token) == (ACCESS, None)
    assert (grant.account_id, grant.account_email) == ("", "")


def test_a_refresh_token_that_was_replaced_is_handed_over():
    with ScriptedServer(Answer(200, {**TOKEN, "refresh_token": "new"})) as server:
        assert authoriser(server.url).refresh(REFRESH).refresh_token == "new"


def test_revoking():
    with ScriptedServer(Answer(200), Answer(400, {"error": "invalid_token"})) as server:
        google = authoriser(server.url)
        google.revoke(REFRESH)
        google.revoke(REFRESH)
    assert [form(seen) for seen in server.seen] == [{"token": REFRESH}] * 2
    assert [urlsplit(seen.path).query for seen in server.seen] == ["", ""]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(503), failures.RetryLater),
        (CUT, failures.RetryLater),
        (Answer(403), failures.Rejected),
    ],
)
def test_revoking_that_does_not_work(answer, kind):
    with ScriptedServer(answer) as server, pytest.raises(failures.ProviderError) as raised:
        authoriser(server.url).revoke(REFRESH)
    assert type(raised.value) is kind


def test_no_network():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(failures.RetryLater) as raised:
        authoriser(url).refresh(REFRESH)
    assert raised.value.code == "ConnectionError"
