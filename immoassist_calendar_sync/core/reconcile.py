"""What to do about one event, from (base, local, remote) alone.

================= ================= =====================================================
local             remote            action
================= ================= =====================================================
unchanged         unchanged or echo NOTHING
changed           unchanged         PUSH, with If-Match
unchanged         changed           APPLY
changed           changed           MERGE field by field, see below
unchanged         deleted           CANCEL in Odoo
changed           deleted           RECREATE remotely (guest: CANCEL, not their meeting)
cancelled         any               DELETE remotely (organiser) or DECLINE (guest)
never here        new               IMPORT
new               never there       CREATE remotely
new               new, same iCalUID first match: MERGE without an ancestor
================= ================= =====================================================

- An echo has the etag of the base, or the same content under another etag.
- The same field changed twice: the side where the appointment was born wins, and both values are
  reported. Without an ancestor every difference counts as changed twice.
- Start, stop and all-day are one field: half of one move and half of another may end before it
  begins.
- Of what others organise, the guest changes nothing but what is his own (OWN_FIELDS): the rest is
  taken back in Odoo.
- A field missing in an answer is as it was in the base; one that only one side ever carried is
  neither compared nor written.
- A meeting that the broker declined in the calendar is over for them, as if deleted.
- Reopening in Odoo is a change: RECREATE, or ACCEPT what the guest had declined.

Applying a decision, storing its base and reconciling again gives NOTHING.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from .fingerprint import same
from .merge import Conflict, by_name, merge_fields
from .provider import FIELDS, OWN_FIELDS
from .snapshot import Base, Fields, LocalEvent, Origin, Presence, RemoteEvent, Role


class Action(Enum):
    """What to do; :class:`Decision` says with which fields."""

    NOTHING = "nothing"
    PUSH = "push"
    APPLY = "apply"
    MERGE = "merge"
    CANCEL = "cancel"
    RECREATE = "recreate"
    DELETE = "delete"
    DECLINE = "decline"
    ACCEPT = "accept"
    CREATE = "create"
    IMPORT = "import"


_WRITES_REMOTE = {
    Action.RECREATE,
    Action.DELETE,
    Action.DECLINE,
    Action.ACCEPT,
    Action.CREATE,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about one event.

    :param write: fields to write in Odoo.
    :param push: fields to write at the provider; those not named stay as they are.
    :param if_match: version that a write on an existing event is conditional on. When the provider
        refuses it, read the event again and reconcile anew.
    :param conflicts: by name.
    :param base: what to store once applied, also after NOTHING (an echo brings a new etag); None:
        there is nothing to link. When something was sent, its etag is None until :meth:`sent`.
    """

    action: Action
    write: Fields = field(default_factory=dict)
    push: Fields = field(default_factory=dict)
    if_match: str | None = None
    conflicts: tuple[Conflict, ...] = ()
    base: Base | None = None

    @property
    def sends(self) -> bool:
        """Whether the provider has to be called."""
        return bool(self.push) or self.action in _WRITES_REMOTE

    def sent(self, etag: str | None) -> Base | None:
        """Return the base to store after the provider answered with ``etag``."""
        return replace(self.base, etag=etag) if self.base else None


def reconcile(
    base: Base | None,
    local: LocalEvent | None,
    remote: RemoteEvent | None,
    *,
    origin: Origin,
    role: Role = Role.ORGANISER,
) -> Decision:
    """Return what makes both sides the same again.

    :param base: None when the two were never synced.
    :param local: None when Odoo does not have it: not yet, or (with a base) no more, which counts
        as cancelled.
    :param remote: None when the provider had no news of it: it is as in the base, or (without one)
        not there. A deletion is a :class:`RemoteEvent` of its own: not being listed proves nothing.
    :raise ValueError: first match of two events that do not share an iCalUID.
    """
    if base is None and local is not None and remote is not None:
        _check_identity(local, remote)
    remote = _seen(base, remote, role)
    if local is None and base is None:
        return _remote_only(remote)
    if local is None or local.cancelled:
        return _cancelled(base, local, remote, role)
    if remote is None:
        return _send_all(Action.CREATE, local)
    if remote.presence is Presence.LIVE:
        return _merge(base, local, remote, origin, role)
    return _ended_remotely(base, local, remote, origin, role)


def _check_identity(local: LocalEvent, remote: RemoteEvent) -> None:
    if not local.ical_uid or local.ical_uid != remote.ical_uid:
        raise ValueError(f"Not the same meeting: {local.ical_uid!r} and {remote.ical_uid!r}")


def _seen(base: Base | None, remote: RemoteEvent | None, role: Role) -> RemoteEvent | None:
    """Return the remote side without what is no news."""
    if base is not None:
        if remote is None:
            remote = RemoteEvent(base.fields, base.etag, base.presence)
        elif remote.etag and remote.etag == base.etag:
            # Our own echo, even if the provider wrote our text in its own way. What never was
            # agreed on is compared all the same.
            remote = replace(remote, fields={**remote.fields, **base.fields})
        else:
            remote = replace(remote, fields={**base.fields, **remote.fields})
    if remote and remote.presence is Presence.DECLINED and role is Role.ORGANISER:
        remote = replace(remote, presence=Presence.LIVE)
    return remote


def _remote_only(remote: RemoteEvent | None) -> Decision:
    if remote is None or remote.presence is not Presence.LIVE:
        return Decision(Action.NOTHING)
    fields = by_name(remote.fields)
    return Decision(Action.IMPORT, write=fields, base=Base(fields, remote.etag))


def _cancelled(
    base: Base | None, local: LocalEvent | None, remote: RemoteEvent | None, role: Role
) -> Decision:
    """Return the end of the meeting, which no change of the other side can undo: in Odoo the client
    has been told.
    """
    if remote is None or (base is None and remote.presence is Presence.DELETED):
        return Decision(Action.NOTHING)
    agreed = _still_agreed(base, local, remote)
    if remote.presence is not Presence.LIVE:
        return Decision(Action.NOTHING, base=Base(agreed, remote.etag, remote.presence))
    if role is Role.GUEST:
        action, presence = Action.DECLINE, Presence.DECLINED
    else:
        action, presence = Action.DELETE, Presence.DELETED
    return Decision(action, if_match=_condition(base, remote), base=Base(agreed, presence=presence))


def _ended_remotely(
    base: Base | None, local: LocalEvent, remote: RemoteEvent, origin: Origin, role: Role
) -> Decision:
    if _survives(base, local, origin):
        if role is Role.ORGANISER:
            return _send_all(Action.RECREATE, local)
        # Of what others organise, only an own answer can be taken back, once it was agreed on.
        reopened = base is None or base.presence is Presence.DECLINED
        if remote.presence is Presence.DECLINED and reopened:
            return _merge(base, local, remote, origin, role, accept=True)
    agreed = _still_agreed(base, local, remote)
    return Decision(Action.CANCEL, base=Base(agreed, remote.etag, remote.presence))


def _survives(base: Base | None, local: LocalEvent, origin: Origin) -> bool:
    """Tell whether Odoo has a reason to keep what ended at the provider."""
    if base is None:
        return origin is Origin.ODOO
    if base.presence is not Presence.LIVE:
        return True
    return any(
        not same(value, base.fields[name])
        for name, value in local.fields.items()
        if name in base.fields
    )


def _send_all(action: Action, local: LocalEvent) -> Decision:
    fields = by_name(local.fields)
    return Decision(action, push=fields, base=Base(fields))


def _still_agreed(base: Base | None, local: LocalEvent | None, remote: RemoteEvent) -> Fields:
    """Return the ancestor without what the provider has changed, for the day it is reopened: that
    change was not applied, and must be seen again then.
    """
    before = base.fields if base else local.fields if local else {}
    return {
        name: value
        for name, value in before.items()
        if name in remote.fields and same(value, remote.fields[name])
    }


def _merge(
    base: Base | None,
    local: LocalEvent,
    remote: RemoteEvent,
    origin: Origin,
    role: Role,
    *,
    accept: bool = False,
) -> Decision:
    before = base.fields if base else {}
    fixed = FIELDS - OWN_FIELDS if role is Role.GUEST else frozenset()
    merged = merge_fields(before, local.fields, remote.fields, origin, fixed)
    if accept:
        action = Action.ACCEPT
    elif not merged.write and not merged.push:
        action = Action.NOTHING
    elif merged.changed_here and merged.changed_there:
        action = Action.MERGE
    else:
        action = Action.PUSH if merged.push else Action.APPLY
    sends = accept or bool(merged.push)
    return Decision(
        action,
        write=merged.write,
        push=merged.push,
        if_match=_condition(base, remote) if sends else None,
        conflicts=merged.conflicts,
        base=Base(merged.agreed, None if sends else remote.etag),
    )


def _condition(base: Base | None, remote: RemoteEvent) -> str | None:
    """Return the etag to write against; one too old makes us read again, which is safe."""
    return remote.etag or (base.etag if base else None)
