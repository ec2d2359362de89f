"""A server of two workers whose brokers are connected to a simulated Google and Outlook."""

import base64
import contextlib
import os
import time
from dataclasses import dataclass, field
from datetime import timedelta

from tests.simulator import Simulator
from tests.simulator.google import CLIENT_ID, CLIENT_SECRET
from tests.simulator.microsoft.login import Token
from tools.devkit import server

ANN = "ann@agency.example"
REFRESH = "refresh-token-that-nobody-may-see"
"""Of Microsoft, which does not know it: see `let_refresh`."""
# What is on its way to a calendar or from one, and to a mailbox.
BUSY = "SELECT (SELECT count(*) FROM immoassist_calendar_link WHERE revision != synced_revision)"
BUSY += " + (SELECT count(*) FROM immoassist_calendar_notification)"
BUSY += " + (SELECT count(*) FROM immoassist_calendar_source WHERE pull_wanted != pull_done)"
OUTGOING = "SELECT count(*) FROM mail_mail WHERE state = 'outgoing'"

# Google by its consent page, as a browser would; Microsoft with a token from the simulator's hand.
CONNECT = """
import html, os, re, requests
from datetime import timedelta, timezone
from urllib.parse import parse_qsl, urlsplit
from odoo import fields
from odoo.addons.immoassist_calendar_sync.core.grant import Grant

os.environ["IMMOASSIST_ENCRYPTION_KEY"] = {key!r}
parameters = env["ir.config_parameter"]
for name, value in {parameters!r}.items():
    parameters.set_param("immoassist_calendar_sync." + name, value)


def press(address, email):
    page = requests.get(address, timeout=9).text
    hidden = re.findall(r'name="(q\\.[^"]+)" value="([^"]*)"', page)
    data = {{name: html.unescape(value) for name, value in hidden}}
    data |= {{"account": email, "decision": "allow"}}
    data["scope"] = re.findall(r'name="scope" value="([^"]+)" checked', page)
    answer = requests.post(address, data=data, allow_redirects=False, timeout=9)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def connect(provider, login, email, graph_token):
    user = env["res.users"].search([("login", "=", login)])
    connection = env["immoassist.calendar.connection"].create(
        {{"user_id": user.id, "provider": provider, "state": "connected"}}
    )
    if provider == "google":
        authoriser = connection._authoriser()
        address, flow = authoriser.begin("http://127.0.0.1:8069/callback")
        grant = authoriser.finish(flow, press(address, email))
    else:
        expires = fields.Datetime.now().replace(tzinfo=timezone.utc) + timedelta(minutes=55)
        grant = Grant(graph_token, expires, frozenset(), refresh_token={refresh!r})
    connection._store_grant(grant)
    calendar = next(c for c in connection._open_provider().calendars() if c.is_primary)
    env["immoassist.calendar.source"].create({{
        "connection_id": connection.id, "external_id": calendar.external_id,
        "name": calendar.name, "is_primary": True, "can_write": True, "is_target": True,
        "import_mode": "full",
    }})


for login, email, graph_token in {brokers!r}:
    for provider in ("google", "outlook"):
        connect(provider, login, email, graph_token)
env["immoassist.calendar.connection"]._wake_workers()
env.cr.commit()
"""


@dataclass
class Synced:
    """The server, the simulator, and every secret that one of them has given the other."""

    odoo: server.Server
    sim: Simulator
    secrets: set[str] = field(default_factory=set)

    def channel(self, provider):
        """Where and with what the provider posts: (external id, secret, resource id)."""
        if provider == "google":
            (channel,) = self.sim.google.channels.live(ANN, ANN)
            return channel.id, channel.token, channel.resource
        (found,) = self.sim.microsoft.subscriptions.all.values()
        return found.id, found.as_json()["clientState"], ""

    def wait(self, query, expected, seconds=45):
        """Return when a query answers what is expected."""
        deadline = time.monotonic() + seconds
        while (found := self.odoo.sql(query)) != expected:
            assert time.monotonic() < deadline, found
            time.sleep(0.1)  # a pause between two looks: another process commits, and tells nobody


QUEUE = {
    "bridges": ("immoassist_calendar_sync_queue",),
    "options": ("--load=base,rpc,web,queue_job",),
    # One of the two workers stays free: Microsoft calls back before it answers.
    "env": {"ODOO_QUEUE_JOB_CHANNELS": "root:1"},
}
"""For `running`: the sync as jobs of OCA's queue_job, by its own runner."""


def let_refresh(sim):
    """Have the simulated Microsoft know the refresh token."""
    scopes = frozenset({"Calendars.ReadWrite", "User.Read", "offline_access"})
    expires = sim.clock.now() + timedelta(days=90)
    sim.microsoft.login.refresh[REFRESH] = Token(ANN, "client", scopes, expires)


@contextlib.contextmanager
def running(brokers=(("marie", ANN),), env=None, code="", **options):
    """Give a :class:`Synced`, all channels registered and nothing left to do.

    :param brokers: logins of the demo data, each with the address of the accounts
    :param env: more environment variables for Odoo
    :param code: run in Odoo's shell, after the brokers were connected
    :param options: more for `server.running`
    """
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    options["env"] = {"IMMOASSIST_ENCRYPTION_KEY": key, **(env or {})}
    with Simulator() as sim, server.running(demo=True, **options) as odoo:
        synced = Synced(odoo, sim, {key, CLIENT_SECRET})
        tokens = [_open_accounts(sim, email) for _login, email in brokers]
        synced.secrets |= {*tokens, REFRESH}
        values = {
            "key": key,
            "brokers": [(*broker, token) for broker, token in zip(brokers, tokens, strict=True)],
            "parameters": _parameters(sim.url, odoo.url),
            "refresh": REFRESH,
        }
        odoo.shell(CONNECT.format(**values) + code)
        channels = "SELECT count(*) FROM immoassist_calendar_channel WHERE state = 'active'"
        synced.wait(channels, [(2 * len(brokers),)], seconds=120)
        yield synced


def _open_accounts(sim, email):
    """An account at each provider; a token of Microsoft's."""
    name = email.partition("@")[0].title()
    sim.google.create_account(email, name, zone="Europe/Paris")
    sim.microsoft.create_account(email, name, zone="Europe/Paris")
    return sim.microsoft.grant(email, "Calendars.ReadWrite", "User.Read")


def _parameters(simulator, odoo):
    google = f"{simulator}/google"
    return {
        "webhook_base_url": odoo,
        "google_client_id": CLIENT_ID,
        "google_client_secret": CLIENT_SECRET,
        "google_api_endpoint": f"{google}/calendar/v3/",
        "google_auth_uri": f"{google}/o/oauth2/v2/auth",
        "google_token_uri": f"{google}/token",
        "google_revoke_uri": f"{google}/revoke",
        "google_userinfo_uri": f"{google}/oauth2/v2/userinfo",
        "microsoft_client_id": "client",
        "microsoft_client_secret": "secret",
        "microsoft_graph_endpoint": f"{simulator}/microsoft/v1.0",
        "microsoft_authority": f"{simulator}/microsoft/common",
    }
