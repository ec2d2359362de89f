"""A broker connected to Google and Outlook of the simulator, over HTTP, by the real libraries."""

import html
import re
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qs, parse_qsl, urlsplit

import requests
from cryptography.fernet import Fernet

from odoo.tests import TransactionCase
from odoo.tests.common import _super_send

from odoo.addons.immoassist_appointments.tests.common import AgencyMixin

from .. import worker
from ..core import Event
from ..providers import open_calendar

ROOT = Path(__file__).resolve().parents[2]
MARIE = "marie@agency.example"
BACK = "http://127.0.0.1:8069/calendar/connections/oauth/google/callback"
SIDES = {"google": "google", "outlook": "microsoft"}
PATIENCE = 0.5
"""Seconds that an answer is waited for, by the system parameter `read_seconds`."""


def simulator():
    """The simulator of the checkout, in threads of this process."""
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))
    # Not at the head: the addon is also installed where there is no checkout around it.
    from tests.simulator import Simulator

    return Simulator()


def addresses(sim):
    """The system parameters by which Odoo finds a simulator."""
    google, microsoft = f"{sim.url}/google", f"{sim.url}/microsoft"
    ((client, options),) = sim.google.settings["clients"].items()
    return {
        "google_client_id": client,
        "google_client_secret": options["secret"],
        "google_api_endpoint": f"{google}/calendar/v3/",
        "google_auth_uri": f"{google}/o/oauth2/v2/auth",
        "google_token_uri": f"{google}/token",
        "google_revoke_uri": f"{google}/revoke",
        "google_userinfo_uri": f"{google}/oauth2/v2/userinfo",
        "microsoft_client_id": "client",
        "microsoft_client_secret": "secret",
        "microsoft_graph_endpoint": f"{microsoft}/v1.0",
        "microsoft_authority": f"{microsoft}/common",
    }


class Office(BaseHTTPRequestHandler):
    """Answers the handshake of Microsoft, and thanks for each push, as our webhooks do."""

    def do_POST(self):
        (token,) = parse_qs(urlsplit(self.path).query).get("validationToken", [""])
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(token)))
        self.end_headers()
        self.wfile.write(token.encode())

    def log_message(self, *_args):
        """Say nothing."""


class Simulated:
    """What stands in one simulated calendar, for `agreement.Agreement`."""

    def __init__(self, side, calendar):
        self.side, self.calendar = side, calendar

    def live(self):
        """Its events by id, in our words, read without our own client."""
        now = datetime.now(timezone.utc)
        year = timedelta(days=365)
        shown = self.side.shown(MARIE, self.calendar, now - year, now + 2 * year)
        return {each["id"]: _event(each) for each in shown if not each["cancelled"]}

    def enter(self, start, **plain):
        """An event as a person enters it; its id."""
        times = {"start": start.isoformat(), "stop": (start + timedelta(hours=1)).isoformat()}
        body = self.side.from_plain({"name": "Dentist", **times, **plain}, "Europe/Paris")
        return self.side.put(MARIE, self.calendar, body)["id"]

    def change(self, id_, **plain):
        """Change an event as a person does."""
        body = self.side.from_plain(plain, "Europe/Paris")
        return self.side.patch(MARIE, self.calendar, id_, body)

    def delete(self, id_):
        self.side.delete(MARIE, self.calendar, id_)


def _event(plain):
    names = ("name", "location", "allday", "free", "private")
    times = {name: datetime.fromisoformat(plain[name]) for name in ("start", "stop")}
    times = {name: moment.astimezone(timezone.utc) for name, moment in times.items()}
    return Event(plain["id"], {name: plain[name] for name in names} | times)


class SimulatedCase(AgencyMixin, TransactionCase):
    """The time is the real one; "later" is what the tests write into the fields."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()
        key = Fernet.generate_key().decode()
        cls.startClassPatcher(patch.dict("os.environ", {"IMMOASSIST_ENCRYPTION_KEY": key}))
        cls.sim = cls.enterClassContext(simulator())
        office = ThreadingHTTPServer(("127.0.0.1", 0), Office)
        cls.addClassCleanup(office.server_close)
        cls.addClassCleanup(office.shutdown)
        threading.Thread(target=office.serve_forever, args=(0.05,), daemon=True).start()
        cls.set_parameters(f"http://127.0.0.1:{office.server_port}")

    @classmethod
    def set_parameters(cls, office):
        own = {"webhook_base_url": office, "read_seconds": str(PATIENCE)}
        values = {**addresses(cls.sim), **own}
        for name, value in values.items():
            cls.env["ir.config_parameter"].set_param(f"immoassist_calendar_sync.{name}", value)

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's own compares the time-out with a number, and prolongs it.
        if urlsplit(r.url).hostname == "127.0.0.1":
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        # The worker opens cursors of its own: here they are savepoints of this test's.
        self.registry_enter_test_mode()
        self.sides = {}
        self.sim.reset()  # it forgets what Odoo forgets at the end of each test
        self.sim.microsoft.configure(consent="accept")
        for side in SIDES.values():
            getattr(self.sim, side).create_account(MARIE, "Marie", zone="Europe/Paris")

    # ---------------------------------------------------------------- people

    def consent(self, provider):
        """Connect, or reconnect, through the provider's own page."""
        connections = self.env["immoassist.calendar.connection"].with_user(self.broker)
        flow = self.env["immoassist.calendar.oauth.flow"].sudo()
        authoriser = flow._authoriser(provider)
        address, kept = authoriser.begin(BACK)
        back = press(address) if provider == "google" else follow(address)
        grant = authoriser.finish(kept, back)
        calendars = open_calendar(provider, flow._settings(provider), grant.access_token)
        return connections.browse(
            connections._store_consent(provider, grant, calendars.calendars())
        )

    def connect(self, provider):
        """Connected, looked at and started."""
        self.env.flush_all()
        connection = self.consent(provider)
        self.sync()
        connection.action_start()
        self.sync()
        connection = connection.sudo()
        primary = connection.source_ids.filtered("is_primary")
        account = Simulated(getattr(self.sim, SIDES[provider]), primary.external_id)
        self.sides[provider] = (connection, account)
        return connection, account

    def book(self, start, **values):
        naive = start.astimezone(timezone.utc).replace(tzinfo=None)
        return self.env["immoassist.appointment"].create(
            {
                "name": "Visit",
                "start": naive,
                "stop": naive + timedelta(hours=1),
                "broker_id": self.broker.id,
                "exclusive": False,
                **values,
            }
        )

    # ---------------------------------------------------------------- the worker, and time

    def sync(self):
        """Run the worker until nothing is due any more.

        :return: list of reports
        """
        self.env.flush_all()
        reports = []
        while lease := worker.lease_next(self.registry):
            reports.append(worker.run(lease))
        self.env.invalidate_all()
        return reports

    def later(self):
        """As if every pause was over."""
        connections = self.env["immoassist.calendar.connection"].search([])
        connections.write({"next_sync": False, "not_before": False})
        links = self.env["immoassist.calendar.link"].search([("next_attempt", "!=", False)])
        links.next_attempt = False
        self.env["immoassist.calendar.link"].search([("pushes", ">", 1)]).pushes = 0

    def wait_for_the_simulator(self, seconds=10):
        """Until no request is under way: one that was given up may still be carried out."""
        deadline = time.monotonic() + seconds
        ledger = self.sim.ledger
        while sum(ledger.counts.values()) > len(ledger.seen):
            self.assertLess(time.monotonic(), deadline, "a request is not answered")
            time.sleep(0.01)  # a pause between two looks at what other threads do

    # ---------------------------------------------------------------- for `agreement.Agreement`

    @property
    def case(self):
        return self

    def appointments(self):
        return self.env["immoassist.appointment"].search([("broker_id", "=", self.broker.id)])

    def writes(self):
        return sum(self.sim.ledger.writes.values())

    def poll_again(self):
        self.later()
        self.sync()


def press(address):
    """Press "Allow" on Google's page; the query with which the browser comes back."""
    page = requests.get(address, timeout=9).text
    hidden = re.findall(r'name="(q\.[^"]+)" value="([^"]*)"', page)
    data = {name: html.unescape(value) for name, value in hidden}
    data |= {"account": MARIE, "decision": "allow"}
    data["scope"] = re.findall(r'name="scope" value="([^"]+)" checked', page)
    return _sent_back(requests.post(address, data=data, allow_redirects=False, timeout=9))


def follow(address):
    """Microsoft's page consents by itself, by the setting `consent`."""
    return _sent_back(requests.get(address, allow_redirects=False, timeout=9))


def _sent_back(answer):
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
