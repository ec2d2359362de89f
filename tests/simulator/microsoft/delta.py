"""``calendarView/delta``: what changed in a window since the last time.

https://learn.microsoft.com/graph/api/event-delta , /graph/delta-query-events
"""

from __future__ import annotations

import base64
import json
import random
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import render
from .errors import GraphError
from .events import Event, Instance, instances, whole
from .mailbox import Mailbox
from .settings import Settings


class Expired(Exception):
    """A link that is too old; ``cursor`` tells its window."""

    def __init__(self, cursor: Cursor):
        super().__init__(cursor)
        self.cursor = cursor


KEPT = 64
"""Listings under way per mailbox; the links of older ones are gone."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a delta link remembers."""

    calendar: str
    start: str
    stop: str
    revision: int
    epoch: int

    def encode(self) -> str:
        """Return the opaque ``$deltatoken``."""
        values = [self.calendar, self.start, self.stop, self.revision, self.epoch]
        return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, token: str) -> Cursor:
        """Read a ``$deltatoken``.

        :raise GraphError: 400, it is none.
        """
        try:
            return cls(*json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))))
        except (ValueError, TypeError) as error:
            raise GraphError(400, "BadRequest", "Badly formed token.") from error

    def window(self) -> tuple[datetime, datetime]:
        """Return the window, aware."""
        return datetime.fromisoformat(self.start), datetime.fromisoformat(self.stop)


@dataclass(frozen=True, slots=True)
class Listing:
    """One answer to "what changed", cut into pages; ``cursor`` is for the next time."""

    pages: tuple[tuple[Instance | str, ...], ...]
    cursor: Cursor


class Deltas:
    """The delta listings of one mailbox."""

    def __init__(self, mailbox: Mailbox, settings: Settings) -> None:
        self.mailbox = mailbox
        self.settings = settings
        self.epoch = 0
        self._listings: OrderedDict[str, Listing] = OrderedDict()

    def expire(self) -> None:
        """Make every link handed out so far answer 410."""
        self.epoch += 1
        self._listings.clear()

    def begin(self, calendar: str, start: datetime, stop: datetime, size: int | None) -> str:
        """Start with everything in a window; return the skip token of the first page."""
        cursor = Cursor(calendar, start.isoformat(), stop.isoformat(), -1, self.epoch)
        items: list[Instance | str] = list(self.mailbox.view(calendar, start, stop))
        if self.settings.delta_masters:
            shown = {item.token.partition("-")[0] for item in items if item.day}
            items += [whole(self.mailbox.events[token]) for token in sorted(shown)]
        return self._open(cursor, items, size)

    def resume(self, cursor: Cursor, size: int | None) -> str:
        """Start with what changed since a link; return the skip token of the first page.

        :raise Expired: the link is too old.
        """
        if cursor.epoch != self.epoch or cursor.revision > self.mailbox.revision:
            raise Expired(cursor)
        items: list[Instance | str] = []
        for token, old, new in self.mailbox.since(cursor.revision):
            items += self._changes(cursor, token, old, new)
        return self._open(cursor, items, size)

    def page(self, skip: str) -> tuple[tuple[Instance | str, ...], str | None, Cursor]:
        """Return a page, the skip token of the next one, and the cursor for the end.

        :raise Expired: the listing is too old.
        """
        name, _, rest = skip.partition(".")
        number, _, token = rest.partition(".")
        cursor = Cursor.decode(token)
        listing = self._listings.get(name)
        if listing is None or not number.isdecimal() or int(number) >= len(listing.pages):
            raise Expired(cursor)
        following = int(number) + 1
        more = f"{name}.{following}.{token}" if following < len(listing.pages) else None
        return listing.pages[int(number)], more, listing.cursor

    def _changes(
        self, cursor: Cursor, token: str, old: Event | None, new: Event | None
    ) -> list[Instance | str]:
        """Return what is to tell about one event; a text: ``@removed`` of that token."""
        start, stop = cursor.window()
        here = new if new and new.calendar == cursor.calendar else None
        before = old if old and old.calendar == cursor.calendar else None
        if not here and not before and new:
            return []
        now = list(instances(here, start, stop)) if here else []
        then = {item.token for item in instances(before, start, stop)} if before else set()
        gone = then - {item.token for item in now}
        if not now:
            # Documented: what is created or changed outside of the window comes as removed.
            gone.add(token)
        found: list[Instance | str] = [item for item in now if item.revision > cursor.revision]
        if here and here.recurrence and now and self.settings.delta_masters:
            found.append(whole(here))
        return found + sorted(gone)

    def _open(self, cursor: Cursor, items: list[Instance | str], size: int | None) -> str:
        settings, size = self.settings, size or self.settings.delta_page
        if settings.delta_shuffle:
            random.Random(len(items)).shuffle(items)
        pages = [tuple(items[place : place + size]) for place in range(0, len(items), size)] or [()]
        if len(pages) > 1:
            pages[1:1] = [()] * settings.delta_empty
            pages[-1] += pages[0][: settings.delta_repeats]
        revision = self.mailbox.revision
        following = Cursor(cursor.calendar, cursor.start, cursor.stop, revision, self.epoch)
        name = secrets.token_hex(8)
        self._listings[name] = Listing(tuple(pages), following)
        if len(self._listings) > KEPT:
            self._listings.popitem(last=False)
        return f"{name}.0.{following.encode()}"

    def shown(self, item: Instance | str, prefer: render.Preferences) -> dict[str, Any]:
        """Return one item of a page as JSON."""
        kind = {"@odata.type": "#microsoft.graph.event"}
        if isinstance(item, str):
            name = render.identify(item, prefer.immutable)
            return {**kind, "id": name, "@removed": {"reason": "deleted"}}
        if item.kind == "occurrence" and self.settings.delta_thin:
            return {**kind, **render.thin(item, prefer)}
        return {**kind, **render.event(self.mailbox, item, prefer)}
