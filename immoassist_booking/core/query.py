"""What a booking page's address says: month, date, chosen time. Strict, because anybody types it.

Everything raises :class:`BadQuery` and nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
# " " stands for a "+" that somebody did not escape in the address.
SLOT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::00)?(?:Z|([+ -])(\d{2}):(\d{2}))", re.ASCII
)
# Far from the ends of the calendar, where adding a day or changing the zone overflows.
YEARS = range(1900, 3000)


class BadQuery(ValueError):
    """The address asks for something that does not exist.

    :param str code: "repeated", "month", "date", "slot", "range" (a month that is not offered),
        "zone", "hour"
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class TimesQuery:
    """The state of the page.

    :param month: the month shown
    :param day: the day opened
    :param slot: the time chosen (UTC)
    :param zone: where the visitor is, as far as his browser or the address tells
    :param zone_asked: the address tells it
    :param hours: 12 or 24, as he wishes to read times; 0: as his language has it
    """

    month: date | None = None
    day: date | None = None
    slot: datetime | None = None
    zone: ZoneInfo | None = None
    zone_asked: bool = False
    hours: int = 0

    def kept(self) -> dict[str, str]:
        """What every address of the page goes on saying."""
        kept = {}
        if self.zone and self.zone_asked:
            kept["tz"] = self.zone.key
        if self.hours:
            kept["hour"] = str(self.hours)
        return kept


def only(values: Sequence[str]) -> str:
    """Return the one value of a parameter, "" when it is missing.

    :raise BadQuery: it is given twice: which one is meant is a guess
    """
    if len(values) > 1:
        raise BadQuery("repeated")
    return values[0] if values else ""


def parse_month(text: str) -> date:
    """Return the first day of the month `text`, "2027-03"."""
    match = MONTH.fullmatch(text)
    if not match:
        raise BadQuery("month")
    return _date(int(match[1]), int(match[2]), 1, "month")


def parse_date(text: str) -> date:
    """Return the date `text`, "2027-03-14"."""
    match = DATE.fullmatch(text)
    if not match:
        raise BadQuery("date")
    return _date(int(match[1]), int(match[2]), int(match[3]), "date")


def parse_slot(text: str) -> datetime:
    """Return the moment `text`, "2027-03-14T14:30:00Z" or with an offset, in UTC."""
    match = SLOT.fullmatch(text)
    if not match:
        raise BadQuery("slot")
    day = _date(int(match[1]), int(match[2]), int(match[3]), "slot")
    hour, minute = int(match[4]), int(match[5])
    offset = timedelta()
    if match[6]:
        offset = timedelta(hours=int(match[7]), minutes=int(match[8]))
        offset = -offset if match[6] == "-" else offset
    if hour > 23 or minute > 59 or abs(offset) >= timedelta(days=1):
        raise BadQuery("slot")
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - offset


def parse_hours(text: str) -> int:
    """Return 12 or 24."""
    if text not in ("12", "24"):
        raise BadQuery("hour")
    return int(text)


def format_slot(moment: datetime) -> str:
    """Return `moment` as the address writes it; the inverse of :func:`parse_slot`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_month(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def _date(year: int, month: int, day: int, code: str) -> date:
    if year not in YEARS:
        raise BadQuery(code)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadQuery(code) from None
