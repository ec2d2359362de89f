"""One event of a simulated mailbox, as values that never change, and its instances in a window."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from . import series
from .times import UTC, to_utc, zone


@dataclass(frozen=True, slots=True)
class Event:
    """A single event, a series, or an exception of a series.

    :param token: what its id is made of; an exception's ends in ``-YYYYMMDD``, its original day.
    :param start: aware, UTC; of an all-day event: midnight UTC of its day.
    :param zone: in which it was written (``originalStartTimeZone``).
    :param content: the JSON members that need no treatment.
    :param properties: single-value extended properties, by id.
    :param exceptions: of a series, by original day ``YYYYMMDD``.
    :param cancelled: original days of a series that were deleted.
    :param revision: of the mailbox, when it last changed.
    :param content_revision: of the mailbox, when all occurrences last changed.
    """

    token: str
    calendar: str
    start: datetime
    end: datetime
    zone: str
    end_zone: str
    all_day: bool
    created: datetime
    modified: datetime
    content: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    transaction_id: str | None = None
    recurrence: Mapping[str, Any] | None = None
    exceptions: Mapping[str, Event] = field(default_factory=dict)
    cancelled: frozenset[str] = frozenset()
    revision: int = 0
    content_revision: int = 0


class Instance(NamedTuple):
    """What a calendar view lists: a single event, an occurrence or an exception; or a master.

    :param event: the single event, the exception, or the master of the occurrence.
    :param day: original day of an occurrence or exception, ``YYYYMMDD``; empty for others.
    """

    token: str
    kind: str
    event: Event
    start: datetime
    end: datetime
    revision: int
    day: str = ""

    @property
    def etag(self) -> str:
        """Return the ``@odata.etag``."""
        return f'W/"{self.change_key}"'

    @property
    def change_key(self) -> str:
        """Return the ``changeKey``; all occurrences of a series share one, as in Exchange."""
        return _change_key(self.token[:8], self.revision)


@lru_cache(maxsize=10_000)
def _change_key(token: str, revision: int) -> str:
    return base64.b64encode(f"simulated-{token}-{revision:012d}".encode()).decode()


def whole(event: Event) -> Instance:
    """Return a single event or a master as an instance."""
    kind = "seriesMaster" if event.recurrence else "singleInstance"
    return Instance(event.token, kind, event, event.start, event.end, event.revision)


def instances(event: Event, start: datetime, stop: datetime) -> Iterator[Instance]:
    """Yield what of ``event`` lies in the half-open window; masters are replaced by occurrences."""
    if not event.recurrence:
        if overlaps(event.start, event.end, start, stop):
            yield whole(event)
        return
    for day, exception in event.exceptions.items():
        if overlaps(exception.start, exception.end, start, stop):
            yield _exception(day, exception)
    left_out = event.cancelled | event.exceptions.keys()
    for day, begin, end in _days(event):
        if begin >= stop:
            return
        if day not in left_out and overlaps(begin, end, start, stop):
            yield _occurrence(event, day, begin, end)


def instance_of(event: Event, day: str) -> Instance | None:
    """Return the occurrence or exception of a series at an original day, None if there is none."""
    if day in event.exceptions:
        return _exception(day, event.exceptions[day])
    if day in event.cancelled or not event.recurrence:
        return None
    for other, begin, end in _days(event):
        if other >= day:
            return _occurrence(event, day, begin, end) if other == day else None
    return None


def neighbours(event: Event, day: str) -> tuple[datetime | None, datetime | None]:
    """Return the end of the occurrence before ``day`` and the start of the one after it."""
    before = None
    for other, begin, end in _days(event):
        moved = event.exceptions.get(other)
        if other > day:
            return before, moved.start if moved else begin
        if other < day and other not in event.cancelled:
            before = moved.end if moved else end
    return before, None


def overlaps(begin: datetime, end: datetime, start: datetime, stop: datetime) -> bool:
    """Tell whether an event lies in the half-open window; one without a duration can, too."""
    return begin < stop and (end > start or begin == end == start)


def exception_of(instance: Instance, **changes: Any) -> Event:
    """Return an occurrence as an event of its own, with its own times."""
    values = {"token": instance.token, "recurrence": None, "exceptions": {}, **changes}
    values = {"start": instance.start, "end": instance.end, "cancelled": frozenset(), **values}
    return replace(instance.event, **values)


def _exception(day: str, event: Event) -> Instance:
    return Instance(event.token, "exception", event, event.start, event.end, event.revision, day)


def _occurrence(event: Event, day: str, begin: datetime, end: datetime) -> Instance:
    token = f"{event.token}-{day}"
    return Instance(token, "occurrence", event, begin, end, event.content_revision, day)


def _days(event: Event) -> Iterator[tuple[str, datetime, datetime]]:
    """Yield original day, start and end of each occurrence: the wall clock stays the same."""
    label = "UTC" if event.all_day else event.zone
    where = UTC if label == "UTC" else zone(label)
    first = event.start.astimezone(where).replace(tzinfo=None)
    length: timedelta = event.end.astimezone(where).replace(tzinfo=None) - first
    for day in series.dates(dict(event.recurrence or {}), first):
        begin = datetime.combine(day, first.time())
        yield day.isoformat().replace("-", ""), to_utc(begin, label), to_utc(begin + length, label)
