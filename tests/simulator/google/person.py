"""What a person does in Google's own screens."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from ..side import Side
from ..store import Account, Calendar, Entry
from . import plain
from .book import Book, present
from .errors import ApiError
from .oauth import OAuth
from .times import zone_named
from .validate import WRITABLE, clean, merge


class Person(Side):
    """The part of the Google side that needs no token."""

    name = "google"
    book: Book
    oauth: OAuth

    def create_account(
        self, email: str, name: str = "", zone: str = "Europe/Paris", **options: Any
    ) -> Account:
        """Open an account with its primary calendar."""
        email = email.lower()
        zone_named(zone)
        number = "1" + str(int(sha256(email.encode()).hexdigest(), 16))[:20]
        name = name or email.partition("@")[0]
        account = Account(self.name, email, name, number, zone, options=options)
        account.calendars[email] = Calendar(email, email, zone, primary=True)
        return self.store.add(account)

    def create_calendar(self, email: str, name: str, **options: Any) -> Calendar:
        """Add a calendar; the option ``push`` in ``options`` False: it cannot be watched."""
        account = self.store.get(self.name, email)
        options = {"zone": account.zone, **options}
        zone_named(options["zone"])
        event = options.pop("id", f"c_{secrets.token_hex(16)}@group.calendar.google.com")
        with self.store.lock:
            calendar = account.calendars[event] = Calendar(event, name, **options)
        return calendar

    def put(self, email: str, calendar: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create or replace; ``organizer`` may be somebody else, ``id`` is free."""
        with self._at(email, calendar) as (account, place):
            event = body.get("id") or secrets.token_hex(13)
            earlier = place.entries.get(event)
            if earlier is None:
                organizer = body.get("organizer")
                entry = self.book.create(account, place, event, clean(body), organizer)
            else:
                entry = self.book.change(account, place, earlier, clean(body))
            return present(entry.body)

    def patch(self, email: str, calendar: str, event: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change an event, or one occurrence."""
        with self._at(email, calendar) as (account, place):
            entry = self.book.find(place, event)
            old = {name: value for name, value in entry.body.items() if name in WRITABLE}
            given = merge(old, clean(body))
            return present(self.book.change(account, place, entry, given).body)

    def delete(self, email: str, calendar: str, event: str) -> None:
        """Delete an event, a series by the id of its master, or one occurrence."""
        with self._at(email, calendar) as (account, place):
            self.book.cancel(account, place, self.book.find(place, event))

    def answer(
        self, email: str, calendar: str, event: str, guest: str, answer: str
    ) -> dict[str, Any]:
        """Let a guest answer; this changes the version, as any change."""
        if answer not in plain.ANSWERS:
            raise ValueError(f"An answer is one of {', '.join(plain.ANSWERS)}.")
        with self._at(email, calendar) as (account, place):
            entry = self.book.find(place, event)
            word = plain.ANSWERS[answer]
            return present(self.book.answer(account, place, entry, guest, word).body)

    def get(self, email: str, calendar: str, event: str) -> dict[str, Any]:
        """Return an event, deleted or not."""
        with self._at(email, calendar) as (_account, place):
            return present(self.book.find(place, event).body)

    def events(self, email: str, calendar: str, deleted: bool = False) -> list[dict[str, Any]]:
        """Return events, masters and exceptions."""
        with self._at(email, calendar) as (_account, place):
            entries: list[Entry] = list(place.entries.values())
        return [present(one.body) for one in entries if deleted or not one.deleted]

    def shown(
        self, email: str, calendar: str, start: datetime, stop: datetime
    ) -> list[dict[str, Any]]:
        """Return plain events, series expanded."""
        with self._at(email, calendar) as (_account, place):
            return plain.shown(self.book, place, start, stop)

    def from_plain(self, plain_event: dict[str, Any], zone: str) -> dict[str, Any]:
        """Return the body of a plain event."""
        return plain.from_plain(plain_event, zone)

    def revoke(self, email: str) -> None:
        """Take back all grants of an account, as on its page "Third-party connections"."""
        with self.store.lock:
            self.oauth.revoke_account(email)

    def expire_tokens(self, email: str) -> None:
        """Let the access tokens of an account expire."""
        with self.store.lock:
            self.oauth.expire(email)

    @contextmanager
    def _at(self, email: str, calendar: str) -> Iterator[tuple[Account, Calendar]]:
        """Hold the lock; what the calendar refuses is a plain Python error for who calls."""
        with self.store.lock:
            try:
                yield self.find(email, calendar)
            except ApiError as error:
                kind = LookupError if error.status == 404 else ValueError
                raise kind(str(error)) from None
