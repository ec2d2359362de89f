"""A database that an earlier release made and filled is updated to this checkout.

Each test goes on where the one before it ended. Which releases: `tools.devkit.releases`.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests
import yaml

from tests.e2e import connecting
from tests.e2e.client import Link, offered_times
from tests.e2e.crowd import Picker
from tests.e2e.mailbox import event_of, invitation_of, link_of
from tools.devkit import builds, config, odoo_log, releases, server, simulated

from . import snapshot
from .agency import APPOINTMENT, MARIE, VISITS, Agency
from .connected import CONNECTION, enter, events, look_again, quiet, sides, until, writes

# {(table, column or "*"): why}. What a release changes on purpose goes here with its migration.
ON_PURPOSE = {}
# True or there for a moment only, after a failure, or when a dialog is open.
NEVER_FILLED = {
    "immoassist_appointment": ("access_token", "ended_now", "booked_with_team"),
    "immoassist_appointment_attendee": ("anonymised", "marketing_question", "marketing_agreed_at"),
    "immoassist_appointment_proposal": ("partner_id",),
    "immoassist_appointment_reminder": ("error",),
    "immoassist_booking_code": ("attempts",),
    "immoassist_booking_event": ("lost",),
    "immoassist_booking_hold": ("transaction_id",),
    "immoassist_calendar_busy": ("allday",),
    "immoassist_calendar_channel": ("last_error", "renew_wanted"),
    "immoassist_calendar_connection": (
        *("failures", "unannounced", "pause_reason", "last_error", "pending_grant", "alerted"),
        *("pending_email", "leaving", "emptied_trusted", "preview_wanted", "lease_until"),
        *("not_before", "failing_since"),
    ),
    "immoassist_calendar_link": (
        *("generation", "attempts", "last_error", "unsettled", "next_attempt"),
    ),
    "immoassist_calendar_source": ("found", "gone"),
    "immoassist_calendar_sync_run": ("failed", "error"),
}
GUEST, CLIENT = "later@client.example", "in.between@client.example"
IDENTITY = """
    SELECT appointment_id, source_id, external_id, ical_uid FROM immoassist_calendar_link
     WHERE external_id IS NOT NULL ORDER BY appointment_id, source_id
"""
WAITING = "SELECT count(*) FROM immoassist_calendar_link WHERE revision != synced_revision"
MAILED = """
    SELECT m.model, m.res_id, count(*) FROM mail_message m
     WHERE m.model = 'immoassist.appointment.reminder' GROUP BY 1, 2
"""


class Upgraded:
    """The agency, and what is known of it from before the update."""

    def __init__(self, agency, kept):
        self.agency, self.kept = agency, kept
        self.odoo, self.sim, self.mailbox = agency.odoo, agency.sim, agency.mailbox


@pytest.fixture(scope="module", params=releases.wanted())
def old(request, mailbox):
    """The release, in use: everything in it, nothing on its way."""
    with connecting.simulator() as sim:
        sim.google.create_calendar(connecting.GOOGLE, "Family")
        env = {**simulated.CREDENTIALS, "IMMOASSIST_ENCRYPTION_KEY": KEY}
        options = ("--smtp=127.0.0.1", f"--smtp-port={mailbox.port}", "--limit-time-real-cron=900")
        release = releases.get(request.param)
        with server.running(demo=True, options=options, env=env, peer=release) as odoo:
            admin = connecting.BackOffice(odoo.url, odoo.database, "admin", "admin")
            for name, value in {**simulated.parameters(sim.url), "web.base.url": odoo.url}.items():
                admin.call("ir.config_parameter", "set_param", name, value)
            agency = Agency(odoo, sim, mailbox)
            found = Upgraded(agency, agency.fill())
            enter_there(agency)
            quiet(agency)
            look_again(agency)
            yield found


KEY = "dXBncmFkZS10ZXN0LWtleS1vZi0zMi1ieXRlcyEhISE="


def enter_there(agency):
    """What Marie types into her calendars at the providers."""
    start = agency.night()
    enter(agency, "Dentist", start, location="Main Street", description="Teeth")
    enter(agency, "Holiday", agency.night(), free=True, private=True)
    series = {"summary": "Course", "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"]}
    for name, hours in (("start", 4), ("end", 5)):
        moment = (start + timedelta(hours=hours)).isoformat()
        series[name] = {"dateTime": moment, "timeZone": "America/Montreal"}
    agency.sim.google.put(connecting.GOOGLE, "primary", series)
    family = agency.sim.google.store.get("google", connecting.GOOGLE).calendars
    (place,) = [one.id for one in family.values() if one.name == "Family"]
    agency.sim.google.put(connecting.GOOGLE, place, series | {"recurrence": []})


@pytest.fixture(scope="module")
def pending(old):
    """Nobody works any more: what is saved, booked and changed now waits for the next release."""
    old.odoo.stop()
    old.odoo.options += ("--max-cron-threads=0",)
    old.odoo.start()
    agency = old.agency
    agency.sign_in()
    old.events, old.writes, old.links = events(agency), writes(agency), old.odoo.sql(IDENTITY)
    old.reminded = old.odoo.sql(MAILED)
    old.counts = {to: len(old.mailbox.of(to)) for to in ("ada.byron@client.example", GUEST, CLIENT)}
    old.moved_id = move(old)
    agency.plan("New", attendee_ids=[(0, 0, {"name": "Guest", "email": GUEST})])
    agency.book(CLIENT)
    for side, account in sides(agency):
        (number,) = [n for n, (name, _at) in old.events[side.name].items() if "Dentist" in name]
        change = side.from_plain({"location": f"New place at {side.name}"}, "America/Montreal")
        side.patch(account, side.find(account, "primary")[1].id, number, change)
    assert old.sim.pushes.flush(60)
    assert old.odoo.sql(WAITING)[0][0] >= 6, "moved, new and booked, each for two calendars"
    assert old.odoo.sql("SELECT count(*) FROM immoassist_calendar_notification")[0][0]
    return old


def move(old):
    """Marie moves what a client asked for by an hour; the id."""
    domain = [("attendee_ids.email_normalized", "=", "ada.byron@client.example")]
    (row,) = old.agency.marie.call(APPOINTMENT, "search_read", domain, fields=["start"])
    start = datetime.fromisoformat(row["start"]) + timedelta(minutes=30)
    old.agency.marie.call(APPOINTMENT, "write", [row["id"]], {"start": f"{start:%F %T}"})
    return row["id"]


def test_the_release_is_full(pending):
    """Otherwise the rest says little: a table that nobody filled cannot lose anything."""
    tables = snapshot.take(pending.odoo)
    empty = list(snapshot.empty(tables, NEVER_FILLED))
    assert not empty, "\n".join(empty)


def test_nothing_is_lost(pending):
    odoo = pending.odoo
    odoo.stop()
    before = snapshot.take(odoo)
    odoo.options = tuple(
        o for o in odoo.options if "--addons-path" not in o and "cron-threads" not in o
    )
    for options in (readme_command(), ("--update=all",)):
        builds.run(odoo.connection, odoo.database, "Updating", *options, env=odoo.env)
        log = (config.log_dir() / f"{odoo.database}.log").read_text()
        assert not [str(each) for each in odoo_log.unexpected(odoo_log.entries(log))]
        lost = snapshot.lost(before, snapshot.take(odoo), ON_PURPOSE)
        assert not lost, "\n".join(lost)


def readme_command():
    """What `docker compose run --rm install` of the README runs, as docker-compose.yml has it."""
    assert "docker compose run --rm install" in (config.REPO / "README.md").read_text()
    compose = yaml.safe_load((config.REPO / "docker-compose.yml").read_text())
    words = compose["services"]["install"]["command"]
    return tuple(word for word in words if re.match("--(init|update|load-language)=", word))


def test_the_outbox_goes_on(pending):
    """After the first run of the workers everything that waited has arrived, once."""
    agency, odoo = pending.agency, pending.odoo
    odoo.start()
    agency.sign_in()
    look_again(agency)
    assert [row for row in pending.links if row not in odoo.sql(IDENTITY)] == []
    for side, found in events(agency).items():
        added = found.keys() - pending.events[side].keys()
        assert not pending.events[side].keys() - found.keys(), "no event went away"
        assert len(added) == 2, f"the new and the booked one are in {side}, once: {added}"
    sent = {kind: n - pending.writes.get(kind, 0) for kind, n in writes(agency).items()}
    assert sum(sent.values()) == 6, f"two are new, one moved, in two calendars: {sent}"
    for to, count in pending.counts.items():
        assert len(pending.mailbox.of(to)) == count + 1, to
    for side in ("google", "microsoft"):
        query = "SELECT count(*) FROM immoassist_appointment WHERE location = %s"
        assert odoo.sql(query, (f"New place at {side}",)) == [(1,)]


def test_nothing_is_sent_again(pending):
    agency = pending.agency
    before, mails = writes(agency), pending.odoo.sql(MAILED)
    links = pending.odoo.sql(IDENTITY)
    count = "SELECT count(*) FROM immoassist_appointment"
    appointments = pending.odoo.sql(count)
    mine = agency.marie.call(CONNECTION, "search", [("user_id", "=", agency.marie.uid)])
    for connection in mine:
        agency.marie.call(CONNECTION, "action_sync_now", [connection])
    look_again(agency)
    assert writes(agency) == before
    assert pending.odoo.sql(IDENTITY) == links
    assert pending.odoo.sql(count) == appointments
    assert mails == pending.odoo.sql(MAILED)
    assert set(pending.reminded) <= set(mails), "a reminder that was sent has one mail for ever"
    assert not agency.sim.ledger.mails


def test_both_sides_still_follow_each_other(pending):
    agency = pending.agency
    for side, account in sides(agency):
        place = side.find(account, "primary")[1].id
        (number,) = [n for n, (name, _at) in events(agency)[side.name].items() if name == "New"]
        other = next(each for each in sides(agency) if each[0] is not side)[0].name
        wanted = agency.night()
        stop = wanted + timedelta(hours=1)
        times = {"start": wanted.isoformat(), "stop": stop.isoformat()}
        side.patch(account, place, number, side.from_plain(times, "America/Montreal"))
        until(lambda: ("New", wanted) in events(agency)[other].values(), f"{other} to follow")  # noqa: B023 (called at once)
        quiet(agency)


def test_links_of_before_still_work(pending):
    url, mailbox = pending.odoo.url, pending.mailbox
    assert "BEGIN:VEVENT" in requests.get(pending.kept["feed"], timeout=60).text
    for name in ("confirmation", "property"):
        path = urlsplit(pending.kept[name])
        answer = requests.get(f"{url}{path.path}?{path.query}", timeout=60)
        assert answer.status_code == 200, name
    first = mailbox.of("ada.byron@client.example")[0]
    assert requests.get(link_of(first, "move"), timeout=60).status_code == 200
    request_mail = next(m for m in mailbox.of(MARIE) if m["Subject"].startswith("To approve"))
    Link(link_of(request_mail, "approve")).press()
    state = "SELECT state FROM immoassist_appointment WHERE id = %s"
    assert pending.odoo.sql(state, (pending.moved_id,)) == [("confirmed",)]
    quiet(pending.agency)
    pick = Picker(link_of(mailbox.of("grace@client.example")[0], "pick"))
    assert pick.submit().status_code == 303
    renamed = requests.get(f"{url}/book/paul-martin", timeout=60)
    assert renamed.url.endswith("/book/paul-le-courtier")
    assert offered_times(url, page=VISITS)


def test_the_invitation_goes_on(pending):
    """The calendar of the client takes the next file as the next version of the same event."""
    quiet(pending.agency)
    Link(link_of(pending.mailbox.of("ada.byron@client.example")[0], "cancel")).press()
    quiet(pending.agency)
    files = [m for m in pending.mailbox.of("ada.byron@client.example") if invited(m)]
    assert len({str(event_of(mail)["uid"]) for mail in files}) == 1
    numbers = [int(event_of(mail)["sequence"]) for mail in files]
    assert numbers == sorted(set(numbers)), numbers
    assert invitation_of(files[-1])[1] == "CANCEL"


def invited(mail):
    return any(part.get_content_type() == "text/calendar" for part in mail.walk())
