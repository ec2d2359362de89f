"""Time zones as Microsoft writes them: Windows names.

Graph takes any Windows name and a short list of IANA names, and answers with either.
https://learn.microsoft.com/graph/api/resources/datetimetimezone
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

UTC = timezone.utc


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo | None:
    """Return the zone of a Windows or IANA name; None: unknown, or made by the user."""
    if name in ("UTC", "tzone://Microsoft/Utc"):
        return UTC
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (KeyError, ValueError, OSError):  # not found, not a name, a folder of names
        return None


def writable(zone: str, *moments: datetime) -> tuple[str, tzinfo]:
    """Return the Windows name, and the zone, in which ``moments`` are best written.

    It is one with the same clock as ``zone`` (Graph knows no America/Toronto: it is Eastern
    Standard Time). UTC where there is none, and for a clock time that comes twice in autumn.

    :param zone: IANA name.
    :param moments: aware.
    """
    name = windows_name(zone, moments[0].year) if moments else None
    if name is None or zone_named(zone) is UTC:
        return "UTC", UTC
    where = ZoneInfo(WINDOWS_TO_OLSON[name])
    if all(_unambiguous(moment, where) for moment in moments):
        return name, where
    return "UTC", UTC


@lru_cache(maxsize=256)
def windows_name(zone: str, year: int) -> str | None:
    """Return the Windows zone that shows the same time all that year, None when there is none."""
    wanted = zone_named(zone)
    if wanted is None:
        return None
    same = {name: iana for name, iana in WINDOWS_TO_OLSON.items() if iana == zone}
    for name, iana in {**same, **WINDOWS_TO_OLSON}.items():
        other = zone_named(iana)
        if other and _agree(wanted, other, year, 240) and _agree(wanted, other, year, 1):
            return name
    return None


def _agree(one: tzinfo, other: tzinfo, year: int, step: int) -> bool:
    """Tell whether two zones show the same time every ``step`` hours of a year."""
    first = datetime(year, 1, 1, tzinfo=UTC)
    return all(
        at.astimezone(one).utcoffset() == at.astimezone(other).utcoffset()
        for at in (first + timedelta(hours=hours) for hours in range(0, 366 * 24, step))
    )


def _unambiguous(moment: datetime, where: tzinfo) -> bool:
    wall = moment.astimezone(where).replace(fold=0)
    return wall.utcoffset() == wall.replace(fold=1).utcoffset()
