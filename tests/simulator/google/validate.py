"""What Google accepts as an event (https://developers.google.com/workspace/calendar/api/v3/reference/events)."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

from .errors import invalid, required
from .times import check_order, check_recurrence, normal_end

ID = re.compile(r"[0-9a-v]{5,1024}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
TEXTS = ("summary", "description", "location", "colorId", "iCalUID")
CHOICES = {
    "status": ("confirmed", "tentative", "cancelled"),
    "transparency": ("opaque", "transparent"),
    "visibility": ("default", "public", "private", "confidential"),
    "eventType": (
        *("default", "outOfOffice", "focusTime"),
        *("workingLocation", "birthday", "fromGmail"),
    ),
}
FLAGS = ("guestsCanModify", "guestsCanInviteOthers", "guestsCanSeeOtherGuests", "anyoneCanAddSelf")
ANSWERS = ("needsAction", "declined", "tentative", "accepted")
WRITABLE = frozenset(
    {*TEXTS, *CHOICES, *FLAGS, "start", "end", "recurrence", "attendees", "reminders"}
    | {"extendedProperties", "organizer", "sequence", "workingLocationProperties"}
)
KEY_LENGTH, VALUE_LENGTH, MOST_PROPERTIES, MOST_BYTES = 44, 1024, 300, 32 * 1024


def clean(given: Any) -> dict[str, Any]:
    """Return the writable properties of a body; what is read-only or unknown is ignored.

    :raise ApiError: 400.
    """
    if not isinstance(given, dict):
        raise invalid("Invalid JSON payload.")
    body = {name: value for name, value in given.items() if name in WRITABLE}
    for name in TEXTS:
        if not isinstance(body.get(name, ""), str | None):
            raise invalid(parameter=name)
    for name, choices in CHOICES.items():
        if body.get(name) is not None and body[name] not in choices:
            raise invalid(f"Invalid value for: {name}", name)
    for name in FLAGS:
        if not isinstance(body.get(name), bool | None):
            raise invalid(parameter=name)
    return body


def complete(body: dict[str, Any], zone: ZoneInfo, owner: str) -> dict[str, Any]:
    """Check a whole event and bring it into the form in which it is kept.

    :param owner: id of the calendar, whose own attendee entry is marked.
    :raise ApiError: 400.
    """
    body = {name: value for name, value in body.items() if value is not None}
    timed = isinstance(body.get("start"), dict) and body["start"].get("dateTime")
    if body.get("recurrence") and timed and not body["start"].get("timeZone"):
        raise required("Missing time zone definition for start time.")
    body["start"] = normal_end(body.get("start"), "start", zone)
    body["end"] = normal_end(body.get("end"), "end", zone)
    check_order(body)
    if not body.get("recurrence"):
        body.pop("recurrence", None)
    else:
        check_recurrence(body)
    if "attendees" in body:
        body["attendees"] = _attendees(body["attendees"], owner)
    if "extendedProperties" in body:
        body["extendedProperties"] = _properties(body["extendedProperties"])
    body["reminders"] = _reminders(body.get("reminders"))
    for name, default in (("transparency", "opaque"), ("visibility", "default")):
        if body.get(name) == default:  # Google leaves defaults out
            del body[name]
    body.setdefault("status", "confirmed")
    body.setdefault("eventType", "default")
    return {name: value for name, value in body.items() if value not in ([], "", {})}


def new_id(value: Any) -> str:
    """Check an id that the client chose.

    :raise ApiError: 400.
    """
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise invalid("Invalid resource id value.")
    return value


def merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return a patch applied: objects are merged, lists replaced, null clears."""
    result = dict(old)
    for name, value in new.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merge(result[name], value)
        else:
            result[name] = value
    return result


def _attendees(given: Any, owner: str) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise invalid(parameter="attendees")
    attendees: dict[str, dict[str, Any]] = {}
    for item in given:
        email = item.get("email") if isinstance(item, dict) else None
        if not isinstance(email, str) or not EMAIL.fullmatch(email):
            raise invalid("Invalid attendee email.")
        answer = item.get("responseStatus", "needsAction")
        if answer not in ANSWERS:
            raise invalid("Invalid value for: responseStatus")
        kept = {name: item[name] for name in ("displayName", "optional", "comment") if name in item}
        entry = {"email": email.lower(), **kept, "responseStatus": answer}
        if email.lower() == owner.lower():
            entry["self"] = True
        attendees[email.lower()] = entry
    return list(attendees.values())


def _properties(given: Any) -> dict[str, dict[str, str]]:
    """Too long keys are dropped and too long values cut, without a word, as Google does."""
    if not isinstance(given, dict):
        raise invalid(parameter="extendedProperties")
    result: dict[str, dict[str, str]] = {}
    count = size = 0
    for scope in ("private", "shared"):
        pairs = given.get(scope) or {}
        if not isinstance(pairs, dict):
            raise invalid(parameter=f"extendedProperties.{scope}")
        for key, value in pairs.items():
            if not isinstance(value, str):
                raise invalid(parameter=f"extendedProperties.{scope}.{key}")
            if len(key) <= KEY_LENGTH:
                result.setdefault(scope, {})[key] = value[:VALUE_LENGTH]
                count, size = count + 1, size + len(key) + len(value[:VALUE_LENGTH].encode())
    if count > MOST_PROPERTIES or size > MOST_BYTES:
        raise invalid("Extended properties are too large.")
    return result


def _reminders(given: Any) -> dict[str, Any]:
    if given is None:
        return {"useDefault": True}
    overrides = given.get("overrides") or [] if isinstance(given, dict) else None
    if not isinstance(overrides, list) or len(overrides) > 5:
        raise invalid(parameter="reminders")
    for item in overrides:
        minutes = item.get("minutes") if isinstance(item, dict) else None
        if not isinstance(minutes, int) or not 0 <= minutes <= 40320:
            raise invalid(parameter="reminders.overrides.minutes")
        if item.get("method") not in ("email", "popup"):
            raise invalid(parameter="reminders.overrides.method")
    if given.get("useDefault") and overrides:
        raise invalid("Cannot specify both default reminders and overrides at the same time.")
    reminders: dict[str, Any] = {"useDefault": bool(given.get("useDefault"))}
    return {**reminders, "overrides": overrides} if overrides else reminders
