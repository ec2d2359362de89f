"""`make test-odoo`: the addons' own tests, tours included, in databases of their own."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from tools.devkit import (
    browser,
    cleaning,
    config,
    contents,
    databases,
    locks,
    odoo_log,
    peers,
    postgres,
    templates,
)
from tools.devkit.errors import Problem
from tools.devkit.odoo_run import Run, follow
from tools.devkit.outcome import Outcome
from tools.devkit.postgres import Connection


def run(addon: str = "", tags: str = "") -> Outcome:
    """Run the tests of all addons on fresh databases, or only some on a copy of a made one."""
    outcome = Outcome("test-odoo")
    present = [*config.ADDONS, *config.BRIDGES]
    if not present:
        outcome.complaints.append("There is no addon in this checkout.")
        return outcome
    tested = _tested(addon, tags, present)
    browser.ensure()
    with postgres.running() as connection:
        cleaning.drop_leftovers(connection)
        if addon or tags:
            runs = [_run_some(connection, tested, tags or f"/{addon}")]
        else:
            runs = _run_all(connection, tested)
    for one in runs:
        judge(outcome, odoo_log.entries(one.text()), one.tested, one.code)
    return outcome


def _tested(addon: str, tags: str, present: list[str]) -> list[str]:
    if addon and addon not in present:
        raise Problem(f"There is no addon {addon!r}: ADDON is one of {', '.join(present)}.")
    named = [addon] if addon else [name for name in present if re.search(rf"/{name}\b", tags)]
    return named or present


def _run_all(connection: Connection, tested: list[str]) -> list[Run]:
    """Install everything in fresh databases: the addons' install scripts are tested as well.

    Each addon's tests have a database of their own, so that every core has something to do, and
    a bridge is installed there alone.
    """
    base = templates.base(connection, demo=False)
    with ExitStack() as scratches:

        def start(addon: str) -> Run:
            database = scratches.enter_context(scratch(connection, base, addon))
            installed = [addon] if addon in config.BRIDGES else config.ADDONS
            peer = peers.beneath([addon])
            options = ("-i", ",".join(installed), "--test-tags", f"/{addon}", *peer.options)
            return Run(connection, database, [addon], *options, env=peer.env)

        return follow([partial(start, addon) for addon in tested], os.cpu_count() or 1)


def _run_some(connection: Connection, tested: list[str], tags: str) -> Run:
    """Update in a copy of the addons' template only what changed, and what is tested.

    When that is impossible from the template's older content, it is made current first.
    """
    done = _update_and_test(connection, tested, tags, current=False)
    if done.code and "Failed to initialize database" in done.text():
        done = _update_and_test(connection, tested, tags, current=True)
    return done


def _update_and_test(connection: Connection, tested: list[str], tags: str, *, current: bool) -> Run:
    template = templates.addons(connection, demo=False, current=current)
    state = databases.read_state(connection, template) or {}
    missing, changed = contents.difference(state.get("addons", {}), contents.fingerprints())
    missing += [name for name in tested if name in config.BRIDGES]
    update = [name for name in config.ADDONS if name in {*changed, *tested} - {*missing}]
    peer = peers.beneath(tested)
    options = ["--test-tags", tags, *peer.options]
    options += ["-i", ",".join(missing)] if missing else []
    options += ["-u", ",".join(update)] if update else []
    with scratch(connection, template, "some") as database:
        (done,) = follow([lambda: Run(connection, database, tested, *options, env=peer.env)])
        return done


@contextmanager
def scratch(connection: Connection, template: str, suffix: str) -> Iterator[str]:
    """Copy a template for the time of the block."""
    name = f"immoassist_test_{os.getpid()}_{suffix}"
    with locks.locked(template, "copying the template database"):
        databases.clone(connection, template, name)
    try:
        yield name
    finally:
        databases.drop(connection, name)


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
