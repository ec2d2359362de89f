"""The calendars of the agency: connected through the pages, as a browser does, and looked at."""

import html
import re
import time
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import requests

from tests.e2e.connecting import GOOGLE, OUTLOOK
from tests.e2e.synced import BUSY, OUTGOING
from tools.devkit import databases

PATIENCE = 180
CONNECTION = "immoassist.calendar.connection"
PREVIEW = "SELECT preview_at FROM immoassist_calendar_connection WHERE id = %s"
# As after 15 minutes: each calendar is looked at once more.
DUE = "UPDATE immoassist_calendar_connection SET next_sync = NULL"
# Who saves what a worker is busy with is run again by Odoo, which logs an error for it.
LOOKING = "SELECT count(*) FROM immoassist_calendar_connection WHERE state = 'connected'"
LOOKING += " AND (next_sync IS NULL OR lease_until IS NOT NULL)"


def until(condition, what):
    """Ask until it is so: the workers act within seconds, by themselves."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)  # a pause between two looks at other processes


def begin(person, provider):
    """Press *Connect*; the address of the provider's consent page."""
    route = f"{person.url}/calendar/connections/oauth/{provider}"
    page = person.session.get(route, timeout=60).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = person.session.post(
        route, data={"csrf_token": token}, allow_redirects=False, timeout=60
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def consent(address, account):
    """Allow everything on the provider's page; the address of the way back."""
    page = requests.get(address, timeout=30).text
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    form = {name: html.unescape(value) for name, value in hidden}
    form |= {"account": account, "decision": "allow", "do": "accept"}
    form["scope"] = re.findall(r'name="scope" value="([^"]+)" checked', page) or form.get("scope")
    answer = requests.post(address, data=form, allow_redirects=False, timeout=30)
    assert answer.status_code in (302, 303), answer.text
    return answer.headers["Location"]


def connect(agency, provider, account):
    """Connect Marie's calendar, agree to the preview, wait until both sides are the same."""
    back = consent(begin(agency.marie, provider), account)
    answer = agency.marie.session.get(back, allow_redirects=False, timeout=60)
    assert answer.status_code == 303, answer.text
    number = int(urlsplit(answer.headers["Location"]).path.rpartition("/")[2])
    until(lambda: agency.odoo.sql(PREVIEW, (number,))[0][0], "the preview")
    agency.marie.call(CONNECTION, "action_start", [number])
    quiet(agency)


def copy_busy(agency):
    """What is in one of the calendars is copied to the other as a block without content."""
    mine = agency.marie.call(CONNECTION, "search", [("user_id", "=", agency.marie.uid)])
    agency.marie.call(CONNECTION, "write", mine, {"copy_busy": True})
    quiet(agency)


def quiet(agency):
    """Wait until nothing is on its way, neither to a calendar nor to a mailbox."""
    assert agency.sim.pushes.flush(60)
    for query in (LOOKING, BUSY, OUTGOING, LOOKING, BUSY):
        until(lambda query=query: agency.odoo.sql(query) == [(0,)], query)


def look_again(agency):
    """Let each calendar be looked at once more, whatever was pushed."""
    agency.odoo.sql(DUE)
    agency.odoo.sql(
        "INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT id, now() AT TIME ZONE 'UTC'"
        " FROM ir_cron WHERE cron_name LIKE 'Calendar sync%'"
    )
    call = f"SELECT pg_notify('cron_trigger', '{agency.odoo.database}')"
    # Called again and again: a worker that has just been started does not listen yet.
    until(
        lambda: (
            agency.odoo.sql(LOOKING) == [(0,)] or not databases.sql(agency.odoo.connection, call)
        ),
        "each calendar to be looked at",
    )
    quiet(agency)


def sides(agency):
    """Each simulated provider with Marie's account there."""
    return ((agency.sim.google, GOOGLE), (agency.sim.microsoft, OUTLOOK))


def enter(agency, name, start, **more):
    """Type an event into each of Marie's calendars, at the provider."""
    for number, (side, account) in enumerate(sides(agency)):
        begin_at = start + timedelta(hours=2 * number)
        plain = {"name": f"{name} at {side.name}", "start": begin_at.isoformat(), **more}
        plain["stop"] = (begin_at + timedelta(hours=1)).isoformat()
        calendar = side.find(account, "primary")[1]
        side.put(account, calendar.id, side.from_plain(plain, calendar.zone))


def events(agency):
    """What stands in Marie's calendars: {side: {id: (name, start)}}."""
    found = {}
    for side, account in sides(agency):
        now = agency.sim.clock.now() - timedelta(days=29)
        shown = side.shown(
            account, side.find(account, "primary")[1].id, now, now + timedelta(days=99)
        )
        found[side.name] = {
            each["id"]: (each["name"], datetime.fromisoformat(each["start"]))
            for each in shown
            if not each["cancelled"]
        }
    return found


def writes(agency):
    """How many requests have changed something at the providers, by kind."""
    return {kind: count for kind, count in agency.sim.ledger.writes.items() if "events" in kind}
