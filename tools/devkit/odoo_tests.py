"""`make test-odoo`: the addons' own tests, tours included, in a database of their own."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.devkit import (
    browser,
    cleaning,
    config,
    contents,
    databases,
    locks,
    odoo_cmd,
    odoo_log,
    postgres,
    serving,
    templates,
)
from tools.devkit.console import say, tail
from tools.devkit.errors import Problem
from tools.devkit.outcome import Outcome
from tools.devkit.postgres import Connection


def run(addon: str = "", tags: str = "") -> Outcome:
    """Run the tests of all addons on a fresh database, or only some on a copy of a made one."""
    outcome = Outcome("test-odoo")
    present = config.present_addons()
    for name in config.ADDONS:
        if name not in present:
            outcome.complaints.append(f"The addon {name} is not in this checkout.")
    if not present:
        return outcome
    tested = _tested(addon, tags, present)
    browser.ensure()
    log = config.log_dir() / f"test-odoo-{os.getpid()}.log"
    with postgres.running() as connection:
        cleaning.drop_leftovers(connection)
        if addon or tags:
            code = _run_some(connection, tested, tags or f"/{addon}", log)
        else:
            code = _run_all(connection, tested, log)
    say(f"Odoo's log: {log}")
    judge(outcome, odoo_log.entries(log.read_text(errors="replace")), tested, code)
    return outcome


def _tested(addon: str, tags: str, present: list[str]) -> list[str]:
    if addon and addon not in present:
        raise Problem(f"There is no addon {addon!r}: ADDON is one of {', '.join(present)}.")
    named = [addon] if addon else [name for name in present if re.search(rf"/{name}\b", tags)]
    return named or present


def _run_all(connection: Connection, tested: list[str], log: Path) -> int:
    """Install everything in a fresh database: the addons' install scripts are tested as well."""
    base = templates.base(connection, demo=False)
    with _scratch(connection, base) as database:
        tags = ",".join(f"/{name}" for name in tested)
        return _odoo(connection, database, log, "-i", ",".join(tested), "--test-tags", tags)


def _run_some(connection: Connection, tested: list[str], tags: str, log: Path) -> int:
    """Update in a copy of the addons' template only what changed, and what is tested.

    When that is impossible from the template's older content, it is made current first.
    """
    code = _update_and_test(connection, tested, tags, log, current=False)
    if code and "Failed to initialize database" in log.read_text(errors="replace"):
        code = _update_and_test(connection, tested, tags, log, current=True)
    return code


def _update_and_test(
    connection: Connection, tested: list[str], tags: str, log: Path, *, current: bool
) -> int:
    template = templates.addons(connection, demo=False, current=current)
    state = databases.read_state(connection, template) or {}
    missing, changed = contents.difference(state.get("addons", {}), contents.fingerprints())
    update = [name for name in config.ADDONS if name in {*changed, *tested} - {*missing}]
    options = ["--test-tags", tags]
    options += ["-i", ",".join(missing)] if missing else []
    options += ["-u", ",".join(update)] if update else []
    with _scratch(connection, template) as database:
        return _odoo(connection, database, log, *options)


@contextmanager
def _scratch(connection: Connection, template: str) -> Iterator[str]:
    name = f"immoassist_test_{os.getpid()}"
    with locks.locked(template, "copying the template database"):
        databases.clone(connection, template, name)
    try:
        yield name
    finally:
        databases.drop(connection, name)


def _odoo(connection: Connection, database: str, log: Path, *options: str) -> int:
    say(f"Running the Odoo tests ({' '.join(options)})...")
    with log.open("w") as output:
        child = odoo_cmd.start(
            connection,
            *("-d", database, "--stop-after-init", "--http-port", str(serving.free_port())),
            *("--http-interface", serving.HOST, "--max-cron-threads=0", *options),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            return _follow(child, log)
        finally:
            odoo_cmd.end(child)


#: A test that waits for itself would otherwise keep a run alive for ever.
SILENT_SECONDS = 300


def _follow(child: subprocess.Popen, log: Path) -> int:
    """Say now and then how far the tests are; return Odoo's exit code."""
    start = spoke = time.monotonic()
    size = 0
    while True:
        try:
            code = child.wait(timeout=15)
            say(f"  Odoo ended after {time.monotonic() - start:.0f} s")
            return code
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if log.stat().st_size != size:
                spoke, size = now, log.stat().st_size
            if now - spoke > SILENT_SECONDS:
                raise Problem(
                    f"Odoo's tests said nothing for {SILENT_SECONDS} s and were stopped; "
                    f"the log is {log}:{tail(log, 3)}"
                ) from None
            count = log.read_text(errors="replace").count(": Starting Test")
            say(f"  {now - start:.0f} s, {count} tests started")


def judge(outcome: Outcome, log: list[odoo_log.Entry], tested: list[str], code: int) -> None:
    """Add to the outcome what the log and the exit code say."""
    by_addon = odoo_log.tests(log)
    for addon in {**dict.fromkeys(tested), **by_addon}:
        found = by_addon.get(addon, odoo_log.AddonTests())
        outcome.passed += found.passed
        outcome.complaints += [f"{addon}: {text}" for text in found.failed.values()]
        outcome.complaints += [
            f"{addon}: {name} was skipped ({why})" for name, why in found.skipped.items()
        ]
        if addon in tested and not found.started and not found.failed:
            outcome.complaints.append(f"{addon}: no test ran.")
    outcome.complaints += [f"unexpected in the log: {entry}" for entry in odoo_log.unexpected(log)]
    if code and not outcome.complaints:
        outcome.complaints.append(f"Odoo ended with code {code}, and its log does not say why.")
