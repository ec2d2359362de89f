"""When a broker works: weekly hours, exceptions and time off, as intervals of UTC.

free for work = weekly hours + openings - leaves - closures.

Hours are wall-clock hours of the broker's zone. On the days when the clocks change:

* a wall time that does not exist moves forward to the end of the gap: 2:00-6:00 on the spring night
  starts when the clock shows 3:00, and 2:00-3:00 is no time at all;
* of a wall time that occurs twice, opening takes the first and closing takes the second: 0:00-6:00
  on the autumn night is seven real hours. The same holds for closures, so a closed hour is closed
  both times.

Hours never run over midnight: a night shift is two lines, ``22-24`` and ``0-6``, which are joined
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from .intervals import Interval, intersect, merge, subtract
from .wall_clock import MINUTES_PER_DAY, instant, local_dates


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """One line of a weekly schedule, as ``resource.calendar.attendance`` has it.

    :param weekday: 0 is Monday, 6 is Sunday.
    :param hour_from: wall-clock hour as a float, 9.5 is 9:30.
    :param hour_to: same; 24.0 is midnight at the end of the day. Equal hours are an empty line.
    :param week_parity: None for every week; 0 or 1 for every other week (see :func:`week_parity`).
    :raise ValueError: a value is out of range, or the hours are reversed.
    """

    weekday: int
    hour_from: float
    hour_to: float
    week_parity: int | None = None

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError(f"Weekdays go from 0 (Monday) to 6 (Sunday): {self.weekday}")
        if self.week_parity not in (None, 0, 1):
            raise ValueError(f"The parity of a week is 0, 1 or None: {self.week_parity}")
        _check_hours(self.hour_from, self.hour_to)

    def applies_to(self, day: date) -> bool:
        """Tell whether this line is worked on ``day``."""
        return day.weekday() == self.weekday and self.week_parity in (None, week_parity(day))


@dataclass(frozen=True, slots=True)
class DateOverride:
    """An exception on one date: working time added (``opening``) or taken away.

    Hours are as in :class:`WeeklyHours`; a closure of the whole day is ``0, 24``.

    :raise ValueError: the hours are out of range or reversed.
    """

    day: date
    hour_from: float
    hour_to: float
    opening: bool

    def __post_init__(self) -> None:
        _check_hours(self.hour_from, self.hour_to)


def week_parity(day: date) -> int:
    """Return 0 or 1, alternating every Monday without end.

    Weeks are counted from 1 January of year 1, a Monday, and not from ISO week numbers, because
    week 53 and week 1 are both odd. Same rule as ``resource.calendar.attendance.get_week_type`` in
    Odoo 19.
    """
    return (day.toordinal() - 1) // 7 % 2


def working_windows(
    weekly: Iterable[WeeklyHours],
    overrides: Iterable[DateOverride],
    leaves: Iterable[Interval],
    window: Interval,
    zone: ZoneInfo,
) -> tuple[Interval, ...]:
    """Return the working time inside ``window``: sorted, disjoint, in UTC.

    :param leaves: time off as absolute intervals (``resource.calendar.leaves``); it wins over
        openings.
    :param zone: the broker's zone, in which hours and dates are meant.
    """
    weekly, overrides = tuple(weekly), tuple(overrides)
    opened: list[Interval] = []
    closed = list(leaves)
    for day in local_dates(window, zone):
        for line in weekly:
            if line.applies_to(day):
                opened.extend(on_date(day, line.hour_from, line.hour_to, zone))
        for override in overrides:
            if override.day == day:
                target = opened if override.opening else closed
                target.extend(on_date(day, override.hour_from, override.hour_to, zone))
    return intersect(subtract(merge(opened), closed), (window,))


def on_date(day: date, hour_from: float, hour_to: float, zone: ZoneInfo) -> Iterator[Interval]:
    """Yield the interval of these hours on ``day``; nothing when the clock skips all of it."""
    opens, closes = round(hour_from * 60), round(hour_to * 60)
    # Midnight at the end of the day is the *first* instant of the next one, even where 0:00 occurs
    # twice.
    fold = 0 if closes == MINUTES_PER_DAY else 1
    start, stop = instant(day, opens, zone), instant(day, closes, zone, fold)
    if opens < closes and start < stop:
        yield Interval(start, stop)


def _check_hours(hour_from: float, hour_to: float) -> None:
    if not 0 <= hour_from <= hour_to <= 24:
        raise ValueError(f"Hours must satisfy 0 <= from <= to <= 24: {hour_from}, {hour_to}")
