"""`make audit`: whether anything that we depend on has a known vulnerability.

Asks services on the network: PyPI's (or OSV, `AUDIT_SERVICE=osv`) and npm's. What could not be
looked up counts as failed: silence is no good news. Not part of `make test`, whose answer must not
change while the code does not.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tools.devkit import config, node, venvs
from tools.devkit.console import say
from tools.devkit.errors import Problem

LOCKS = (config.ODOO_LOCK, config.DEV_LOCK, config.AUDIT_LOCK, config.QUEUE_LOCK)
FILES = (config.ADDONS_REQUIREMENTS, *LOCKS)
SERVICES = ("pypi", "osv")


@dataclass
class Audit:
    """What was found about the packages of one file.

    :param known: number of packages that the service knows
    :param vulnerable: a line for each known vulnerability
    :param unknown: names that could not be looked up
    :param failure: why nothing could be
    """

    name: str
    known: int = 0
    vulnerable: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    failure: str = ""

    @property
    def good(self) -> bool:
        return bool(self.known) and not (self.vulnerable or self.unknown or self.failure)

    def lines(self) -> list[str]:
        """What there is to say, the sum first."""
        if self.failure:
            return [f"{self.name}: NOT AUDITED: {self.failure}"]
        found = f"{len(self.vulnerable)} known vulnerabilities in {self.known} packages"
        lines = [f"{self.name}: {found}", *(f"  {line}" for line in self.vulnerable)]
        if self.unknown:
            few = ", ".join(self.unknown[:5]) + (", ..." if len(self.unknown) > 5 else "")
            lines.append(
                f"  NOT AUDITED: {len(self.unknown)} the service does not answer for: {few}"
            )
        return lines


def run() -> int:
    """Audit everything; the number of files that are not known to be good is the exit code."""
    service = os.environ.get("AUDIT_SERVICE") or SERVICES[0]
    if service not in SERVICES:
        raise Problem(f"AUDIT_SERVICE is one of {', '.join(SERVICES)}, not {service}.")
    audits = [_python(file, service) for file in FILES]
    audits.append(_javascript())
    for audit in audits:
        say("\n".join(audit.lines()))
    bad = sum(not audit.good for audit in audits)
    say(f"audit: {len(audits) - bad} ok, {bad} not ok")
    return bad


def _python(file: Path, service: str) -> Audit:
    name = str(file.relative_to(config.REPO))
    # The files pin everything, so nothing is resolved and nothing installed.
    options = ("--no-deps", "--disable-pip", "--format=json", "--progress-spinner=off")
    command = [
        *(str(venvs.audit_python()), "-m", "pip_audit", f"--vulnerability-service={service}"),
        *("--requirement", str(file), *options),
    ]
    return judge_python(name, *_asked(command, config.REPO))


def _javascript() -> Audit:
    options = ("--package-lock-only", "--json", "--logs-max=0")
    command = [str(venvs.dev_python()), "-c", node.NPM, "audit", *options]
    return judge_javascript("package-lock.json", *_asked(command, config.REPO))


def _asked(command: list[str], folder: Path) -> tuple[str, str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.stdout, done.stderr


def judge_python(name: str, output: str, errors: str) -> Audit:
    """:param output: of pip-audit, as JSON"""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Audit(name, failure=_last_line(errors))
    audit = Audit(name)
    for package in packages:
        if "skip_reason" in package:
            audit.unknown.append(package["name"])
            continue
        audit.known += 1
        for hole in package["vulns"]:
            mended = ", ".join(hole["fix_versions"]) or "nowhere yet"
            what = f"{package['name']} {package['version']}"
            audit.vulnerable.append(f"{what}: {hole['id']}, mended in {mended}")
    return audit


def judge_javascript(name: str, output: str, errors: str) -> Audit:
    """:param output: of npm audit, as JSON"""
    try:
        report = json.loads(output)
        known = report["metadata"]["dependencies"]["total"]
    except (ValueError, KeyError, TypeError):
        first = next((line for line in errors.splitlines() if "error" in line), "")
        return Audit(name, failure=_last_line(first))
    found = report.get("vulnerabilities", {})
    holes = [f"{each}: {found[each]['severity']}, {found[each]['range']}" for each in sorted(found)]
    return Audit(name, known, holes)


def _last_line(text: str) -> str:
    """What a program said at its end, which is where the reason stands."""
    lines = text.strip().splitlines()
    return lines[-1][:200] if lines else "the service gave no answer"
