"""From Odoo to the provider."""

from __future__ import annotations

from collections import Counter
from operator import attrgetter

from odoo.tools import groupby

from ..core import AccessTokenRefused, CalendarProvider, VersionConflict
from .chance import fraction
from .lease import Lease
from .pull import deleted, take_over

MOST_ROUNDS = 200
"""Batches in one run: a broker with more to send lets others have their turn."""


def push(lease: Lease, provider: CalendarProvider) -> Counter[str]:
    """Send what is due, batch after batch.

    :return: counts of pushed, failed.
    """
    counts: Counter[str] = Counter()
    for _round in range(MOST_ROUNDS):
        due, outgoing = lease.run(lambda c: c._next_writes(provider.batch_size))
        if not due:
            break
        for source_id, group in groupby(outgoing, key=attrgetter("source_id")):
            counts += _send(lease, provider, source_id, group)
    return counts


def _send(lease: Lease, provider: CalendarProvider, source_id: int, outgoing: list) -> Counter[str]:
    calendar_id = outgoing[0].calendar_id
    answers = provider.send(calendar_id, [item.write for item in outgoing])
    spread = fraction()
    stale = lease.run(lambda c: c._settle(outgoing, answers, spread)._stale_ids())
    if stale:
        # Somebody else changed these meanwhile: looked at again, merged, sent in the next round.
        found = provider.fetch(calendar_id, stale)
        # Refused for its version it was there: not to be found is no proof that it is gone.
        doubtful = _refused(outgoing, answers) & {id_ for id_, event in found.items() if not event}
        events = [event or deleted(id_) for id_, event in found.items() if id_ not in doubtful]
        take_over(lease, source_id, events)
        if doubtful:
            lease.run(lambda c: c._source(source_id)._ask_later(doubtful, spread))
    for answer in answers:
        if isinstance(answer, AccessTokenRefused):
            raise answer  # of one alone too: the token is renewed before it is sent again
    failed = sum(isinstance(answer, Exception) for answer in answers)
    return Counter(pushed=len(answers) - failed, failed=failed)


def _refused(outgoing: list, answers: list) -> set[str]:
    """Return the ids of the events that are there in another version than ours."""
    return {
        item.write.external_id
        for item, answer in zip(outgoing, answers, strict=True)
        if isinstance(answer, VersionConflict)
    }
