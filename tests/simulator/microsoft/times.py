"""Times and zones as Microsoft Graph writes them.

``dateTimeTimeZone`` holds a local time without an offset, and the name of a zone: any Windows name
or one of a listed set of IANA names.
https://learn.microsoft.com/graph/api/resources/datetimetimezone
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from .errors import GraphError, invalid, unusable

UTC = timezone.utc
ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)

# A part of Windows' table, with the IANA name of its reference place.
WINDOWS = {
    "UTC": "UTC",
    "GMT Standard Time": "Europe/London",
    "Greenwich Standard Time": "Atlantic/Reykjavik",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Central Europe Standard Time": "Europe/Budapest",
    "Central European Standard Time": "Europe/Warsaw",
    "GTB Standard Time": "Europe/Bucharest",
    "FLE Standard Time": "Europe/Kiev",
    "Turkey Standard Time": "Europe/Istanbul",
    "India Standard Time": "Asia/Kolkata",
    "China Standard Time": "Asia/Shanghai",
    "Tokyo Standard Time": "Asia/Tokyo",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "Newfoundland Standard Time": "America/St_Johns",
    "Atlantic Standard Time": "America/Halifax",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles",
}

# The documented list; what is missing there (America/Toronto, America/Montreal) is refused here.
IANA = frozenset(
    [
        "Etc/GMT+12",
        "Etc/GMT+11",
        "Pacific/Honolulu",
        "America/Anchorage",
        "America/Santa_Isabel",
        "America/Los_Angeles",
        "America/Phoenix",
        "America/Chihuahua",
        "America/Denver",
        "America/Guatemala",
        "America/Chicago",
        "America/Mexico_City",
        "America/Regina",
        "America/Bogota",
        "America/New_York",
        "America/Indiana/Indianapolis",
        "America/Caracas",
        "America/Asuncion",
        "America/Halifax",
        "America/Cuiaba",
        "America/La_Paz",
        "America/Santiago",
        "America/St_Johns",
        "America/Sao_Paulo",
        "America/Argentina/Buenos_Aires",
        "America/Cayenne",
        "America/Godthab",
        "America/Montevideo",
        "America/Bahia",
        "Etc/GMT+2",
        "Atlantic/Azores",
        "Atlantic/Cape_Verde",
        "Africa/Casablanca",
        "Etc/GMT",
        "Europe/London",
        "Atlantic/Reykjavik",
        "Europe/Berlin",
        "Europe/Budapest",
        "Europe/Paris",
        "Europe/Warsaw",
        "Africa/Lagos",
        "Africa/Windhoek",
        "Europe/Bucharest",
        "Asia/Beirut",
        "Africa/Cairo",
        "Asia/Damascus",
        "Africa/Johannesburg",
        "Europe/Kiev",
        "Europe/Istanbul",
        "Asia/Jerusalem",
        "Asia/Amman",
        "Asia/Baghdad",
        "Europe/Kaliningrad",
        "Asia/Riyadh",
        "Africa/Nairobi",
        "Asia/Tehran",
        "Asia/Dubai",
        "Asia/Baku",
        "Europe/Samara",
        "Indian/Mauritius",
        "Asia/Tbilisi",
        "Asia/Yerevan",
        "Asia/Kabul",
        "Asia/Tashkent",
        "Asia/Yekaterinburg",
        "Asia/Karachi",
        "Asia/Kolkata",
        "Asia/Colombo",
        "Asia/Kathmandu",
        "Asia/Almaty",
        "Asia/Dhaka",
        "Asia/Novosibirsk",
        "Asia/Rangoon",
        "Asia/Bangkok",
        "Asia/Krasnoyarsk",
        "Asia/Shanghai",
        "Asia/Irkutsk",
        "Asia/Singapore",
        "Australia/Perth",
        "Asia/Taipei",
        "Asia/Ulaanbaatar",
        "Asia/Tokyo",
        "Asia/Seoul",
        "Asia/Yakutsk",
        "Australia/Adelaide",
        "Australia/Darwin",
        "Australia/Brisbane",
        "Australia/Sydney",
        "Pacific/Port_Moresby",
        "Australia/Hobart",
        "Asia/Vladivostok",
        "Asia/Magadan",
        "Asia/Srednekolymsk",
        "Etc/GMT-12",
        "Pacific/Auckland",
        "Pacific/Fiji",
        "Asia/Kamchatka",
        "Pacific/Tongatapu",
        "Pacific/Apia",
        "Pacific/Kiritimati",
    ]
)

_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,7}))?)?")
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")


@cache
def zone(name: str) -> ZoneInfo | None:
    """Return the zone of that name, None when Graph does not know it."""
    if name in WINDOWS:
        return ZoneInfo(WINDOWS[name])
    return ZoneInfo(name) if name in IANA else None


def parse_local(text: Any) -> datetime:
    """Return the naive local time of a ``dateTime``.

    An offset is refused: the documented form has none, and what it would mean beside ``timeZone``
    is not said.
    """
    match = _LOCAL.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise unusable(f"The value '{text}' of the property dateTime is not a date and time.")
    day, clock, fraction = match.groups()
    try:
        value = datetime.fromisoformat(f"{day}T{clock or '00:00'}")
    except ValueError as error:
        raise unusable(f"The value '{text}' of the property dateTime is invalid.") from error
    return value + timedelta(microseconds=int((fraction or "0").ljust(7, "0")[:6]))


def parse(value: Any, name: str) -> tuple[datetime, str]:
    """Return local time and zone name of a ``dateTimeTimeZone``; ``name``: of the property."""
    if not isinstance(value, dict) or not {"dateTime", "timeZone"} >= set(value):
        raise unusable(f"The property {name} has to be a dateTimeTimeZone.")
    label = value.get("timeZone") or "UTC"
    if zone(label) is None:
        raise unusable(f"A valid TimeZone value must be specified: '{label}' is not supported.")
    return parse_local(value.get("dateTime")), label


def to_utc(local: datetime, label: str) -> datetime:
    """Return the aware moment of a local time; the first of an ambiguous one."""
    if label == "UTC":
        return local.replace(tzinfo=UTC)
    return local.replace(tzinfo=zone(label)).astimezone(UTC)


def render(moment: datetime, label: str, all_day: bool = False) -> dict[str, str]:
    """Return the ``dateTimeTimeZone`` of a moment; an all-day event is at midnight everywhere."""
    local = moment if all_day or label == "UTC" else moment.astimezone(zone(label))
    return {"dateTime": _digits(local), "timeZone": label}


def stamp(moment: datetime) -> str:
    """Return a moment as ``createdDateTime`` and the like are written."""
    return _digits(moment.astimezone(UTC)) + "Z"


def _digits(moment: datetime) -> str:
    """Return date and time with seven digits of a second; a loop calls it: no strftime."""
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "0"


def parse_moment(text: Any, name: str) -> datetime:
    """Return the aware moment of a query option or of an expiry; no offset means UTC."""
    found = _OFFSET.search(text) if isinstance(text, str) else None
    # A "+" that was not percent-encoded arrives as a blank: refused, as it must be.
    try:
        local = parse_local(text[: found.start()] if found else text)
        if not found or found.group() == "Z":
            return local.replace(tzinfo=UTC)
        sign, digits = found.group()[0], found.group()[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return (local - offset if sign == "+" else local + offset).replace(tzinfo=UTC)
    except (GraphError, ValueError, OverflowError) as error:
        raise invalid(f"The value '{text}' of {name} is not a date and time.") from error
