"""The parameters of ``events.list`` (https://developers.google.com/workspace/calendar/api/v3/reference/events/list)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..call import Call
from ..store import Calendar
from .errors import ApiError, invalid
from .times import instant, zone_named

FORBIDDEN = (
    *("iCalUID", "orderBy", "privateExtendedProperty", "q"),
    *("sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"),
)
# A full listing with one of these could not be continued with a token: it gets none.
NO_TOKEN = frozenset(FORBIDDEN) - {"timeMin", "timeMax"}
KNOWN = frozenset(
    {*FORBIDDEN, "maxResults", "pageToken", "syncToken", "showDeleted", "singleEvents"}
    | {"eventTypes", "timeZone", "maxAttendees", "showHiddenInvitations", "alwaysIncludeEmail"}
    | {"alt", "fields", "prettyPrint", "quotaUser", "key", "userIp", "eventLabelVersion"}
)


@dataclass(slots=True)
class Query:
    """What a listing is asked for."""

    single: bool
    deleted: bool
    start: datetime | None
    stop: datetime | None
    updated: datetime | None
    types: frozenset[str]
    words: dict[str, str]
    zone: ZoneInfo | None
    order: str | None
    hide: bool

    def signature(self) -> str:
        """Return what has to be the same in each call with a sync token."""
        types = ",".join(sorted(self.types))
        return f"{self.single:d} {types} {self.hide:d}"

    @property
    def plain(self) -> bool:
        """Whether a rendering may be kept."""
        return self.zone is None and not self.hide


def parse(call: Call, calendar: Calendar, hide: bool, now: float, oldest: float) -> Query:
    """Read the parameters of a listing.

    :param hide: whether only busy times may be shown.
    :param oldest: how far back ``updatedMin`` may lie, in seconds.
    :raise ApiError: 400 or 410.
    """
    given = call.query
    unknown = set(given) - KNOWN
    if unknown:
        raise invalid(f"Unknown name: {sorted(unknown)[0]}", sorted(unknown)[0])
    deleted = _flag(call, "showDeleted")
    if "syncToken" in given:
        wrong = [name for name in FORBIDDEN if name in given]
        if wrong:
            message = f"Sync token cannot be used with {wrong[0]}."
            raise ApiError(400, "badRequest", message, location=("parameter", wrong[0]))
        if deleted is False:
            raise invalid("showDeleted must not be false with a sync token.", "showDeleted")
    query = Query(
        single=bool(_flag(call, "singleEvents")),
        deleted=bool(deleted),
        start=_instant(call, "timeMin"),
        stop=_instant(call, "timeMax"),
        updated=_instant(call, "updatedMin"),
        types=frozenset(given.getlist("eventTypes")),
        words=_words(call),
        zone=_zone(call, calendar),
        order=given.get("orderBy"),
        hide=hide,
    )
    _check(query, now, oldest)
    return query


def _check(query: Query, now: float, oldest: float) -> None:
    if query.order not in (None, "startTime", "updated"):
        raise invalid("Invalid value for: orderBy", "orderBy")
    if query.order == "startTime" and not query.single:
        message = "The requested ordering is not available for the particular query."
        raise ApiError(400, "badRequest", message)
    if query.start and query.stop and query.start >= query.stop:
        message = "The specified time range is empty."
        raise ApiError(400, "timeRangeEmpty", message, domain="calendar")
    if query.updated and now - query.updated.timestamp() > oldest:
        message = "The requested minimum modification time lies too far in the past."
        where = ("parameter", "updatedMin")
        raise ApiError(410, "updatedMinTooLongAgo", message, domain="calendar", location=where)


def has_words(body: dict[str, Any], words: dict[str, str]) -> bool:
    for name, wanted in words.items():
        if name == "q":
            text = " ".join(
                str(body.get(key, "")) for key in ("summary", "description", "location")
            )
            guests = " ".join(str(one.get("email", "")) for one in body.get("attendees", ()))
            if wanted.lower() not in f"{text} {guests}".lower():
                return False
        elif name == "iCalUID":
            if body.get("iCalUID") != wanted:
                return False
        else:
            key, _, value = wanted.partition("=")
            pairs = body.get("extendedProperties", {}).get(name, {})
            if pairs.get(key) != value:
                return False
    return True


def _words(call: Call) -> dict[str, str]:
    words = {name: call.query[name] for name in ("q", "iCalUID") if name in call.query}
    for scope in ("private", "shared"):
        name = f"{scope}ExtendedProperty"
        values = call.query.getlist(name)
        if len(values) > 1:
            # Whether one or all have to match is told in two ways: nobody should rely on it.
            raise invalid(f"Several {name} are not simulated.", name)
        if values:
            if "=" not in values[0]:
                raise invalid(f"Invalid value for: {name}", name)
            words[scope] = values[0]
    return words


def _flag(call: Call, name: str) -> bool | None:
    text = call.query.get(name)
    if text not in (None, "true", "false"):
        raise invalid(f"Invalid boolean value: {text}", name)
    return None if text is None else text == "true"


def number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not text.isdigit() or int(text) < 1:
        raise invalid(f"Invalid integer value: {text}", name)
    return int(text)


def _instant(call: Call, name: str) -> datetime | None:
    text = call.query.get(name)
    if text is None:
        return None
    try:
        return instant(text)
    except ValueError:
        raise ApiError(400, "badRequest", "Bad Request", location=("parameter", name)) from None


def _zone(call: Call, calendar: Calendar) -> ZoneInfo | None:
    name = call.query.get("timeZone")
    if name in (None, calendar.zone):
        return None
    try:
        return zone_named(name)
    except ValueError:
        raise invalid("Invalid time zone.", "timeZone") from None
