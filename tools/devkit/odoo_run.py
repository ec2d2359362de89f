"""Odoo processes that run tests, each in a database of its own, some of them at once."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from tools.devkit import config, odoo_cmd, serving
from tools.devkit.console import say, tail
from tools.devkit.errors import Problem
from tools.devkit.postgres import Connection

#: A test that waits for itself would otherwise keep a run alive for ever.
SILENT_SECONDS = 300
_SPEAK_EVERY = 15


class Run:
    """One Odoo that tests; `code` is its exit code, None while it runs."""

    def __init__(
        self,
        connection: Connection,
        database: str,
        tested: list[str],
        *options: str,
        env: dict[str, str] | None = None,
    ):
        """Start Odoo on a database that exists.

        :param tested: addons whose tests must run, for the judgement afterwards
        :param env: more environment variables for Odoo
        """
        self.tested = tested
        self.code: int | None = None
        self.name = "+".join(tested)
        self.log = config.log_dir() / f"test-odoo-{os.getpid()}-{self.name}.log"
        self._start = self._grown = time.monotonic()
        self._size = 0
        say(f"Running the Odoo tests of {self.name} ({' '.join(options)})...")
        with self.log.open("w") as output:
            self._child = odoo_cmd.start(
                connection,
                *("-d", database, "--stop-after-init", "--http-port", str(serving.free_port())),
                *("--http-interface", serving.HOST, "--max-cron-threads=0", *options),
                extra_env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def look(self) -> None:
        """Notice that Odoo has ended; raise Problem when it has been silent for too long."""
        self.code = self._child.poll()
        now = time.monotonic()
        if self.code is not None:
            say(f"  {self.name}: Odoo ended after {now - self._start:.0f} s; its log is {self.log}")
        if self.log.stat().st_size != self._size:
            self._grown, self._size = now, self.log.stat().st_size
        elif now - self._grown > SILENT_SECONDS:
            raise Problem(
                f"Odoo's tests said nothing for {SILENT_SECONDS} s and were stopped; "
                f"the log is {self.log}:{tail(self.log, 3)}"
            )

    def progress(self) -> str:
        """Return how far the tests are."""
        return f"{self.name} {self.text().count(': Starting Test')}"

    def text(self) -> str:
        """Return what Odoo logged until now."""
        return self.log.read_text(errors="replace")

    def end(self) -> None:
        """Stop Odoo if it still runs."""
        odoo_cmd.end(self._child)


def follow(starts: Iterable[Callable[[], Run]], at_once: int = 1) -> list[Run]:
    """Start runs, some at once, and say now and then how far they are; return when all ended."""
    with _ended_at_last() as runs:
        start = spoke = time.monotonic()
        waiting = list(starts)
        while waiting or any(run.code is None for run in runs):
            running = [run for run in runs if run.code is None]
            if waiting and len(running) < at_once:
                runs.append(waiting.pop(0)())
                continue
            time.sleep(0.5)  # between two looks at the processes
            for run in running:
                run.look()
            if time.monotonic() - spoke >= _SPEAK_EVERY:
                spoke = time.monotonic()
                counts = ", ".join(run.progress() for run in running)
                say(f"  {spoke - start:.0f} s, tests started: {counts}")
        return runs


@contextmanager
def _ended_at_last() -> Iterator[list[Run]]:
    runs: list[Run] = []
    try:
        yield runs
    finally:
        for run in runs:
            run.end()
