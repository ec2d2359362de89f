"""Who is reminded when: which rows the ledger should have, and what becomes of a row at a moment.

A row is known by whom it reminds, how long before, and of which start. The start is part of the
key on purpose: when an appointment moves, what was sent for the old time stays sent, and the new
time has rows of its own that are sent again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum

PLANNED, SENT, SKIPPED = "planned", "sent", "skipped"
CONFIRMED, CANCELLED = "confirmed", "cancelled"

# Why a row is skipped.
LATE = "late"  # its moment had passed when the appointment was made, moved or confirmed
BEGUN = "begun"  # the appointment had begun before it could be sent
CALLED_OFF = "cancelled"
DECLINED = "declined"
OBSOLETE = "obsolete"  # nobody asks for it any more
# What may be planned again, as long as its moment has not passed.
_FINAL = frozenset({LATE, BEGUN})


class Verdict(Enum):
    """What to do with a planned row at a moment."""

    WAIT = "wait"
    SEND = "send"
    SKIP_BEGUN = BEGUN
    SKIP_OBSOLETE = OBSOLETE


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be reminded.

    :param key: says who it is, the same in every call.
    :param email: normalised; empty when there is none.
    """

    key: Hashable
    email: str
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """What reminders depend on.

    :param start: aware.
    :param state: as on the appointment; only a confirmed one is reminded of.
    :param people: the broker first, then the attendees.
    :param offsets: minutes before the start.
    """

    start: datetime
    state: str
    people: tuple[Person, ...]
    offsets: frozenset[int]

    def concerned(self) -> Iterator[Person]:
        """Who is reminded: each address once, so a broker who also attends gets one mail."""
        seen = set()
        for person in self.people:
            if person.email and not person.declined and person.email not in seen:
                seen.add(person.email)
                yield person


@dataclass(frozen=True, slots=True)
class Key:
    """What a row of the ledger is known by, within one appointment."""

    person: Hashable
    minutes: int
    start: datetime

    @property
    def due(self) -> datetime:
        """In UTC: real time, where a wall clock would be an hour off when the clocks change."""
        return self.start.astimezone(timezone.utc) - timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Status:
    """State of a row, and why it is skipped."""

    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the ledger of one appointment has to change."""

    create: dict[Key, Status] = field(default_factory=dict)
    change: dict[Key, Status] = field(default_factory=dict)
    drop: frozenset[Key] = frozenset()


def wanted(meeting: Meeting) -> list[Key]:
    """Return the rows that this meeting asks for, the soonest due first."""
    if meeting.state != CONFIRMED:
        return []
    people = list(meeting.concerned())
    return [
        Key(person.key, minutes, meeting.start)
        for minutes in sorted(meeting.offsets, reverse=True)
        for person in people
    ]


def plan(meeting: Meeting, ledger: Mapping[Key, Status], now: datetime) -> Plan:
    """Return what brings the ledger in line with the meeting.

    What was sent stays. A row that is due but not sent yet stays planned however late it is: only
    the moment of sending decides. A row that is new, or comes back, is planned only if its moment
    is still to come: who books half an hour before is not told what to do tomorrow.
    """
    keys = wanted(meeting)
    create = {}
    if now < meeting.start:
        create = {key: _fresh(key, now) for key in keys if key not in ledger}
    change, drop = {}, set()
    asked = set(keys)
    for key, status in ledger.items():
        if status.state == SENT:
            continue
        new = _kept(key, status, now) if key in asked else _unasked(key, status, meeting)
        if new is None:
            drop.add(key)
        elif new != status:
            change[key] = new
    return Plan(create, change, frozenset(drop))


def judge(key: Key, meeting: Meeting, now: datetime) -> Verdict:
    """Return what to do with a planned row, late rather than never while it is of use."""
    if key not in wanted(meeting):
        return Verdict.SKIP_OBSOLETE
    if now >= meeting.start:
        return Verdict.SKIP_BEGUN
    return Verdict.SEND if now >= key.due else Verdict.WAIT


def _fresh(key: Key, now: datetime) -> Status:
    return Status(PLANNED) if key.due > now else Status(SKIPPED, LATE)


def _kept(key: Key, status: Status, now: datetime) -> Status:
    """The status of an unsent row that is asked for."""
    if status.state == PLANNED or (status.reason in _FINAL and key.due <= now):
        return status
    return _fresh(key, now)


def _unasked(key: Key, status: Status, meeting: Meeting) -> Status | None:
    """The status of an unsent row that is not asked for; None when it tells nothing."""
    if key.start != meeting.start:
        return None
    if meeting.state == CANCELLED:
        reason = CALLED_OFF
    elif any(person.key == key.person and person.declined for person in meeting.people):
        reason = DECLINED
    else:
        return None
    return Status(SKIPPED, reason) if status.state == PLANNED else status
