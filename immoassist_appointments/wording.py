"""Dates and times as people say them, in a language and a zone (CLDR through Babel)."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_day_names,
    get_timezone_location,
)

# The zone database calls it by the name of another city; the old name is an alias.
MONTREAL, TORONTO = "America/Montreal", "America/Toronto"


@dataclass(frozen=True)
class Wording:
    """Words for moments (aware datetimes) and days.

    :param Locale locale: of who reads
    :param ZoneInfo zone: in which the times are said
    :param bool quebec: whether people here say "Montréal" for the zone of Toronto
    :param int hours: 12 or 24, as the reader wishes; 0: as the language has it
    :param bool solid: no line breaks within a time, see :meth:`together`
    """

    locale: Locale
    zone: ZoneInfo
    quebec: bool = False
    hours: int = 0
    solid: bool = False

    def at(self, zone: ZoneInfo) -> "Wording":
        """The same words for the clock of another zone."""
        return replace(self, zone=zone)

    def together(self) -> "Wording":
        """The same words for a page, whose lines do not break within "14 h 30".

        Mails, subjects and what is compared have plain spaces.
        """
        return replace(self, solid=True)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def time(self, moment: datetime) -> str:
        """ "14 h 30" and "11 h" in fr_CA, "14:30" in fr_FR, "2:30 PM" in en_US."""
        # Babel's spaces differ by language and version.
        text = re.sub(r"[\u00a0\u202f]", " ", self._time(self.local(moment)))
        return text.replace(" ", "\u00a0") if self.solid else text

    def _time(self, local: datetime) -> str:
        pattern = self.locale.time_formats["short"].pattern
        if self.clock() != self.own_clock():
            skeleton = "Hm" if self.hours == 24 else "hm"
            return format_skeleton(skeleton, local, locale=self.locale)
        if "'h'" in pattern:
            # Quebec writes no leading zero, and no minutes for a full hour.
            return f"{local.hour} h {local.minute:02d}" if local.minute else f"{local.hour} h"
        return format_time(local, "short", locale=self.locale)

    def own_clock(self) -> int:
        """12 or 24: on which clock the language says the time."""
        return 24 if "H" in self.locale.time_formats["short"].pattern else 12

    def clock(self) -> int:
        """12 or 24: on which clock the time is said here."""
        return self.hours or self.own_clock()

    def times(self, moments: Iterable[datetime]) -> dict[datetime, str]:
        """The words for the times of one day; an hour that occurs twice is told by its offset."""
        words = {moment: self.time(moment) for moment in moments}
        twice = Counter(words.values())
        return {
            moment: f"{text} ({self.offset(moment)})" if twice[text] > 1 else text
            for moment, text in words.items()
        }

    def offset(self, moment: datetime) -> str:
        """ "UTC-4"."""
        offset = self.local(moment).strftime("%z")
        hours, minutes = int(offset[1:3]), offset[3:5]
        return f"UTC{offset[0]}{hours}" + (f":{minutes}" if minutes != "00" else "")

    def day(self, day: date) -> str:
        """ "Sunday, March 14, 2027", "dimanche 14 mars 2027"."""
        return format_date(day, "full", locale=self.locale)

    def day_heading(self, day: date) -> str:
        """The same without the year."""
        pattern = self.locale.date_formats["full"].pattern
        without_year = re.sub(r"[\s,]*y+$", "", pattern)
        return format_date(day, without_year, locale=self.locale)

    def day_short(self, day: date) -> str:
        """ "Sun, Mar 14", "Dim. 14 mars"."""
        text = format_skeleton("MMMEd", day, locale=self.locale)
        return text[:1].upper() + text[1:]

    def moment(self, moment: datetime) -> str:
        """ "Sunday, March 14, 2027, 2:30 PM"."""
        return f"{self.day(self.local(moment).date())}, {self.time(moment)}"

    def month(self, day: date) -> str:
        return format_skeleton("yMMMM", day, locale=self.locale)

    def weekdays(self, week_start: int) -> list[tuple[str, str]]:
        """Short and full names, from `week_start` (1 is Monday, 7 is Sunday)."""
        short = get_day_names("abbreviated", "stand-alone", self.locale)
        full = get_day_names("wide", "stand-alone", self.locale)
        order = [(week_start - 1 + offset) % 7 for offset in range(7)]
        return [(short[day], full[day]) for day in order]

    def city(self) -> str:
        """The city by which the zone is known, "Paris"; the name of the zone when it has none."""
        key = self.zone.key
        in_quebec = self.quebec or self.locale == Locale("fr", "CA")
        if key == MONTREAL or (key == TORONTO and in_quebec):
            return "Montréal"
        if "/" not in key:
            return key
        return get_timezone_location(key, locale=self.locale, return_city=True)

    def iso(self, moment: datetime) -> str:
        """Local, with its offset, to the minute: "2027-03-14T14:30-04:00"."""
        return self.local(moment).isoformat(timespec="minutes")
