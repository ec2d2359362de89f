"""Reading a calendar of Microsoft Graph: what changed, single events, our marks.

https://learn.microsoft.com/graph/delta-query-events
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote, urlencode

from ..core.failures import CursorExpired, Gone, ProviderError, Rejected, RetryLater
from ..core.provider import Event, Page, Window
from .microsoft_errors import MALFORMED_ID, failure
from .microsoft_events import DATABASE, KEY, MASTER, Json, has_guests, needs_master, read_event
from .microsoft_http import PREFER, Answer, GraphHttp, Request

PAGE_SIZE = 200
MARKS = f"singleValueExtendedProperties($filter=id eq '{DATABASE}' or id eq '{KEY}')"


def calendar_path(calendar_id: str) -> str:
    """Return the address of a calendar."""
    return f"/me/calendars/{quote(calendar_id, safe='')}"


def event_path(event_id: str) -> str:
    """Return the address of an event: ids are unique in the mailbox."""
    return f"/me/events/{quote(event_id, safe='')}"


def get_event(event_id: str) -> Request:
    """Return the request for an event with its marks."""
    return Request("GET", f"{event_path(event_id)}?{_query({'$expand': MARKS})}")


def find_event(calendar_id: str, property_id: str, value: str) -> Request:
    """Return the request for the events on which a property has a value, with their marks."""
    quoted = value.replace("'", "''")
    where = f"ep/id eq '{property_id}' and ep/value eq '{quoted}'"
    query = {"$filter": f"singleValueExtendedProperties/Any(ep: {where})", "$expand": MARKS}
    return Request("GET", f"{calendar_path(calendar_id)}/events?{_query(query)}")


class GraphReader:
    """What the reading methods of one call share: masters and own addresses are asked for once."""

    def __init__(self, http: GraphHttp) -> None:
        self._http = http
        self._own: frozenset[str] | None = None
        self._masters: dict[str, Json | None] = {}

    def changes(self, calendar_id: str, cursor: str | None, window: Window) -> Iterator[Page]:
        """Yield the pages of :meth:`CalendarProvider.changes`.

        The cursor is the delta link with the window that it is bound to. A calendar whose delta is
        refused (documented on v1.0 is that of the default calendar only) is listed in full; its
        cursor is always expired, so that everything is listed and compared again.
        """
        if cursor is not None:
            yield from self._since(cursor, window)
            return
        path = f"{calendar_path(calendar_id)}/calendarView"
        between = _query({"startDateTime": _z(window.start), "endDateTime": _z(window.stop)})
        pages = self._pages(Request("GET", f"{path}/delta?{between}"), window)
        try:
            first = next(pages)
        except Rejected:
            yield from self._pages(Request("GET", f"{path}?{between}"), window)
            return
        yield first
        yield from pages

    def fetch(self, ids: Sequence[str]) -> dict[str, Event | None]:
        """Return events by id, None for what does not exist."""
        found: dict[str, Json | None] = {}
        for event_id, answer in zip(ids, self.answers(map(get_event, ids)), strict=True):
            if not isinstance(answer, ProviderError):
                found[event_id] = answer
            elif isinstance(answer, Gone) or answer.code == MALFORMED_ID:
                found[event_id] = None
            else:
                raise answer
        events = iter(self.events([item for item in found.values() if item is not None]))
        return {key: None if item is None else next(events) for key, item in found.items()}

    def marked(self, calendar_id: str, database: str) -> dict[str, str]:
        """Return the key of each live event that a database created."""
        request = find_event(calendar_id, DATABASE, database)
        size = _query({"$select": "id,isCancelled", "$top": PAGE_SIZE})
        pages = self._http.pages(Request("GET", f"{request.path}&{size}"))
        items = (item for page in pages for item in page["value"])
        return {
            item["id"]: mark.key
            for item in items
            if not item.get("isCancelled") and (mark := read_event(item).mark)
        }

    def events(self, items: Sequence[Json]) -> list[Event]:
        """Return items as events, asking for what they do not say themselves."""
        own = self._own_addresses() if any(map(has_guests, items)) else frozenset()
        self._load_masters(item["seriesMasterId"] for item in items if needs_master(item))
        return [read_event(item, own, self._master(item)) for item in items]

    def answers(self, requests: Iterable[Request]) -> list[Json | ProviderError]:
        """Return the body of each answer, or why there is none."""
        return [
            answer if isinstance(answer, ProviderError) else _body(answer)
            for answer in self._http.batches(list(requests))
        ]

    def _pages(self, request: Request, window: Window) -> Iterator[Page]:
        sized = Request(
            "GET", request.path, headers={"Prefer": f"{PREFER}, odata.maxpagesize={PAGE_SIZE}"}
        )
        for data in self._http.pages(sized):
            cursor = None
            if not data.get("@odata.nextLink"):
                cursor = _cursor(window, data.get("@odata.deltaLink"))
            yield self._page(data["value"], cursor)

    def _since(self, cursor: str, window: Window) -> Iterator[Page]:
        try:
            yield from self._pages(Request("GET", self._link(cursor)), window)
        except Rejected as refused:
            code = refused.code  # the link was theirs: it has expired, whatever they call it
        else:
            return
        raise CursorExpired(code)

    def _page(self, items: Iterable[Json], cursor: str | None) -> Page:
        """Return a page; of an item that comes twice the last counts.

        A master is no meeting, its occurrences are listed. An occurrence whose master is gone by
        now is on its way out.
        """
        last = {item["id"]: item for item in items}
        gone = [key for key, item in last.items() if "@removed" in item]
        kept = [
            item for item in last.values() if "@removed" not in item and item.get("type") != MASTER
        ]
        self._masters.update({key: item for key, item in last.items() if _is_master(item)})
        self._load_masters(item["seriesMasterId"] for item in kept if needs_master(item))
        orphans = [item["id"] for item in kept if needs_master(item) and not self._master(item)]
        events = self.events([item for item in kept if item["id"] not in orphans])
        return Page(tuple(events), tuple(gone + orphans), cursor)

    def _master(self, item: Json) -> Json | None:
        return self._masters.get(item["seriesMasterId"]) if needs_master(item) else None

    def _load_masters(self, ids: Iterable[str]) -> None:
        missing = sorted(set(ids) - self._masters.keys())
        requests = [Request("GET", event_path(event_id)) for event_id in missing]
        for event_id, answer in zip(missing, self.answers(requests), strict=True):
            if isinstance(answer, ProviderError) and not isinstance(answer, Gone):
                raise answer
            self._masters[event_id] = None if isinstance(answer, ProviderError) else answer

    def _own_addresses(self) -> frozenset[str]:
        """Return the addresses by which the broker is invited."""
        if self._own is None:
            me = self._http.call(Request("GET", "/me?$select=mail,userPrincipalName")) or {}
            found = (me.get(name) or "" for name in ("mail", "userPrincipalName"))
            self._own = frozenset(address.strip().lower() for address in found if address)
        return self._own

    def _link(self, cursor: str) -> str:
        try:
            link = json.loads(cursor)["link"]
        except (KeyError, TypeError, ValueError):
            link = None
        if not isinstance(link, str) or not self._http.is_own(link):
            raise CursorExpired("cursor")  # listed in full, or of another Graph
        return link


def _is_master(item: Json) -> bool:
    return item.get("type") == MASTER and "subject" in item


def _body(answer: Answer) -> Json | ProviderError:
    if answer.ok:
        body = answer.body or {}
        return body if isinstance(body, Mapping) else RetryLater("no_json")
    return failure(answer.status, answer.headers, answer.body)


def _cursor(window: Window, link: str | None) -> str:
    return json.dumps({"start": _z(window.start), "stop": _z(window.stop), "link": link})


def _z(moment: datetime) -> str:
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def _query(values: dict[str, Any]) -> str:
    return urlencode(values, quote_via=quote, safe="$")
