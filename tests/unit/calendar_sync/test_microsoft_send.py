"""Writing to a mailbox: our real client against the simulated Microsoft."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from odoo.addons.immoassist_calendar_sync.core.failures import (
    AccessTokenRefused,
    Gone,
    Rejected,
    RetryLater,
    VersionConflict,
)
from odoo.addons.immoassist_calendar_sync.core.provider import Mark, Verb
from odoo.addons.immoassist_calendar_sync.core.snapshot import Presence

from tests.simulator import Simulator
from tests.unit.calendar_sync.outlook import (
    ANN,
    CARL,
    DATABASE,
    NOON,
    Account,
    content,
    create,
    end,
    hand,
    update,
)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def ann(running: Simulator) -> Iterator[Account]:
    running.reset()
    yield Account(running)
    assert running.ledger.mails == [], "a provider mailed somebody"


def test_create_change_delete(ann):
    write = create()
    (made,) = ann.send(write)
    assert (made.adopted, made.event.fields) == (False, write.fields)
    assert made.event.mark == Mark(DATABASE, write.key)
    (shown,) = ann.events()
    assert shown["start"]["timeZone"] == "UTC"
    assert shown["originalStartTimeZone"] == "Romance Standard Time"
    assert shown["attendees"] == []

    (changed,) = ann.send(update(made.external_id, made.event.etag, name="Second visit"))
    assert changed.event.fields == {**write.fields, "name": "Second visit"}
    assert changed.event.etag != made.event.etag

    assert ann.send(end(Verb.DELETE, made.external_id, changed.event.etag))[0].event is None
    assert ann.events() == []
    (again,) = ann.send(end(Verb.DELETE, made.external_id))
    assert (again.external_id, again.event) == (made.external_id, None)


@pytest.mark.parametrize(
    "fields",
    [
        content(free=True),
        content(tentative=True),
        content(private=True),
        content(allday=True, start=date(2027, 3, 1), stop=date(2027, 3, 3)),
        content(description="", details="", location=""),
        content(description="A & B <c>\n\nline", details="Carl <carl@client.example>"),
    ],
    ids=["free", "tentative", "private", "all day", "empty", "markup"],
)
def test_what_was_written_is_what_is_there(ann, fields):
    (made,) = ann.send(create(**fields))
    read = ann.client.fetch(ann.calendar, [made.external_id])[made.external_id]
    assert read.fields == made.event.fields
    lost = {"tentative"} if fields["free"] else set()
    assert read.fields == {name: fields[name] for name in fields.keys() - lost}


def test_twenty_writes_in_one_request(ann):
    before = ann.client.requests
    writes = [create(name=f"Visit {number}") for number in range(500)]
    made = ann.send(*writes)
    assert ann.client.requests - before == 25
    assert [one.event.fields["name"] for one in made] == [one.fields["name"] for one in writes]
    assert len(ann.events()) == 500


def test_verbs_are_mixed_and_one_bad_write_stops_no_other(ann):
    first, second = ann.send(create(), create())
    outcomes = ann.send(
        update(first.external_id, 'W/"old"', name="x"),
        create(start=NOON, stop=NOON - timedelta(hours=1)),
        end(Verb.DELETE, second.external_id),
        update("AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0Anothing=", None, name="x"),
        create(name="Good"),
    )
    kinds = [type(one).__name__ for one in outcomes]
    assert kinds == ["VersionConflict", "Rejected", "Written", "Gone", "Written"]
    assert isinstance(outcomes[0], VersionConflict)
    assert isinstance(outcomes[1], Rejected)
    assert isinstance(outcomes[3], Gone)
    assert {one["subject"] for one in ann.events()} == {"Visit", "Good"}


def test_one_event_written_twice_in_one_call_is_so_in_order(ann):
    (made,) = ann.send(create())
    for _ in range(5):  # the parts of a batch come in any order
        names = [f"Name {number}" for number in range(4)]
        ann.send(*(update(made.external_id, None, name=name) for name in names))
        assert ann.events()[0]["subject"] == "Name 3"


@pytest.mark.parametrize("told", [True, False], ids=["id told", "id not told"])
@pytest.mark.parametrize("status", [409, 400])
def test_a_creation_whose_answer_was_lost_is_not_repeated(ann, told, status):
    ann.sim.microsoft.configure(duplicate_id=told, duplicate_status=status)
    writes = [create(name=f"Visit {number}") for number in range(30)]
    ann.sim.faults.add("microsoft.batch", cut=True, when="after")
    with pytest.raises(RetryLater):
        ann.send(*writes)
    assert len(ann.events()) == 20
    ann.sim.ledger.reset()
    made = ann.send(*writes)
    assert [one.adopted for one in made] == [True] * 20 + [False] * 10
    assert len({one.external_id for one in made}) == len(ann.events()) == 30
    assert {one.event.fields["name"] for one in made} == {one.fields["name"] for one in writes}
    assert ann.sim.ledger.http == 3, "two batches of creations, one of look-ups"


def test_a_creation_again_after_somebody_deleted_the_event_makes_one(ann):
    write = create()
    ann.sim.microsoft.delete(ANN, ann.calendar, ann.send(write)[0].external_id)
    (made,) = ann.send(write)
    assert not made.adopted
    (again,) = ann.send(write)
    assert (again.external_id, again.adopted) == (made.external_id, True)
    assert len(ann.events()) == 1
    assert ann.client.marked(ann.calendar, DATABASE) == {made.external_id: write.key}


def test_a_duplicate_that_nobody_sees_may_be_under_way_and_is_not_made_again(ann):
    ann.sim.microsoft.configure(duplicate_id=False)
    write = create()
    ann.sim.microsoft.delete(ANN, ann.calendar, ann.send(write)[0].external_id)
    (outcome,) = ann.send(write)
    assert isinstance(outcome, RetryLater)
    assert outcome.code == "ErrorDuplicateTransactionId"
    assert ann.events() == []


def test_the_answers_of_one_batch_outlive_the_failure_of_the_next(ann):
    writes = [create() for _ in range(50)]
    ann.sim.faults.add("microsoft.batch", skip=1, status=503, retry_after=7)
    outcomes = ann.send(*writes)
    assert [one.event is not None for one in outcomes[:20]] == [True] * 20
    assert {type(one) for one in outcomes[20:]} == {RetryLater}
    assert outcomes[20].retry_after == timedelta(seconds=7)
    assert ann.sim.ledger.counts["microsoft.batch"] == 2, "the third was not tried"


def test_without_an_answer_nothing_else_is_tried(ann):
    (made,) = ann.send(create())
    ann.sim.ledger.reset()
    ann.sim.faults.add("microsoft.batch", cut=True, when="after")
    twice = [update(made.external_id, made.event.etag, name=name) for name in ("One", "Two")]
    with pytest.raises(RetryLater):
        ann.send(*twice)
    assert ann.sim.ledger.http == 1
    # It was done all the same: the condition keeps the second attempt from being blind.
    assert ann.events()[0]["subject"] == "One"
    assert isinstance(ann.send(twice[0])[0], VersionConflict)


def test_throttled_parts_of_a_batch_have_their_own_wait(ann):
    ann.sim.faults.add("microsoft.events.create", skip=1, count=2, status=429, retry_after=11)
    outcomes = ann.send(*(create() for _ in range(5)))
    waits = [one.retry_after for one in outcomes if isinstance(one, RetryLater)]
    assert waits == [timedelta(seconds=11)] * 2
    assert len(ann.events()) == 3


def test_half_of_a_body_or_of_an_availability_leaves_the_other_half(ann):
    """Both are one property of Graph, and an update names only what changes."""
    made = ann.send(create(tentative=True), create(free=True), create())
    ids = [one.external_id for one in made]
    ann.sim.ledger.reset()
    outcomes = ann.send(
        update(ids[0], made[0].event.etag, details="Guest: Eve", free=False),
        update(ids[1], made[1].event.etag, tentative=False),
        update(ids[2], made[2].event.etag, description="Ring twice"),
    )
    found = [one.event.fields for one in outcomes]
    assert (found[0]["description"], found[0]["details"]) == ("Bring the keys", "Guest: Eve")
    assert found[0]["tentative"] is True
    assert found[1]["free"] is True
    assert (found[2]["description"], found[2]["details"]) == ("Ring twice", "Guest: Carl")
    assert ann.sim.ledger.http == 2


def test_half_of_what_is_gone(ann):
    (made,) = ann.send(create())
    ann.sim.microsoft.delete(ANN, ann.calendar, made.external_id)
    assert isinstance(ann.send(update(made.external_id, None, details="x"))[0], Gone)


def invited(ann: Account) -> str:
    guests = [{"type": "required", "emailAddress": {"address": ANN}}]
    organizer = {"emailAddress": {"address": CARL}}
    return ann.put(organizer=organizer, attendees=guests)["id"]


def test_answers_to_an_invitation(ann):
    event = invited(ann)
    (accepted,) = ann.send(end(Verb.ACCEPT, event))
    assert accepted.event.presence is Presence.LIVE
    assert ann.events()[0]["responseStatus"]["response"] == "accepted"
    for _ in range(2):  # the second time it is gone from the calendar
        (declined,) = ann.send(end(Verb.DECLINE, event))
        assert (declined.external_id, declined.event) == (event, None)
    assert ann.events() == []


def test_only_guests_answer(ann):
    (made,) = ann.send(create())
    outcomes = ann.send(end(Verb.ACCEPT, made.external_id), end(Verb.ACCEPT, invited(ann)[:-3]))
    assert [type(one) for one in outcomes] == [Rejected, Gone]


def test_a_calendar_that_is_read_only_refuses_writes_and_not_the_account(ann):
    team = ann.sim.microsoft.create_calendar(ANN, "Team", role="reader").id
    (outcome,) = ann.client.send(team, [create()])
    assert isinstance(outcome, Rejected)
    assert outcome.code == "ErrorAccessDenied"


@pytest.mark.parametrize("inside", [True, False], ids=["in the batch", "the batch"])
def test_an_expired_token(ann, inside):
    if inside:
        ann.sim.faults.add(
            "microsoft.events.create",
            count=None,
            status=401,
            body={"error": {"code": "InvalidAuthenticationToken"}},
        )
    else:
        ann.sim.microsoft.expire_tokens(ANN)
    with pytest.raises(AccessTokenRefused):
        ann.send(create(), create())


def test_nothing_to_write_asks_for_nothing(ann):
    before = ann.client.requests
    assert ann.send() == []
    assert ann.client.requests == before


def test_an_occurrence_is_changed_alone(ann):
    recurrence = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "numberOfOccurrences": 3, "startDate": "2027-03-01"},
    }
    ann.put(subject="Rounds", recurrence=recurrence, start=hand(NOON), end=hand(NOON, 1))
    listed = sorted(ann.changes().events.values(), key=lambda event: event.fields["start"])
    start = NOON + timedelta(days=1, hours=2)
    times = {"start": start, "stop": start + timedelta(hours=1), "allday": False}
    (moved,) = ann.send(update(listed[1].external_id, listed[1].etag, **times))
    assert moved.event.fields["start"] == start
    assert moved.event.ical_uid == listed[1].ical_uid
    assert ann.changes().names == ["Rounds"] * 3
