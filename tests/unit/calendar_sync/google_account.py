"""An account at the simulated Google, connected the way a broker does it."""

import html
import re
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import requests

from odoo.addons.immoassist_calendar_sync.core.provider import Verb, Window, Write
from odoo.addons.immoassist_calendar_sync.providers import open_authoriser, open_calendar
from odoo.addons.immoassist_calendar_sync.providers.settings import GoogleSettings

from tests.simulator import Simulator
from tests.simulator.google import CLIENT_ID, CLIENT_SECRET
from tests.unit.calendar_sync.builders import NINE, hours

ANN, BOB = "ann@agency.example", "bob@home.example"
BACK = "http://127.0.0.1:8069/google/callback"
WINDOW = Window(NINE - timedelta(days=30), NINE + timedelta(days=365))
ZONED = {"timeZone": "Europe/Paris"}
DATABASE = "5f0c2bd4-0000-4000-8000-000000000001"


def settings(url: str, **changes: str) -> GoogleSettings:
    base = f"{url}/google"
    return GoogleSettings(
        **{
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "api_endpoint": f"{base}/calendar/v3/",
            "auth_uri": f"{base}/o/oauth2/v2/auth",
            "token_uri": f"{base}/token",
            "revoke_uri": f"{base}/revoke",
            "userinfo_uri": f"{base}/oauth2/v2/userinfo",
            **changes,
        }
    )


def press(address: str, decision: str = "allow", untick: str = "", email: str = ANN) -> dict:
    """Press a button on the consent page; return the query with which the browser comes back."""
    page = requests.get(address, timeout=5).text
    hidden = re.findall(r'name="(q\.[^"]+)" value="([^"]*)"', page)
    ticked = re.findall(r'name="scope" value="([^"]+)" checked', page)
    data = {name: html.unescape(value) for name, value in hidden}
    data |= {"account": email, "decision": decision}
    scopes = [scope for scope in ticked if not untick or not scope.endswith(untick)]
    answer = requests.post(
        address, data={**data, "scope": scopes}, allow_redirects=False, timeout=5
    )
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def connect(sim: Simulator, email: str = ANN):
    """Return (grant, calendar provider)."""
    authoriser = open_authoriser("google", settings(sim.url))
    address, flow = authoriser.begin(BACK)
    back = press(address, email=email)
    assert back["state"] == flow["state"]
    grant = authoriser.finish(flow, back)
    return grant, open_calendar("google", settings(sim.url), grant.access_token)


@contextmanager
def counted(google, number: int):
    """Check how many HTTP requests are made inside."""
    before = google.requests
    yield
    assert google.requests - before == number


def create(number: int, **changes) -> Write:
    fields = {
        "name": f"Visit {number}",
        "description": "Ring twice",
        "details": "Ann Bell",
        "location": "12 rue Haute",
        "allday": False,
        "free": False,
        "private": False,
        "tentative": False,
        **changes,
    }
    return Write(
        Verb.CREATE, f"{number:032x}", fields=fields, zone="Europe/Paris", database=DATABASE
    )


def visit(number: int = 1, day: int = 0, **changes) -> Write:
    start = NINE + timedelta(days=day)
    return create(number, **{"start": start, "stop": start + hours(1), **changes})


def body(day: str = "2027-03-05", **changes) -> dict:
    times = {
        "start": {"dateTime": f"{day}T10:00:00", **ZONED},
        "end": {"dateTime": f"{day}T11:00:00", **ZONED},
    }
    return {"summary": "Lunch", **times, **changes}


def pull(google, cursor=None, calendar=ANN):
    """Return (events by id, vanished, cursor)."""
    pages = list(google.changes(calendar, cursor, WINDOW))
    events = {event.external_id: event for page in pages for event in page.events}
    assert [page.cursor for page in pages[:-1]] == [None] * (len(pages) - 1)
    return events, [one for page in pages for one in page.vanished], pages[-1].cursor


def one(google, write, calendar=ANN):
    (outcome,) = google.send(calendar, [write])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def invited(sim, **changes) -> str:
    attendees = [{"email": ANN}, {"email": BOB, "responseStatus": "accepted"}]
    meeting = body(organizer={"email": BOB}, attendees=attendees, **changes)
    return sim.google.put(ANN, "primary", meeting)["id"]
