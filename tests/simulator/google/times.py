"""Google's times: RFC 3339 with an offset or with a zone, or dates; and series of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from .errors import ApiError, invalid, required

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?")
LINE = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:]*)?):(.+)")
UNTIL = re.compile(r"UNTIL=(\d{8})(?:T(\d{6})(Z?))?")
MOST_INSTANCES = 1500


@lru_cache(maxsize=256)
def zone_named(name: str) -> ZoneInfo:
    """Return a zone.

    :raise ValueError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(name) from None


def instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    """Return the aware time of an RFC 3339 text, of local time in ``zone`` if it has no offset.

    :raise ValueError: it is none, or has no offset and there is no zone.
    """
    if not isinstance(text, str) or not RFC3339.fullmatch(text):
        raise ValueError(text)
    # Python 3.10 reads neither Z nor fractions of any length.
    whole = re.sub(r"\.\d+", "", text.upper()).replace("Z", "+00:00")
    value = datetime.fromisoformat(whole)
    if value.tzinfo is None:
        if zone is None:
            raise ValueError(text)
        value = value.replace(tzinfo=zone)
    return value


def render(value: datetime, zone: ZoneInfo) -> str:
    """Return the time as Google writes it in a zone."""
    text = value.astimezone(zone).isoformat(timespec="seconds")
    return text[:-6] + "Z" if zone.key in ("UTC", "Etc/UTC") else text


def stamp(value: datetime) -> str:
    """Return ``created`` and ``updated`` as Google writes them."""
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{value.microsecond // 1000:03d}Z"
    )


def normal_end(end: Any, what: str, zone: ZoneInfo) -> dict[str, str]:
    """Check ``start`` or ``end`` of an event, and write it in the calendar's zone.

    :raise ApiError: 400.
    """
    if not isinstance(end, dict):
        raise required(f"Missing {what} time.")
    given = {key: value for key, value in end.items() if value is not None}
    if ("date" in given) == ("dateTime" in given):
        raise invalid(f"Invalid {what} time.") if given else required(f"Missing {what} time.")
    if "date" in given:
        try:
            return {"date": date.fromisoformat(given["date"]).isoformat()}
        except (TypeError, ValueError):
            raise invalid(f"Invalid {what} time.") from None
    try:
        named = zone_named(given["timeZone"]) if "timeZone" in given else None
    except (TypeError, ValueError):
        raise invalid(f"Invalid time zone definition for {what} time.") from None
    try:
        value = instant(given["dateTime"], named)
    except ValueError:
        local = isinstance(given["dateTime"], str) and RFC3339.fullmatch(given["dateTime"])
        if local and named is None:
            raise required(f"Missing time zone definition for {what} time.") from None
        raise invalid(f"Invalid {what} time.") from None
    return {"dateTime": render(value, zone), "timeZone": (named or zone).key}


def check_order(body: dict[str, Any]) -> None:
    """Check that an event's end is of the same sort as its start, and after it."""
    start, end = body["start"], body["end"]
    if ("date" in start) != ("date" in end):
        raise invalid("Start and end times must either both be date or both be dateTime.")
    if "date" in start:
        empty = start["date"] >= end["date"]
    else:
        empty = instant(start["dateTime"]) >= instant(end["dateTime"])
    if empty:
        raise ApiError(
            400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar"
        )


def moment(end: dict[str, str], zone: ZoneInfo) -> datetime:
    """Return the time of a normal ``start`` or ``end``; a day begins at midnight in ``zone``."""
    if "date" in end:
        return datetime.combine(date.fromisoformat(end["date"]), time(), zone)
    return datetime.fromisoformat(end["dateTime"].replace("Z", "+00:00"))


@dataclass(frozen=True, slots=True)
class Instance:
    """One occurrence of a series, as its rule says."""

    key: str
    start: dict[str, str]
    end: dict[str, str]


def check_recurrence(body: dict[str, Any]) -> None:
    """Check the rules of a series (RFC 5545, without DTSTART and DTEND).

    :raise ApiError: 400.
    """
    try:
        lines = [LINE.fullmatch(line) for line in body["recurrence"]]
        if not all(lines):
            raise ValueError("unknown property")
        next(_starts(body), None)
    except (TypeError, ValueError):
        raise invalid("Invalid recurrence rule.") from None


def instances(
    body: dict[str, Any], zone: ZoneInfo, start: datetime | None, stop: datetime
) -> Iterator[Instance]:
    """Yield the occurrences of a series that end after ``start`` and begin before ``stop``."""
    allday = "date" in body["start"]
    local = zone_named(body["start"].get("timeZone", zone.key))
    length = moment(body["end"], timezone.utc) - moment(body["start"], timezone.utc)
    for number, naive in enumerate(_starts(body)):
        first = naive.replace(tzinfo=zone if allday else local)
        if first >= stop or number >= MOST_INSTANCES:
            return
        # Elapsed time, not wall time: a series over a change of the clocks keeps its length.
        last = first + length if allday else _plus(first, length)
        if start is not None and last <= start:
            continue
        if allday:
            yield Instance(
                naive.strftime("%Y%m%d"),
                {"date": naive.date().isoformat()},
                {"date": (naive + length).date().isoformat()},
            )
        else:
            yield Instance(
                first.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ"),
                {"dateTime": render(first, zone), "timeZone": local.key},
                {"dateTime": render(last, zone), "timeZone": local.key},
            )


def _plus(first: datetime, length: timedelta) -> datetime:
    return first.astimezone(timezone.utc) + length


def _starts(body: dict[str, Any]) -> Iterator[datetime]:
    """Yield the starts in local time of the event's own zone, in order."""
    start = body["start"]
    if "date" in start:
        zone: Any = timezone.utc
        first = datetime.combine(date.fromisoformat(start["date"]), time())
    else:
        zone = zone_named(start["timeZone"])
        first = moment(start, zone).astimezone(zone).replace(tzinfo=None)
    rules, added, removed = [], set(), set()
    for line in body["recurrence"]:
        name, _options, value = LINE.fullmatch(line).groups()
        if name == "RRULE":
            text = UNTIL.sub(lambda found: _until(found, zone), value)
            rules.append(rrulestr(text, dtstart=first))
        elif name in ("RDATE", "EXDATE"):
            days = {_naive(text, zone, first) for text in value.split(",")}
            (added if name == "RDATE" else removed).update(days)
        else:
            raise ValueError("EXRULE is not simulated.")
    if len(rules) > 1:
        raise ValueError("Several rules are not simulated.")
    extra = sorted(added | (set() if rules else {first}))
    for value in _merged(iter(rules[0]) if rules else iter(()), extra):
        if value not in removed:
            yield value


def _merged(rule: Iterator[datetime], extra: list[datetime]) -> Iterator[datetime]:
    for value in rule:
        while extra and extra[0] < value:
            yield extra.pop(0)
        if extra and extra[0] == value:
            extra.pop(0)
        yield value
    yield from extra


def _until(found: re.Match[str], zone: Any) -> str:
    """The rule is run in local time, so its end has to be too."""
    day, clock, utc = found.groups()
    if clock is None:
        return f"UNTIL={day}T235959"
    if not utc:
        return f"UNTIL={day}T{clock}"
    value = datetime.strptime(day + clock, "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    return f"UNTIL={value.astimezone(zone):%Y%m%dT%H%M%S}"


def _naive(text: str, zone: Any, first: datetime) -> datetime:
    if len(text) == 8:
        day = datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 (local time on purpose)
        return datetime.combine(day.date(), first.time())
    value = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (the same)
    if text.endswith("Z"):
        value = value.replace(tzinfo=timezone.utc).astimezone(zone).replace(tzinfo=None)
    return value
