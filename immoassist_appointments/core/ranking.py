"""How good a free slot is, and why, in words a person would accept. Nothing is hidden, only
ordered.

score = 100 x (0.35 travel + 0.20 fragmentation + 0.20 preference + 0.15 soonness + 0.10 load),
every term from 0 (worst) to 1 (best). A broker can check the sum by hand, which is why there is no
solver and no learning here.

Reasons come from the facts, not from the terms: a slot is "near" only if both places are known. The
words themselves belong to the caller, who knows the language and what this reader may learn of
other appointments.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .facts import Facts, Measure
from .intervals import Interval
from .query import AvailabilityQuery, Preference
from .slots import Slot
from .travel import Place, TravelTime, great_circle_km

__all__ = ["Preference", "RankedSlot", "Reason", "rank", "suggest"]

WEIGHT_TRAVEL = 0.35
WEIGHT_FRAGMENTATION = 0.20
WEIGHT_PREFERENCE = 0.20
WEIGHT_SOONNESS = 0.15
WEIGHT_LOAD = 0.10

WORST_EXTRA_TRAVEL = timedelta(minutes=60)
"""Extra driving from which the travel term is 0."""
SELLABLE = timedelta(minutes=75)
"""Shortest hole that another visit fits in, travel included; anything shorter is lost."""
TOLERABLE = timedelta(minutes=10)
"""A hole up to this long is a breath, not a loss."""
FULL_DAY = 8
"""Appointments of a full day, when the type has no ``max_per_day``."""
NEAR_METRES = 2000
"""Straight line up to which a neighbouring visit is called near."""
NEAR_WAIT = timedelta(minutes=60)
"""Longest time between two visits that still follow each other."""
SOON_DAYS = 2
"""Dates from today that are called soon."""

NEAR_PREVIOUS = "near_previous"
"""Just after a visit nearby. Params: ``metres`` straight line, ``minutes`` of travel."""
NEAR_NEXT = "near_next"
"""Just before a visit nearby. Params as :data:`NEAR_PREVIOUS`."""
PREFERRED = "preferred"
"""What the client asked for. No params."""
NO_GAP = "no_gap"
"""Next to another appointment, without a lost hole on either side. No params."""
FIRST_OF_DAY = "first_of_day"
"""Starts the working day, nothing comes before it. No params."""
SOON = "soon"
"""Today or in the next days. Params: ``days`` from today, 0 is today."""
QUIET_DAY = "quiet_day"
"""Nothing else in the agenda on that date. No params."""

REASON_CODES = (NEAR_PREVIOUS, NEAR_NEXT, PREFERRED, NO_GAP, FIRST_OF_DAY, SOON, QUIET_DAY)
"""All codes; of two equally strong reasons the first one here is kept."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Something good about a slot that is true: one of :data:`REASON_CODES`, plain parameters."""

    code: str
    params: dict[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """A free slot in UTC: score 0 to 100 with one decimal, the two strongest reasons first."""

    start: datetime
    stop: datetime
    score: float
    reasons: tuple[Reason, ...] = ()
    places_left: int = 1


def rank(
    slots: Iterable[Slot], windows: Sequence[Interval], query: AvailabilityQuery, travel: TravelTime
) -> tuple[RankedSlot, ...]:
    """Score every slot, in the order given.

    :param windows: the working time the slots were found in, over the reach of the query.
    """
    measure = Measure(query, windows, travel)
    return tuple(_ranked(slot, measure.facts(slot), query, travel) for slot in slots)


def suggest(
    ranked: Iterable[RankedSlot], count: int = 3, per_day: int = 2, *, zone: ZoneInfo
) -> tuple[RankedSlot, ...]:
    """Return up to ``count`` slots worth proposing, best first: good, but not all alike.

    At most ``per_day`` on one date, none overlapping another, and not all of them in one half-day
    when another half-day has something to offer. Equal scores: the earlier one.
    """
    best = sorted(ranked, key=lambda slot: (-slot.score, slot.start))
    chosen: list[RankedSlot] = []
    while len(chosen) < count:
        fitting = [slot for slot in best if _fits(slot, chosen, per_day, zone)]
        if not fitting:
            break
        halves = {_half_day(slot, zone) for slot in chosen}
        if len(chosen) == count - 1 and len(halves) == 1:
            fitting = [slot for slot in fitting if _half_day(slot, zone) not in halves] or fitting
        chosen.append(fitting[0])
    return tuple(sorted(chosen, key=lambda slot: (-slot.score, slot.start)))


def _fits(slot: RankedSlot, chosen: Sequence[RankedSlot], per_day: int, zone: ZoneInfo) -> bool:
    if any(slot.start < other.stop and other.start < slot.stop for other in chosen):
        return False
    days = Counter(_half_day(other, zone)[0] for other in chosen)
    return days[_half_day(slot, zone)[0]] < per_day


def _half_day(slot: RankedSlot, zone: ZoneInfo) -> tuple[date, bool]:
    local = slot.start.astimezone(zone)
    return local.date(), local.hour < 12


def _ranked(slot: Slot, facts: Facts, query: AvailabilityQuery, travel: TravelTime) -> RankedSlot:
    parts = _contributions(facts, query)
    claims = [(parts[term], reason) for term, reason in _claims(slot, facts, query, travel)]
    claims.sort(key=lambda claim: (-claim[0], REASON_CODES.index(claim[1].code)))
    reasons = tuple(reason for strength, reason in claims[:2])
    return RankedSlot(
        slot.start, slot.stop, round(100 * sum(parts.values()), 1), reasons, slot.places_left
    )


def _contributions(facts: Facts, query: AvailabilityQuery) -> dict[str, float]:
    """Return each term times its weight."""
    rule = query.rule
    wished = query.preference.accepts(facts.local)
    load = facts.same_type / rule.max_per_day if rule.max_per_day else facts.events / FULL_DAY
    return {
        "travel": WEIGHT_TRAVEL * (1 - min(facts.extra_travel / WORST_EXTRA_TRAVEL, 1)),
        "fragmentation": WEIGHT_FRAGMENTATION * (1 - min(_lost(facts) / (2 * SELLABLE), 1)),
        "preference": WEIGHT_PREFERENCE * (0.5 if wished is None else float(wished)),
        "soonness": WEIGHT_SOONNESS * (1 - facts.days_ahead / max(rule.horizon_days, 1)),
        "load": WEIGHT_LOAD * (1 - min(load, 1)),
    }


def _lost(facts: Facts) -> timedelta:
    """Return the time on either side that is too long for a breath, too short for a visit."""
    holes = (facts.room_before, facts.room_after)
    return sum((hole for hole in holes if TOLERABLE < hole < SELLABLE), timedelta(0))


def _claims(
    slot: Slot, facts: Facts, query: AvailabilityQuery, travel: TravelTime
) -> Iterator[tuple[str, Reason]]:
    """Yield every reason that holds, with the term it strengthens."""
    if slot.previous and slot.start - slot.previous.visit.stop <= NEAR_WAIT:
        yield from _near(NEAR_PREVIOUS, slot.previous.place, query.place, travel)
    if slot.following and slot.following.visit.start - slot.stop <= NEAR_WAIT:
        yield from _near(NEAR_NEXT, query.place, slot.following.place, travel)
    if query.preference.accepts(facts.local):
        yield "preference", Reason(PREFERRED)
    beside = (facts.follows_busy and facts.room_before <= TOLERABLE) or (
        facts.precedes_busy and facts.room_after <= TOLERABLE
    )
    if beside and not _lost(facts):
        yield "fragmentation", Reason(NO_GAP)
    if facts.opens_day and facts.room_before <= TOLERABLE:
        yield "fragmentation", Reason(FIRST_OF_DAY)
    if facts.days_ahead <= SOON_DAYS:
        yield "soonness", Reason(SOON, {"days": facts.days_ahead})
    if not facts.events:
        yield "load", Reason(QUIET_DAY)


def _near(
    code: str, origin: Place | None, destination: Place | None, travel: TravelTime
) -> Iterator[tuple[str, Reason]]:
    if origin is None or destination is None:
        return
    metres = round(great_circle_km(origin, destination) * 1000)
    if metres <= NEAR_METRES:
        minutes = math.ceil(travel.time(origin, destination) / timedelta(minutes=1))
        yield "travel", Reason(code, {"metres": metres, "minutes": minutes})
