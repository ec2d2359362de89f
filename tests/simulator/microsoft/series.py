"""The occurrences of a recurring event of Microsoft Graph.

https://learn.microsoft.com/graph/api/resources/patternedrecurrence
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any

from .errors import unusable

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDEXES = ("first", "second", "third", "fourth", "last")
PATTERNS = ("daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly")
RANGES = ("endDate", "noEnd", "numbered")
LAST_DAY = date(2100, 1, 1)


def validate(recurrence: Any) -> dict[str, Any]:
    """Return a ``patternedRecurrence`` that can be expanded, or refuse it.

    ``relativeYearly`` exists in Graph and is not simulated.
    """
    if not isinstance(recurrence, dict) or set(recurrence) != {"pattern", "range"}:
        raise unusable("recurrence needs a pattern and a range.")
    pattern, limits = recurrence["pattern"], recurrence["range"]
    if pattern.get("type") not in PATTERNS or limits.get("type") not in RANGES:
        raise unusable(f"recurrence: {pattern.get('type')}, {limits.get('type')} not supported.")
    if not isinstance(pattern.get("interval"), int) or pattern["interval"] < 1:
        raise unusable("recurrence.pattern.interval has to be 1 or more.")
    if not set(pattern.get("daysOfWeek", ())) <= set(DAYS):
        raise unusable("recurrence.pattern.daysOfWeek holds an unknown day.")
    if pattern["type"] in ("weekly", "relativeMonthly") and not pattern.get("daysOfWeek"):
        raise unusable("recurrence.pattern.daysOfWeek is required.")
    needed = {"endDate": "endDate", "numbered": "numberOfOccurrences", "noEnd": "type"}
    if needed[limits["type"]] not in limits:
        raise unusable(f"recurrence.range.{needed[limits['type']]} is required.")
    return {"pattern": dict(pattern), "range": dict(limits)}


def dates(recurrence: dict[str, Any], first: datetime) -> Iterator[date]:
    """Yield the local days of a series in order, not before the day of ``first``."""
    limits = recurrence["range"]
    begin = max(first.date(), _day(limits.get("startDate")) or first.date())
    days = (day for day in _pattern_days(recurrence["pattern"], begin) if day >= begin)
    if limits["type"] == "numbered":
        return islice(days, limits["numberOfOccurrences"])
    last = _day(limits.get("endDate")) if limits["type"] == "endDate" else LAST_DAY
    return takewhile(lambda day: day <= last, days)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _pattern_days(pattern: dict[str, Any], begin: date) -> Iterator[date]:
    kind, interval = pattern["type"], pattern["interval"]
    if kind == "daily":
        return _every(begin, interval)
    if kind == "weekly":
        return _weekly(pattern, begin)
    if kind == "absoluteYearly":
        start = date(begin.year, pattern.get("month", begin.month), 1)
        return _monthly(start, 12 * interval, pattern.get("dayOfMonth", begin.day))
    if kind == "absoluteMonthly":
        day = pattern.get("dayOfMonth", begin.day)
        return _monthly(begin.replace(day=1), interval, day)
    return _relative(pattern, begin.replace(day=1))


def _every(begin: date, interval: int) -> Iterator[date]:
    day = begin
    while day < LAST_DAY:
        yield day
        day += timedelta(days=interval)


def _weekly(pattern: dict[str, Any], begin: date) -> Iterator[date]:
    first = DAYS.index(pattern.get("firstDayOfWeek", "sunday"))
    offsets = sorted((DAYS.index(day) - first) % 7 for day in pattern["daysOfWeek"])
    opening = begin - timedelta(days=(begin.weekday() - first) % 7)
    for week in _every(opening, 7 * pattern["interval"]):
        yield from (week + timedelta(days=offset) for offset in offsets)


def _months(start: date, interval: int) -> Iterator[tuple[int, int]]:
    month = start.year * 12 + start.month - 1
    while month // 12 < LAST_DAY.year:
        yield month // 12, month % 12 + 1
        month += interval


def _monthly(start: date, interval: int, day: int) -> Iterator[date]:
    for year, month in _months(start, interval):
        yield date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _relative(pattern: dict[str, Any], start: date) -> Iterator[date]:
    wanted = {DAYS.index(day) for day in pattern["daysOfWeek"]}
    place = INDEXES.index(pattern.get("index", "first"))
    for year, month in _months(start, pattern["interval"]):
        length = calendar.monthrange(year, month)[1]
        days = [date(year, month, number) for number in range(1, length + 1)]
        days = [day for day in days if day.weekday() in wanted]
        yield days[-1] if place == len(INDEXES) - 1 else days[place]
