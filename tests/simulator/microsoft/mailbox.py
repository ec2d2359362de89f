"""One mailbox: its events, every version of them, and what a write does besides.

No HTTP here. Whoever calls holds the lock of the store. Sources: PROVIDERS.md 2.4 to 2.6, and
https://learn.microsoft.com/graph/api/resources/event
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from . import mails, payload, times
from .errors import GraphError, not_found
from .events import Event, Instance, exception_of, instance_of, instances, neighbours, whole

RELATED = frozenset({"start", "end", "isAllDay", "recurrence"})
"""Members whose change throws the exceptions of a series away."""


class Change(NamedTuple):
    """What is notified: ``kind`` is created, updated or deleted."""

    kind: str
    instance: Instance


@dataclass(frozen=True, slots=True)
class Person:
    """An address with a name."""

    address: str
    name: str

    def as_json(self) -> dict[str, Any]:
        """Return it as Graph's ``recipient``."""
        return {"emailAddress": {"name": self.name, "address": self.address}}


class Mailbox:
    """The events of one account.

    :param changed: called with each change, under the lock.
    :param mailed: called with reason, address and event for each mail Exchange would send.
    """

    def __init__(
        self,
        owner: Person,
        now: Callable[[], datetime],
        changed: Callable[[Change], None],
        mailed: Callable[[str, str, Event], None],
    ) -> None:
        self.owner = owner
        self.now = now
        self.changed = changed
        self.mailed = mailed
        self.revision = 0
        self.events: dict[str, Event] = {}
        # For ever, of deleted events too: how long Exchange remembers them is not known.
        self.transactions: dict[str, str] = {}
        self._versions: dict[str, list[tuple[int, Event | None]]] = {}
        self._views: dict[Any, list[Instance]] = {}

    # --- reading ---

    def find(self, token: str) -> Instance:
        """Return a single event, master, occurrence or exception.

        :raise GraphError: 404, there is none, or no longer.
        """
        head, _, day = token.partition("-")
        event = self.events.get(head)
        found = event and (instance_of(event, day) if day else whole(event))
        if not found:
            raise not_found()
        return found

    def listed(self, calendar: str) -> list[Instance]:
        """Return single events and masters of a calendar."""
        return [whole(event) for event in self.events.values() if event.calendar == calendar]

    def view(self, calendar: str, start: datetime, stop: datetime) -> list[Instance]:
        """Return what a calendar shows in a window, by start; the last answers are kept."""
        key = (self.revision, calendar, start, stop)
        if key not in self._views:
            found = [
                item
                for event in self.events.values()
                if event.calendar == calendar
                for item in instances(event, start, stop)
            ]
            found.sort(key=lambda item: (item.start, item.token))
            self._views = {key: found}
        return self._views[key]

    def since(self, revision: int) -> Iterator[tuple[str, Event | None, Event | None]]:
        """Yield token, the event then and the event now, of all that changed since a revision."""
        for token, versions in self._versions.items():
            if versions[-1][0] > revision:
                place = bisect_right(versions, revision, key=itemgetter(0))
                yield token, versions[place - 1][1] if place else None, versions[-1][1]

    def last(self, token: str) -> Event | None:
        """Return the last version of an event that may be deleted."""
        found = [event for _revision, event in self._versions.get(token, ()) if event]
        return found[-1] if found else None

    def deleted(self) -> Iterator[Event]:
        """Yield the last versions of what is deleted."""
        for token in self._versions.keys() - self.events.keys():
            if event := self.last(token):
                yield event

    # --- writing ---

    def create(self, calendar: str, body: Any, organizer: Person | None = None) -> Instance:
        """Create an event of JSON; ``organizer`` is somebody else for an invitation received."""
        members = payload.check(body, update=False)
        transaction = members.get("transactionId")
        if transaction in self.transactions:
            raise _duplicate(transaction, self.transactions[transaction])
        now = self.now()
        content = payload.content(members, {})
        content["organizer"] = (organizer or self.owner).as_json()
        event = Event(
            token=secrets.token_hex(12),
            calendar=calendar,
            created=now,
            modified=now,
            content=content,
            properties=_properties(members),
            transaction_id=transaction,
            recurrence=members.get("recurrence"),
            **payload.timing(members, {}),
        )
        if transaction:
            self.transactions[transaction] = event.token
        saved = whole(self._save(event, everything=True))
        self.changed(Change("created", saved))
        self._mail(saved.event, mails.upon("invitation", saved.event))
        return saved

    def update(self, token: str, body: Any, if_match: str | None = None) -> Instance:
        """Change the members of an event that are given; an occurrence becomes an exception.

        :raise GraphError: 404, 412, 400.
        """
        found = self.find(token)
        _check_version(found, if_match)
        members = payload.check(body, update=True)
        old = _exception(found) if found.kind == "occurrence" else found.event
        if found.day and "recurrence" in members:
            raise payload.unusable("An occurrence has no recurrence of its own.")
        new = replace(
            old,
            content=payload.content(members, old.content),
            properties={**old.properties, **_properties(members)},
            modified=self.now(),
            **payload.timing(members, _times_before(old)),
        )
        if found.day:
            return self._save_exception(found, old, new, set(members))
        if RELATED & members.keys():
            recurrence = members.get("recurrence", old.recurrence)
            new = replace(new, recurrence=recurrence, exceptions={}, cancelled=frozenset())
        self._save(new, everything=True)
        saved = self.find(token)
        self.changed(Change("updated", saved))
        self._mail(new, mails.upon_update(old, new, set(members)))
        return saved

    def delete(self, token: str, if_match: str | None = None) -> None:
        """Delete an event, series or occurrence; the organiser's guests get a cancellation."""
        found = self.find(token)
        _check_version(found, if_match)
        if found.day:
            master = self.events[token.partition("-")[0]]
            kept = {day: one for day, one in master.exceptions.items() if day != found.day}
            cancelled = master.cancelled | {found.day}
            self._save(replace(master, exceptions=kept, cancelled=cancelled, modified=self.now()))
        else:
            self.revision += 1
            del self.events[token]
            self._versions[token].append((self.revision, None))
        self.changed(Change("deleted", found))
        self._mail(found.event, mails.upon("cancellation", found.event))

    def respond(self, token: str, response: str, send: bool) -> None:
        """Answer an invitation as the owner; ``declined`` removes it, as Outlook does."""
        found = self.find(token)
        if self.organises(found.event):
            raise payload.invalid("You can't respond to this meeting because you're the organizer.")
        organizer = found.event.content["organizer"]["emailAddress"]["address"]
        if send:
            self.mailed("answer", organizer, found.event)
        if response == "declined":
            self.delete(token)
            return
        self.note(found, response=response, responded=times.stamp(self.now()))

    def answer(self, token: str, guest: str, response: str) -> Instance:
        """Let a guest answer; Exchange notes it on the organiser's copy."""
        found = self.find(token)
        status = {"response": response, "time": times.stamp(self.now())}
        attendees = found.event.content["attendees"]
        if guest.lower() not in map(payload.address_of, attendees):
            raise not_found()
        changed = [
            {**one, "status": status} if payload.address_of(one) == guest.lower() else one
            for one in attendees
        ]
        return self.note(found, attendees=changed)

    def organises(self, event: Event) -> bool:
        """Tell whether the owner organises an event."""
        address = event.content["organizer"]["emailAddress"]["address"]
        return address.lower() == self.owner.address.lower()

    def note(self, found: Instance, **members: Any) -> Instance:
        """Set members of the content that no client can write."""
        event = _exception(found) if found.kind == "occurrence" else found.event
        event = replace(event, content={**event.content, **members}, modified=self.now())
        if found.day:
            return self._save_exception(found, event, event, set())
        self._save(event, everything=True)
        saved = self.find(found.token)
        self.changed(Change("updated", saved))
        return saved

    def _save(self, event: Event, everything: bool = False) -> Event:
        self.revision += 1
        content = self.revision if everything else event.content_revision
        event = replace(event, revision=self.revision, content_revision=content)
        self.events[event.token] = event
        self._versions.setdefault(event.token, []).append((self.revision, event))
        return event

    def _save_exception(
        self, found: Instance, old: Event, new: Event, members: set[str]
    ) -> Instance:
        master = self.events[found.token.partition("-")[0]]
        before, after = neighbours(master, found.day)
        if (before and new.start < before) or (after and new.end > after):
            message = "Cannot move an occurrence over the one before or after it."
            raise GraphError(400, "ErrorOccurrenceCrossingBoundary", message)
        new = replace(new, revision=self.revision + 1)
        self._save(replace(master, exceptions={**master.exceptions, found.day: new}))
        saved = self.find(found.token)
        self.changed(Change("updated", saved))
        self._mail(new, mails.upon_update(old, new, members))
        return saved

    def _mail(self, event: Event, mails: Iterable[tuple[str, str]]) -> None:
        if self.organises(event):
            for reason, address in mails:
                self.mailed(reason, address, event)


def _exception(found: Instance) -> Event:
    return exception_of(found, transaction_id=None)


def _properties(members: Mapping[str, Any]) -> dict[str, str]:
    given = members.get("singleValueExtendedProperties", ())
    return {item["id"]: item["value"] for item in given}


def _times_before(event: Event) -> dict[str, Any]:
    return {
        "start": times.render(event.start, event.zone, event.all_day),
        "end": times.render(event.end, event.end_zone, event.all_day),
        "isAllDay": event.all_day,
    }


def _check_version(found: Instance, if_match: str | None) -> None:
    if if_match not in (None, "*", found.etag):
        message = "The change key passed in the request does not match the current change key."
        raise GraphError(412, "ErrorIrresolvableConflict", message)


def _duplicate(transaction: str, token: str) -> GraphError:
    message = f"The transaction id {transaction} was already used to create a different event."
    return GraphError(409, "ErrorDuplicateTransactionId", message, more={"token": token})
