from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_appointments.core.reminders import (
    BEGUN,
    CALLED_OFF,
    DECLINED,
    LATE,
    PLANNED,
    SENT,
    SKIPPED,
    Key,
    Meeting,
    Person,
    Plan,
    Status,
    Verdict,
    judge,
    plan,
    wanted,
)

from tests.unit.appointments.builders import at, minutes

BROKER = Person("broker", "marie@agency.example")
ADA = Person("ada", "ada@client.example")
START = at("2027-03-10 14:00")
VISIT = Meeting(START, "confirmed", (BROKER, ADA), frozenset({1440, 60}))
WEEK_BEFORE = START - timedelta(days=7)


def followed(meeting, ledger, now):
    """The ledger after a plan."""
    todo = plan(meeting, ledger, now)
    assert not todo.drop & todo.change.keys()
    assert not todo.create.keys() & ledger.keys()
    kept = {key: status for key, status in ledger.items() if key not in todo.drop}
    return kept | todo.create | todo.change


def test_the_broker_and_the_client_are_reminded_a_day_and_an_hour_before():
    ledger = followed(VISIT, {}, WEEK_BEFORE)
    assert set(ledger.values()) == {Status(PLANNED)}
    assert [(key.person, key.due) for key in ledger] == [
        ("broker", at("2027-03-09 14:00")),
        ("ada", at("2027-03-09 14:00")),
        ("broker", at("2027-03-10 13:00")),
        ("ada", at("2027-03-10 13:00")),
    ]


def test_a_day_before_is_24_hours_also_when_the_clocks_change():
    # The night to 14 March 2027 has 23 hours in Toronto.
    assert Key("ada", 1440, at("2027-03-14 14:00")).due == at("2027-03-13 13:00")


@pytest.mark.parametrize("state", ["pending", "cancelled"])
def test_only_a_confirmed_appointment_is_reminded_of(state):
    assert plan(replace(VISIT, state=state), {}, WEEK_BEFORE) == Plan()


def test_who_declined_or_has_no_address_is_left_alone_and_one_address_gets_one_mail():
    people = (
        BROKER,
        replace(ADA, declined=True),
        Person("guest", ""),
        Person("the broker as a guest", BROKER.email),
        Person("bob", "bob@client.example"),
    )
    assert {key.person for key in wanted(replace(VISIT, people=people))} == {"broker", "bob"}


def test_booked_half_an_hour_before_nothing_is_sent_late():
    ledger = followed(VISIT, {}, START - minutes(30))
    assert set(ledger.values()) == {Status(SKIPPED, LATE)}
    assert len(ledger) == 4


def test_booked_at_the_very_moment_of_a_reminder_it_is_not_sent():
    ledger = followed(VISIT, {}, START - minutes(1440))
    assert {(key.minutes, status.state) for key, status in ledger.items()} == {
        (1440, SKIPPED),
        (60, PLANNED),
    }


def test_what_has_begun_gets_no_rows():
    assert plan(VISIT, {}, START) == Plan()


def test_moved_what_was_sent_stays_and_the_new_time_is_reminded_of_again():
    now = START - minutes(1000)
    ledger = followed(VISIT, {}, WEEK_BEFORE)
    ledger |= {key: Status(SENT) for key in ledger if key.minutes == 1440}
    moved = replace(VISIT, start=START + timedelta(days=2))
    after = followed(moved, ledger, now)
    assert {(key.start, key.minutes): status.state for key, status in after.items()} == {
        (START, 1440): SENT,
        (moved.start, 1440): PLANNED,
        (moved.start, 60): PLANNED,
    }
    back = followed(VISIT, after, now)
    assert {(key.start, key.minutes): status.state for key, status in back.items()} == {
        (START, 1440): SENT,
        (START, 60): PLANNED,
    }


def test_cancelled_and_confirmed_again_only_what_is_still_to_come_comes_back():
    ledger = followed(VISIT, {}, WEEK_BEFORE)
    cancelled = followed(replace(VISIT, state="cancelled"), ledger, WEEK_BEFORE)
    assert set(cancelled.values()) == {Status(SKIPPED, CALLED_OFF)}
    assert followed(VISIT, cancelled, WEEK_BEFORE) == ledger
    too_late = followed(VISIT, cancelled, START - minutes(90))
    assert {(key.minutes, status) for key, status in too_late.items()} == {
        (1440, Status(SKIPPED, LATE)),
        (60, Status(PLANNED)),
    }


def test_declined_and_accepted_again():
    ledger = followed(VISIT, {}, WEEK_BEFORE)
    gone = replace(VISIT, people=(BROKER, replace(ADA, declined=True)))
    without = followed(gone, ledger, WEEK_BEFORE)
    assert {(key.person, status) for key, status in without.items()} == {
        ("broker", Status(PLANNED)),
        ("ada", Status(SKIPPED, DECLINED)),
    }
    assert followed(VISIT, without, WEEK_BEFORE) == ledger


def test_another_broker_takes_over():
    ledger = followed(VISIT, {}, WEEK_BEFORE)
    paul = replace(VISIT, people=(Person("paul", "paul@agency.example"), ADA))
    assert {key.person for key in followed(paul, ledger, WEEK_BEFORE)} == {"paul", "ada"}


def test_a_rule_of_the_type_goes_and_another_comes():
    ledger = followed(VISIT, {}, WEEK_BEFORE)
    changed = followed(replace(VISIT, offsets=frozenset({1440, 120})), ledger, WEEK_BEFORE)
    assert {key.minutes for key in changed} == {1440, 120}


def test_late_rather_than_never_until_it_begins():
    key = Key("ada", 60, START)
    assert judge(key, VISIT, key.due - minutes(1)) is Verdict.WAIT
    assert judge(key, VISIT, key.due) is Verdict.SEND
    assert judge(key, VISIT, START - minutes(1)) is Verdict.SEND
    assert judge(key, VISIT, START) is Verdict.SKIP_BEGUN
    # A change of something else must not turn late into never.
    assert plan(VISIT, {key: Status(PLANNED)}, START - minutes(5)).change == {}
    assert plan(VISIT, {key: Status(SKIPPED, BEGUN)}, START + minutes(5)) == Plan()


@pytest.mark.parametrize(
    "meeting",
    [
        replace(VISIT, state="cancelled"),
        replace(VISIT, state="pending"),
        replace(VISIT, start=START + minutes(30)),
        replace(VISIT, people=(BROKER,)),
        replace(VISIT, offsets=frozenset({1440})),
    ],
)
def test_what_does_not_apply_any_more_is_not_sent(meeting):
    assert judge(Key("ada", 60, START), meeting, START - minutes(30)) is Verdict.SKIP_OBSOLETE


# ---- the life of an appointment, any life

people = st.tuples(
    st.sampled_from([BROKER, Person("paul", "paul@agency.example"), Person("no", "")]),
    st.builds(replace, st.just(ADA), declined=st.booleans()),
    st.builds(Person, st.just("bob"), st.sampled_from(["", "bob@c.example", BROKER.email])),
)
meetings = st.builds(
    Meeting,
    start=st.integers(0, 60).map(lambda n: START + timedelta(hours=n)),
    state=st.sampled_from(["confirmed", "confirmed", "pending", "cancelled"]),
    people=people,
    offsets=st.frozensets(st.sampled_from([15, 60, 120, 1440]), max_size=3),
)
steps = st.lists(
    st.tuples(st.integers(0, 30), st.one_of(meetings, st.just("cron"))), min_size=1, max_size=25
)


def run_cron(meeting, ledger, now, mails):
    """What the cron does; a mail is (who, before which start, how long before)."""
    for key, status in ledger.items():
        if status.state != PLANNED or key.due > now:
            continue
        verdict = judge(key, meeting, now)
        if verdict is Verdict.SEND:
            assert meeting.state == "confirmed"
            assert meeting.start == key.start > now
            mails.append(key)
            ledger[key] = Status(SENT)
        elif verdict is not Verdict.WAIT:
            ledger[key] = Status(SKIPPED, verdict.value)


@given(meetings, steps)
def test_whatever_happens_nothing_is_sent_twice_or_wrongly(meeting, life):
    now, ledger, mails = START - timedelta(hours=60), {}, []
    ledger = followed(meeting, ledger, now)
    for hours, step in life:
        now += timedelta(hours=hours)
        if step == "cron":
            run_cron(meeting, ledger, now, mails)
        else:
            meeting = step
            ledger = followed(meeting, ledger, now)
        assert plan(meeting, ledger, now) == Plan(), "a plan that is followed asks for nothing more"
    assert len(mails) == len(set(mails))
    assert set(mails) == {key for key, status in ledger.items() if status.state == SENT}


@given(meetings, st.integers(0, 200))
def test_left_alone_everything_planned_is_sent_at_its_moment(meeting, hours):
    now = START - timedelta(hours=hours)
    ledger = followed(meeting, {}, now)
    planned = [key for key, status in ledger.items() if status.state == PLANNED]
    assert planned == [key for key in wanted(meeting) if key.due > now]
    mails = []
    for key in planned:
        run_cron(meeting, ledger, key.due, mails)
    assert mails == planned


@given(meetings, st.integers(1, 50))
def test_a_server_that_was_off_sends_late_what_has_not_begun(meeting, hours):
    now = START - timedelta(hours=72)
    ledger = followed(meeting, {}, now)
    back = START + timedelta(hours=hours)
    mails = []
    run_cron(meeting, ledger, back, mails)
    due = [key for key in wanted(meeting) if key.due <= back]
    assert mails == (due if back < meeting.start else [])
