"""What a person does in Outlook, for tests, ``/control`` and the page: no request, no token."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from ..side import Side
from ..store import Calendar
from . import render
from .box import Box
from .errors import GraphError
from .events import Instance, whole
from .mailbox import Mailbox, Person
from .people import ANSWERS, READING, to_body, to_plain


class Outlook(Side):
    """The acts of people. Ids are immutable ones; times are in UTC."""

    boxes: dict[str, Box]

    def box(self, email: str) -> Box:
        """Return the mailbox of an account.

        :raise LookupError: there is none.
        """
        self.store.get(self.name, email)
        return self.boxes[email.lower()]

    @contextmanager
    def _acting(self, email: str) -> Iterator[Mailbox]:
        """Hold the lock; mails of what a person does are not recorded; refusals are ValueErrors."""
        with self.store.lock:
            box = self.box(email)
            box.quiet = True
            try:
                yield box.mailbox
            except GraphError as error:
                kind = LookupError if error.status == 404 else ValueError
                raise kind(error.message) from error
            finally:
                box.quiet = False

    def create_calendar(self, email: str, name: str, **options: Any) -> Calendar:
        with self.store.lock:
            account = self.store.get(self.name, email)
            options.setdefault("zone", account.zone)
            calendar = Calendar(f"AQMkAGVm{secrets.token_hex(16)}AAAA", name, **options)
            account.calendars[calendar.id] = calendar
            return calendar

    def put(self, email: str, calendar: str, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("id"):
            members = {name: value for name, value in body.items() if name != "id"}
            return self.patch(email, calendar, body["id"], members)
        place = self.find(email, calendar)[1].id
        with self._acting(email) as mailbox:
            organizer, cancelled, members = _apart(body)
            item = mailbox.create(place, members, organizer)
            return self._shown(mailbox, self._mark(mailbox, item, None, cancelled))

    def patch(self, email: str, calendar: str, event: str, body: dict[str, Any]) -> dict[str, Any]:
        self.find(email, calendar)
        with self._acting(email) as mailbox:
            organizer, cancelled, members = _apart(body)
            item = mailbox.find(render.token_of(event))
            if members:
                item = mailbox.update(item.token, members)
            return self._shown(mailbox, self._mark(mailbox, item, organizer, cancelled))

    def delete(self, email: str, calendar: str, event: str) -> None:
        self.find(email, calendar)
        with self._acting(email) as mailbox:
            mailbox.delete(render.token_of(event))

    def answer(
        self, email: str, calendar: str, event: str, guest: str, answer: str
    ) -> dict[str, Any]:
        self.find(email, calendar)
        if answer not in ANSWERS:
            raise ValueError(f"An answer is one of {', '.join(ANSWERS)}.")
        with self._acting(email) as mailbox:
            token = render.token_of(event)
            if guest.lower() == email.lower():
                mailbox.respond(token, ANSWERS[answer], send=False)
                return self.get(email, calendar, event)
            return self._shown(mailbox, mailbox.answer(token, guest, ANSWERS[answer]))

    def get(self, email: str, calendar: str, event: str) -> dict[str, Any]:
        self.find(email, calendar)
        with self._acting(email) as mailbox:
            token = render.token_of(event)
            last = mailbox.last(token.partition("-")[0])
            if token in mailbox.events or "-" in token or last is None:
                return self._shown(mailbox, mailbox.find(token))
            return {**self._shown(mailbox, whole(last)), "@removed": {"reason": "deleted"}}

    def events(self, email: str, calendar: str, deleted: bool = False) -> list[dict[str, Any]]:
        place = self.find(email, calendar)[1].id
        with self._acting(email) as mailbox:
            found = [self._shown(mailbox, item) for item in mailbox.listed(place)]
            if deleted:
                found += [
                    {**self._shown(mailbox, whole(event)), "@removed": {"reason": "deleted"}}
                    for event in mailbox.deleted()
                    if event.calendar == place
                ]
            return found

    def shown(
        self, email: str, calendar: str, start: datetime, stop: datetime
    ) -> list[dict[str, Any]]:
        place = self.find(email, calendar)[1].id
        with self._acting(email) as mailbox:
            return [to_plain(mailbox, item) for item in mailbox.view(place, start, stop)]

    def from_plain(self, plain: dict[str, Any], zone: str) -> dict[str, Any]:
        return to_body(plain, zone)

    def _shown(self, mailbox: Mailbox, item: Instance) -> dict[str, Any]:
        shown = render.event(mailbox, item, READING)
        return render.with_properties(shown, item.event, frozenset(item.event.properties))

    def _mark(
        self, mailbox: Mailbox, item: Instance, organizer: Person | None, cancelled: bool | None
    ) -> Instance:
        """Set what no client can: another organiser, and that he called it off."""
        members: dict[str, Any] = {}
        if organizer is not None:
            members["organizer"] = organizer.as_json()
        if cancelled is not None and cancelled != item.event.content.get("cancelled", False):
            members["cancelled"] = cancelled
        return mailbox.note(item, **members) if members else item


def _apart(body: dict[str, Any]) -> tuple[Person | None, bool | None, dict[str, Any]]:
    """Split the JSON of an event into organiser, cancellation, and what a client may write."""
    members = dict(body)
    given = members.pop("organizer", {}).get("emailAddress", {})
    cancelled = members.pop("isCancelled", None)
    address = given.get("address")
    person = Person(address, given.get("name") or address) if address else None
    return person, cancelled, members
