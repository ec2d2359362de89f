"""Which times are free: the rules, and nothing but the rules.

A slot ``[start, start + duration)`` is offered when all of these hold:

* grid: its wall-clock start is a multiple of ``step`` after local midnight, whatever is in the
  agenda;
* working time: it lies inside one window (windows that touch are one). Buffers may stick out of
  working hours;
* busy: ``[start - buffer_before, stop + buffer_after)`` overlaps no busy range. Busy ranges carry
  the buffers of their own appointment, so the buffers of both neighbours add up; same rule as the
  exclusion constraint of ``immoassist.appointment``;
* notice and horizon: ``now + min_notice <= start``, and its date is at most ``horizon_days`` after
  today;
* cap: fewer than ``max_per_day`` appointments of the type start on that date;
* travel: the broker can come from every physical appointment before, and reach every one after, on
  that date.

Open houses (``capacity > 1``): an appointment of the same type with exactly the same start and stop
is a taken seat, not a conflict, unless it is known to be somewhere else. A session counts once for
the cap, so joining one is possible on a day that is full.

Dates are dates of the broker's zone; datetimes are aware; results are in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .agenda import Agenda, Busy
from .intervals import Interval, Timeline, as_utc
from .rules import SlotRule
from .travel import DEFAULT_TRAVEL, Place, TravelTime
from .wall_clock import DAY, grid, local_date, local_dates, midnight

__all__ = ["Busy", "Slot", "SlotRule", "bookable", "free_slots"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked, in UTC.

    :param previous: the physical appointment before it on that date; always None for a remote slot.
    :param following: the one after it.
    :param places_left: seats that can still be taken, this one included.
    """

    start: datetime
    stop: datetime
    previous: Busy | None = None
    following: Busy | None = None
    places_left: int = 1


def bookable(window: Interval, rule: SlotRule, now: datetime, zone: ZoneInfo) -> Interval | None:
    """Return the part of ``window`` that notice and horizon leave for starts; None if none."""
    last_day = local_date(now, zone) + timedelta(days=rule.horizon_days)
    start = max(window.start, as_utc(now) + rule.min_notice)
    stop = min(window.stop, midnight(last_day + DAY, zone))
    return Interval(start, stop) if start < stop else None


def free_slots(
    windows: Iterable[Interval],
    busy: Iterable[Busy],
    rule: SlotRule,
    window: Interval,
    now: datetime,
    zone: ZoneInfo,
    place: Place | None = None,
    travels: bool = False,
    travel: TravelTime = DEFAULT_TRAVEL,
) -> tuple[Slot, ...]:
    """Return the free slots that start inside ``window``, sorted by start.

    :param windows: working time. It must reach ``rule.duration`` beyond ``window``, or the last
        slots are lost.
    :param busy: everything that may matter on the dates of ``window``, in any order.
    :param now: the moment of asking, aware.
    :param zone: the broker's zone.
    :param place: where the appointment would be; None is unknown. Read only when ``travels``.
    :param travels: the broker has to go there; False for phone and video, to which the travel rule
        does not apply.
    """
    starts = bookable(window, rule, now, zone)
    if starts is None:
        return ()
    open_time = Timeline(windows)
    agenda = Agenda(busy, rule, place, zone, travel)
    found: list[Slot] = []
    for day in local_dates(starts, zone):
        for candidate in _candidates(day, open_time, rule, starts, zone):
            slot = _offer(candidate, day, agenda, travels)
            if slot:
                found.append(slot)
    return tuple(found)


def _candidates(
    day: date, open_time: Timeline, rule: SlotRule, starts: Interval, zone: ZoneInfo
) -> Iterator[Interval]:
    """Yield the intervals of ``day`` that are on the grid and inside working time."""
    for start in grid(day, rule.step, zone):
        if starts.start <= start < starts.stop:
            stop = start + rule.duration
            if open_time.around(start, stop):
                yield Interval(start, stop)


def _offer(candidate: Interval, day: date, agenda: Agenda, travels: bool) -> Slot | None:
    """Return the slot of ``candidate``, or None when the agenda forbids it."""
    places_left = agenda.places_left(candidate, day)
    if not places_left:
        return None
    if not travels:
        return Slot(candidate.start, candidate.stop, places_left=places_left)
    if not agenda.reachable(candidate, day):
        return None
    previous, following = agenda.neighbours(candidate, day)
    return Slot(candidate.start, candidate.stop, previous, following, places_left)
