"""The times at which several brokers are all free, ranked for the group; or any of them.

A time of one broker alone is left as it is. The score of a common time is the mean of the scores
that it has for each broker: nobody's bad time is hidden by somebody's good one, and the number
still reads from 0 to 100.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from .ranking import REASON_CODES, RankedSlot, Reason

REASONS = 2
"""How many reasons a slot carries, as in :mod:`ranking`."""


def common_slots(ranked: Iterable[Iterable[RankedSlot]]) -> tuple[RankedSlot, ...]:
    """Return the slots that are in every one of ``ranked``, sorted by start.

    The same start and stop make the same slot, whatever zone each broker lives in. The answer does
    not depend on the order of the brokers. No broker at all has no common time.

    :param ranked: for each broker, the free slots of one appointment type.
    """
    agendas = [{(slot.start, slot.stop): slot for slot in slots} for slots in ranked]
    if not agendas:
        return ()
    shared = set(agendas[0]).intersection(*agendas[1:])
    return tuple(_merged([agenda[times] for agenda in agendas]) for times in sorted(shared))


def any_slots(ranked: Iterable[Iterable[RankedSlot]]) -> tuple[RankedSlot, ...]:
    """Return every slot that is in at least one of ``ranked``, once, sorted by start.

    Of a time that several brokers have, the best is told: its score and reasons are those of
    somebody who may well come. Equally good: the broker who was given first.

    :param ranked: for each broker, the free slots of one appointment type.
    """
    best: dict[tuple[datetime, datetime], RankedSlot] = {}
    for slots in ranked:
        for slot in slots:
            known = best.get((slot.start, slot.stop))
            if known is None or slot.score > known.score:
                best[slot.start, slot.stop] = slot
    return tuple(best[times] for times in sorted(best))


def _merged(slots: Sequence[RankedSlot]) -> RankedSlot:
    """Return the one slot for all the brokers; ``slots`` are the same time, one of each broker."""
    if len(slots) == 1:
        return slots[0]
    score = round(sum(sorted(slot.score for slot in slots)) / len(slots), 1)
    return RankedSlot(
        slots[0].start,
        slots[0].stop,
        score,
        _merged_reasons(slots),
        min(slot.places_left for slot in slots),
    )


def _merged_reasons(slots: Sequence[RankedSlot]) -> tuple[Reason, ...]:
    """Return the strongest reasons: those of most brokers first, then those placed highest.

    One code is told once, with the parameters that claim least (the longer way, the later day).
    """
    told: dict[str, list[Reason]] = defaultdict(list)
    places: dict[str, list[int]] = defaultdict(list)
    for slot in slots:
        for place, reason in enumerate(slot.reasons):
            told[reason.code].append(reason)
            places[reason.code].append(place)
    codes = sorted(
        told, key=lambda code: (-len(told[code]), sum(places[code]), REASON_CODES.index(code))
    )
    return tuple(max(told[code], key=_claims_less) for code in codes[:REASONS])


def _claims_less(reason: Reason) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(reason.params.items(), reverse=True))


def offered(slots: Iterable[RankedSlot], start: datetime) -> RankedSlot | None:
    """Return the slot that starts at ``start``; None: this time is not free."""
    return next((slot for slot in slots if slot.start == start), None)
