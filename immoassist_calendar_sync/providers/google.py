"""Google Calendar v3. Source: https://developers.google.com/workspace/calendar/api/v3/reference"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

from ..core.failures import CursorExpired, Gone, ProviderError, PushRefused, Rejected, RetryLater
from ..core.provider import Calendar, Channel, Event, Page, Window, Write, Written
from ..core.snapshot import Presence
from .google_errors import Deleted, Malformed
from .google_events import DATABASE, PARTS, is_outside, to_event
from .google_http import BATCH, Api
from .google_send import send
from .settings import GoogleSettings

_WRITERS = {"owner", "writer"}
_PAGE = 2500
_LISTED = f"items({PARTS}),nextPageToken,nextSyncToken"


class GoogleCalendar:
    """One Google account: a :class:`CalendarProvider`."""

    batch_size = BATCH
    per_account = False

    def __init__(self, settings: GoogleSettings, access_token: str) -> None:
        self._api = Api(settings, access_token)

    @property
    def requests(self) -> int:
        return self._api.requests

    def calendars(self) -> list[Calendar]:
        found: list[Calendar] = []
        page: str | None = None
        while True:
            answer = self._api.call(
                self._api.calendar_list.list(maxResults=250, **_given(pageToken=page))
            )
            found += map(_calendar, answer.get("items", ()))
            page = answer.get("nextPageToken")
            if not page:
                return found

    def changes(self, calendar_id: str, cursor: str | None, window: Window) -> Iterator[Page]:
        token = None
        if cursor is not None:
            token, window = _read_cursor(cursor)
        page: str | None = None
        while True:
            answer = self._list_changes(calendar_id, token, page, window)
            events = map(to_event, answer.get("items", ()))
            page, next_token = answer.get("nextPageToken"), answer.get("nextSyncToken")
            next_cursor = _write_cursor(next_token, window) if next_token else None
            yield _page(events, None if token is None else window, next_cursor)
            if not page:
                return

    def fetch(self, calendar_id: str, ids: Sequence[str]) -> dict[str, Event | None]:
        found: dict[str, Event | None] = {}
        wanted = list(dict.fromkeys(ids))
        for first in range(0, len(wanted), BATCH):
            some = wanted[first : first + BATCH]
            requests = [
                self._api.events.get(calendarId=calendar_id, eventId=event_id, fields=PARTS)
                for event_id in some
            ]
            for event_id, answer in zip(some, self._api.batch(requests), strict=True):
                if isinstance(answer, Gone):
                    found[event_id] = None
                elif isinstance(answer, ProviderError):
                    raise answer
                else:
                    found[event_id] = to_event(answer)
        return found

    def marked(self, calendar_id: str, database: str) -> dict[str, str]:
        keys: dict[str, str] = {}
        page: str | None = None
        while True:
            # Without expanding series: what we created is none, and one without end has no end.
            answer = self._list(calendar_id, page, privateExtendedProperty=f"{DATABASE}={database}")
            for event in map(to_event, answer.get("items", ())):
                if event.mark and event.presence is not Presence.DELETED:
                    keys[event.external_id] = event.mark.key
            page = answer.get("nextPageToken")
            if not page:
                return keys

    def send(self, calendar_id: str, writes: Sequence[Write]) -> list[Written | ProviderError]:
        return send(self._api, calendar_id, writes)

    def watch(
        self, calendar_id: str, channel_id: str, secret: str, address: str, lifetime: timedelta
    ) -> Channel:
        body = {
            "id": channel_id,
            "type": "web_hook",
            "address": address,
            "token": secret,
            "params": {"ttl": str(int(lifetime.total_seconds()))},
        }
        try:
            answer = self._api.call(self._api.events.watch(calendarId=calendar_id, body=body))
        except Rejected as refused:
            if refused.code == "channelIdNotUnique":  # the answer to an earlier attempt was lost
                raise RetryLater(refused.code) from None
            raise PushRefused(refused.code) from None
        return Channel(channel_id, answer.get("resourceId", ""), _expiry(answer, lifetime))

    def renew(self, channel: Channel, lifetime: timedelta) -> Channel | None:
        """Google prolongs no channel."""
        return None

    def unwatch(self, channel: Channel) -> None:
        body = {"id": channel.external_id, "resourceId": channel.resource_id}
        with suppress(Gone):
            self._api.call(self._api.channels.stop(body=body))

    def _list_changes(
        self, calendar_id: str, token: str | None, page: str | None, window: Window
    ) -> dict[str, Any]:
        """Return one page of changes, or of all events in the window.

        With a token Google refuses bounds of time, and wants all else as in the first call; then
        deletions come by themselves, so ``showDeleted`` is left alone in both.
        """
        if token is None:
            span = {"timeMin": window.start.isoformat(), "timeMax": window.stop.isoformat()}
        else:
            span = {"syncToken": token}
        try:
            return self._list(calendar_id, page, singleEvents=True, **span)
        except Deleted as expired:
            code = expired.code
        except Malformed as refused:
            if token is None and page is None:
                raise
            code = refused.code  # all else was accepted before: it can only be the token
        raise CursorExpired(code)

    def _list(self, calendar_id: str, page: str | None, **query: Any) -> dict[str, Any]:
        return self._api.call(
            self._api.events.list(
                calendarId=calendar_id,
                maxResults=_PAGE,
                fields=_LISTED,
                **query,
                **_given(pageToken=page),
            )
        )


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _page(events: Iterator[Event], window: Window | None, cursor: str | None) -> Page:
    """Return a page; of what lies outside the window only the id is told.

    :param window: None when Google has looked at it already. With a token it does not, and sends
        whatever was changed: much that nobody asked for, but also what was moved out.
    """
    inside: list[Event] = []
    vanished: list[str] = []
    for event in events:
        if window is not None and is_outside(event, window):
            vanished.append(event.external_id)
        else:
            inside.append(event)
    return Page(tuple(inside), tuple(vanished), cursor)


def _write_cursor(token: str, window: Window) -> str:
    return json.dumps([token, window.start.isoformat(), window.stop.isoformat()])


def _read_cursor(cursor: str) -> tuple[str, Window]:
    try:
        token, start, stop = json.loads(cursor)
        return token, Window(datetime.fromisoformat(start), datetime.fromisoformat(stop))
    except (ValueError, TypeError):
        raise CursorExpired("cursor") from None


def _calendar(item: Mapping[str, Any]) -> Calendar:
    return Calendar(
        item["id"],
        item.get("summaryOverride") or item.get("summary") or item["id"],
        item.get("timeZone"),
        item.get("accessRole") in _WRITERS,
        bool(item.get("primary")),
    )


def _expiry(answer: Mapping[str, Any], lifetime: timedelta) -> datetime:
    """Return when a channel ends: Google may grant less than was asked for."""
    try:
        return datetime.fromtimestamp(int(answer["expiration"]) / 1000, timezone.utc)
    except (LookupError, ValueError, OverflowError, OSError):
        return datetime.now(timezone.utc) + lifetime
