"""What a calendar provider has to be able to do, and the words for it.

The sync knows Google and Outlook through :class:`CalendarProvider` alone: a third one is one more
implementation. A provider speaks HTTP, knows no ORM and keeps no state between two calls; it
translates between its own JSON and the vocabulary of :data:`FIELDS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from .failures import ProviderError
from .snapshot import Fields, Presence, Role

FIELDS = frozenset(
    {
        "name",  # str
        "description",  # str, plain text
        "details",  # str, our own block under the description: guests, link to Odoo
        "location",  # str
        "start",  # aware datetime in UTC; a date when all day
        "stop",  # the same, exclusive
        "allday",  # bool
        "free",  # bool: does not hold the broker's time
        "private",  # bool
        "tentative",  # bool: waits for an approval
    }
)
"""The fields that are kept the same on both sides."""

OWN_FIELDS = frozenset({"free", "private"})
"""What a guest may change of a meeting: it concerns his own calendar alone."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a calendar that is looked at, half-open, aware."""

    start: datetime
    stop: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar of an account.

    :param zone: IANA name; None: not told.
    """

    external_id: str
    name: str
    zone: str | None = None
    can_write: bool = True
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody invited, the broker not included.

    :param email: lower case.
    :param answer: needs_action, accepted, declined or tentative.
    """

    email: str
    name: str = ""
    answer: str = "needs_action"


@dataclass(frozen=True, slots=True)
class Mark:
    """Our own marker on an event that we created.

    :param database: ``database.uuid`` of the Odoo database.
    :param key: the :attr:`Write.key` that created it.
    """

    database: str
    key: str


@dataclass(frozen=True, slots=True)
class Event:
    """One external event: a single one, or one occurrence of a series.

    :param fields: see :data:`FIELDS`; empty for a deletion.
    :param ical_uid: UID; for an occurrence of a series ``<UID>/<original start in UTC, ISO>``.
    :param role: GUEST when somebody else organises it.
    :param blocking: False for what is no meeting: working location, birthday; it is left out.
    :param mark: None when it is not ours, or not told (see :meth:`CalendarProvider.marked`).
    """

    external_id: str
    fields: Fields = field(default_factory=dict)
    etag: str | None = None
    presence: Presence = Presence.LIVE
    ical_uid: str | None = None
    role: Role = Role.ORGANISER
    guests: tuple[Guest, ...] = ()
    blocking: bool = True
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the answer to "what changed".

    :param vanished: ids of which only is known that they are no longer listed: deleted, or moved
        out of the window; :meth:`CalendarProvider.fetch` tells.
    :param cursor: on the last page only; None on the others.
    """

    events: tuple[Event, ...] = ()
    vanished: tuple[str, ...] = ()
    cursor: str | None = None


class Verb(Enum):
    """What to do with one event at the provider."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    DECLINE = "decline"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Write:
    """One write, which may be sent twice without being done twice.

    :param key: 32 hexadecimal digits. CREATE: the identity of the creation, the same at each
        attempt; an event that was created under it before is returned instead of a second one.
    :param external_id: of the event; empty for CREATE.
    :param fields: all fields for CREATE, those that change for UPDATE (times always together).
    :param if_match: version that it is conditional on; None: unconditional.
    :param zone: IANA zone in which the times are written, for who reads them there.
    :param database: for the :class:`Mark` of CREATE.
    """

    verb: Verb
    key: str
    external_id: str = ""
    fields: Fields = field(default_factory=dict)
    if_match: str | None = None
    zone: str = "UTC"
    database: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The answer to a write.

    :param event: as it stands now at the provider; None after DELETE and DECLINE.
    :param adopted: CREATE found its own earlier event, whose content may be older.
    """

    external_id: str
    event: Event | None = None
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A push channel (Google) or subscription (Graph).

    :param external_id: Google: the id chosen by us; Graph: chosen there.
    :param resource_id: Google only, needed to stop it.
    :param expires_at: aware, as the provider said.
    """

    external_id: str
    resource_id: str
    expires_at: datetime


class CalendarProvider(Protocol):
    """One account at a provider. Each method raises :class:`ProviderError` and nothing else."""

    batch_size: int
    """Most writes, or ids to fetch, that one HTTP request carries."""
    per_account: bool
    """Whether one push channel covers all calendars of the account."""
    requests: int
    """HTTP requests made so far, a batch counted once."""

    def calendars(self) -> list[Calendar]:
        """Return the calendars of the account."""

    def changes(self, calendar_id: str, cursor: str | None, window: Window) -> Iterator[Page]:
        """Yield what changed since ``cursor``; without one, everything inside the window.

        A cursor is bound to the window of its first call; what it brings may lie outside.

        :raise CursorExpired: start again without a cursor.
        """

    def fetch(self, calendar_id: str, ids: Sequence[str]) -> dict[str, Event | None]:
        """Return events as they are now, ``mark`` included; None for what does not exist."""

    def marked(self, calendar_id: str, database: str) -> dict[str, str]:
        """Return the key of each live event that this database created, by external id."""

    def send(self, calendar_id: str, writes: Sequence[Write]) -> list[Written | ProviderError]:
        """Do the writes, in as few requests as possible; one answer per write, in their order.

        Nobody is mailed. DELETE of what is gone already has succeeded.

        :raise ProviderError: none of it has an answer; each may have been done or not.
        """

    def watch(
        self, calendar_id: str, channel_id: str, secret: str, address: str, lifetime: timedelta
    ) -> Channel:
        """Have changes pushed to ``address``.

        :param channel_id: a new UUID; its notifications may come before this returns.
        :param secret: comes back with each notification.
        :param address: base address of the webhook; the lifecycle twin is ``<address>/lifecycle``.
        :raise PushRefused: this calendar has no push; it has to be polled.
        """

    def renew(self, channel: Channel, lifetime: timedelta) -> Channel | None:
        """Prolong a channel; None: it cannot be, :meth:`watch` anew and then stop the old one."""

    def unwatch(self, channel: Channel) -> None:
        """Stop a channel; one that is gone already is no error."""
