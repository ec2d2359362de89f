"""Delivers notifications to webhooks with real HTTP, as unreliably as ordered."""

from __future__ import annotations

import heapq
import itertools
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import requests

from .ledger import Ledger, Pushed

TIMEOUT = (5, 10)
SERVER_ERRORS = frozenset({500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Push:
    """One notification.

    :param body: makes the body at the time of sending.
    :param query: appended to the address.
    :param retry: whether a status code is tried again; 0 means that there was no answer.
    """

    provider: str
    account: str
    channel: str
    address: str
    state: str
    number: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    query: dict[str, str] = field(default_factory=dict)
    retry: Callable[[int], bool] = SERVER_ERRORS.__contains__
    attempt: int = 1


@dataclass(slots=True)
class Behaviour:
    """How unreliable the pushes are; shares are from 0 to 1, times in real seconds.

    :param drop: share that is lost. 1: every push.
    :param double: share that comes twice.
    :param delay: each comes so much later.
    :param reorder: each comes up to so much later, by chance.
    :param retries: attempts after the first; each waits twice as long, from ``retry_base``.
    """

    drop: float = 0
    double: float = 0
    delay: float = 0
    reorder: float = 0
    retries: int = 5
    retry_base: float = 0.5
    seed: int = 4


class Pushes:
    """A queue by time, and the threads that empty it. Those of one channel keep their order."""

    def __init__(self, ledger: Ledger, workers: int = 4) -> None:
        self.ledger = ledger
        self._queue: list[tuple[float, int, Push]] = []
        self._numbers = itertools.count()
        self._busy: set[str] = set()
        self._held = self._closed = False
        self._wake = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._workers = workers
        self.order()

    def order(self, **options: float) -> Behaviour:
        """Set the behaviour from now on; what is not given is reliable again."""
        self.behaviour = Behaviour(**options)
        self._random = random.Random(self.behaviour.seed)
        return self.behaviour

    def send(self, push: Push) -> None:
        """Send in the background, unless chance wants it lost."""
        behaviour, chance = self.behaviour, self._random
        with self._wake:
            for _copy in range(2 if chance.random() < behaviour.double else 1):
                if chance.random() < behaviour.drop:
                    self._record(push, "dropped")
                else:
                    later = behaviour.delay + chance.random() * behaviour.reorder
                    self._put(push, later)

    def post(self, push: Push, certain: bool = True) -> requests.Response | None:
        """Send now, and return the answer; None: there was none. Not while holding a lock.

        :param certain: False: chance may want it lost, like any other.
        """
        if not certain and self._random.random() < self.behaviour.drop:
            self._record(push, "dropped")
            return None
        with requests.Session() as session:
            return self._post(session, push)

    def hold(self) -> None:
        """Keep what comes until :meth:`release`."""
        with self._wake:
            self._held = True

    def release(self) -> None:
        """Send what was kept."""
        with self._wake:
            self._held = False
            self._wake.notify_all()

    def flush(self, timeout: float = 10) -> bool:
        """Wait until nothing is waiting or under way; False: it took longer than that."""
        with self._wake:
            return self._wake.wait_for(lambda: not (self._queue or self._busy), timeout)

    def reset(self) -> None:
        """Forget what waits, and be reliable again."""
        with self._wake:
            self._queue.clear()
            self._held = False
            self.order()
            self._wake.notify_all()

    def close(self) -> None:
        """Stop the threads."""
        with self._wake:
            self._closed = True
            self._queue.clear()
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(sum(TIMEOUT))

    def _put(self, push: Push, later: float) -> None:
        heapq.heappush(self._queue, (time.monotonic() + later, next(self._numbers), push))
        if len(self._threads) < self._workers:
            thread = threading.Thread(target=self._work, name="simulator-push", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._wake.notify_all()

    def _work(self) -> None:
        with requests.Session() as session:
            while (push := self._next()) is not None:
                try:
                    self._deliver(session, push)
                finally:
                    with self._wake:
                        self._busy.discard(push.channel)
                        self._wake.notify_all()

    def _next(self) -> Push | None:
        with self._wake:
            while not self._closed:
                push, wait = self._due()
                if push is not None:
                    self._busy.add(push.channel)
                    return push
                self._wake.wait(wait)
        return None

    def _due(self) -> tuple[Push | None, float | None]:
        """Return the first push whose time has come and whose channel is free, or how long."""
        if self._held or not self._queue:
            return None, None
        now, skipped = time.monotonic(), []
        push = None
        while self._queue and self._queue[0][0] <= now:
            item = heapq.heappop(self._queue)
            if item[2].channel not in self._busy:
                push = item[2]
                break
            skipped.append(item)
        for item in skipped:
            heapq.heappush(self._queue, item)
        # A busy channel wakes us when it is free; only what is not yet due needs a time.
        later = min((due for due, _number, _push in self._queue if due > now), default=None)
        return push, None if later is None else later - now

    def _deliver(self, session: requests.Session, push: Push) -> None:
        response = self._post(session, push)
        status = 0 if response is None else response.status_code
        if push.retry(status) and push.attempt <= self.behaviour.retries:
            later = self.behaviour.retry_base * 2 ** (push.attempt - 1)
            with self._wake:
                if not self._closed:
                    self._put(replace(push, attempt=push.attempt + 1), later)

    def _post(self, session: requests.Session, push: Push) -> requests.Response | None:
        session.trust_env = False  # a proxy has no business between us and a webhook here
        try:
            response = session.post(
                push.address,
                params=push.query or None,
                data=push.body,
                headers={"User-Agent": "APIs-Simulator", **push.headers},
                timeout=TIMEOUT,
                allow_redirects=False,
                verify=os.environ.get("REQUESTS_CA_BUNDLE") or True,
            )
        except requests.RequestException as error:
            self._record(push, type(error).__name__)
            return None
        self._record(push, str(response.status_code))
        return response

    def _record(self, push: Push, outcome: str) -> None:
        self.ledger.pushed(
            Pushed(
                provider=push.provider,
                account=push.account,
                channel=push.channel,
                address=push.address,
                state=push.state,
                number=push.number,
                attempt=push.attempt,
                outcome=outcome,
            )
        )
