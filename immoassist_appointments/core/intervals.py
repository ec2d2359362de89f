"""Half-open intervals of time and the three operations availability is made of.

Working time minus busy time is set algebra. Every function takes its intervals in any order,
overlapping or not, and returns the shortest equivalent: sorted, disjoint, no two of them touching.
Cost is one sort plus one linear sweep.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone


def as_utc(moment: datetime) -> datetime:
    """Return ``moment`` in UTC.

    Arithmetic and comparison of two datetimes that share a ``ZoneInfo`` ignore DST (PEP 495), so
    the kernel computes on UTC only and comes back to the wall clock through :mod:`wall_clock`.

    :raise ValueError: ``moment`` is naive.
    """
    if moment.tzinfo is timezone.utc:
        return moment
    if moment.utcoffset() is None:
        raise ValueError(f"A naive datetime has no place on the time line: {moment!r}")
    return moment.astimezone(timezone.utc)


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """The time from ``start`` included to ``stop`` excluded, so 10-11 and 11-12 do not overlap.

    Any aware datetimes are accepted and kept in UTC. Intervals sort by start, then by stop.

    :raise ValueError: a bound is naive, or ``start`` is not before ``stop``.
    """

    start: datetime
    stop: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", as_utc(self.start))
        object.__setattr__(self, "stop", as_utc(self.stop))
        if self.start >= self.stop:
            raise ValueError(f"An interval must start before it stops: {self.start} >= {self.stop}")


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the union; intervals that touch become one."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.start <= merged[-1].stop:
            if interval.stop > merged[-1].stop:
                merged[-1] = Interval(merged[-1].start, interval.stop)
        else:
            merged.append(interval)
    return tuple(merged)


def subtract(windows: Iterable[Interval], holes: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the time of ``windows`` that no hole covers."""
    cuts = merge(holes)
    left: list[Interval] = []
    first = 0
    for window in merge(windows):
        while first < len(cuts) and cuts[first].stop <= window.start:
            first += 1
        cursor, index = window.start, first
        while index < len(cuts) and cuts[index].start < window.stop:
            if cursor < cuts[index].start:
                left.append(Interval(cursor, cuts[index].start))
            cursor = cuts[index].stop
            index += 1
        if cursor < window.stop:
            left.append(Interval(cursor, window.stop))
    return tuple(left)


def intersect(a: Iterable[Interval], b: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the time that belongs to both ``a`` and ``b``."""
    ours, theirs = merge(a), merge(b)
    common: list[Interval] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start = max(ours[i].start, theirs[j].start)
        stop = min(ours[i].stop, theirs[j].stop)
        if start < stop:
            common.append(Interval(start, stop))
        if ours[i].stop <= theirs[j].stop:
            i += 1
        else:
            j += 1
    return tuple(common)


class Timeline:
    """A union of intervals that is searched many times; each answer costs a binary search."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self._intervals = merge(intervals)
        self._starts = [interval.start for interval in self._intervals]

    def overlaps(self, start: datetime, stop: datetime) -> bool:
        """Tell whether any time from ``start`` to ``stop`` belongs to the union."""
        # Of the intervals that begin before ``stop``, the last one also ends last.
        index = bisect_left(self._starts, stop) - 1
        return index >= 0 and self._intervals[index].stop > start

    def around(self, start: datetime, stop: datetime) -> Interval | None:
        """Return the interval of the union that holds all of ``start`` to ``stop``, or None."""
        index = bisect_right(self._starts, start) - 1
        if index < 0 or self._intervals[index].stop < stop:
            return None
        return self._intervals[index]
