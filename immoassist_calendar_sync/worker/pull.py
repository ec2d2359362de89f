"""From the provider to Odoo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from odoo import models

from ..core import (
    CalendarProvider,
    CursorExpired,
    Event,
    Mark,
    Presence,
    Window,
    is_suspicious_emptying,
)
from .lease import CONCURRENCY, Lease, LeaseLost, Work
from .rows import Change

Result = TypeVar("Result")
CHUNK = 500
"""Events taken over in one transaction: little is lost by a kill, others wait little."""
ASKED = 200
"""Missing events asked for one by one before what was learnt is stored. Google counts each, 600 a
minute and user."""


@dataclass(frozen=True)
class PullPlan:
    """What a pull needs to know beforehand.

    :param wanted: the count of wishes that this pull answers.
    :param cursor: None: everything inside the window.
    :param unsettled: a creation was sent whose answer is not known.
    :param trusted: the broker has confirmed that so much was deleted.
    """

    source_id: int
    calendar_id: str
    window: Window
    cursor: str | None
    wanted: int
    unsettled: bool
    database: str
    trusted: bool


@dataclass(frozen=True)
class Listing:
    """What the provider answered, each event once."""

    events: dict[str, Event]
    vanished: frozenset[str]
    cursor: str
    complete: bool


class Emptied(Exception):
    """So much is gone at once that somebody has to confirm it."""


Finish = Callable[[models.BaseModel, Counter[str]], bool]
"""Ends the run in the transaction of its last pull, if nothing is left to do; tells whether."""


def pull(
    lease: Lease, provider: CalendarProvider, plan: PullPlan, finish: Finish
) -> tuple[Counter[str], bool]:
    """Take over what changed in one calendar.

    :return: counts of pulled, imported, applied, failed; and what ``finish`` returned.
    :raise Emptied: nothing was taken over.
    """
    listing = _list(provider, plan)
    events = _with_marks(provider, plan, listing)
    missing = _missing(lease, plan, listing)
    counts = +Counter(pulled=len(events) + len(missing))
    if len(missing) > ASKED:
        # Too many to begin again where a quota ends it, so each portion is stored. It is judged
        # before, as if they all were gone: afterwards it would be too late to ask the broker.
        _guard(lease, plan, events | {id_: deleted(id_) for id_ in missing})
    while len(missing) > ASKED:
        portion, missing = missing[:ASKED], missing[ASKED:]
        found = _fetch(provider, plan, portion)
        counts += take_over(lease, plan.source_id, list(found.values()))
    events |= _fetch(provider, plan, missing)
    _guard(lease, plan, events)
    pending = list(events.values())
    while len(pending) > CHUNK:
        chunk, pending = pending[:CHUNK], pending[CHUNK:]
        counts += take_over(lease, plan.source_id, chunk)

    def end(connection: models.BaseModel, careful: bool) -> tuple[Counter[str], bool]:
        source = connection._source(plan.source_id)
        counted = counts + source._take_over(pending, careful=careful)
        if plan.unsettled:
            source._settle_creations()
        return counted, finish(connection, counted)

    return _with_care(
        lease, end, lambda c: c._source(plan.source_id)._end_of_pull(plan, listing.cursor)
    )


def take_over(lease: Lease, source_id: int, events: list[Event]) -> Counter[str]:
    """Bring Odoo in line with these events, in one transaction."""
    return _with_care(
        lease, lambda c, careful: c._source(source_id)._take_over(events, careful=careful)
    )


def _with_care(
    lease: Lease,
    work: Callable[[models.BaseModel, bool], Result],
    along: Work[Change] | None = None,
) -> Result:
    """Run ``work(connection, careful)``: with care, which costs, when it fails without."""
    try:
        return lease.run(lambda connection: work(connection, False), along)
    except (LeaseLost, *CONCURRENCY):
        raise
    except Exception:  # whatever it was, the event that it was about is put aside
        return lease.run(lambda connection: work(connection, True), along)


def _list(provider: CalendarProvider, plan: PullPlan) -> Listing:
    try:
        return _pages(provider, plan, plan.cursor)
    except CursorExpired:
        return _pages(provider, plan, None)


def _pages(provider: CalendarProvider, plan: PullPlan, cursor: str | None) -> Listing:
    events: dict[str, Event] = {}
    vanished: set[str] = set()
    last = ""
    for page in provider.changes(plan.calendar_id, cursor, plan.window):
        for event in page.events:
            events[event.external_id] = event  # the same one twice: the last one counts
            vanished.discard(event.external_id)
        vanished |= set(page.vanished)
        last = page.cursor or last
    for gone in vanished:
        events.pop(gone, None)
    return Listing(events, frozenset(vanished), last, complete=cursor is None)


def _with_marks(provider: CalendarProvider, plan: PullPlan, listing: Listing) -> dict[str, Event]:
    """Return the events, with our marks where the provider's lists do not show them.

    Asked for when it matters: a creation may have been done without our knowing, or the links may
    be lost.
    """
    hidden = [e for e in listing.events.values() if e.mark is None]
    if not hidden or not (plan.unsettled or listing.complete):
        return dict(listing.events)
    keys = provider.marked(plan.calendar_id, plan.database)
    return {
        id_: replace(event, mark=Mark(plan.database, keys[id_])) if id_ in keys else event
        for id_, event in listing.events.items()
    }


def _missing(lease: Lease, plan: PullPlan, listing: Listing) -> list[str]:
    """Return the ids of known events that are not listed any more."""
    if not listing.vanished and not listing.complete:
        return []
    inside, known = lease.run(lambda c: c._source(plan.source_id)._known_ids(plan.window))
    missing = known & listing.vanished
    if listing.complete:
        missing |= inside - listing.events.keys()
    return sorted(missing)


def _fetch(provider: CalendarProvider, plan: PullPlan, ids: list[str]) -> dict[str, Event]:
    """Return what became of these events: not being listed proves nothing."""
    found = provider.fetch(plan.calendar_id, ids) if ids else {}
    return {id_: event or deleted(id_) for id_, event in found.items()}


def _guard(lease: Lease, plan: PullPlan, events: dict[str, Event]) -> None:
    ended = {id_ for id_, event in events.items() if event.presence is Presence.DELETED}
    if plan.trusted or not ended:
        return
    known = lease.run(lambda c: c._source(plan.source_id)._wanted_ids(plan.window))
    if is_suspicious_emptying(known, known - ended):
        raise Emptied


def deleted(external_id: str) -> Event:
    """Return the event of which only is known that it is gone."""
    return Event(external_id, presence=Presence.DELETED)
