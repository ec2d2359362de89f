"""The busy time of one broker, indexed for the questions that slots ask.

Times of a :class:`Busy` come in two layers. ``start``-``stop`` is what is blocked: the appointment
*with its own buffers*, as stored in ``busy_start``/``busy_stop``. ``visit`` is the bare appointment
inside it: its start decides the date it counts for, its ends are where travel begins and ends. A
plain meeting has no buffers: both are equal.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from .intervals import Interval, Timeline, as_utc
from .rules import SlotRule
from .travel import Place
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
        self, busy: Iterable[Busy], rule: SlotRule, place: Place | None, zone: ZoneInfo
    ) -> None:
        self._rule = rule
        self._zone = zone
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
        seats = len(self._sessions.get(candidate, ()))
        if seats:
            return 0 if self._clashes(start, stop, candidate) else max(0, rule.capacity - seats)
        full = rule.max_per_day and self._per_day[day] >= rule.max_per_day
        return 0 if full or self._blocked.overlaps(start, stop) else rule.capacity

    def neighbours(self, candidate: Interval, day: date) -> tuple[Busy | None, Busy | None]:
        """Return the nearest physical events of ``day`` before and after ``candidate``.

        The one before ends on that local date, the one after begins on it.
        """
        previous = following = None
        index = bisect_right(self._stops, candidate.start) - 1
        if index >= 0:
            last_moment = self._stops[index] - datetime.resolution
            previous = self._by_stop[index] if local_date(last_moment, self._zone) == day else None
        index = bisect_left(self._starts, candidate.stop)
        if index < len(self._starts):
            same_day = local_date(self._starts[index], self._zone) == day
            following = self._by_start[index] if same_day else None
        return previous, following

    def _clashes(self, start: datetime, stop: datetime, session: Interval) -> bool:
        """Tell whether anything but the seats of ``session`` is busy between the two moments."""
        if self._foreign.overlaps(start, stop):
            return True
        others = (seats for event, seats in self._sessions.items() if event != session)
        return any(seat.start < stop and start < seat.stop for seats in others for seat in seats)


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
