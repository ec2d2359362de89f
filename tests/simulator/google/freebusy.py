"""``freeBusy.query`` (https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..call import Call, Reply
from ..store import Account, Calendar, Entry
from .book import Book, occurrence
from .errors import ApiError, invalid, required
from .events import body_of
from .times import instant, moment, render, zone_named

if TYPE_CHECKING:
    from .side import Google

MOST_CALENDARS = 50
Span = tuple[datetime, datetime]


def answer(side: Google, call: Call, account: Account) -> Reply:
    """Answer when calendars are busy; a calendar that fails says so by itself."""
    body = body_of(call)
    start, stop = (_bound(body, name) for name in ("timeMin", "timeMax"))
    if start >= stop:
        message = "The specified time range is empty."
        raise ApiError(400, "timeRangeEmpty", message, domain="calendar")
    try:
        zone = zone_named(body.get("timeZone") or "UTC")
    except ValueError:
        raise invalid("Invalid time zone.", "timeZone") from None
    items = body.get("items") or []
    calendars: dict[str, Any] = {}
    for number, item in enumerate(items):
        name = item.get("id", "") if isinstance(item, dict) else ""
        if number >= MOST_CALENDARS:
            calendars[name] = _failure("tooManyCalendarsRequested")
            continue
        try:
            calendar = side.find(account.email, name)[1]
        except LookupError:
            calendars[name] = _failure("notFound")
            continue
        busy = merged(_busy(side.book, calendar, start, stop))
        calendars[name] = {
            "busy": [{"start": render(one, zone), "end": render(two, zone)} for one, two in busy]
        }
    head = {"timeMin": render(start, zone), "timeMax": render(stop, zone)}
    return Reply.json({"kind": "calendar#freeBusy", **head, "calendars": calendars})


def merged(spans: list[Span]) -> list[Span]:
    """Return times in order, overlapping and touching ones as one."""
    result: list[Span] = []
    for start, stop in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(stop, result[-1][1]))
        else:
            result.append((start, stop))
    return result


def _busy(book: Book, calendar: Calendar, start: datetime, stop: datetime) -> list[Span]:
    spans: list[Span] = []
    for entry in calendar.entries.values():
        for body in _singles(book, calendar, entry, start, stop):
            zone = zone_named(calendar.zone)
            first, last = moment(body["start"], zone), moment(body["end"], zone)
            if first < stop and last > start and not _free(body):
                spans.append((max(first, start), min(last, stop)))
    return spans


def _singles(
    book: Book, calendar: Calendar, entry: Entry, start: datetime, stop: datetime
) -> list[dict[str, Any]]:
    if entry.deleted:
        return []
    if "recurrence" not in entry.body:
        return [entry.body]
    found = book.expand(calendar, entry.body, start, stop)
    return [
        occurrence(entry.body, one)
        for one in found
        if f"{entry.id}_{one.key}" not in calendar.entries
    ]


def _free(body: dict[str, Any]) -> bool:
    mine = (one for one in body.get("attendees", ()) if one.get("self"))
    declined = any(one["responseStatus"] == "declined" for one in mine)
    return declined or body.get("transparency") == "transparent"


def _bound(body: dict[str, Any], name: str) -> datetime:
    if name not in body:
        raise required(f"Missing required field: {name}")
    try:
        return instant(body[name])
    except ValueError:
        raise ApiError(400, "badRequest", "Bad Request") from None


def _failure(reason: str) -> dict[str, Any]:
    return {"busy": [], "errors": [{"domain": "global", "reason": reason}]}
