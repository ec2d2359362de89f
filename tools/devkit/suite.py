"""`make test` and its parts: each ends with one line, `N passed, N failed`."""

import os
from collections.abc import Callable

from tools.devkit import config, odoo_tests, python_tests, venvs
from tools.devkit.console import Timer, say
from tools.devkit.errors import Problem
from tools.devkit.outcome import Outcome, conclude


def lint() -> Outcome:
    """Run every check of the code."""
    from tools.devkit import lint as checks

    outcome = Outcome("lint")
    wanted = os.environ.get("LINT", "").split() or list(checks.CHECKS)
    failed = checks.run(venvs.dev_python(), config.REPO, wanted)
    outcome.passed = len(wanted) - failed
    outcome.complaints = ["a check failed, see above"] * failed
    return outcome


def unit() -> Outcome:
    """Run the tests without Odoo."""
    return python_tests.unit(python_tests.extra_arguments())


def odoo() -> Outcome:
    """Run the addons' own tests; ADDON and TAGS choose some."""
    return odoo_tests.run(os.environ.get("ADDON") or "", os.environ.get("TAGS") or "")


def standards() -> Outcome:
    """Run Odoo's own lint and generic tests on our addons."""
    from tools.devkit import odoo_standards

    return odoo_standards.run()


def faults() -> Outcome:
    """Run the tests that kill servers."""
    return python_tests.faults(python_tests.extra_arguments())


def install() -> Outcome:
    """Run the tests that install and uninstall the addons."""
    return python_tests.install(python_tests.extra_arguments())


def upgrade() -> Outcome:
    """Run the tests that update databases of earlier releases."""
    return python_tests.upgrade(python_tests.extra_arguments())


def newcomer() -> Outcome:
    """Do what the README says, from a clean clone."""
    return python_tests.newcomer(python_tests.extra_arguments())


def end_to_end() -> Outcome:
    """Run the browser tests."""
    return python_tests.end_to_end(python_tests.extra_arguments())


def run(*parts: Callable[[], Outcome]) -> int:
    """Run parts one after the other, whatever the ones before came to."""
    outcomes = []
    for part in parts:
        with Timer() as timer:
            try:
                outcome = part()
            except Problem as problem:
                outcome = Outcome(part.__name__, complaints=[str(problem)])
        say(f"{outcome.name}: {timer.seconds:.0f} s")
        outcomes.append(outcome)
    return conclude(outcomes)
