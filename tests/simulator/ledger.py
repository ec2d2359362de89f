"""What happened: requests by kind, mails that a provider would have sent, pushes."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that the real provider would have sent. Nothing is sent here.

    :param reason: invitation, update, cancellation or answer.
    """

    provider: str
    account: str
    to: str
    reason: str
    event: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """One attempt to deliver a notification.

    :param outcome: status code of the webhook as text, ``dropped``, or what went wrong.
    """

    provider: str
    account: str
    channel: str
    address: str
    state: str
    number: int
    attempt: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One answered request, or part of a batch. Status 0: the connection was cut."""

    kind: str
    account: str
    status: int
    part: bool


class Ledger:
    """Counters and records; each call costs one lock and one append."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        with self._lock:
            self._counts: Counter[str] = Counter()
            self._writes: Counter[str] = Counter()
            self.http = 0
            self.seen: deque[Seen] = deque(maxlen=KEPT)
            self.mails: list[Mail] = []
            self.pushes: deque[Pushed] = deque(maxlen=KEPT)

    def count(self, kind: str, write: bool, part: bool) -> None:
        """Count a request when it arrives; a batch counts once and each part of it too."""
        with self._lock:
            self._counts[kind] += 1
            if write:
                self._writes[kind] += 1
            if not part:
                self.http += 1

    def answered(self, kind: str, account: str, status: int, part: bool) -> None:
        """Record how a request ended."""
        self.seen.append(Seen(kind, account, status, part))

    def mail(self, mail: Mail) -> None:
        """Record a mail that nobody gets."""
        with self._lock:
            self.mails.append(mail)

    def pushed(self, pushed: Pushed) -> None:
        """Record an attempt to push."""
        self.pushes.append(pushed)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many requests of each kind there were."""
        with self._lock:
            return dict(self._counts)

    @property
    def writes(self) -> dict[str, int]:
        """Return how many requests there were of each kind that changes something."""
        with self._lock:
            return dict(self._writes)

    def as_json(self) -> dict[str, Any]:
        """Return the counters and mails."""
        mails = [asdict(mail) for mail in list(self.mails)]
        return {"http": self.http, "counts": self.counts, "writes": self.writes, "mails": mails}
