"""What one simulated provider has to be: the seam between the server and Google or Microsoft.

A side answers its API in :meth:`Side.handle`, and lets a person act on the calendars as in the
provider's own screens, for tests, for ``/control`` and for the page ``/``: these acts count as no
request, need no token, but change versions and are pushed like any other change.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .call import Call, Reply
from .store import Account, Calendar

if TYPE_CHECKING:
    from .server import Simulator


class Side(ABC):
    """A provider. ``body`` below is an event in the provider's own JSON.

    ``plain`` is an event in words that both share: ``id, name, start, stop, allday, location,
    description, free, private, guests`` (list of ``email`` and ``answer``), ``organizer``
    (address), ``cancelled``; times are ISO texts with an offset, dates when all day, ``stop`` is
    exclusive.
    """

    name = ""
    writes: frozenset[str] = frozenset()
    """The kinds of request that change a calendar."""
    acts: frozenset[str] = frozenset({"revoke", "expire_tokens", "expire_cursors"})
    """Methods that ``/control`` may call for an account."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.clock = simulator.clock
        self.store = simulator.store
        self.ledger = simulator.ledger
        self.pushes = simulator.pushes

    # --- what a program asks for ---

    @abstractmethod
    def kind(self, call: Call) -> str:
        """Return what a request asks for, for instance ``google.events.insert``."""

    @abstractmethod
    def identify(self, call: Call) -> str:
        """Return the address of the account whose token a request carries, or empty."""

    def enter(self, call: Call) -> Reply | None:
        """Note that a request is under way, latency of faults included; a reply refuses it."""
        return None

    def leave(self, call: Call) -> None:
        """Note that a request that was let in is over."""
        return

    @abstractmethod
    def handle(self, call: Call) -> Reply:
        """Answer a request. Parts of a batch go through ``self.simulator.perform(self, part)``."""

    @abstractmethod
    def fault(self, name: str, call: Call) -> Reply:
        """Do the fault of that name (see :class:`.faults.Fault`) and return its answer."""

    def failure(self, status: int, call: Call) -> Any:
        """Return the JSON body that goes with a status that a fault orders without a body."""
        return {"error": {"code": status}}

    @abstractmethod
    def reset(self) -> None:
        """Forget tokens, channels, listings and settings."""

    @abstractmethod
    def configure(self, **settings: Any) -> dict[str, Any]:
        """Change settings such as quotas and lifetimes; return all of them."""

    # --- what a person does ---

    @abstractmethod
    def create_account(self, email: str, name: str = "", **options: Any) -> Account:
        """Open an account with its primary calendar; ``zone`` is an IANA name."""

    @abstractmethod
    def create_calendar(self, email: str, name: str, **options: Any) -> Calendar:
        """Add a calendar to an account; options are those of :class:`.store.Calendar`."""

    @abstractmethod
    def put(self, email: str, calendar: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create an event, or replace that with its ``id``; return it."""

    @abstractmethod
    def patch(self, email: str, calendar: str, event: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change some properties of an event; return it."""

    @abstractmethod
    def delete(self, email: str, calendar: str, event: str) -> None:
        """Delete an event."""

    @abstractmethod
    def answer(
        self, email: str, calendar: str, event: str, guest: str, answer: str
    ) -> dict[str, Any]:
        """Let a guest of an event answer: accepted, declined, tentative or needs_action."""

    @abstractmethod
    def get(self, email: str, calendar: str, event: str) -> dict[str, Any]:
        """Return an event, deleted or not.

        :raise LookupError: it never existed.
        """

    @abstractmethod
    def events(self, email: str, calendar: str, deleted: bool = False) -> list[dict[str, Any]]:
        """Return the events, series not expanded."""

    @abstractmethod
    def shown(
        self, email: str, calendar: str, start: datetime, stop: datetime
    ) -> list[dict[str, Any]]:
        """Return the plain events between two times, series expanded, by start."""

    @abstractmethod
    def from_plain(self, plain: dict[str, Any], zone: str) -> dict[str, Any]:
        """Return the body of a plain event; only of what is given."""

    # --- what happens to tokens and cursors ---

    @abstractmethod
    def revoke(self, email: str) -> None:
        """Take back all grants of an account: every token is dead."""

    @abstractmethod
    def expire_tokens(self, email: str) -> None:
        """Let the access tokens of an account expire; refresh tokens stay."""

    def expire_cursors(self, email: str) -> None:
        """Let all sync tokens or delta links of an account expire."""
        with self.store.lock:
            for calendar in self.store.get(self.name, email).calendars.values():
                calendar.expire_cursors()

    def find(self, email: str, calendar: str) -> tuple[Account, Calendar]:
        """Return an account and a calendar of it by id or ``primary``.

        :raise LookupError: there is none.
        """
        account = self.store.get(self.name, email)
        if calendar == "primary":
            return account, account.primary
        if calendar not in account.calendars:
            raise LookupError(f"{email} has no calendar {calendar}.")
        return account, account.calendars[calendar]
