"""One visit as both sides may see it, and a world in which decisions are carried out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from odoo.addons.immoassist_calendar_sync.core.merge import MERGED_TOGETHER
from odoo.addons.immoassist_calendar_sync.core.reconcile import Action, Decision, reconcile
from odoo.addons.immoassist_calendar_sync.core.snapshot import (
    Base,
    LocalEvent,
    Origin,
    Presence,
    RemoteEvent,
    Role,
)

UTC = timezone.utc
UID = "visit-1@immoassist.example"
NINE = datetime(2027, 3, 1, 9, tzinfo=UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def visit(**changes) -> dict:
    fields = {"name": "Visit", "start": NINE, "stop": NINE + hours(1), "allday": False}
    return {**fields, "location": "12 rue Haute", "description": "", **changes}


def base(etag: str | None = "v1", presence: Presence = Presence.LIVE, **changes) -> Base:
    return Base(visit(**changes), etag, presence)


def local(cancelled: bool = False, ical_uid: str | None = UID, **changes) -> LocalEvent:
    return LocalEvent(visit(**changes), cancelled, ical_uid)


def remote(etag: str | None = "v2", presence: Presence = Presence.LIVE, **changes) -> RemoteEvent:
    return RemoteEvent(visit(**changes), etag, presence, UID)


DELETED = RemoteEvent(etag="v2", presence=Presence.DELETED, ical_uid=UID)


@dataclass(frozen=True)
class World:
    """Both sides and the link between them. The remote side answers every write with a new etag."""

    base: Base | None
    local: LocalEvent | None
    remote: RemoteEvent | None
    origin: Origin
    role: Role
    news: bool = True  # the remote side is listed; if not, it is as in the base

    def decide(self) -> Decision:
        return reconcile(
            self.base,
            self.local,
            self.remote if self.news else None,
            origin=self.origin,
            role=self.role,
        )

    def settle(self) -> World:
        """Carry the decision out, and see the result as the next pull would."""
        decision = self.decide()
        mine, theirs = self._write(decision), self._send(decision)
        link = decision.sent(theirs.etag) if decision.sends else decision.base
        return replace(self, base=link, local=mine, remote=theirs, news=bool(theirs))

    def _write(self, decision: Decision) -> LocalEvent | None:
        if decision.action is Action.IMPORT:
            return LocalEvent(decision.write, ical_uid=self.remote.ical_uid)
        if decision.action is Action.CANCEL:
            return replace(self.local, cancelled=True)
        if not decision.write:
            return self.local
        return replace(self.local, fields={**self.local.fields, **decision.write})

    def _send(self, decision: Decision) -> RemoteEvent | None:
        if not decision.sends:
            return self.remote
        if decision.action in (Action.CREATE, Action.RECREATE):
            return RemoteEvent(decision.push, "fresh", Presence.LIVE, self.local.ical_uid)
        assert decision.if_match in (self.remote.etag, self.base and self.base.etag)
        presence = {
            Action.DELETE: Presence.DELETED,
            Action.DECLINE: Presence.DECLINED,
            Action.ACCEPT: Presence.LIVE,
        }.get(decision.action, self.remote.presence)
        fields = {**self.remote.fields, **decision.push}
        return RemoteEvent(fields, "fresh", presence, self.remote.ical_uid)


# Strategies. Few values, so that the sides often agree, and often change the same field.
contents = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Visit", "Valuation", "Signing"]),
        "start": st.sampled_from([NINE, NINE + hours(2), NINE + hours(4)]),
        "stop": st.sampled_from([NINE + hours(1), NINE + hours(3), NINE + hours(5)]),
        "allday": st.booleans(),
        "location": st.sampled_from([None, "", "12 rue Haute", "Étude\r\n ", "E\u0301tude"]),
    }
)
partial_contents = st.builds(
    lambda fields, left_out: {k: v for k, v in fields.items() if k not in left_out},
    contents,
    st.sets(st.sampled_from(["name", "start", "location"])),
)
etags = st.sampled_from([None, "v1", "v2"])
bases = st.builds(Base, partial_contents, etags, st.sampled_from(Presence))
locals_ = st.builds(LocalEvent, partial_contents, st.booleans(), st.just(UID))
remotes = st.builds(RemoteEvent, partial_contents, etags, st.sampled_from(Presence), st.just(UID))
origins, roles = st.sampled_from(Origin), st.sampled_from(Role)


@st.composite
def worlds(draw) -> World:
    link, mine = draw(st.none() | bases), draw(st.none() | locals_)
    theirs = draw(st.none() | remotes)
    news = theirs is not None
    if link and theirs and theirs.etag and theirs.etag == link.etag:
        # The same version is the same content; it may carry more than was ever agreed on.
        theirs = replace(theirs, fields={**theirs.fields, **link.fields}, presence=link.presence)
    if link and theirs is None:
        theirs = RemoteEvent(link.fields, link.etag, link.presence, UID)
    return World(link, mine, theirs, draw(origins), draw(roles), news)


def together(name: str) -> frozenset[str]:
    """The fields that change with ``name``, itself included."""
    return next((group for group in MERGED_TOGETHER if name in group), frozenset({name}))
