"""Google's events and ours, one as the other: pure functions.

Source: https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from ..core.description import compose, split
from ..core.plain_text import from_html, to_html
from ..core.provider import Event, Guest, Mark, Window
from ..core.snapshot import Fields, Presence, Role

Json = dict[str, Any]

DATABASE, KEY = "immoassist_database", "immoassist_key"
"""Names of our marks among ``extendedProperties.private``."""

PARTS = (
    "id,etag,status,iCalUID,recurringEventId,originalStartTime,summary,description,location,"
    "start,end,transparency,visibility,eventType,organizer(email,self),"
    "attendees(email,displayName,responseStatus,self,resource),extendedProperties/private"
)
"""What is asked for of an event; the rest (conferences, attachments...) is none of our business."""

_NOT_MEETINGS = {"birthday", "workingLocation"}
_PRIVATE = {"confidential", "private"}
_ANSWERS = {"accepted": "accepted", "declined": "declined", "tentative": "tentative"}


def to_event(item: Mapping[str, Any]) -> Event:
    """Return a Google event as ours.

    One whose times cannot be read is left out as no meeting: it must not stop all others.
    """
    external_id, etag = item["id"], item.get("etag")
    if is_cancelled(item):
        return Event(external_id, {}, etag, Presence.DELETED, _uid(item), mark=_mark(item))
    try:
        fields = _fields(item)
    except (LookupError, ValueError, TypeError, OverflowError):
        return Event(external_id, {}, etag, blocking=False)
    own = own_attendee(item)
    declined = own is not None and own.get("responseStatus") == "declined"
    return Event(
        external_id,
        fields,
        etag,
        Presence.DECLINED if declined else Presence.LIVE,
        _uid(item),
        Role.ORGANISER if item.get("organizer", {"self": True}).get("self") else Role.GUEST,
        _guests(item),
        item.get("eventType") not in _NOT_MEETINGS,
        _mark(item),
    )


def to_body(fields: Fields, zone: str, *, patch: bool) -> Json:
    """Return the part of a Google event that ``fields`` are about.

    :param zone: IANA zone to write the times in; one that is not known here means UTC.
    :param patch: for an event that exists: what an all-day event has no use for is taken away.
    """
    body: Json = {}
    for name, key in (("name", "summary"), ("location", "location")):
        if name in fields:
            body[key] = fields[name] or ""
    if "description" in fields or "details" in fields:
        text = compose(fields.get("description"), fields.get("details"))
        body["description"] = to_html(text)
    for name, key, yes, no in (
        ("free", "transparency", "transparent", "opaque"),
        ("private", "visibility", "private", "default"),
        ("tentative", "status", "tentative", "confirmed"),
    ):
        if name in fields:
            body[key] = yes if fields[name] else no
    for name, key in (("start", "start"), ("stop", "end")):
        if name in fields:
            body[key] = _from_moment(fields[name], _zone(zone), patch)
    return body


def to_mark(database: str, key: str) -> Json:
    """Return the marker of an event that we create."""
    return {"extendedProperties": {"private": {DATABASE: database, KEY: key}}}


def ids(key: str) -> list[str]:
    """Return the event ids that a creation may use, best first.

    A deleted event keeps its id for ever; where it cannot be brought back, the next one is used.
    """
    return [key, *(f"{key}g{generation}" for generation in range(1, 10))]


def is_cancelled(item: Mapping[str, Any]) -> bool:
    """Tell whether the event is deleted; then little more than its id is left."""
    return item.get("status") == "cancelled"


def own_attendee(item: Mapping[str, Any]) -> Json | None:
    """Return the entry of the calendar's own person among the invited."""
    return next((entry for entry in item.get("attendees", ()) if entry.get("self")), None)


def is_outside(event: Event, window: Window) -> bool:
    """Tell whether an event lies outside; an all-day one has a day's grace for its zone."""
    start, stop = event.fields.get("start"), event.fields.get("stop")
    if isinstance(start, datetime) and isinstance(stop, datetime):
        return stop <= window.start or start >= window.stop
    if isinstance(start, date) and isinstance(stop, date):
        return stop < window.start.date() or start > window.stop.date() + timedelta(days=1)
    return False


def _fields(item: Mapping[str, Any]) -> Fields:
    description, details = split(from_html(item.get("description") or ""))
    return {
        "name": item.get("summary") or "",
        "description": description,
        "details": details,
        "location": item.get("location") or "",
        "start": _to_moment(item["start"]),
        "stop": _to_moment(item["end"]),
        "allday": "dateTime" not in item["start"],
        "free": item.get("transparency") == "transparent",
        "private": item.get("visibility") in _PRIVATE,
        "tentative": item.get("status") == "tentative",
    }


def _to_moment(value: Mapping[str, str]) -> date:
    if "dateTime" not in value:
        return date.fromisoformat(value["date"])
    # Python 3.10 reads no "Z".
    moment = datetime.fromisoformat(value["dateTime"].replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(value["timeZone"]))
    return moment.astimezone(timezone.utc)


def _from_moment(value: date, zone: ZoneInfo, patch: bool) -> Json:
    if not isinstance(value, datetime):
        rest = {"dateTime": None, "timeZone": None} if patch else {}
        return {"date": value.isoformat(), **rest}
    # With its offset as well: an hour that comes twice in autumn is meant once.
    local = value.astimezone(zone).isoformat(timespec="seconds")
    return {"dateTime": local, "timeZone": zone.key, **({"date": None} if patch else {})}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _uid(item: Mapping[str, Any]) -> str | None:
    uid, original = item.get("iCalUID"), item.get("originalStartTime")
    if not uid or not item.get("recurringEventId"):
        return uid
    try:
        return f"{uid}/{_to_moment(original).isoformat()}"
    except (LookupError, ValueError, TypeError, OverflowError):
        return None  # all occurrences share the UID: alone it would be wrong


def _mark(item: Mapping[str, Any]) -> Mark | None:
    """Return our mark; a copy of our event, and each occurrence once it was made a series, carry it
    too, but not the id that we gave.
    """
    private = item.get("extendedProperties", {}).get("private", {})
    database, key = private.get(DATABASE), private.get(KEY)
    if not database or not key or not re.fullmatch(re.escape(key) + r"(g\d)?", item["id"]):
        return None
    return Mark(database, key)


def _guests(item: Mapping[str, Any]) -> tuple[Guest, ...]:
    return tuple(
        Guest(
            entry["email"].lower(),
            entry.get("displayName") or "",
            _ANSWERS.get(entry.get("responseStatus"), "needs_action"),
        )
        for entry in item.get("attendees", ())
        if entry.get("email") and not entry.get("self") and not entry.get("resource")
    )
