"""What is true of one slot: the measurements that score and reasons are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .agenda import real
from .intervals import Interval, Timeline, merge, subtract
from .query import AvailabilityQuery
from .slots import Slot
from .travel import TravelTime
from .wall_clock import local_date, local_dates

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Facts:
    """Measurements of one slot.

    :param local: its start on the broker's wall clock.
    :param days_ahead: dates between today and it.
    :param extra_travel: what it adds to the day's driving; zero for a remote slot.
    :param room_before: free working time left between it (with its buffer) and what comes before.
    :param room_after: the same after it.
    :param follows_busy: what comes before is an appointment, not the edge of working time.
    :param precedes_busy: what comes after is one.
    :param opens_day: it is in the first working window of its date, and nothing comes earlier on
        that date.
    :param same_type: sessions of its type on its date.
    :param events: everything in the agenda on its date.
    """

    local: datetime
    days_ahead: int
    extra_travel: timedelta
    room_before: timedelta
    room_after: timedelta
    follows_busy: bool
    precedes_busy: bool
    opens_day: bool
    same_type: int
    events: int


class Measure:
    """Measures slot after slot against one query; what they share is computed once."""

    def __init__(
        self, query: AvailabilityQuery, windows: Sequence[Interval], travel: TravelTime
    ) -> None:
        """:param windows: working time over the reach of the query."""
        self._query = query
        self._travel = travel
        self._busy = real(query.busy)
        self._windows = merge(windows)
        self._gaps = Timeline(subtract(windows, (item.blocked for item in self._busy)))
        self._edges = {edge for window in self._windows for edge in (window.start, window.stop)}
        self._today = local_date(query.now, query.zone)
        self._first_window: dict[date, Interval] = {}
        self._events: dict[date, set[Interval]] = defaultdict(set)
        self._same_type: dict[date, set[Interval]] = defaultdict(set)
        self._index_days()

    def facts(self, slot: Slot) -> Facts:
        """Return the facts of ``slot``, one of the free slots of the query."""
        local = slot.start.astimezone(self._query.zone)
        day = local.date()
        before = after = extra_travel = NO_TIME
        follows_busy = precedes_busy = False
        gap = self._gaps.around(slot.start, slot.stop)
        # No gap: a seat in a session that is in the agenda already. It takes no time and no travel.
        if gap:
            before = max(NO_TIME, slot.start - self._query.rule.buffer_before - gap.start)
            after = max(NO_TIME, gap.stop - slot.stop - self._query.rule.buffer_after)
            follows_busy = gap.start not in self._edges
            precedes_busy = gap.stop not in self._edges
            extra_travel = self._extra_travel(slot)
        return Facts(
            local=local,
            days_ahead=(day - self._today).days,
            extra_travel=extra_travel,
            room_before=before,
            room_after=after,
            follows_busy=follows_busy,
            precedes_busy=precedes_busy,
            opens_day=self._opens_day(slot, day),
            same_type=len(self._same_type.get(day, ())),
            events=len(self._events.get(day, ())),
        )

    def _opens_day(self, slot: Slot, day: date) -> bool:
        window = self._first_window.get(day)
        if window is None or slot.start >= window.stop:
            return False
        return all(event.start >= slot.start for event in self._events.get(day, ()))

    def _extra_travel(self, slot: Slot) -> timedelta:
        """Return the way there and on, less the way driven anyway (cheapest insertion)."""
        query, time = self._query, self._travel.time
        if not query.travels:
            return NO_TIME
        origin = slot.previous.place if slot.previous else query.day_start_place
        onward = slot.following.place if slot.following else query.day_end_place
        return max(
            NO_TIME, time(origin, query.place) + time(query.place, onward) - time(origin, onward)
        )

    def _index_days(self) -> None:
        zone, type_key = self._query.zone, self._query.rule.type_key
        for window in self._windows:
            for day in local_dates(window, zone):
                self._first_window.setdefault(day, window)
        for item in self._busy:
            for day in local_dates(item.visit, zone):
                self._events[day].add(item.visit)
            if type_key is not None and item.type_key == type_key:
                self._same_type[local_date(item.visit.start, zone)].add(item.visit)
