"""Runs Odoo once to install or update modules, with visible progress and readable failures."""

import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TextIO

from tools.devkit import config, odoo_cmd
from tools.devkit.console import say
from tools.devkit.errors import Problem
from tools.devkit.postgres import Connection

_LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")
_TROUBLE = re.compile(r" (ERROR|CRITICAL) |^\S*(Error|Exception|ValueError)\b.*:|demo data failed")
_DEMO_FAILED = "demo data failed to install"


def run(
    connection: Connection,
    database: str,
    doing: str,
    *arguments: str,
    env: dict[str, str] | None = None,
) -> None:
    """Run `odoo -d database ... --stop-after-init`; raise Problem with what the log says."""
    options = ("-d", database, "--stop-after-init", "--no-http", "--max-cron-threads=0")
    _odoo(connection, database, doing, [*options, *arguments], env=env)


def shell(
    connection: Connection,
    database: str,
    doing: str,
    code: str,
    *arguments: str,
    env: dict[str, str] | None = None,
) -> None:
    """Run Python code in `odoo shell`, where `env` is the environment of the database."""
    with tempfile.TemporaryFile("w+") as script:
        # Piped code that raises does not change the exit code of `odoo shell`.
        lines = "".join(f"    {line}\n" for line in code.strip().splitlines())
        script.write(f"try:\n{lines}except Exception:\n{_DIE}\n")
        script.seek(0)
        options = ["shell", "-d", database, "--no-http", "--shell-interface", "python"]
        options += arguments
        _odoo(connection, database, doing, options, stdin=script, mode="a", env=env)


_DIE = """    import logging, os
    logging.getLogger("tools.devkit").critical("failed", exc_info=True)
    os._exit(1)
"""


def _odoo(
    connection: Connection,
    database: str,
    doing: str,
    arguments: list[str],
    stdin: TextIO | int = subprocess.DEVNULL,
    mode: str = "w",
    env: dict[str, str] | None = None,
) -> None:
    log = config.log_dir() / f"{database}.log"
    start = time.monotonic()
    say(f"{doing}...")
    with log.open(mode) as output:
        begin = output.tell()
        child = odoo_cmd.start(
            connection,
            *arguments,
            extra_env=env,
            stdin=stdin,
            stdout=output,
            stderr=output,
        )
        try:
            _follow(child, log, begin)
        finally:
            odoo_cmd.end(child)
    text = _read(log, begin)
    if child.returncode or _DEMO_FAILED in text:
        raise Problem(f"{doing} failed; the log is {log}:{_trouble(text)}")
    say(f"{doing}: done in {time.monotonic() - start:.0f} s")


def _read(log: Path, begin: int) -> str:
    return log.read_bytes()[begin:].decode(errors="replace")


def _follow(child: subprocess.Popen, log: Path, begin: int) -> None:
    """Say now and then which module is being loaded, until Odoo ends."""
    said = None
    while True:
        try:
            child.wait(timeout=3)
            return
        except subprocess.TimeoutExpired:
            found = _LOADING.findall(_read(log, begin))
            if found and found[-1] != said:
                said = found[-1]
                say("  {1}/{2} {0}".format(*said))


def _trouble(text: str) -> str:
    lines = [line for line in text.splitlines() if _TROUBLE.search(line)]
    return "".join(f"\n    {line}" for line in lines[-8:] or text.splitlines()[-8:])
