"""`make test-unit` and `make test-e2e`: pytest, and what its report says."""

import os
import shlex
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tools.devkit import browser, config, odoo_log, odoo_tree, postgres, venvs
from tools.devkit.outcome import Outcome

#: Where the servers of the end-to-end tests write their logs, which are checked afterwards.
LOG_DIR = "IMMOASSIST_LOG_DIR"


def unit(arguments: list[str]) -> Outcome:
    """Run the tests that need no Odoo."""
    outcome = Outcome("test-unit")
    _pytest(outcome, config.REPO / "tests" / "unit", arguments)
    return outcome


def end_to_end(arguments: list[str]) -> Outcome:
    """Run the browser tests; also fails on what they leave in the servers' logs."""
    browser.ensure()
    return _with_servers(Outcome("test-e2e"), "e2e", arguments)


def faults(arguments: list[str]) -> Outcome:
    """Run what kills servers on purpose: long, and not part of `make test`."""
    return _with_servers(Outcome("test-faults"), "faults", arguments)


def install(arguments: list[str]) -> Outcome:
    """Install, update and uninstall in every order: long, and not part of `make test`."""
    return _with_servers(Outcome("test-install"), "install", arguments)


def upgrade(arguments: list[str]) -> Outcome:
    """Run what updates databases of earlier releases: long, and not part of `make test`."""
    return _with_servers(Outcome("test-upgrade"), "upgrade", arguments)


def newcomer(arguments: list[str]) -> Outcome:
    """Follow the README from a clean clone and an empty cache: downloads everything again."""
    browser.ensure()
    outcome = Outcome("test-newcomer")
    _pytest(outcome, config.REPO / "tests" / "newcomer", arguments)
    return outcome


def _with_servers(outcome: Outcome, part: str, arguments: list[str]) -> Outcome:
    odoo_tree.get()
    venvs.odoo_python()
    folder = Path(tempfile.mkdtemp(prefix=f"{part}-", dir=config.log_dir()))
    # Held here, PostgreSQL does not start and stop again for each server of a test.
    with postgres.running():
        _pytest(outcome, config.REPO / "tests" / part, arguments, {LOG_DIR: str(folder)})
    for log in sorted(folder.glob("*.log")):
        found = odoo_log.unexpected(odoo_log.entries(log.read_text(errors="replace")))
        outcome.complaints += [f"unexpected in {log}: {entry}" for entry in found]
    return outcome


def extra_arguments() -> list[str]:
    """Return pytest arguments given as `make ... ARGS="-k word"`."""
    return shlex.split(os.environ.get("ARGS") or "")


def _pytest(
    outcome: Outcome, folder: Path, arguments: list[str], env: dict[str, str] | None = None
) -> None:
    if not folder.is_dir():
        outcome.complaints.append(f"{folder} does not exist.")
        return
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary) / "report.xml"
        done = subprocess.run(
            [
                *(str(venvs.dev_python()), "-m", "pytest", str(folder), f"--junitxml={report}"),
                *("-o", f"cache_dir={config.cache_dir() / 'pytest'}", *arguments),
            ],
            cwd=config.REPO,
            env={
                **venvs.environment_without_venv(),
                "PYTHONPATH": str(config.REPO),
                "HYPOTHESIS_STORAGE_DIRECTORY": str(config.cache_dir() / "hypothesis"),
                **(env or {}),
            },
            check=False,
        )
        read_report(outcome, report, done.returncode)


def read_report(outcome: Outcome, report: Path, code: int) -> None:
    """Add to the outcome what pytest's junit report says."""
    if not report.exists():
        outcome.complaints.append(f"pytest ended with code {code} before it ran anything.")
        return
    cases = ElementTree.parse(report).getroot().findall(".//testcase")  # noqa: S314 (our own file)
    for case in cases:
        trouble = next((child for child in case if child.tag in _TROUBLE), None)
        if trouble is None:
            outcome.passed += 1
            continue
        name = f"{case.get('classname')}.{case.get('name')}"
        outcome.complaints.append(f"{name} {_TROUBLE[trouble.tag]}: {trouble.get('message')}")
    if not cases:
        outcome.complaints.append("no test ran.")
    elif code and not outcome.complaints:
        outcome.complaints.append(f"pytest ended with code {code} for no reported reason.")


_TROUBLE = {"failure": "failed", "error": "had an error", "skipped": "was skipped"}
