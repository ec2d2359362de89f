"""Whom Exchange mails: attendees always, whatever the client wants (PROVIDERS.md 2.5)."""

from __future__ import annotations

from collections.abc import Iterator

from . import payload
from .events import Event

SILENT = {"singleValueExtendedProperties"}


def upon(reason: str, event: Event) -> Iterator[tuple[str, str]]:
    """Yield reason and address of each mail about a creation or a deletion."""
    for address in sorted(_addresses(event)):
        yield reason, address


def upon_update(old: Event, new: Event, members: set[str]) -> Iterator[tuple[str, str]]:
    """Yield reason and address of each mail about an update of ``members``.

    Only who is added or left out gets one when nothing but the attendees changed.
    """
    if not members - SILENT:
        return
    before, after = _addresses(old), _addresses(new)
    for address in sorted(after - before):
        yield "invitation", address
    for address in sorted(before - after):
        yield "cancellation", address
    if members - SILENT - {"attendees"}:
        for address in sorted(after & before):
            yield "update", address


def _addresses(event: Event) -> set[str]:
    return {payload.address_of(one) for one in event.content["attendees"]}
