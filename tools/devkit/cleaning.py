"""Removes what killed runs leave behind in PostgreSQL."""

import os
import re
from pathlib import Path

from tools.devkit import databases, locks, postgres
from tools.devkit.console import say
from tools.devkit.postgres import Connection

_SCRATCH = re.compile(r"immoassist_(?:test|e2e|bench)_(\d+)(?:_\w+)?")
_OURS = re.compile(r"immoassist_(?:base|addons|demo|test|e2e|bench)(?:_\w+)?")


def drop_leftovers(connection: Connection) -> None:
    """Drop the scratch databases of runs that are dead; only ours, on our own server.

    Their names hold the number of the process that made them; on somebody else's server that
    number may be of another machine.
    """
    if not connection.lock_fds:
        return
    with locks.locked("leftovers", "dropping left-over databases"):
        for name in _names(connection):
            match = _SCRATCH.fullmatch(name)
            if match and not Path(f"/proc/{match[1]}").exists():
                databases.drop(connection, name)


def drop_databases() -> int:
    """Drop the demo, test and template databases; the next run makes them again."""
    with postgres.running() as connection:
        for name in _names(connection):
            match = _SCRATCH.fullmatch(name)
            if match and Path(f"/proc/{match[1]}").exists() and int(match[1]) != os.getpid():
                continue
            if _OURS.fullmatch(name):
                databases.drop(connection, name)
                say(f"Dropped {name}.")
    return 0


def _names(connection: Connection) -> list[str]:
    return [row[0] for row in databases.sql(connection, "SELECT datname FROM pg_database")]
