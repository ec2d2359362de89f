"""A provider without HTTP: one calendar in memory, for tests of everything above this layer.

It keeps the rules that the sync relies on: versions, conditional writes, creations that are
recognised by their key, deletions as news, a cursor that can expire, faults before or after a
write was done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import count

from ..core import (
    OWN_FIELDS,
    Calendar,
    Channel,
    CursorExpired,
    Event,
    Gone,
    Mark,
    Page,
    Presence,
    ProviderError,
    Rejected,
    Role,
    Verb,
    VersionConflict,
    Window,
    Write,
    Written,
)

CALENDAR = "primary"
"""The one that has all the events."""
PAGE_SIZE = 7
"""Small, so that tests turn pages."""

_NUMBERS = count(1)

Fault = Callable[[str], None]


@dataclass
class MemoryChannel:
    """A live push channel: what it was registered with."""

    calendar_id: str
    secret: str
    address: str
    expires_at: datetime


@dataclass
class MemoryAccount:
    """What stands at the provider.

    :param events: by id; a deleted one stays, as news.
    :param changed: version at which each event changed last.
    :param oldest: cursors from before this version have expired.
    :param host: what the UIDs of its events end with: those of two accounts are never the same.
    :param channels: the live ones, by id, in the order of their registration.
    :param fault: called with the kind of each request, and before each write with its verb; after
        a write, and after a batch of them, with ``<kind>.done``. What it raises is what the sync
        sees.
    """

    calendars: list[Calendar] = field(
        default_factory=lambda: [Calendar(CALENDAR, "Memory", "Europe/Paris", is_primary=True)]
    )
    shows_marks: bool = True
    host: str = field(default_factory=lambda: f"memory-{next(_NUMBERS)}.example")
    events: dict[str, Event] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    version: int = 0
    oldest: int = 0
    writes: int = 0
    requests: int = 0
    fault: Fault = lambda kind: None
    revoked: bool = False
    channels: dict[str, MemoryChannel] = field(default_factory=dict)

    def put(self, event: Event) -> Event:
        """Store the event as the person, or the provider, changes it; return it with its etag."""
        self.version += 1
        stored = replace(event, etag=str(self.version))
        self.events[event.external_id] = stored
        self.changed[event.external_id] = self.version
        return stored

    def delete(self, external_id: str) -> None:
        """Delete the event; its id is never free again."""
        self.put(replace(self.events[external_id], presence=Presence.DELETED))

    def live(self) -> dict[str, Event]:
        """Return the events that are there."""
        return {i: e for i, e in self.events.items() if e.presence is not Presence.DELETED}

    def expire_cursors(self) -> None:
        """Forget what changed until now."""
        self.version += 1
        self.oldest = self.version


ACCOUNTS: dict[str, MemoryAccount] = {}
"""By access token."""


class MemoryCalendar:
    """A :class:`core.CalendarProvider` of the account in :data:`ACCOUNTS` with that token."""

    batch_size = 5
    per_account = False

    def __init__(self, settings: object, access_token: str) -> None:
        self.account = ACCOUNTS[access_token]
        self.requests = 0

    def calendars(self) -> list[Calendar]:
        self._request("calendars")
        return list(self.account.calendars)

    def changes(self, calendar_id: str, cursor: str | None, window: Window) -> Iterator[Page]:
        account = self.account
        self._request("changes")
        self._check(calendar_id)
        if cursor is not None and int(cursor) < account.oldest:
            raise CursorExpired("410")
        until = account.version
        since = -1 if cursor is None else int(cursor)
        found = [
            self._shown(event)
            for id_, event in account.events.items()
            if calendar_id == CALENDAR
            and account.changed[id_] > since
            and (cursor is not None or event.presence is not Presence.DELETED)
        ]
        inside = [e for e in found if e.presence is Presence.DELETED or _inside(e, window)]
        outside = [e.external_id for e in found if e not in inside] if cursor else []
        for first in range(0, len(inside), PAGE_SIZE):
            yield Page(tuple(inside[first : first + PAGE_SIZE]))
            self._request("changes")
        yield Page(vanished=tuple(outside), cursor=str(until))

    def fetch(self, calendar_id: str, ids: Sequence[str]) -> dict[str, Event | None]:
        self._request("fetch")
        live = self.account.live()
        return {id_: live.get(id_) for id_ in ids}

    def marked(self, calendar_id: str, database: str) -> dict[str, str]:
        self._request("marked")
        return {
            id_: event.mark.key
            for id_, event in self.account.live().items()
            if event.mark and event.mark.database == database
        }

    def send(self, calendar_id: str, writes: Sequence[Write]) -> list[Written | ProviderError]:
        self._request("send")
        self._check(calendar_id)
        answers = [self._answer(write) for write in writes]
        self.account.fault("send.done")
        return answers

    def watch(
        self, calendar_id: str, channel_id: str, secret: str, address: str, lifetime: timedelta
    ) -> Channel:
        self._request("watch")
        expires_at = datetime.now(timezone.utc) + lifetime
        self.account.channels[channel_id] = MemoryChannel(calendar_id, secret, address, expires_at)
        self.account.fault("watch.done")
        return Channel(channel_id, f"resource of {calendar_id}", expires_at)

    def renew(self, channel: Channel, lifetime: timedelta) -> Channel | None:
        """As Google: it prolongs none."""
        self._request("renew")
        return None

    def unwatch(self, channel: Channel) -> None:
        self._request("unwatch")
        found = self.account.channels.get(channel.external_id)
        if found and channel.resource_id != f"resource of {found.calendar_id}":
            raise Rejected("required")
        self.account.channels.pop(channel.external_id, None)

    # ---------------------------------------------------------------- how

    def _request(self, kind: str) -> None:
        self.requests += 1
        self.account.requests += 1
        self.account.fault(kind)

    def _check(self, calendar_id: str) -> None:
        if calendar_id not in {calendar.external_id for calendar in self.account.calendars}:
            raise Gone("404")

    def _shown(self, event: Event) -> Event:
        return event if self.account.shows_marks else replace(event, mark=None)

    def _answer(self, write: Write) -> Written | ProviderError:
        try:
            self.account.fault(write.verb.value)
            written = self._do(write)
            self.account.fault(f"{write.verb.value}.done")
        except ProviderError as error:
            return error
        return written

    def _do(self, write: Write) -> Written:
        if write.verb is Verb.CREATE:
            return self._create(write)
        event = self.account.events.get(write.external_id)
        if event is None or event.presence is Presence.DELETED:
            if write.verb is Verb.DELETE:
                return Written(write.external_id)
            raise Gone("404")
        if write.if_match not in (None, event.etag):
            raise VersionConflict("412")
        self.account.writes += 1
        return self._change(write, event)

    def _create(self, write: Write) -> Written:
        for event in self.account.live().values():
            if event.mark and event.mark.key == write.key:
                return Written(event.external_id, event, adopted=True)
        self.account.writes += 1
        id_ = f"m{len(self.account.events)}"
        mark = Mark(write.database, write.key)
        event = Event(id_, write.fields, ical_uid=f"{id_}@{self.account.host}", mark=mark)
        return Written(id_, self.account.put(event))

    def _change(self, write: Write, event: Event) -> Written:
        if write.verb is Verb.DELETE:
            if event.role is Role.GUEST:
                raise Rejected("forbiddenForNonOrganizer")
            self.account.delete(event.external_id)
            return Written(event.external_id)
        if write.verb is Verb.DECLINE:
            self.account.put(replace(event, presence=Presence.DECLINED))
            return Written(event.external_id)
        if event.role is Role.GUEST and write.fields.keys() - OWN_FIELDS:
            raise Rejected("forbiddenForNonOrganizer")
        fields = {**event.fields, **write.fields}
        return Written(
            event.external_id,
            self.account.put(replace(event, fields=fields, presence=Presence.LIVE)),
        )


class MemoryMailbox(MemoryCalendar):
    """As Microsoft does it: one channel for the account, with an id of its own, prolonged."""

    per_account = True

    def watch(
        self, calendar_id: str, channel_id: str, secret: str, address: str, lifetime: timedelta
    ) -> Channel:
        if self.account.channels:
            self.account.channels.clear()  # one of an earlier attempt: see microsoft_push
        channel = super().watch("", f"chosen {channel_id}", secret, address, lifetime)
        return replace(channel, resource_id="")

    def renew(self, channel: Channel, lifetime: timedelta) -> Channel | None:
        self._request("renew")
        found = self.account.channels.get(channel.external_id)
        if not found:
            return None
        found.expires_at = datetime.now(timezone.utc) + lifetime
        return replace(channel, expires_at=found.expires_at)

    def unwatch(self, channel: Channel) -> None:
        self._request("unwatch")
        self.account.channels.pop(channel.external_id, None)


def _inside(event: Event, window: Window) -> bool:
    return _moment(event.fields["start"]) < window.stop and (
        _moment(event.fields["stop"]) > window.start
    )


def _moment(value: date) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time.min, timezone.utc)
