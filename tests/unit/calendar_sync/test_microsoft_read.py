"""Reading a mailbox: our real client against the simulated Microsoft."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from odoo.addons.immoassist_calendar_sync.core.failures import CursorExpired, Gone
from odoo.addons.immoassist_calendar_sync.core.provider import Guest, Mark
from odoo.addons.immoassist_calendar_sync.core.snapshot import Presence, Role

from tests.simulator import Simulator
from tests.unit.calendar_sync.outlook import (
    ANN,
    CARL,
    DATABASE,
    MARCH,
    NOON,
    Account,
    create,
    hand,
)

WEEKLY = {
    "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
    "range": {"type": "numbered", "numberOfOccurrences": 30, "startDate": "2027-03-01"},
}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def ann(running: Simulator) -> Account:
    running.reset()
    return Account(running)


def test_calendars(ann):
    ann.sim.microsoft.create_calendar(ANN, "Team", role="reader")
    found = {one.name: one for one in ann.client.calendars()}
    primary, team = next(one for one in found.values() if one.is_primary), found["Team"]
    assert (primary.can_write, team.can_write, team.is_primary) == (True, False, False)


def test_everything_then_what_changed(ann):
    kept, moved, gone = (ann.put(subject=name)["id"] for name in ("Kept", "Moved", "Gone"))
    ann.put(subject="In April", start=hand(MARCH.stop, 5), end=hand(MARCH.stop, 6))
    first = ann.changes()
    assert first.names == ["Gone", "Kept", "Moved"]
    assert first.events[kept].fields["start"] == NOON

    ann.sim.microsoft.patch(ANN, ann.calendar, moved, {"subject": "Moved", "end": hand(NOON, 3)})
    ann.sim.microsoft.delete(ANN, ann.calendar, gone)
    ann.put(subject="New")
    second = ann.changes(first.cursor)
    assert second.names == ["Moved", "New"]
    assert second.events[moved].fields["stop"] == NOON + timedelta(hours=3)
    assert second.vanished == {gone}

    nothing = ann.changes(second.cursor)
    assert (nothing.events, nothing.vanished) == ({}, set())
    assert nothing.cursor


def test_pages_come_in_any_number_some_empty_with_the_last_version_last(ann):
    ann.sim.microsoft.configure(delta_empty=2, delta_repeats=5)
    for number in range(450):
        ann.put(subject=f"Event {number}")
    ann.sim.ledger.reset()
    found = ann.changes()
    assert len(found.events) == 450
    assert len(found.cursors) == 5, "3 pages of 200 and 2 empty ones"
    assert ann.sim.ledger.counts == {"microsoft.calendarView.delta": 5}


def test_moved_out_of_the_window_vanishes_and_is_found_by_fetch(ann):
    event = ann.put()["id"]
    cursor = ann.changes().cursor
    april = {"start": hand(MARCH.stop, 24), "end": hand(MARCH.stop, 25)}
    ann.sim.microsoft.patch(ANN, ann.calendar, event, april)
    assert ann.changes(cursor).vanished == {event}
    assert ann.client.fetch(ann.calendar, [event])[event].fields["start"] > MARCH.stop


def test_occurrences_listed_thin_are_completed_by_one_request_for_all_masters(ann):
    for name in ("Rounds", "Staff"):
        ann.put(subject=name, recurrence=WEEKLY, location={"displayName": "Office"})
    ann.sim.microsoft.configure(delta_masters=False)
    ann.sim.ledger.reset()
    found = ann.changes()
    assert found.names == ["Rounds"] * 5 + ["Staff"] * 5
    assert {one.fields["location"] for one in found.events.values()} == {"Office"}
    assert {one.fields["start"].day for one in found.events.values()} == {1, 8, 15, 22, 29}
    assert len({one.ical_uid for one in found.events.values()}) == 10
    assert ann.sim.ledger.counts["microsoft.batch"] == 1
    assert ann.sim.ledger.counts["microsoft.events.get"] == 2


@pytest.mark.parametrize("thin", [True, False])
@pytest.mark.parametrize("masters", [True, False])
def test_a_series_is_its_occurrences_however_they_are_listed(ann, thin, masters):
    """The master is no meeting; an occurrence keeps its identity when it is moved."""
    ann.sim.microsoft.configure(delta_thin=thin, delta_masters=masters)
    ann.put(subject="Rounds", recurrence=WEEKLY)
    first = ann.changes()
    assert first.names == ["Rounds"] * 5
    second = next(key for key, one in first.events.items() if one.fields["start"].day == 8)
    move = {"start": hand(NOON, 50), "end": hand(NOON, 51)}
    ann.sim.microsoft.patch(ANN, ann.calendar, second, move)
    again = ann.changes(first.cursor)
    assert again.events[second].fields["start"] == NOON + timedelta(hours=50)
    assert again.events[second].ical_uid == first.events[second].ical_uid
    assert first.events[second].ical_uid.endswith("/2027-03-08T12:00:00+00:00")
    fetched = ann.client.fetch(ann.calendar, [second])[second]
    assert fetched.ical_uid == first.events[second].ical_uid


@pytest.mark.parametrize("code", ["syncStateNotFound", "resyncRequired", "SyncStateInvalid"])
def test_an_expired_cursor(ann, code):
    ann.sim.microsoft.configure(delta_gone=code)
    cursor = ann.changes().cursor
    ann.sim.microsoft.expire_cursors(ANN)
    with pytest.raises(CursorExpired):
        ann.changes(cursor)


@pytest.mark.parametrize("page", [0, 1])
def test_a_cursor_that_is_refused_is_expired(ann, page):
    cursor = ann.changes().cursor
    for number in range(250):
        ann.put(subject=f"Event {number}")
    ann.sim.faults.add("microsoft.calendarView.delta", status=400, skip=page)
    with pytest.raises(CursorExpired):
        ann.changes(cursor)


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "[]", "{}", '{"link": null}', '{"link": "https://evil.example/"}']
)
def test_a_cursor_that_leads_nowhere_is_expired_and_nothing_is_asked(ann, cursor):
    before = ann.client.requests
    with pytest.raises(CursorExpired):
        ann.changes(cursor)
    assert ann.client.requests == before


def test_a_calendar_without_delta_is_listed_in_full_each_time(ann):
    ann.sim.microsoft.configure(delta_calendars=False)
    for number in range(250):
        ann.put(subject=f"Event {number}")
    found = ann.changes()
    assert len(found.events) == 250
    with pytest.raises(CursorExpired):
        ann.changes(found.cursor)


def test_the_cursor_tells_its_window(ann):
    cursor = json.loads(ann.changes().cursor)
    assert cursor["start"] == "2027-03-01T00:00:00Z"
    assert cursor["stop"] == "2027-04-01T00:00:00Z"


def test_a_calendar_that_is_gone(ann):
    with pytest.raises(Gone):
        list(ann.client.changes("no-such-calendar", None, MARCH))


def test_an_invitation(ann):
    attendees = [
        {"type": "required", "emailAddress": {"address": address, "name": "X"}}
        for address in (ANN, "Eve@x.example")
    ]
    event = ann.put(organizer={"emailAddress": {"address": CARL}}, attendees=attendees)["id"]
    found = ann.changes().events[event]
    assert (found.role, found.presence) == (Role.GUEST, Presence.LIVE)
    assert found.guests == (Guest("eve@x.example", "X"),)
    ann.sim.microsoft.answer(ANN, ann.calendar, event, ANN, "declined")
    assert ann.client.fetch(ann.calendar, [event]) == {event: None}, "Outlook takes it away"


def test_who_is_asked_only_when_it_matters(ann):
    ann.put(attendees=[{"type": "required", "emailAddress": {"address": CARL}}])
    found = ann.changes()
    assert [guest.email for guest in next(iter(found.events.values())).guests] == [CARL]
    assert "microsoft.me" not in ann.sim.ledger.counts


def test_a_meeting_that_the_organiser_called_off(ann):
    event = ann.put(organizer={"emailAddress": {"address": CARL}}, isCancelled=True)["id"]
    assert ann.changes().events[event].presence is Presence.DELETED


def test_all_day(ann):
    midnight = NOON.replace(hour=0)
    day = {"isAllDay": True, "start": hand(midnight), "end": hand(midnight, 48)}
    event = ann.put(**day)["id"]
    fields = ann.changes().events[event].fields
    assert (fields["allday"], fields["start"]) == (True, date(2027, 3, 1))
    assert fields["stop"] == date(2027, 3, 3)


def test_fetch_asks_for_twenty_at_once(ann):
    ids = [ann.put()["id"] for _ in range(25)]
    ann.sim.ledger.reset()
    before = ann.client.requests
    unknown = [ids[0][:-4] + "XXX=", "malformed"]
    found = ann.client.fetch(ann.calendar, ids + unknown)
    assert list(found) == ids + unknown
    assert [found[one] for one in unknown] == [None, None]
    assert all(found[one].fields["name"] == "Lunch" for one in ids)
    assert ann.client.requests - before == ann.sim.ledger.http == 2
    assert ann.client.fetch(ann.calendar, []) == {}


def test_what_we_made_is_recognised(ann):
    writes = [create(name=f"Visit {number}") for number in range(120)]
    made = [one.external_id for one in ann.send(*writes)]
    ann.put()
    keys = {event: write.key for event, write in zip(made, writes, strict=True)}
    assert ann.client.marked(ann.calendar, DATABASE) == keys
    assert ann.client.marked(ann.calendar, "another' database") == {}
    found = ann.client.fetch(ann.calendar, made[:1])[made[0]]
    assert found.mark == Mark(DATABASE, writes[0].key)
    assert found.fields == writes[0].fields
    ann.sim.microsoft.delete(ANN, ann.calendar, made[0])
    assert made[0] not in ann.client.marked(ann.calendar, DATABASE)
