"""Outlook through Microsoft Graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from ..core.failures import ProviderError
from ..core.provider import Calendar, Channel, Event, Page, Window, Write, Written
from . import microsoft_push
from .microsoft_http import BATCH_SIZE, GraphHttp, Request
from .microsoft_read import GraphReader
from .microsoft_send import GraphSender
from .settings import MicrosoftSettings


class OutlookCalendar:
    """One Microsoft account; implements :class:`CalendarProvider`, one thread at a time.

    Not told by Graph, so not known here: the zone of a calendar. A change of an event that moves it
    out of the window looks like a deletion: :meth:`fetch` tells, and finds the event wherever in
    the mailbox it is, because an id outlives a move to another calendar.
    """

    batch_size = BATCH_SIZE
    per_account = True

    def __init__(self, settings: MicrosoftSettings, access_token: str) -> None:
        self._http = GraphHttp(settings, access_token)

    @property
    def requests(self) -> int:
        """HTTP requests made so far, a batch counted once."""
        return self._http.requests

    def calendars(self) -> list[Calendar]:
        """Return the calendars of the account."""
        pages = self._http.pages(Request("GET", "/me/calendars?$top=100"))
        return [
            Calendar(
                external_id=item["id"],
                name=item.get("name") or "",
                can_write=bool(item.get("canEdit")),
                is_primary=bool(item.get("isDefaultCalendar")),
            )
            for page in pages
            for item in page["value"]
        ]

    def changes(self, calendar_id: str, cursor: str | None, window: Window) -> Iterator[Page]:
        """Yield what changed since ``cursor``, by ``calendarView/delta``."""
        return GraphReader(self._http).changes(calendar_id, cursor, window)

    def fetch(self, calendar_id: str, ids: Sequence[str]) -> dict[str, Event | None]:
        """Return events as they are now."""
        return GraphReader(self._http).fetch(ids)

    def marked(self, calendar_id: str, database: str) -> dict[str, str]:
        """Return the key of each live event that this database created."""
        return GraphReader(self._http).marked(calendar_id, database)

    def send(self, calendar_id: str, writes: Sequence[Write]) -> list[Written | ProviderError]:
        """Do the writes, twenty in one request."""
        return GraphSender(self._http, calendar_id).send(writes)

    def watch(
        self, calendar_id: str, channel_id: str, secret: str, address: str, lifetime: timedelta
    ) -> Channel:
        """Subscribe to the events of the whole mailbox; Graph chooses the id itself."""
        return microsoft_push.subscribe(self._http, secret, address, lifetime)

    def renew(self, channel: Channel, lifetime: timedelta) -> Channel | None:
        """Prolong a subscription."""
        return microsoft_push.renew(self._http, channel, lifetime)

    def unwatch(self, channel: Channel) -> None:
        """Delete a subscription."""
        microsoft_push.unsubscribe(self._http, channel.external_id)
