"""Google's client against the simulated Google, which refuses what the real one refuses."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from odoo.addons.immoassist_calendar_sync.core import failures
from odoo.addons.immoassist_calendar_sync.core.fingerprint import fingerprint, same
from odoo.addons.immoassist_calendar_sync.core.provider import Mark, Verb, Window, Write
from odoo.addons.immoassist_calendar_sync.core.snapshot import Presence, Role
from odoo.addons.immoassist_calendar_sync.providers import open_authoriser, open_calendar

from tests.simulator import Simulator
from tests.unit.calendar_sync.builders import NINE, hours
from tests.unit.calendar_sync.google_account import (
    ANN,
    BACK,
    BOB,
    DATABASE,
    connect,
    counted,
    create,
    press,
    settings,
)

WINDOW = Window(NINE - timedelta(days=30), NINE + timedelta(days=365))
ZONED = {"timeZone": "Europe/Paris"}


@pytest.fixture(scope="module")
def running():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def sim(running):
    running.reset()
    running.google.create_account(ANN, "Ann", zone="Europe/Paris")
    return running


@pytest.fixture
def google(sim):
    return connect(sim)[1]


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


# --- consent ---


def test_consent_refresh_and_revocation(sim):
    grant, google = connect(sim)
    assert grant.account_email == ANN and grant.account_id and grant.refresh_token
    assert [calendar.is_primary for calendar in google.calendars()] == [True]
    authoriser = open_authoriser("google", settings(sim.url))
    sim.google.expire_tokens(ANN)
    with pytest.raises(failures.AccessTokenRefused):
        google.calendars()
    fresh = authoriser.refresh(grant.refresh_token)
    assert fresh.refresh_token is None and fresh.scopes == grant.scopes
    again = open_calendar("google", settings(sim.url), fresh.access_token)
    assert again.calendars()
    authoriser.revoke(grant.refresh_token)
    authoriser.revoke(grant.refresh_token)
    with pytest.raises(failures.AccessTokenRefused):
        again.calendars()
    with pytest.raises(failures.Reauthorise):
        authoriser.refresh(grant.refresh_token)


def test_what_the_broker_may_press_instead(sim):
    authoriser = open_authoriser("google", settings(sim.url))
    address, flow = authoriser.begin(BACK)
    with pytest.raises(failures.ConsentRefused):
        authoriser.finish(flow, press(address, decision="deny"))
    with pytest.raises(failures.ScopesMissing) as raised:
        authoriser.finish(flow, press(address, untick="calendar.events"))
    assert raised.value.missing == {"https://www.googleapis.com/auth/calendar.events"}
    back = press(address)
    authoriser.finish(flow, back)
    with pytest.raises(failures.Reauthorise):  # a code is good once
        authoriser.finish(flow, back)
    stolen = press(address)
    with pytest.raises(failures.Reauthorise):  # PKCE
        authoriser.finish({**flow, "code_verifier": "x" * 43}, stolen)
    wrong = open_authoriser("google", settings(sim.url, client_secret="wrong"))
    with pytest.raises(failures.AdministratorNeeded):
        wrong.finish(flow, press(address))


# --- reading ---


def test_calendars_and_what_may_be_done_with_them(sim, google):
    sim.google.create_calendar(ANN, "Team", role="reader", zone="Europe/London")
    mine, team = google.calendars()
    assert (mine.external_id, mine.can_write, mine.is_primary) == (ANN, True, True)
    assert (team.name, team.can_write, team.is_primary) == ("Team", False, False)
    assert (mine.zone, team.zone) == ("Europe/Paris", "Europe/London")


def test_the_first_pull_takes_the_window_and_the_next_ones_the_changes(sim, google):
    inside = sim.google.put(ANN, "primary", body())["id"]
    sim.google.put(ANN, "primary", body("2025-01-01"))
    sim.google.put(ANN, "primary", body("2028-12-01"))
    with counted(google, 1):
        events, vanished, cursor = pull(google)
    assert set(events) == {inside} and vanished == []
    with counted(google, 1):
        events, vanished, cursor = pull(google, cursor)
    assert (events, vanished) == ({}, [])
    sim.google.patch(ANN, "primary", inside, {"summary": "Dinner"})
    events, _, cursor = pull(google, cursor)
    assert events[inside].fields["name"] == "Dinner"
    far = sim.google.put(ANN, "primary", body("2029-01-01"))["id"]
    sim.google.delete(ANN, "primary", inside)
    events, vanished, cursor = pull(google, cursor)
    assert {key: event.presence for key, event in events.items()} == {inside: Presence.DELETED}
    assert vanished == [far]


def test_what_is_moved_out_of_the_window_is_told(sim, google):
    event = sim.google.put(ANN, "primary", body())["id"]
    cursor = pull(google)[2]
    sim.google.patch(ANN, "primary", event, body("2030-01-01"))
    events, vanished, _ = pull(google, cursor)
    assert (events, vanished) == ({}, [event])
    found = google.fetch(ANN, [event])[event]
    assert found.fields["start"].year == 2030 and found.presence is Presence.LIVE


def test_pages(sim, google):
    sim.google.configure(most_per_page=2)
    for day in range(1, 6):
        sim.google.put(ANN, "primary", body(f"2027-03-0{day}"))
    with counted(google, 3):
        events, _, cursor = pull(google)
    assert len(events) == 5 and cursor
    for event in events:
        sim.google.patch(ANN, "primary", event, {"summary": "x"})
    with counted(google, 3):
        assert len(pull(google, cursor)[0]) == 5


def test_a_cursor_that_expired(sim, google):
    cursor = pull(google)[2]
    sim.google.expire_cursors(ANN)
    with pytest.raises(failures.CursorExpired):
        pull(google, cursor)
    assert pull(google)[2]


def test_a_calendar_that_is_not_there(google):
    with pytest.raises(failures.Gone):
        pull(google, calendar="nobody@agency.example")


def test_a_series_comes_in_as_its_occurrences(sim, google):
    series = sim.google.put(ANN, "primary", body(recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"]))
    events, _, cursor = pull(google)
    assert len(events) == 3
    assert len({event.ical_uid for event in events.values()}) == 3
    first = min(events.values(), key=lambda event: event.fields["start"])
    assert first.ical_uid == f"{series['iCalUID']}/2027-03-05T09:00:00+00:00"
    # The wall clock stays, and UTC moves with the summer time.
    assert {event.fields["start"].hour for event in events.values()} == {9}
    sim.google.patch(ANN, "primary", first.external_id, {"summary": "Moved", **body("2027-03-06")})
    sim.google.delete(ANN, "primary", max(events))
    changed, _, _ = pull(google, cursor)
    assert changed[first.external_id].ical_uid == first.ical_uid
    assert changed[max(events)].presence is Presence.DELETED


def test_kinds_that_are_no_meetings(sim, google):
    sim.google.put(ANN, "primary", body(eventType="workingLocation"))
    sim.google.put(ANN, "primary", body(eventType="outOfOffice"))
    events = pull(google)[0].values()
    assert sorted(event.blocking for event in events) == [False, True]


def test_a_calendar_of_which_only_busy_is_seen(sim, google):
    team = sim.google.create_calendar(ANN, "Team", role="freeBusyReader").id
    sim.google.put(ANN, team, body(description="secret", location="secret"))
    (event,) = pull(google, calendar=team)[0].values()
    assert (event.fields["name"], event.fields["description"]) == ("", "")
    assert event.fields["private"] and event.fields["start"]


def test_fetch(sim, google):
    ids = [sim.google.put(ANN, "primary", body())["id"] for _ in range(60)]
    sim.google.delete(ANN, "primary", ids[3])
    with counted(google, 2):
        found = google.fetch(ANN, [*ids, "nevermade", ids[0]])
    assert found["nevermade"] is None and len(found) == 61
    assert found[ids[3]].presence is Presence.DELETED
    assert google.fetch(ANN, []) == {}


# --- writing ---


def test_what_is_created_is_what_was_meant(sim, google):
    write = visit(description="Tom & <Co>\nRing", details="https://x.example/1")
    with counted(google, 1):
        written = one(google, write)
    assert written.external_id == write.key and not written.adopted
    assert fingerprint(written.event.fields) == fingerprint(write.fields)
    assert written.event.mark == Mark(DATABASE, write.key)
    assert written.event.role is Role.ORGANISER
    stored = sim.google.get(ANN, "primary", write.key)
    assert stored["start"] == {"dateTime": "2027-03-01T10:00:00+01:00", **ZONED}
    assert google.fetch(ANN, [write.key])[write.key] == written.event
    events, _, _ = pull(google)
    assert events[write.key] == written.event
    assert google.marked(ANN, DATABASE) == {write.key: write.key}
    assert google.marked(ANN, "another database") == {}


def test_hundreds_go_by_fifty_and_keep_their_order(sim, google):
    writes = [visit(number, day=number % 90) for number in range(1, 121)]
    with counted(google, 3):
        outcomes = google.send(ANN, writes)
    assert [outcome.external_id for outcome in outcomes] == [write.key for write in writes]
    assert len(sim.google.events(ANN, "primary")) == 120
    with counted(google, 1):
        assert len(google.marked(ANN, DATABASE)) == 120


def test_created_twice_is_there_once(sim, google):
    write = visit()
    one(google, write)
    sim.google.patch(ANN, "primary", write.key, {"summary": "Changed since"})
    with counted(google, 2):
        again = one(google, write)
    assert again.adopted and again.event.fields["name"] == "Changed since"
    assert len(sim.google.events(ANN, "primary")) == 1


@pytest.mark.parametrize("revive", [True, False])
def test_what_the_broker_deleted_can_be_created_again(sim, google, revive):
    sim.google.configure(revive=revive)
    write = visit()
    one(google, write)
    sim.google.delete(ANN, "primary", write.key)
    anew = replace(write, fields={**write.fields, "name": "Anew", "location": ""})
    back = one(google, anew)
    assert back.external_id == (write.key if revive else f"{write.key}g1")
    assert not back.adopted and back.event.presence is Presence.LIVE
    assert fingerprint(back.event.fields) == fingerprint(anew.fields)
    assert one(google, anew).external_id == back.external_id
    assert google.marked(ANN, DATABASE) == {back.external_id: write.key}


def test_a_change_under_the_version_that_was_seen(sim, google):
    created = one(google, visit())
    update = Write(
        Verb.UPDATE, created.external_id, created.external_id, {"name": "New"}, created.event.etag
    )
    changed = one(google, update)
    assert changed.event.fields["name"] == "New"
    assert changed.event.etag != created.event.etag
    rest = {**created.event.fields, "name": "New"}
    assert fingerprint(changed.event.fields) == fingerprint(rest)
    with pytest.raises(failures.VersionConflict):
        one(google, update)
    assert sim.google.get(ANN, "primary", created.external_id)["etag"] == changed.event.etag


@pytest.mark.parametrize(
    "fields",
    [
        {"start": date(2027, 4, 1), "stop": date(2027, 4, 3), "allday": True},
        {"free": True, "private": True, "tentative": True},
        {"name": "", "location": ""},
        {"description": "x", "details": "y"},
        {"description": "", "details": ""},
    ],
)
def test_changes_there_and_back(google, fields):
    created = one(google, visit())
    before = {name: created.event.fields[name] for name in fields}
    key = created.external_id
    there = one(google, Write(Verb.UPDATE, key, key, fields, zone="Europe/Paris"))
    assert same(there.event.fields, {**created.event.fields, **fields})
    back = one(google, Write(Verb.UPDATE, key, key, before, zone="Europe/Paris"))
    assert same(back.event.fields, created.event.fields)


@pytest.mark.parametrize("name", ["description", "details"])
def test_half_of_the_text_leaves_the_other_half(sim, google, name):
    created = one(google, visit())
    key = created.external_id
    with counted(google, 2):
        changed = one(google, Write(Verb.UPDATE, key, key, {name: "New"}, created.event.etag))
    assert same(changed.event.fields, {**created.event.fields, name: "New"})
    with pytest.raises(failures.VersionConflict):
        one(google, Write(Verb.UPDATE, key, key, {name: "Late"}, created.event.etag))
    sim.google.delete(ANN, "primary", key)
    with pytest.raises(failures.Gone):
        one(google, Write(Verb.UPDATE, key, key, {name: "Late"}))


def test_what_is_deleted_is_gone_and_nothing_else_is_wrong_with_that(sim, google):
    created = one(google, visit())
    key = created.external_id
    sim.google.patch(ANN, "primary", key, {"summary": "x"})
    with pytest.raises(failures.VersionConflict):
        one(google, Write(Verb.DELETE, key, key, if_match=created.event.etag))
    for external_id in (key, key, "nevermade"):
        done = one(google, Write(Verb.DELETE, key, external_id))
        assert (done.external_id, done.event) == (external_id, None)
    with pytest.raises(failures.Gone):
        one(google, Write(Verb.UPDATE, key, key, {"name": "x"}))
    assert sim.google.events(ANN, "primary") == []


def test_an_answer_to_an_invitation_changes_the_answer_alone(sim, google):
    event = invited(sim)
    cursor = pull(google)[2]
    declined = one(google, Write(Verb.DECLINE, "", event))
    assert (declined.external_id, declined.event) == (event, None)
    assert pull(google, cursor)[0][event].presence is Presence.DECLINED
    with counted(google, 1):
        one(google, Write(Verb.DECLINE, "", event))
    accepted = one(google, Write(Verb.ACCEPT, "", event))
    assert accepted.event.presence is Presence.LIVE and accepted.event.role is Role.GUEST
    assert [guest.email for guest in accepted.event.guests] == [BOB]
    assert accepted.event == google.fetch(ANN, [event])[event]
    answers = {
        entry["email"]: entry["responseStatus"]
        for entry in sim.google.get(ANN, "primary", event)["attendees"]
    }
    assert answers == {ANN: "accepted", BOB: "accepted"}


def test_answers_that_have_no_question(sim, google):
    uninvited = sim.google.put(ANN, "primary", body())["id"]
    with pytest.raises(failures.Rejected):
        one(google, Write(Verb.DECLINE, "", uninvited))
    sim.google.delete(ANN, "primary", uninvited)
    for event in (uninvited, "nevermade"):
        assert one(google, Write(Verb.DECLINE, "", event)).external_id == event
        with pytest.raises(failures.Gone):
            one(google, Write(Verb.ACCEPT, "", event))
    event = invited(sim)
    with pytest.raises(failures.VersionConflict):
        one(google, Write(Verb.DECLINE, "", event, if_match='"1"'))


def test_a_guest_cannot_change_the_meeting_and_the_others_go_through(sim, google):
    event = invited(sim)
    refused, done = google.send(ANN, [Write(Verb.UPDATE, "", event, {"name": "Mine"}), visit(2)])
    assert isinstance(refused, failures.Rejected) and refused.code == "forbiddenForNonOrganizer"
    assert done.event.fields["name"] == "Visit 2"


def test_a_calendar_that_may_only_be_read(sim, google):
    team = sim.google.create_calendar(ANN, "Team", role="reader").id
    with pytest.raises(failures.Rejected):
        one(google, visit(), calendar=team)


def test_nobody_is_ever_mailed(sim, google):
    event = invited(sim)
    meeting = sim.google.put(ANN, "primary", body(attendees=[{"email": BOB}, {"email": ANN}]))
    own = meeting["id"]
    sim.ledger.mails.clear()
    one(google, visit())
    one(google, Write(Verb.UPDATE, "", own, {"name": "Later", "location": "There"}))
    one(google, Write(Verb.DECLINE, "", event))
    one(google, Write(Verb.ACCEPT, "", event))
    one(google, Write(Verb.DELETE, "", own))
    one(google, Write(Verb.DELETE, "", event))
    assert list(sim.ledger.mails) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_an_answer_that_is_lost_doubles_nothing(sim, google, when, count):
    writes = [visit(number) for number in range(1, 4)]
    sim.faults.add("google.batch", cut=True, when=when, count=count)
    for _ in range(4):
        try:
            outcomes = google.send(ANN, writes)
            break
        except failures.RetryLater:
            continue
    assert [outcome.external_id for outcome in outcomes] == [write.key for write in writes]
    assert len(sim.google.events(ANN, "primary", deleted=True)) == 3


@pytest.mark.parametrize("when", ["before", "after"])
def test_one_part_that_fails_is_tried_again_alone(sim, google, when):
    writes = [visit(number) for number in range(1, 4)]
    sim.faults.add("google.events.insert", status=503, skip=1, when=when, retry_after=7)
    first, second, third = google.send(ANN, writes)
    assert isinstance(second, failures.RetryLater)
    assert second.retry_after == timedelta(seconds=7)
    assert first.event and third.event
    assert one(google, writes[1]).adopted is (when == "after")
    assert len(sim.google.events(ANN, "primary")) == 3


@pytest.mark.parametrize("status", [403, 429])
def test_too_much(sim, google, status):
    sim.google.configure(calendar_writes_per_minute=2, quota_status=status)
    outcomes = google.send(ANN, [visit(number) for number in range(1, 5)])
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert kinds == ["Written", "Written", "RetryLater", "RetryLater"]


def test_tokens_that_end_inside_a_batch(sim, google):
    sim.faults.add("google.events.insert", error="token_expired", skip=1)
    with pytest.raises(failures.AccessTokenRefused):
        google.send(ANN, [visit(1), visit(2), visit(3)])
    fresh = connect(sim)[1]
    outcomes = fresh.send(ANN, [visit(1), visit(2), visit(3)])
    assert [outcome.adopted for outcome in outcomes] == [True, False, False]
    assert len(sim.google.events(ANN, "primary")) == 3


# --- push ---


def test_channels(sim, google):
    address = "http://127.0.0.1:9/webhooks/google/calendar"
    channel = google.watch(ANN, str(uuid4()), "s" * 64, address, timedelta(days=7))
    left = channel.expires_at - sim.clock.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert channel.resource_id
    assert google.renew(channel, timedelta(days=7)) is None
    with pytest.raises(failures.RetryLater):  # its id is used up
        google.watch(ANN, channel.external_id, "s", address, timedelta(days=7))
    google.unwatch(channel)
    google.unwatch(channel)
    with pytest.raises(failures.PushRefused) as raised:
        google.watch(ANN, str(uuid4()), "s", "http://odoo.example/x", timedelta(days=7))
    assert raised.value.code == "push.webhookUrlNotHttps"
    with pytest.raises(failures.Gone):
        google.watch("nobody@x.example", str(uuid4()), "s", address, timedelta(days=7))
