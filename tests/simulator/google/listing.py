"""``events.list``: pages, windows, sync tokens (https://developers.google.com/workspace/calendar/api/guides/sync)."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..call import Call, Reply
from ..store import Account, Calendar, Entry
from .book import GONE, busy_only, minimal, occurrence, present, tombstone
from .errors import full_sync, invalid
from .query import FORBIDDEN, NO_TOKEN, Query, has_words, number, parse
from .times import moment, stamp, zone_named

if TYPE_CHECKING:
    from .side import Google

DEFAULT, MOST, KEPT_LISTINGS = 250, 2500, 400


@dataclass(slots=True)
class _Listing:
    """A listing under way: its items are as they were when it began."""

    items: list[str]
    token: str | None
    request: tuple[str, ...]


class Listing:
    """Lists events."""

    def __init__(self, side: Google) -> None:
        self.side, self.book, self.clock = side, side.book, side.clock
        self.reset()

    def reset(self) -> None:
        """Let every token be unknown."""
        self._secret = secrets.token_bytes(16)
        self._open: OrderedDict[str, _Listing] = OrderedDict()

    def list(self, call: Call, account: Account, calendar: Calendar, hide: bool) -> Reply:
        """Answer one page."""
        life = self.side.settings["cursor_life"]
        query = parse(call, calendar, hide, self.clock.timestamp(), life)
        size = min(number(call, "maxResults", DEFAULT), MOST, self.side.settings["most_per_page"])
        names = ("syncToken", *FORBIDDEN)
        request = (calendar.id, query.signature(), *(call.query.get(name, "") for name in names))
        mark, offset = call.query.get("pageToken"), 0
        if mark is None:
            listing = self._begin(call, account, calendar, query, request)
        else:
            key, _, at = mark.partition(".")
            listing = self._open.get(key)
            if listing is None or listing.request != request or not at.isdigit():
                raise invalid("Invalid page token value.", "pageToken")
            mark, offset = key, int(at)
        rest = offset + size
        extra: dict[str, Any] = {}
        if rest < len(listing.items):
            extra["nextPageToken"] = f"{mark or self._keep(listing)}.{rest}"
        elif listing.token:
            extra["nextSyncToken"] = listing.token
        return _page(calendar, query, listing.items[offset:rest], extra)

    def _begin(
        self,
        call: Call,
        account: Account,
        calendar: Calendar,
        query: Query,
        request: tuple[str, ...],
    ) -> _Listing:
        since = self._since(call, account, calendar, query)
        entries = calendar.entries.values() if since is None else calendar.since(since)
        items: list[str] = []
        if query.order is None:
            for entry in entries:
                items.extend(self._rendered(calendar, entry, query, since))
        else:
            bodies = [
                body for entry in entries for body in self._bodies(calendar, entry, query, since)
            ]
            zone = zone_named(calendar.zone)
            if query.order == "startTime":
                bodies.sort(key=lambda body: moment(_start(body), zone))
            else:
                bodies.sort(key=lambda body: body.get("updated", ""))
            items = [_text(body, query) for body in bodies]
        token = None if NO_TOKEN & set(call.query) else self._token(account, calendar, query)
        return _Listing(items, token, request)

    def _rendered(
        self, calendar: Calendar, entry: Entry, query: Query, since: int | None
    ) -> Iterator[str]:
        single = "recurrence" not in entry.body and GONE not in entry.body
        if not (single and query.plain):
            for body in self._bodies(calendar, entry, query, since):
                yield _text(body, query)
        elif self._wanted(calendar, entry.body, query, since):
            if "text" not in entry.cache:
                entry.cache["text"] = _text(entry.body, query)
            yield entry.cache["text"]

    def _bodies(
        self, calendar: Calendar, entry: Entry, query: Query, since: int | None
    ) -> Iterator[dict[str, Any]]:
        body = entry.body
        series = "recurrence" in body or GONE in body
        if series and query.single:
            if since is not None or query.deleted:
                gone = body.get(GONE, {}).items()
                yield from (tombstone(body, key) for key, at in gone if at > (since or 0))
            if entry.deleted:
                return
            if "recurrence" in body:
                yield from self._occurrences(calendar, entry, query, since)
                return
        if self._wanted(calendar, body, query, since):
            yield body

    def _occurrences(
        self, calendar: Calendar, entry: Entry, query: Query, since: int | None
    ) -> Iterator[dict[str, Any]]:
        for instance in self.book.expand(calendar, entry.body, query.start, query.stop):
            if f"{entry.id}_{instance.key}" not in calendar.entries:
                one = occurrence(entry.body, instance)
                if self._wanted(calendar, one, query, since):
                    yield one

    def _wanted(
        self, calendar: Calendar, body: dict[str, Any], query: Query, since: int | None
    ) -> bool:
        if query.types and body.get("eventType") not in query.types:
            return False
        if body["status"] == "cancelled" and since is None and not query.deleted:
            # Exceptions of a live series belong to its picture when it is not expanded.
            return not query.single and "recurringEventId" in body
        if query.words and not has_words(body, query.words):
            return False
        if query.updated and body.get("updated", "") < stamp(query.updated):
            return False
        return self._inside(calendar, body, query)

    def _inside(self, calendar: Calendar, body: dict[str, Any], query: Query) -> bool:
        if query.start is None and query.stop is None:
            return True
        if "recurrence" in body:
            found = self.book.expand(calendar, body, query.start, query.stop)
            return next(found, None) is not None
        zone = zone_named(calendar.zone)
        if query.start is not None and moment(body["end"], zone) <= query.start:
            return False
        return query.stop is None or moment(body["start"], zone) < query.stop

    # --- tokens ---

    def _keep(self, listing: _Listing) -> str:
        key = secrets.token_urlsafe(12)
        self._open[key] = listing
        while len(self._open) > KEPT_LISTINGS:
            self._open.popitem(last=False)
        return key

    def _token(self, account: Account, calendar: Calendar, query: Query) -> str:
        at = int(self.clock.timestamp())
        data = [account.email, calendar.id, calendar.sequence, at, query.signature()]
        payload = json.dumps(data).encode()
        return base64.urlsafe_b64encode(self._sign(payload) + payload).decode()

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._secret, payload, "sha256")[:12]

    def _since(self, call: Call, account: Account, calendar: Calendar, query: Query) -> int | None:
        """Return the sequence that a sync token stands for; None without one."""
        token = call.query.get("syncToken")
        if token is None:
            return None
        try:
            raw = base64.urlsafe_b64decode(token)
        except ValueError:
            raise full_sync() from None
        if not hmac.compare_digest(raw[:12], self._sign(raw[12:])):
            raise full_sync()
        email, calendar_id, sequence, issued, signature = json.loads(raw[12:])
        if (email, calendar_id) != (account.email, calendar.id):
            raise full_sync()
        if signature != query.signature():
            raise invalid("Sync token cannot be used with other parameters.", "syncToken")
        old = self.clock.timestamp() - issued > self.side.settings["cursor_life"]
        if old or sequence < calendar.floor:
            raise full_sync()
        return sequence


def _page(calendar: Calendar, query: Query, items: list[str], extra: dict[str, Any]) -> Reply:
    head = {
        "kind": "calendar#events",
        "etag": f'"p{calendar.sequence}"',
        "summary": calendar.name,
        "updated": stamp(datetime.fromtimestamp(0, zone_named("UTC"))),
        "timeZone": query.zone.key if query.zone else calendar.zone,
        "accessRole": calendar.role,
        "defaultReminders": [{"method": "popup", "minutes": 30}],
        **extra,
    }
    # The items are JSON already, most of them since they were last changed.
    return Reply(200, json.dumps(head)[:-1] + ', "items": [' + ",\n".join(items) + "]}")


def _text(body: dict[str, Any], query: Query) -> str:
    if body["status"] == "cancelled":
        body = minimal(body)
    elif query.hide:
        body = busy_only(body)
    return json.dumps(present(body, query.zone), ensure_ascii=False)


def _start(body: dict[str, Any]) -> dict[str, str]:
    return body.get("start") or body["originalStartTime"]
