"""Events of Microsoft Graph, translated to and from the vocabulary of ``core.provider``.

https://learn.microsoft.com/graph/api/resources/event

- Times are read in UTC, which every request asks for, or in whatever zone the answer names.
- All-day events are at midnight in one zone. Where the answer is not at midnight, it has moved them
  to another zone: the day is the one in ``originalStartTimeZone``.
- ``showAs`` is one word for two of our fields. A free event cannot say whether it is tentative, so
  that field is missing then. ``workingElsewhere`` is available for meetings: free.
- An occurrence listed by delta often has nothing but its times: the rest is that of its master.
- ``originalStart`` is in no answer that does not ``$select`` it, which delta cannot. An occurrence
  that was not moved starts when it originally did; for an exception it is the day inside its
  ``iCalUId`` at the master's time of day.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from ..core.description import compose, split
from ..core.plain_text import from_html
from ..core.provider import Event, Guest, Mark
from ..core.snapshot import Fields, Presence, Role
from .microsoft_uid import occurrence_day, series_uid
from .microsoft_zones import UTC, writable, zone_named

Json = Mapping[str, Any]

PROPERTY = "String {66f5a359-4659-4638-81a3-d1d2b2f5c5b4} Name "
DATABASE = PROPERTY + "ImmoAssistDatabase"
KEY = PROPERTY + "ImmoAssistKey"
MASTER = "seriesMaster"
ANSWERS = {
    "organizer": "accepted",
    "accepted": "accepted",
    "tentativelyAccepted": "tentative",
    "declined": "declined",
}
DAY = timedelta(days=1)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|\+00:00)?")


def is_thin(data: Json) -> bool:
    """Tell whether delta left out what the master says."""
    return bool(data.get("seriesMasterId")) and "subject" not in data


def needs_master(data: Json) -> bool:
    """Tell whether the item says too little without its master."""
    return is_thin(data) or data.get("type") == "exception"


def has_guests(data: Json) -> bool:
    """Tell whether it takes the account's own addresses to read the guests."""
    return bool(data.get("attendees")) and not data.get("isOrganizer")


def read_event(data: Json, own: Collection[str] = (), master: Json | None = None) -> Event:
    """Return an event as Graph wrote it.

    An item whose times make no sense does not block: it is left out, not an error for all others.

    :param own: the account's own addresses, lower case.
    :param master: of the series, for an item that :func:`needs_master`.
    """
    whole: Json = {**(master or {}), **data} if is_thin(data) else data
    role, presence = _standing(whole)
    if presence is Presence.DELETED:
        fields: Fields = {}
    else:
        fields = _read_fields(whole)
    return Event(
        external_id=data["id"],
        fields=fields,
        etag=data.get("@odata.etag"),
        presence=presence,
        ical_uid=_identity(whole, fields, master),
        role=role,
        guests=_guests(whole, own),
        blocking=presence is Presence.DELETED or "start" in fields,
        mark=_mark(whole),
    )


def write_event(fields: Json, zone: str) -> dict[str, Any]:
    """Return the JSON of the fields that are given.

    Attendees are never written: Graph would mail them.

    :param fields: start, stop and allday together; description with details, free with tentative.
    :param zone: IANA name, for who reads the times there.
    """
    data: dict[str, Any] = {}
    if "name" in fields:
        data["subject"] = fields["name"] or ""
    if "description" in fields or "details" in fields:
        text = compose(fields.get("description") or "", fields.get("details") or "")
        data["body"] = {"contentType": "text", "content": text}
    if "location" in fields:
        data["location"] = {"displayName": fields["location"] or ""}
    if "free" in fields or "tentative" in fields:
        held = "tentative" if fields.get("tentative") else "busy"
        data["showAs"] = "free" if fields.get("free") else held
    if "private" in fields:
        data["sensitivity"] = "private" if fields["private"] else "normal"
    if "start" in fields:
        data.update(_write_times(fields, zone))
    return data


def mark_properties(mark: Mark) -> list[dict[str, str]]:
    """Return the extended properties that hold the marker."""
    return [{"id": DATABASE, "value": mark.database}, {"id": KEY, "value": mark.key}]


def moment(text: str, zone: str = "UTC") -> datetime:
    """Return the moment, in UTC, of a text that may have 7 fractional digits and no offset.

    :raise ValueError: no such time or zone.
    """
    match = _MOMENT.fullmatch(text)
    where = zone_named(zone)
    if not match or where is None:
        raise ValueError("Not a time of Graph")
    value = datetime.fromisoformat(f"{match[1]}T{match[2]}.{(match[3] or '')[:6]:0<6}")
    return value.replace(tzinfo=UTC if match[4] else where).astimezone(UTC)


def _standing(data: Json) -> tuple[Role, Presence]:
    answer = (data.get("responseStatus") or {}).get("response")
    guest = data.get("isOrganizer") is False and answer != "organizer"
    role = Role.GUEST if guest else Role.ORGANISER
    if data.get("isCancelled"):
        return role, Presence.DELETED
    return role, Presence.DECLINED if guest and answer == "declined" else Presence.LIVE


def _read_fields(data: Json) -> dict[str, object]:
    description, details = split(_text(data.get("body") or {}))
    shown = data.get("showAs")
    fields: dict[str, object] = {
        "name": data.get("subject") or "",
        "description": description,
        "details": details,
        "location": (data.get("location") or {}).get("displayName") or "",
        "free": shown in ("free", "workingElsewhere"),
        "private": data.get("sensitivity") in ("private", "confidential"),
        **_read_times(data),
    }
    if not fields["free"]:
        fields["tentative"] = shown == "tentative"
    return fields


def _text(body: Json) -> str:
    text = body.get("content") or ""
    # Plain text is what we ask for; an answer that ignores it must not push markup into Odoo.
    return from_html(text) if str(body.get("contentType")).lower() == "html" else text


def _read_times(data: Json) -> dict[str, object]:
    try:
        start, stop = (moment(value["dateTime"], value["timeZone"]) for value in _ends(data))
    except (KeyError, TypeError, ValueError):
        return {}
    if not data.get("isAllDay"):
        return {"start": start, "stop": max(start, stop), "allday": False}
    first, last = (_day(value, data.get("originalStartTimeZone")) for value in _ends(data))
    return {"start": first, "stop": max(last, first + DAY), "allday": True}


def _ends(data: Json) -> tuple[Json, Json]:
    return data["start"], data["end"]


def _day(value: Json, original_zone: str | None) -> date:
    """Return the day of a midnight, which may be shown in another zone than its own."""
    at = moment(value["dateTime"], value["timeZone"])
    for name in (value["timeZone"], original_zone or ""):
        where = zone_named(name) if name else None
        if where and at.astimezone(where).time() == time.min:
            return at.astimezone(where).date()
    return (at + DAY / 2).date()  # the nearest midnight: right from UTC-12 to UTC+12


def _write_times(fields: Json, zone: str) -> dict[str, Any]:
    start, stop = fields["start"], fields["stop"]
    if fields.get("allday"):
        midnights = [datetime.combine(day, time.min, tzinfo=UTC) for day in (start, stop)]
        name = writable(zone, *midnights)[0]
        walls = [at.replace(tzinfo=None) for at in midnights]
    else:
        name, where = writable(zone, start, stop)
        walls = [at.astimezone(where).replace(tzinfo=None) for at in (start, stop)]
    first, last = ({"dateTime": wall.isoformat(), "timeZone": name} for wall in walls)
    return {"start": first, "end": last, "isAllDay": bool(fields.get("allday"))}


def _identity(data: Json, fields: Fields, master: Json | None) -> str | None:
    uid = data.get("iCalUId")
    if not uid:
        return None
    if not data.get("seriesMasterId"):
        return series_uid(uid)
    original = _original_start(data, fields, master)
    return f"{series_uid(uid)}/{original.isoformat()}" if original else None


def _original_start(data: Json, fields: Fields, master: Json | None) -> date | None:
    if data.get("type") != "exception":
        start = fields.get("start")
        return start if isinstance(start, date) else None
    day = occurrence_day(data["iCalUId"])
    first = _read_times(master or {}).get("start")
    if day is None or not isinstance(first, datetime):
        return day if isinstance(first, date) else None
    where = zone_named((master or {}).get("originalStartTimeZone") or "UTC") or UTC
    wall = first.astimezone(where).replace(year=day.year, month=day.month, day=day.day, fold=0)
    return wall.astimezone(UTC)


def _guests(data: Json, own: Collection[str]) -> tuple[Guest, ...]:
    """Return who is invited: rooms and the broker are not."""
    organizer = _address(data.get("organizer") or {})[0] if data.get("isOrganizer") else ""
    found = {}
    for item in data.get("attendees") or ():
        email, name = _address(item)
        if not email or email in own or email == organizer or item.get("type") == "resource":
            continue
        answer = ANSWERS.get((item.get("status") or {}).get("response", ""), "needs_action")
        found[email] = Guest(email, name, answer)
    return tuple(found.values())


def _address(item: Json) -> tuple[str, str]:
    address = item.get("emailAddress") or {}
    return (address.get("address") or "").strip().lower(), (address.get("name") or "").strip()


def _mark(data: Json) -> Mark | None:
    """Return our mark; the occurrences of an event that was made a series inherit it."""
    if data.get("seriesMasterId"):
        return None
    found = {item["id"]: item["value"] for item in data.get("singleValueExtendedProperties") or ()}
    if DATABASE not in found or KEY not in found:
        return None
    return Mark(found[DATABASE], found[KEY])
