"""What the simulated providers know: accounts, their calendars, the entries in them.

An entry's body is in the provider's own JSON, is replaced and never changed in place, so that a
listing may keep it while others write.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock


@dataclass(slots=True)
class Entry:
    """One event, or its tombstone.

    :param sequence: of the calendar, at its last change.
    :param cache: of renderings, for the side that owns it; empty again after each change.
    """

    id: str
    body: dict[str, Any]
    deleted: bool = False
    sequence: int = 0
    cache: dict[Any, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Calendar:
    """One calendar, with its entries in the order of their last change.

    :param role: owner, writer, reader or freeBusyReader: what its account may do with it.
    :param floor: cursors older than this are expired.
    """

    id: str
    name: str
    zone: str = "Europe/Paris"
    primary: bool = False
    role: str = "owner"
    sequence: int = 0
    floor: int = 0
    entries: OrderedDict[str, Entry] = field(default_factory=OrderedDict)
    options: dict[str, Any] = field(default_factory=dict)

    def save(self, entry: Entry) -> Entry:
        """Store a new or changed entry as the latest change."""
        self.sequence += 1
        entry.sequence = self.sequence
        entry.cache = {}
        self.entries[entry.id] = entry
        self.entries.move_to_end(entry.id)
        return entry

    def since(self, sequence: int) -> list[Entry]:
        """Return what changed after ``sequence``, oldest first; cheap when that is little."""
        found: list[Entry] = []
        for entry in reversed(self.entries.values()):
            if entry.sequence <= sequence:
                break
            found.append(entry)
        return found[::-1]

    def expire_cursors(self) -> None:
        """Make every cursor handed out so far expired."""
        self.sequence += 1
        self.floor = self.sequence


@dataclass(slots=True)
class Account:
    """One person at one provider.

    :param email: lower case.
    :param id: what the provider calls the account, stable.
    """

    provider: str
    email: str
    name: str
    id: str
    zone: str = "Europe/Paris"
    calendars: dict[str, Calendar] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def primary(self) -> Calendar:
        """Return the calendar that each account has."""
        return next(calendar for calendar in self.calendars.values() if calendar.primary)


class Store:
    """All accounts. Hold :attr:`lock` while reading or writing them, and never during HTTP."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self._accounts: dict[tuple[str, str], Account] = {}

    def add(self, account: Account) -> Account:
        """Add an account; one with the same address at the same provider must not exist."""
        with self.lock:
            key = account.provider, account.email
            if key in self._accounts:
                raise ValueError(f"{account.email} exists already at {account.provider}.")
            self._accounts[key] = account
            return account

    def get(self, provider: str, email: str) -> Account:
        """Return an account.

        :raise LookupError: there is none with that address.
        """
        try:
            return self._accounts[provider, email.lower()]
        except KeyError:
            raise LookupError(f"{provider} has no account {email}.") from None

    def accounts(self, provider: str | None = None) -> Iterator[Account]:
        """Return the accounts of one provider, or of both."""
        with self.lock:
            found = list(self._accounts.values())
        return (account for account in found if provider in (None, account.provider))

    def reset(self) -> None:
        """Forget everybody."""
        with self.lock:
            self._accounts.clear()
