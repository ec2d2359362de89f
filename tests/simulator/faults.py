"""Faults on order: what goes wrong, at which request, how often."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from .call import Call, Cut, Reply


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong. It also matches the single parts of a batch.

    :param kind: of the requests it meets: ``google.events.insert``; its beginning is enough
        (``google.events``), and ``*`` matches as in file names.
    :param account: address; empty: everybody's requests.
    :param skip: so many matching requests pass first.
    :param count: so many are met then; None: all.
    :param latency: seconds to wait before anything else; with ``when="after"`` and nothing that
        ends the request: once it is carried out, before the answer.
    :param when: ``before`` the request is carried out, or ``after``: the answer alone is lost.
    :param status: answer with it, with ``body`` (text or JSON) and ``headers``.
    :param retry_after: seconds, for the header of that name.
    :param cut: close the connection instead of an answer; of a part: that of the whole batch.
    :param done: of those that it met, how many were carried out so far.
    :param error: a fault with a name that the side knows: ``cursor_expired``, ``token_expired``,
        ``token_revoked``, ``quota``.
    """

    kind: str = "*"
    account: str = ""
    skip: int = 0
    count: int | None = 1
    latency: float = 0
    when: str = "before"
    status: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    cut: bool = False
    error: str = ""
    met: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        if self.when not in ("before", "after"):
            raise ValueError("`when` is before or after.")
        if not (self.latency or self.status or self.cut or self.error):
            raise ValueError("A fault needs latency, status, cut or error.")

    @classmethod
    def parse(cls, data: dict[str, Any]) -> Fault:
        """Make a fault of JSON; an unknown name is a ValueError."""
        unknown = set(data) - {item.name for item in fields(cls)}
        if unknown:
            raise ValueError(f"A fault has no {', '.join(sorted(unknown))}.")
        return cls(**data)

    @property
    def late(self) -> bool:
        """Whether it keeps an answer back."""
        return self.when == "after" and not self.ends

    @property
    def ends(self) -> bool:
        """Whether it takes the place of the answer."""
        return bool(self.status or self.cut or self.error)

    def matches(self, call: Call) -> bool:
        """Whether it is meant for this request."""
        named = fnmatchcase(call.kind, self.kind) or call.kind.startswith(self.kind + ".")
        return named and self.account in ("", call.account)

    def reply(self, default: Any) -> Reply:
        """Return the answer of a fault with a status; ``default`` is the body if none was ordered.

        :raise Cut: there is none.
        """
        if self.cut:
            raise Cut
        body = default if self.body is None else self.body
        reply = Reply(self.status, body) if isinstance(body, str) else Reply.json(body, self.status)
        reply.headers.update(self.headers)
        if self.retry_after is not None:
            reply.headers["Retry-After"] = str(self.retry_after)
        return reply


class Faults:
    """The faults on order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, kind: str = "*", **options: Any) -> Fault:
        """Order a fault, see :class:`Fault`; its ``met`` tells how often it struck."""
        return self.order(Fault(kind, **options))

    def order(self, fault: Fault) -> Fault:
        """Order a fault."""
        with self._lock:
            self._faults = [*self._faults, fault]
        return fault

    def take(self, call: Call) -> list[Fault]:
        """Return the faults that this request meets: any latency, and one that ends it at most."""
        if not self._faults:
            return []
        due: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                if not fault.matches(call) or (fault.ends and any(one.ends for one in due)):
                    continue
                if fault.skip:
                    fault.skip -= 1
                elif fault.count is None or fault.met < fault.count:
                    fault.met += 1
                    due.append(fault)
        return due

    def all(self) -> list[Fault]:
        """Return the faults, with how often each was met."""
        return list(self._faults)

    def reset(self) -> None:
        """Cancel all orders."""
        with self._lock:
            self._faults = []
