"""Google's writes and channels, against the simulated Google, which mails nobody it should not."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from odoo.addons.immoassist_calendar_sync.core import failures
from odoo.addons.immoassist_calendar_sync.core.fingerprint import fingerprint, same
from odoo.addons.immoassist_calendar_sync.core.provider import Mark, Verb, Write
from odoo.addons.immoassist_calendar_sync.core.snapshot import Presence, Role

from tests.simulator import Simulator
from tests.unit.calendar_sync.google_account import (
    ANN,
    BOB,
    DATABASE,
    ZONED,
    body,
    connect,
    counted,
    invited,
    one,
    pull,
    visit,
)


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
    copied = {"extendedProperties": stored["extendedProperties"]}
    sim.google.put(ANN, "primary", body(**copied))
    assert google.marked(ANN, DATABASE) == {write.key: write.key}


def test_hundreds_go_by_fifty_and_keep_their_order(sim, google):
    writes = [visit(number, day=number % 90) for number in range(1, 501)]
    before = sim.ledger.http
    with counted(google, 10):
        outcomes = google.send(ANN, writes)
    assert sim.ledger.http - before == 10
    assert [outcome.external_id for outcome in outcomes] == [write.key for write in writes]
    assert len(sim.google.events(ANN, "primary")) == 500
    with counted(google, 1):
        assert len(google.marked(ANN, DATABASE)) == 500


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
    assert kinds == ["Written", "Written", "Throttled", "Throttled"]


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
