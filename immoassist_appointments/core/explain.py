"""Why a time is not offered: the questions of :mod:`slots`, asked one by one.

Nothing is decided here. Each reason is a question that :func:`.availability.availability` asks too,
and :func:`explain` says "free" if, and only if, the time is among its answers (a property test
compares them). Unlike availability, it goes on after the first "no".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .agenda import Agenda, real
from .intervals import Interval, as_utc, merge
from .query import AvailabilityQuery, reach
from .travel import DEFAULT_TRAVEL, RememberedTravel, TravelTime
from .wall_clock import DAY, grid, instant, local_date, midnight
from .working_time import on_date, working_windows

SKIPPED = "skipped"
"""The clock skips this time (start of summer time). ``start`` is the next one that exists."""
GRID = "grid"
"""Starts are on a grid. ``before`` and ``after``: the nearest ones of the day, or None."""
NOTICE = "notice"
"""Too soon, or past. ``earliest``: from when on."""
HORIZON = "horizon"
"""Too far ahead. ``last``: the last date that can be booked."""
LEAVE = "leave"
"""Time off. ``interval``."""
CLOSED = "closed"
"""A closure of this date. ``interval``."""
HOURS = "hours"
"""Outside working hours. ``windows``: those of the date."""
BUSY = "busy"
"""Something is there. ``busy``: a :class:`.agenda.Busy`."""
BUFFER = "buffer"
"""The same, only with the time kept free around it, or around the new appointment. ``busy``."""
FULL = "full"
"""All places of the open house are taken. ``places``."""
MAX_PER_DAY = "max_per_day"
"""The day has as many appointments of the type as it may. ``limit``."""
TRAVEL_FROM = "travel_from"
"""The broker cannot come from ``busy`` in time. ``arrival``."""
TRAVEL_TO = "travel_to"
"""He cannot reach ``busy`` in time. ``departure``: when he would have to leave."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One reason why a time is not offered.

    :param code: one of the constants of this module.
    :param params: what it is about; the constants say what is there.
    """

    code: str
    params: dict


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a time is offered or not.

    :param start: the time asked about, in UTC.
    :param hindrances: all that stands in the way, the most telling first; empty: it is offered.
    """

    start: datetime
    hindrances: tuple[Hindrance, ...]

    @property
    def free(self) -> bool:
        return not self.hindrances


def explain_wall(
    query: AvailabilityQuery, day: date, minutes: int, travel: TravelTime = DEFAULT_TRAVEL
) -> Explanation:
    """Explain the time that the clock of the broker's zone shows ``minutes`` after midnight.

    Of a time that occurs twice, the first is meant. ``query.window`` is not read.
    """
    start = instant(day, minutes, query.zone)
    wall = start.astimezone(query.zone)
    if (wall.date(), wall.hour * 60 + wall.minute) != (day, minutes):
        return Explanation(start, (Hindrance(SKIPPED, {"start": start}),))
    return explain(query, start, travel)


def explain(
    query: AvailabilityQuery, start: datetime, travel: TravelTime = DEFAULT_TRAVEL
) -> Explanation:
    """Explain one start.

    ``query.leaves``, ``overrides`` and ``busy`` must cover :func:`.query.reach` of the minute at
    ``start``. ``query.window`` is not read.

    :raise ValueError: ``start`` is naive.
    """
    start = as_utc(start)
    candidate = Interval(start, start + query.rule.duration)
    found = (
        *_range(query, start),
        *_working(query, candidate),
        *_agenda(query, candidate, travel),
        *_grid(query, start),
    )
    return Explanation(start, found)


def _range(query: AvailabilityQuery, start: datetime) -> Iterator[Hindrance]:
    earliest = query.now + query.rule.min_notice
    if start < earliest:
        yield Hindrance(NOTICE, {"earliest": earliest})
    last = local_date(query.now, query.zone) + timedelta(days=query.rule.horizon_days)
    if start >= midnight(last + DAY, query.zone):
        yield Hindrance(HORIZON, {"last": last})


def _grid(query: AvailabilityQuery, start: datetime) -> Iterator[Hindrance]:
    starts = list(grid(local_date(start, query.zone), query.rule.step, query.zone))
    if start not in starts:
        before = [moment for moment in starts if moment < start]
        after = [moment for moment in starts if moment > start]
        nearest = {"before": max(before, default=None), "after": min(after, default=None)}
        yield Hindrance(GRID, nearest)


def _working(query: AvailabilityQuery, candidate: Interval) -> Iterator[Hindrance]:
    span = reach(candidate, query.rule, query.zone)

    def windows(leaves=(), closures=True):
        overrides = [line for line in query.overrides if line.opening or closures]
        return working_windows(query.weekly, overrides, leaves, span, query.zone)

    if _inside(candidate, windows(query.leaves)):
        return
    day = local_date(candidate.start, query.zone)
    planned = windows(closures=False)
    if not _inside(candidate, planned):
        around = Interval(midnight(day, query.zone), midnight(day + DAY, query.zone))
        there = tuple(window for window in planned if _overlap(window, around))
        yield Hindrance(HOURS, {"windows": there})
    for leave in merge(query.leaves):
        if _overlap(leave, candidate):
            yield Hindrance(LEAVE, {"interval": leave})
    for line in query.overrides:
        if not line.opening:
            for closed in on_date(line.day, line.hour_from, line.hour_to, query.zone):
                if _overlap(closed, candidate):
                    yield Hindrance(CLOSED, {"interval": closed})


def _agenda(
    query: AvailabilityQuery, candidate: Interval, travel: TravelTime
) -> Iterator[Hindrance]:
    rule, day = query.rule, local_date(candidate.start, query.zone)
    remembered = RememberedTravel(travel)
    agenda = Agenda(query.busy, rule, query.place, query.zone, remembered)
    if not agenda.places_left(candidate, day):
        yield from _taken(query, agenda, candidate, day)
    if query.travels and not agenda.reachable(candidate, day):
        yield from _unreachable(query, remembered, candidate, day)


def _taken(
    query: AvailabilityQuery, agenda: Agenda, candidate: Interval, day: date
) -> Iterator[Hindrance]:
    rule = query.rule
    seats = agenda.seats(candidate)
    if len(seats) >= rule.capacity > 1:
        yield Hindrance(FULL, {"places": rule.capacity})
    kept = Interval(candidate.start - rule.buffer_before, candidate.stop + rule.buffer_after)
    for item in sorted(real(query.busy), key=lambda item: (item.start, item.stop)):
        if item in seats or not _overlap(item.blocked, kept):
            continue
        yield Hindrance(BUSY if _overlap(item.visit, candidate) else BUFFER, {"busy": item})
    if not seats and agenda.day_is_full(day):
        yield Hindrance(MAX_PER_DAY, {"limit": rule.max_per_day})


def _unreachable(
    query: AvailabilityQuery, travel: TravelTime, candidate: Interval, day: date
) -> Iterator[Hindrance]:
    for item in sorted(real(query.busy), key=lambda item: (item.start, item.stop)):
        if not item.physical:
            continue
        visit = item.visit
        ends = local_date(visit.stop - datetime.resolution, query.zone) == day
        if ends and visit.stop <= candidate.start:
            arrival = visit.stop + travel.time(item.place, query.place)
            if arrival > candidate.start:
                yield Hindrance(TRAVEL_FROM, {"busy": item, "arrival": arrival})
        elif local_date(visit.start, query.zone) == day and visit.start >= candidate.stop:
            departure = visit.start - travel.time(query.place, item.place)
            if departure < candidate.stop:
                yield Hindrance(TRAVEL_TO, {"busy": item, "departure": departure})


def _inside(candidate: Interval, windows: tuple[Interval, ...]) -> bool:
    return any(w.start <= candidate.start and candidate.stop <= w.stop for w in windows)


def _overlap(a: Interval, b: Interval) -> bool:
    return a.start < b.stop and b.start < a.stop
