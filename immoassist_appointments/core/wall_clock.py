"""From the clock on the wall to the time line and back, on every day of the year.

A broker thinks "from 9 to 17", the kernel computes in UTC. On the two days a year when the clocks
change, some wall times do not exist and some exist twice; the whole policy for them is in
:func:`instant` and :func:`grid`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from .intervals import Interval

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MINUTES_PER_DAY = 24 * 60


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """Return the date that the wall clock of ``zone`` shows at ``moment``."""
    return moment.astimezone(zone).date()


def local_dates(interval: Interval, zone: ZoneInfo) -> Iterator[date]:
    """Yield, in order, the dates of ``zone`` that ``interval`` touches."""
    day = local_date(interval.start, zone)
    # The stop is excluded: an interval that ends at midnight does not touch the next day.
    last = local_date(interval.stop - datetime.resolution, zone)
    while day <= last:
        yield day
        day += DAY


def instant(day: date, minutes: int, zone: ZoneInfo, fold: int = 0) -> datetime:
    """Return, in UTC, the moment when the clock of ``zone`` shows ``minutes`` after midnight of
    ``day``.

    :param minutes: 0 to 1440; 1440 is midnight at the end of the day, that is the start of the next
        one.
    :param fold: which one to take of a wall time that occurs twice: 0 the first, 1 the second (PEP
        495).

    A wall time that the clock skips is moved forward to the end of the gap: where 2:00-3:00 does
    not exist, 2:15 is the instant at which the clock shows 3:00.
    """
    day += DAY * (minutes // MINUTES_PER_DAY)
    hour, minute = divmod(minutes % MINUTES_PER_DAY, 60)
    wall = datetime.combine(day, time(hour, minute, fold=fold), zone)
    moment = wall.astimezone(timezone.utc)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    # In a gap, fold=1 is read with the offset after the change and fold=0 with the offset before
    # it, which puts the two readings on either side of the change.
    before = wall.replace(fold=1).astimezone(timezone.utc)
    after = wall.replace(fold=0).astimezone(timezone.utc)
    return _change_between(before, after, zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant in (before, after] that has the UTC offset of ``after``."""
    offset = after.astimezone(zone).utcoffset()
    # All changes of the tz database happen on a whole second.
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return, in UTC, the first instant of ``day``: 01:00 where the clock skips midnight."""
    return instant(day, 0, zone)


def grid(day: date, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield, in UTC and in order, the instants of ``day`` whose wall clock is a multiple of
    ``step`` after 0:00.

    The grid restarts every midnight, also when ``step`` does not divide a day. Wall times that the
    clock skips yield nothing; wall times that occur twice yield two instants, because both are real
    hours.

    :param step: whole minutes, more than zero.
    """
    start, stop = midnight(day, zone), midnight(day + DAY, zone)
    if stop - start == DAY:
        while start < stop:
            yield start
            start += step
        return
    step_minutes = step // MINUTE
    while start < stop:  # the clocks change: read the wall minute by minute
        wall = start.astimezone(zone)
        if (wall.hour * 60 + wall.minute) % step_minutes == 0:
            yield start
        start += MINUTE
