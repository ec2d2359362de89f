"""The one function behind "what is free" and "is this still free": page, confirmation, back office
and API.

A listed slot is never refused for another reason than a new booking, because list and confirmation
ask the same question: confirming means asking again and looking for the same start. The answer for
a start does not depend on the window it was asked in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .intervals import as_utc
from .query import AvailabilityQuery, reach
from .ranking import RankedSlot, rank
from .slots import bookable, free_slots
from .travel import DEFAULT_TRAVEL, RememberedTravel, TravelTime
from .working_time import working_windows

__all__ = ["AvailabilityQuery", "availability", "nearest", "reach"]


def availability(
    query: AvailabilityQuery, travel: TravelTime = DEFAULT_TRAVEL
) -> tuple[RankedSlot, ...]:
    """Return every slot that starts inside the window of ``query``, scored, sorted by start."""
    starts = bookable(query.window, query.rule, query.now, query.zone)
    if starts is None:
        return ()
    span = reach(starts, query.rule, query.zone)
    windows = working_windows(query.weekly, query.overrides, query.leaves, span, query.zone)
    remembered = RememberedTravel(travel)
    slots = free_slots(
        windows,
        query.busy,
        query.rule,
        starts,
        query.now,
        query.zone,
        query.place,
        query.travels,
        remembered,
    )
    return rank(slots, windows, query, remembered)


def nearest(
    slots: Iterable[RankedSlot], wanted: datetime, count: int = 3
) -> tuple[RankedSlot, ...]:
    """Return the ``count`` slots closest to ``wanted``, sorted by start. At equal distance the
    earlier one wins.

    :raise ValueError: ``wanted`` is naive.
    """
    moment = as_utc(wanted)
    closest = sorted(slots, key=lambda slot: (abs(slot.start - moment), slot.start))
    return tuple(sorted(closest[:count], key=lambda slot: slot.start))
