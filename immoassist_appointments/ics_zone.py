"""The definition of a zone inside an iCalendar file (VTIMEZONE), from Python's zone database.

Made here and not by `icalendar.Timezone.from_tzid`, which (7.3.0) writes the spring change an hour
late: the onset is to be said in the clock time that holds before it (RFC 5545, 3.6.5).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def vtimezone(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """The offsets of `zone` from `first` to `last`, both aware."""
    component = Timezone()
    component.add("tzid", zone.key)
    begin = first.astimezone(timezone.utc)
    component.add_component(_observance(zone, begin, begin))
    for change in _changes(zone, begin, last.astimezone(timezone.utc)):
        component.add_component(_observance(zone, change, change - SECOND))
    return component


def _observance(zone: ZoneInfo, onset: datetime, before: datetime):
    old, new = before.astimezone(zone), onset.astimezone(zone)
    part = TimezoneDaylight() if new.dst() else TimezoneStandard()
    part.add("dtstart", (onset + old.utcoffset()).replace(tzinfo=None))
    part.add("tzoffsetfrom", old.utcoffset())
    part.add("tzoffsetto", new.utcoffset())
    part.add("tzname", new.tzname())
    return part


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The moments from which another offset holds, in UTC, to the second."""
    day = first.replace(microsecond=0)
    while day < last:
        if _offset(zone, day) != _offset(zone, day + DAY):
            yield _bisect(zone, day, day + DAY)
        day += DAY


def _bisect(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    while after - before > SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset()
