"""The busy time of one broker, indexed for the questions that slots ask.

Times of a :class:`Busy` come in two layers. ``start``-``stop`` is what is blocked: the appointment
*with its own buffers*, as stored in ``busy_start``/``busy_stop``. ``visit`` is the bare appointment
inside it: its start decides the date it counts for, its ends are where travel begins and ends. A
plain meeting has no buffers: both are equal.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from .intervals import Interval, Timeline, as_utc
from .rules import SlotRule
from .travel import Place, TravelTime
from .wall_clock import local_date


@dataclass(frozen=True, slots=True)
class Busy:
    """Something that keeps a broker busy.

    :param start: begin of the blocked range, buffers included; any aware datetime, kept in UTC.
    :param stop: end of it, excluded. An empty range blocks nothing and is ignored altogether, as
        PostgreSQL does.
    :param kind: what it is, for people who debug; no rule reads it.
    :param type_key: the appointment type, compared with ``SlotRule.type_key``; None for everything
        else.
    :param place: where it is; None when unknown or nowhere.
    :param travels: it takes place somewhere physical. Implied by ``place``.
    :param visit: the appointment without buffers; by default the whole blocked range.
    :raise ValueError: a bound is naive, the range is reversed, or ``visit`` is not inside it.
    """

    start: datetime
    stop: datetime
    kind: str = "meeting"
    type_key: Hashable | None = None
    place: Place | None = None
    travels: bool = False
    visit: Interval | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", as_utc(self.start))
        object.__setattr__(self, "stop", as_utc(self.stop))
        if self.start > self.stop:
            raise ValueError(f"A busy range must not stop before it starts: {self}")
        if self.visit is None and self.start < self.stop:
            object.__setattr__(self, "visit", Interval(self.start, self.stop))
        if self.visit and not self.start <= self.visit.start < self.visit.stop <= self.stop:
            raise ValueError(f"A visit must lie inside its busy range: {self}")

    @property
    def blocked(self) -> Interval:
        """The blocked range, buffers included.

        :raise ValueError: the range is empty.
        """
        return Interval(self.start, self.stop)

    @property
    def physical(self) -> bool:
        """Whether the broker goes there."""
        return self.travels or self.place is not None


def real(busy: Iterable[Busy]) -> tuple[Busy, ...]:
    """Return ``busy`` without the empty ranges."""
    return tuple(item for item in busy if item.start < item.stop)


class Agenda:
    """Answers, for candidate after candidate, what the busy time says."""

    def __init__(
        self,
        busy: Iterable[Busy],
        rule: SlotRule,
        place: Place | None,
        zone: ZoneInfo,
        travel: TravelTime,
    ) -> None:
        self._rule = rule
        self._place = place
        self._zone = zone
        self._travel = travel
        items = real(busy)
        self._sessions = _open_sessions(items, rule, place)
        seats = {seat for session in self._sessions.values() for seat in session}
        self._blocked = Timeline(item.blocked for item in items)
        self._foreign = Timeline(item.blocked for item in items if item not in seats)
        events = {item.visit for item in items if item.type_key == rule.type_key}
        self._per_day = Counter(local_date(event.start, zone) for event in events)
        physical = [item for item in items if item.physical]
        # Places break ties, so that the answer does not depend on the order of the input.
        self._by_start = sorted(
            physical, key=lambda item: (item.visit.start, item.visit.stop, _place_order(item))
        )
        self._by_stop = sorted(
            physical, key=lambda item: (item.visit.stop, item.visit.start, _place_order(item))
        )
        self._starts = [item.visit.start for item in self._by_start]
        self._stops = [item.visit.stop for item in self._by_stop]

    def places_left(self, candidate: Interval, day: date) -> int:
        """Return how many people can still book ``candidate``; 0 when it is not free.

        :param day: the local date on which it starts.
        """
        rule = self._rule
        start, stop = candidate.start - rule.buffer_before, candidate.stop + rule.buffer_after
        seats = len(self.seats(candidate))
        if seats:
            return 0 if self._clashes(start, stop, candidate) else max(0, rule.capacity - seats)
        if self.day_is_full(day) or self._blocked.overlaps(start, stop):
            return 0
        return rule.capacity

    def seats(self, candidate: Interval) -> tuple[Busy, ...]:
        """Return the places taken in the session that a booking of ``candidate`` would join."""
        return tuple(self._sessions.get(candidate, ()))

    def day_is_full(self, day: date) -> bool:
        """Tell whether no further session of the type may start on ``day``."""
        limit = self._rule.max_per_day
        return bool(limit) and self._per_day[day] >= limit

    def neighbours(self, candidate: Interval, day: date) -> tuple[Busy | None, Busy | None]:
        """Return the nearest physical events of ``day`` before and after ``candidate``.

        The one before ends on that local date, the one after begins on it.
        """
        before, after = self._around(candidate, day)
        return (
            None if before is None else self._by_stop[before],
            None if after is None else self._by_start[after],
        )

    def reachable(self, candidate: Interval, day: date) -> bool:
        """Tell whether the broker can come from every physical event of ``day`` before
        ``candidate``, and reach every one after it.

        The nearest ones alone do not do: a meeting of unknown place in between would make near
        what is too far.
        """
        before, after = self._around(candidate, day)
        if before is not None and self._arrivals[before] > candidate.start:
            return False
        return after is None or candidate.stop <= self._departures[after]

    def _around(self, candidate: Interval, day: date) -> tuple[int | None, int | None]:
        """Return the places of the two neighbours in ``_by_stop`` and in ``_by_start``."""
        before = bisect_right(self._stops, candidate.start) - 1
        after = bisect_left(self._starts, candidate.stop)
        ends = before >= 0 and self._last_day(self._by_stop[before]) == day
        begins = after < len(self._starts) and self._first_day(self._by_start[after]) == day
        return before if ends else None, after if begins else None

    @cached_property
    def _arrivals(self) -> list[datetime]:
        """When the broker can be at the place, after each of ``_by_stop`` and those before it."""

        def arrival(item: Busy) -> datetime:
            return item.visit.stop + self._travel.time(item.place, self._place)

        return _day_by_day(self._by_stop, self._last_day, arrival, max)

    @cached_property
    def _departures(self) -> list[datetime]:
        """When the broker must leave the place, for each of ``_by_start`` and those after it."""

        def departure(item: Busy) -> datetime:
            return item.visit.start - self._travel.time(self._place, item.place)

        return _day_by_day(self._by_start[::-1], self._first_day, departure, min)[::-1]

    def _first_day(self, item: Busy) -> date:
        return local_date(item.visit.start, self._zone)

    def _last_day(self, item: Busy) -> date:
        return local_date(item.visit.stop - datetime.resolution, self._zone)

    def _clashes(self, start: datetime, stop: datetime, session: Interval) -> bool:
        """Tell whether anything but the seats of ``session`` is busy between the two moments."""
        if self._foreign.overlaps(start, stop):
            return True
        others = (seats for event, seats in self._sessions.items() if event != session)
        return any(seat.start < stop and start < seat.stop for seats in others for seat in seats)


def _day_by_day(
    items: Iterable[Busy],
    day_of: Callable[[Busy], date],
    moment_of: Callable[[Busy], datetime],
    strictest: Callable[[datetime, datetime], datetime],
) -> list[datetime]:
    """Return for each item the strictest moment of its day so far."""
    found: list[datetime] = []
    last_day = None
    for item in items:
        day, moment = day_of(item), moment_of(item)
        found.append(strictest(moment, found[-1]) if day == last_day else moment)
        last_day = day
    return found


def _open_sessions(
    items: Iterable[Busy], rule: SlotRule, place: Place | None
) -> dict[Interval, list[Busy]]:
    """Group the seats taken in the sessions that a booking at ``place`` could join."""
    sessions: dict[Interval, list[Busy]] = defaultdict(list)
    for item in items:
        # Two open houses of one type at one hour but in two places are two sessions.
        elsewhere = place is not None and item.place not in (None, place)
        if rule.capacity > 1 and item.type_key == rule.type_key and not elsewhere:
            sessions[item.visit].append(item)
    return sessions


def _place_order(item: Busy) -> tuple[float, float]:
    """Return a sort key of the place; unknown comes last."""
    return (item.place.latitude, item.place.longitude) if item.place else (91.0, 0.0)
