"""Time zones as a visitor names them: in the address, and in a field to search for his city."""

import re
import unicodedata
from collections.abc import Callable, Container
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .query import BadQuery

# "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC".
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]{1,19}(/[A-Za-z0-9_+\-]{1,32}){0,2}", re.ASCII)


def parse_zone(text: str, known: Container[str], alias: Callable[[str], str | None]) -> ZoneInfo:
    """Return the zone `text`, "Europe/Paris"; an old name such as "America/Montreal" is good too.

    :param known: the names that can be stored
    :param alias: gives the present name of an old one that this machine's database lacks
    :raise BadQuery: there is none of this name
    """
    if not NAME.fullmatch(text) or text not in known:
        raise BadQuery("zone")
    for name in (text, alias(text)):
        try:
            if name:
                return ZoneInfo(name)
        except ZoneInfoNotFoundError:
            continue
    raise BadQuery("zone")


def ahead(zone: ZoneInfo, other: ZoneInfo, moment: datetime) -> timedelta:
    """How far the clocks of `zone` are ahead of those of `other` at the aware `moment`."""
    offset, others = (moment.astimezone(each).utcoffset() for each in (zone, other))
    return (offset or timedelta()) - (others or timedelta())


def offset_name(moment: datetime, zone: ZoneInfo) -> str:
    """Return "UTC+5:30", "UTC−5" or "UTC", as the clocks of `zone` are at the aware `moment`."""
    minutes = round((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def folded(text: str) -> str:
    """`text` as it is searched: lower case, without accents, one space between words."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.split(r"[^a-z0-9+]+", plain)).strip()


def found(words: str, text: str) -> bool:
    """Whether each word of the folded `words` begins a word of the folded `text`."""
    padded = f" {text}"
    return all(f" {word}" in padded for word in words.split())
