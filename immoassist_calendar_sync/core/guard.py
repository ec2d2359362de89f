"""An empty answer is not an empty calendar.

A revoked scope, the wrong calendar or a fault of the provider look exactly like a broker who
deleted everything. Mirroring that would cancel every visit of an agency, so the connection stops
and asks.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable

SHARE = 0.5
"""More than this part gone at once is not everyday life..."""
HANDFUL = 5
"""... from this many events on: who has three visits may well cancel two."""


def is_suspicious_emptying(
    known: Collection[Hashable],
    present: Collection[Hashable],
    *,
    share: float = SHARE,
    handful: int = HANDFUL,
) -> bool:
    """Tell whether what is ``present`` on one side is too little to be believed.

    True when nothing is left of several known events, or when at least ``handful`` of them, and
    more than ``share`` of all, are gone. A lone event that goes is no emptying: that is how anybody
    tries the sync out. Events that were not known prove nothing: another account's calendar is full
    of them.

    :param known: ids of the events linked so far, those inside the window that was read only.
    :param present: ids that this side has now.
    """
    before = frozenset(known)
    gone = before.difference(present)
    if gone == before:
        return len(before) > 1
    return len(gone) >= handful and len(gone) > share * len(before)
