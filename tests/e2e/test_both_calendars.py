"""Google and Outlook at the same time, in both directions, by the hands of broker and client.

Each test goes on where the one before it ended.
"""

import re
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from . import connecting
from .calendar_view import CalendarView
from .client import offered_times
from .connecting import GOOGLE, OUTLOOK
from .mailbox import event_of, invitation_of
from .races import until
from .synced import BUSY, OUTGOING, Synced

ZONE = ZoneInfo("America/Montreal")
GUEST = "guest@client.example"
STATE = "SELECT state, start FROM immoassist_appointment WHERE name = %s"
# As after 15 minutes.
DUE = "UPDATE immoassist_calendar_connection SET next_sync = NULL"


@pytest.fixture(scope="module")
def sim():
    with connecting.simulator() as running:
        # A second calendar: only its busy times come in.
        running.google.create_calendar(GOOGLE, "Family")
        yield running


@pytest.fixture(scope="module")
def both(sim, mailbox, browser, picture):
    """Marie, connected to both in a browser; nothing is left to do."""
    smtp = ("--smtp=127.0.0.1", f"--smtp-port={mailbox.port}", "--limit-time-real-cron=900")
    with connecting.house(sim, smtp) as house:
        context = browser.new_context(locale="en-US", timezone_id="America/Toronto")
        page = context.new_page()
        connecting.open_my_calendars(page, house)
        connecting.connect(page, house, "google", picture)
        connecting.connect(page, house, "outlook", picture)
        context.close()
        found = Both(house, sim, mailbox)
        channels = "SELECT count(*) FROM immoassist_calendar_channel WHERE state = 'active'"
        found.wait(channels, [(3,)], seconds=120)
        yield found


class Both(Synced):
    """What a test asks of both sides."""

    def __init__(self, odoo, sim, mailbox):
        super().__init__(odoo, sim)
        self.mailbox = mailbox

    def quiet(self):
        """Wait until nothing is on its way; then nobody was mailed by a provider."""
        assert self.sim.pushes.flush(60)
        self.wait(BUSY, [(0,)], seconds=90)
        self.wait(OUTGOING, [(0,)], seconds=90)
        assert not self.sim.ledger.mails

    def becomes(self, name, state, start):
        """Wait for an appointment in Odoo; `start` is aware."""
        naive = start.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        query = STATE.replace("%s", f"'{name}'")
        self.wait(query, [(state, naive)], seconds=90)

    def shown(self, name):
        """(provider, start, stop) of each event of that name which a person sees."""
        found = []
        for side, email in ((self.sim.google, GOOGLE), (self.sim.microsoft, OUTLOOK)):
            now = self.sim.clock.now()
            for event in side.shown(email, "primary", now, now + timedelta(days=60)):
                if event["name"] == name and not event["cancelled"]:
                    times = (datetime.fromisoformat(event[which]) for which in ("start", "stop"))
                    found.append((side.name, *times))
        return found

    def form(self, page, email, name, calendar=None):
        """The line of an event on the simulator's page; without a name the one that adds."""
        page.goto(self.sim.url)
        where = page.locator(f"[data-account='{email}']")
        where = where.locator(f"[data-calendar='{calendar}']") if calendar else where
        if name is None:
            return where.locator("form.new").first
        return where.locator(f"form.event:has(input[name=name][value='{name}'])")


def twice(start, hours=1):
    """The same event, in each of the two calendars."""
    return [(side, start, start + timedelta(hours=hours)) for side in ("google", "microsoft")]


def moment_of(text):
    """Of an ISO text, also one that ends with Z."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def put_times(form, start, hours=1):
    """Type the times into a line of the simulator's page."""
    for name, moment in (("start", start), ("stop", start + timedelta(hours=hours))):
        form.locator(f"[name={name}]").fill(f"{moment.astimezone(ZONE):%Y-%m-%dT%H:%M}")


@pytest.fixture(scope="module")
def saturday():
    """10:00 on a day on which Marie has nothing, and which the simulator's page shows."""
    today = datetime.now(ZONE).replace(hour=10, minute=0, second=0, microsecond=0)
    return today + timedelta(days=(5 - today.weekday()) % 7 + 14)


def test_created_in_odoo_it_is_in_both(both, visit, saturday, picture):
    page = visit(viewport={"width": 1280, "height": 1100})
    view = CalendarView(page, both.odoo.url)
    view.sign_in("marie")
    view.show_day(saturday.date())
    view.click_at(saturday.date(), 10)
    page.fill(".modal .o_field_widget[name=name] input, .modal [name=name] textarea", "Signing")
    # Before there is a line of the list, which takes the keyboard when it is ready.
    page.fill(".modal [name=duration] input", "1:00")
    page.click(".modal [name=attendee_ids] .o_field_x2many_list_row_add a")
    page.fill(".modal [name=attendee_ids] [name=name] input", "Guest")
    page.fill(".modal [name=attendee_ids] [name=email] input", GUEST)
    picture(page, "both-create")
    page.click(".modal .o_form_button_save")
    view.event("Signing")

    (invitation,) = both.mailbox.wait(GUEST)
    until(lambda: both.shown("Signing") == twice(saturday), "the appointment in both calendars")
    both.quiet()
    assert both.shown("Signing") == twice(saturday)
    assert len(both.mailbox.of(GUEST)) == 1
    assert invitation_of(invitation)[1] == "REQUEST"


def test_moved_in_google_it_moves_everywhere(both, visit, saturday, picture):
    page, later = visit(), saturday.replace(hour=15)
    form = both.form(page, GOOGLE, "Signing")
    put_times(form, later)
    form.locator("button[value=save]").click()

    both.becomes("Signing", "confirmed", later)
    until(lambda: both.shown("Signing") == twice(later), "the new time in Outlook")
    picture(page, "both-moved")
    first, second = both.mailbox.wait(GUEST, 2)
    both.quiet()
    assert both.shown("Signing") == twice(later)
    assert len(both.mailbox.of(GUEST)) == 2
    event = event_of(second)
    assert event["UID"] == event_of(first)["UID"]
    assert event["SEQUENCE"] > event_of(first)["SEQUENCE"]
    assert event["DTSTART"].dt == later


def test_with_every_push_lost_the_next_poll_brings_it(both, visit, saturday):
    page, earlier = visit(), saturday.replace(hour=9)
    both.sim.pushes.order(drop=1)
    form = both.form(page, OUTLOOK, "Signing")
    put_times(form, earlier)
    form.locator("button[value=save]").click()
    lost = [push for push in both.sim.ledger.pushes if push.outcome == "dropped"]
    assert lost
    both.quiet()
    both.becomes("Signing", "confirmed", saturday.replace(hour=15))

    both.odoo.sql(DUE)
    both.becomes("Signing", "confirmed", earlier)
    until(lambda: both.shown("Signing") == twice(earlier), "the new time in Google")
    both.quiet()
    both.sim.pushes.order()
    assert len(both.mailbox.wait(GUEST, 3)) == 3


def test_cancelled_in_outlook_it_is_gone_everywhere(both, visit, saturday):
    page = visit()
    both.form(page, OUTLOOK, "Signing").locator("button[value=delete]").click()

    both.becomes("Signing", "cancelled", saturday.replace(hour=9))
    until(lambda: not both.shown("Signing"), "Google to forget it")
    mails = both.mailbox.wait(GUEST, 4)
    both.quiet()
    assert not both.shown("Signing")
    assert len(both.mailbox.of(GUEST)) == 4
    assert invitation_of(mails[3])[1] == "CANCEL"


def test_a_client_books_and_it_is_in_both(both, visit):
    page = visit()
    page.goto(f"{both.odoo.url}/book/marie-tremblay/visite")
    page.click(".ib-suggestions a >> nth=0")
    page.fill("#name", "Ada Byron")
    page.fill("#email", "ada.in.both@client.example")
    page.click("button.ib-button[type=submit]")
    page.wait_for_url(re.compile("/confirmation"))
    both.mailbox.wait("ada.in.both@client.example")

    query = "SELECT name, start, stop FROM immoassist_appointment WHERE source = 'website'"
    query += " AND id = (SELECT max(id) FROM immoassist_appointment)"
    ((name, *times),) = both.odoo.sql(query)
    times = [moment.replace(tzinfo=ZoneInfo("UTC")) for moment in times]
    expected = [(side, *times) for side in ("google", "microsoft")]
    until(lambda: both.shown(name) == expected, "the client's visit in both calendars")
    both.quiet()
    assert both.shown(name) == expected
    assert len(both.mailbox.of("ada.in.both@client.example")) == 1


@pytest.mark.parametrize("calendar", ["full", "busy"])
def test_busy_in_google_is_not_offered(both, visit, calendar):
    mode = "SELECT external_id FROM immoassist_calendar_source WHERE import_mode = %s"
    mode += " AND connection_id IN (SELECT id FROM immoassist_calendar_connection"
    mode += " WHERE provider = 'google')"
    ((place,),) = both.odoo.sql(mode, (calendar,))
    page = visit()
    page.goto(f"{both.odoo.url}/book/marie-tremblay/appel")
    link = page.locator(".ib-suggestions a").first.evaluate("link => link.href")
    offer = link.partition("#")[0]  # a way to another place of the same page loads nothing
    taken = moment_of(parse_qs(urlsplit(offer).query)["slot"][0])
    assert taken in map(moment_of, offered_times(both.odoo.url))
    assert page.goto(offer).status == 200
    name = f"Dentist, {calendar}"
    form = both.form(page, GOOGLE, None, place)
    form.locator("[name=name]").fill(name)
    put_times(form, taken)
    form.locator("button[value=save]").click()

    offered = partial(offered_times, both.odoo.url)
    until(lambda: taken not in map(moment_of, offered()), "the time to be taken")
    assert page.goto(offer).status == 409
    assert "not free any more" in page.inner_text("main")
    both.quiet()
    known = "SELECT count(*) FROM immoassist_appointment WHERE name = %s"
    assert both.odoo.sql(known, (name,)) == [(int(calendar == "full"),)]
