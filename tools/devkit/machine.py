"""On what, and with what, figures were measured."""

import functools
import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from tools.devkit import config, databases, odoo_tree
from tools.devkit.postgres import Connection


def stamp() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(timezone.utc)


def describe(connection: Connection) -> str:
    """Return one line: date, commit, machine and versions, and what else the machine was doing."""
    (server, fsync), *_ = databases.sql(
        connection, "SELECT current_setting('server_version'), current_setting('fsync')"
    )
    return (
        f"{stamp():%Y-%m-%d %H:%M} UTC, commit {_commit()}; {os.cpu_count()} cores ({_processor()})"
        f", {_memory()} GiB RAM, load {os.getloadavg()[0]:.1f} at the start; "
        f"Odoo {odoo_tree.get().version}, PostgreSQL {server.split()[0]} (fsync {fsync}), "
        f"Python {platform.python_version()}."
    )


@functools.cache  # what is measured is that of the beginning, whatever is written meanwhile
def _commit() -> str:
    git = ["git", "-C", str(config.REPO), "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(git, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def _processor() -> str:
    return _after_colon(Path("/proc/cpuinfo"), "model name") or platform.machine()


def _memory() -> int:
    kilobytes = _after_colon(Path("/proc/meminfo"), "MemTotal").split()
    return round(int(kilobytes[0]) / 2**20) if kilobytes else 0


def _after_colon(file: Path, name: str) -> str:
    lines = file.read_text().splitlines() if file.exists() else []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(name))
    return next(found, "")
