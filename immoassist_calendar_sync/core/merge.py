"""Three-way merge of the content of one event, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from .fingerprint import canonical, same
from .snapshot import Fields, Origin

MERGED_TOGETHER = (frozenset({"start", "stop", "allday"}),)
"""Fields that make sense together only: changed, won and written as one."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that both sides changed; the value that lost is worth a line in the chatter."""

    name: str
    local: object
    remote: object
    winner: Origin


@dataclass(frozen=True, slots=True)
class Merged:
    """Result of a merge, every mapping in the order of its names.

    :param write: what Odoo has to take over.
    :param push: what the provider has to take over.
    :param agreed: the next ancestor.
    """

    write: Fields
    push: Fields
    conflicts: tuple[Conflict, ...]
    agreed: Fields
    changed_here: bool
    changed_there: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Fields that change together: changed here, changed there, the same on both sides now."""

    names: tuple[str, ...]
    here: bool
    there: bool
    equal: bool


def merge_fields(
    before: Fields,
    ours: Fields,
    theirs: Fields,
    origin: Origin,
    fixed: Set[str] = frozenset(),
) -> Merged:
    """Return what makes ``ours`` (Odoo) and ``theirs`` (the provider) the same again.

    Fields that only one of them carries are left alone. A field without an ancestor counts as
    changed on both sides. What both changed goes to the side where the appointment was born.

    :param fixed: fields that only the provider's side may change: its values count.
    """
    shared = ours.keys() & theirs.keys()
    groups = [_compare(names, before, ours, theirs) for names in _groups(shared)]
    write: dict[str, object] = {}
    push: dict[str, object] = {}
    conflicts: list[Conflict] = []
    for group in groups:
        if group.equal:
            continue
        may_push = fixed.isdisjoint(group.names)
        if group.here and group.there:
            winner = origin if may_push else Origin.PROVIDER
            conflicts += _conflicts(group.names, ours, theirs, winner)
        if may_push and group.here and (not group.there or origin is Origin.ODOO):
            push.update((name, ours[name]) for name in group.names)
        else:
            write.update((name, theirs[name]) for name in group.names)
    return Merged(
        write=by_name(write),
        push=by_name(push),
        conflicts=tuple(sorted(conflicts, key=lambda conflict: conflict.name)),
        agreed=by_name({**before, **{name: ours[name] for name in shared}, **write}),
        changed_here=any(group.here for group in groups),
        changed_there=any(group.there for group in groups),
    )


def by_name(fields: Fields) -> dict[str, object]:
    """Return a copy in the order of the names: what is written and told never depends on luck."""
    return {name: fields[name] for name in sorted(fields)}


def _groups(names: Set[str]) -> Iterator[tuple[str, ...]]:
    left = set(names)
    for together in MERGED_TOGETHER:
        if together & left:
            yield tuple(sorted(together & left))
            left -= together
    yield from ((name,) for name in left)


def _compare(names: tuple[str, ...], before: Fields, ours: Fields, theirs: Fields) -> _Group:
    here = [canonical(ours[name]) for name in names]
    there = [canonical(theirs[name]) for name in names]
    if any(name not in before for name in names):
        return _Group(names, here=True, there=True, equal=here == there)
    ancestor = [canonical(before[name]) for name in names]
    return _Group(names, here != ancestor, there != ancestor, here == there)


def _conflicts(
    names: Iterable[str], ours: Fields, theirs: Fields, winner: Origin
) -> Iterator[Conflict]:
    for name in names:
        if not same(ours[name], theirs[name]):
            yield Conflict(name, ours[name], theirs[name], winner)
