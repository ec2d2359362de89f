"""The JSON of an event as a client may write it, checked and merged into an :class:`Event`.

https://learn.microsoft.com/graph/api/resources/event
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from . import series, times
from .errors import GraphError, invalid, unusable

ENUMS = {
    "showAs": ("free", "tentative", "busy", "oof", "workingElsewhere", "unknown"),
    "sensitivity": ("normal", "personal", "private", "confidential"),
    "importance": ("low", "normal", "high"),
    "onlineMeetingProvider": (
        "unknown",
        "teamsForBusiness",
        "skypeForBusiness",
        "skypeForConsumer",
    ),
}
FLAGS = ("isReminderOn", "responseRequested", "allowNewTimeProposals", "hideAttendees",
         "isOnlineMeeting", "isAllDay")  # fmt: skip
READ_ONLY = frozenset(
    [
        "id",
        "changeKey",
        "createdDateTime",
        "lastModifiedDateTime",
        "iCalUId",
        "bodyPreview",
        "isCancelled",
        "isOrganizer",
        "isDraft",
        "type",
        "seriesMasterId",
        "organizer",
        "responseStatus",
        "webLink",
        "originalStartTimeZone",
        "originalEndTimeZone",
        "onlineMeeting",
        "hasAttachments",
    ]
)
WRITABLE = frozenset(
    [
        "subject",
        "body",
        "start",
        "end",
        "isAllDay",
        "location",
        "locations",
        "attendees",
        "showAs",
        "sensitivity",
        "importance",
        "categories",
        "isReminderOn",
        "reminderMinutesBeforeStart",
        "responseRequested",
        "allowNewTimeProposals",
        "hideAttendees",
        "isOnlineMeeting",
        "onlineMeetingProvider",
        "transactionId",
        "recurrence",
        "singleValueExtendedProperties",
    ]
)
DEFAULTS: Mapping[str, Any] = {
    "subject": "",
    "body": {"contentType": "html", "content": ""},
    "location": {"displayName": ""},
    "attendees": [],
    "showAs": "busy",
    "sensitivity": "normal",
    "importance": "normal",
    "categories": [],
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 15,
    "responseRequested": True,
    "allowNewTimeProposals": True,
    "hideAttendees": False,
    "isOnlineMeeting": False,
    "onlineMeetingProvider": "unknown",
}
_GUID = r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?"
PROPERTY_ID = re.compile(
    rf"(?:String|Integer|Boolean|SystemTime|Double|Long|CLSID)"
    rf" (?:{_GUID} (?:Name \S.*|Id 0x[0-9A-Fa-f]+)|0x[0-9A-Fa-f]+)"
)


def check(body: Any, update: bool) -> dict[str, Any]:
    """Return the JSON of a create or update, every member checked on its own."""
    if not isinstance(body, dict):
        raise GraphError(400, "BadRequest", "The request body is not a JSON object.")
    members = {name: value for name, value in body.items() if not name.startswith("@odata.")}
    for name in members:
        if name in READ_ONLY:
            raise invalid(f"The property '{name}' is read-only and cannot be set.")
        if name not in WRITABLE:
            message = f"The property '{name}' does not exist on type 'microsoft.graph.event'."
            raise GraphError(400, "RequestBodyRead", message)
    if not update and not {"start", "end"} <= members.keys():
        raise unusable("start and end are required.")
    if update and "transactionId" in members:
        raise invalid("The property 'transactionId' cannot be changed.")
    for name, value in members.items():
        _check_one(name, value)
    return members


def _check_one(name: str, value: Any) -> None:
    if name in ENUMS and value not in ENUMS[name]:
        raise unusable(f"'{value}' is not a value of {name}.")
    if name in FLAGS and not isinstance(value, bool):
        raise unusable(f"{name} has to be true or false.")
    if name == "subject" and not isinstance(value, str | None):
        raise unusable("subject has to be a text.")
    if name == "reminderMinutesBeforeStart" and (type(value) is not int or value < 0):
        raise unusable("reminderMinutesBeforeStart has to be a number of minutes.")
    if name in _SHAPES:
        _SHAPES[name](value)


def _check_body(value: Any) -> None:
    fine = isinstance(value, dict) and {"contentType", "content"} >= set(value)
    if not fine or str(value.get("contentType", "text")).lower() not in ("html", "text"):
        raise unusable("body has to be an itemBody of contentType html or text.")


def _check_location(value: Any) -> None:
    if value is not None and not isinstance(value, dict):
        raise unusable("location has to be a location.")


def _check_attendees(value: Any) -> None:
    if not isinstance(value, list) or len(value) > 500:
        raise unusable("attendees has to be a list of at most 500.")
    for attendee in value:
        address = attendee.get("emailAddress", {}).get("address", "")
        if "@" not in address:
            raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
        if attendee.get("type", "required") not in ("required", "optional", "resource"):
            raise unusable(f"'{attendee['type']}' is not a type of attendee.")


def _check_properties(value: Any) -> None:
    if not isinstance(value, list):
        raise unusable("singleValueExtendedProperties has to be a list.")
    for item in value:
        if not isinstance(item, dict) or not PROPERTY_ID.fullmatch(str(item.get("id"))):
            message = f"'{item}' is not the id of an extended property."
            raise GraphError(400, "ErrorInvalidProperty", message)
        if not isinstance(item.get("value"), str):
            raise unusable("The value of an extended property has to be a text.")


def _check_recurrence(value: Any) -> None:
    if value is not None:
        series.validate(value)


_SHAPES = {
    "body": _check_body,
    "location": _check_location,
    "attendees": _check_attendees,
    "singleValueExtendedProperties": _check_properties,
    "recurrence": _check_recurrence,
    "start": lambda value: times.parse(value, "start"),
    "end": lambda value: times.parse(value, "end"),
}


def timing(members: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return start, end, zones and all_day of an event after a write, or refuse them.

    :param old: ``start``, ``end`` (as JSON) and ``isAllDay`` before; empty for a creation.
    """
    all_day = members.get("isAllDay", old.get("isAllDay", False))
    start, zone = times.parse(members.get("start", old.get("start")), "start")
    end, end_zone = times.parse(members.get("end", old.get("end")), "end")
    if all_day:
        _check_midnights(start, end, zone, end_zone)
        moments = [moment.replace(tzinfo=times.UTC) for moment in (start, end)]
    else:
        moments = [times.to_utc(start, zone), times.to_utc(end, end_zone)]
    if moments[1] < moments[0]:
        raise unusable("The end of the event cannot be before its start.")
    names = ("start", "end", "zone", "end_zone", "all_day")
    return dict(zip(names, (*moments, zone, end_zone, all_day), strict=True))


def _check_midnights(start: datetime, end: datetime, zone: str, end_zone: str) -> None:
    for name, local in (("Start", start), ("End", end)):
        if local.time() != time(0):
            message = f"The Event.{name} property for an all-day event needs to be set to midnight."
            raise invalid(message)
    if zone != end_zone:
        raise invalid("Start and end of an all-day event have to be in the same time zone.")
    if end <= start:
        raise invalid("The duration of an all-day event has to be at least 24 hours.")


def content(members: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of an event after a write; answers of attendees who stay are kept."""
    merged = {**DEFAULTS, **old}
    merged.update({name: value for name, value in members.items() if name in DEFAULTS})
    merged["subject"] = merged["subject"] or ""
    merged["location"] = merged["location"] or {"displayName": ""}
    if "attendees" in members:
        before = {address_of(one): one.get("status") for one in old.get("attendees", ())}
        merged["attendees"] = [_attendee(one, before) for one in members["attendees"]]
    return merged


def address_of(attendee: Mapping[str, Any]) -> str:
    """Return the address of an attendee, lower case."""
    return attendee["emailAddress"]["address"].lower()


def _attendee(one: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    none = {"response": "none", "time": "0001-01-01T00:00:00Z"}
    address = one["emailAddress"]["address"]
    name = one["emailAddress"].get("name") or address
    status = before.get(address.lower()) or none
    kind = one.get("type", "required")
    return {"type": kind, "status": status, "emailAddress": {"name": name, "address": address}}
