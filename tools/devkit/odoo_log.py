"""Reads Odoo's log: its entries, the tests that ran, and what nobody expected."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tools.devkit import log_allowlist

_ENTRY = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>DEBUG|INFO|RUNBOT|WARNING|ERROR|CRITICAL) \S+ (?P<logger>[^\s:]+): (?P<text>.*)$"
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_ADDON = re.compile(r"odoo\.addons\.(\w+)\.tests\b")
_STARTING = re.compile(r"Starting (\S+) \.\.\.")
_SKIPPED = re.compile(r"skipped (\S+) : (.*)")
_FAILING = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(\S+)(?: \((odoo\.addons\.[^)]+)\))?")
#: What Odoo says once more at the end about failures that it already reported one by one.
_SUMMARY = re.compile(
    r"Module \w+: \d+ failures, \d+ errors of \d+ tests"
    r"|At least one test failed when loading the modules"
    r"|\d+ failed, \d+ error\(s\) of \d+ tests"
)


@dataclass
class Entry:
    """One log entry, with the lines that follow it (a traceback, say)."""

    level: str
    logger: str
    text: str

    @property
    def first_line(self) -> str:
        """The entry without what follows its first line."""
        return self.text.split("\n", 1)[0].strip()

    def __str__(self) -> str:
        return f"{self.level} {self.logger}: {self.text.rstrip()}"


@dataclass
class AddonTests:
    """What happened to the tests of one addon."""

    started: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        """Number of tests that ran to their end without failure."""
        return len(self.started - set(self.failed) - set(self.skipped))


def entries(text: str) -> list[Entry]:
    """Split a log into entries; lines before the first one belong to none."""
    found: list[Entry] = []
    for line in _COLOURS.sub("", text).splitlines():
        match = _ENTRY.match(line)
        if match:
            found.append(Entry(match["level"], match["logger"], match["text"]))
        elif found:
            found[-1].text += "\n" + line
    return found


def tests(log: Iterable[Entry]) -> dict[str, AddonTests]:
    """Return the tests of each addon, as the log tells them."""
    result: dict[str, AddonTests] = {}
    for entry in log:
        name, addon = _failing(entry)
        if name:
            found = result.setdefault(addon, AddonTests())
            found.failed[name] = found.failed.get(name, "") + entry.text.rstrip() + "\n"
            continue
        match = _ADDON.match(entry.logger)
        if not match:
            continue
        found = result.setdefault(match[1], AddonTests())
        if started := _STARTING.match(entry.text):
            found.started.add(started[1])
        elif skipped := _SKIPPED.match(entry.text):
            found.skipped[skipped[1]] = skipped[2].strip()
    return result


def unexpected(log: Iterable[Entry]) -> list[Entry]:
    """Return the warnings and errors that are no test's result and not on the allow-list."""
    return [
        entry
        for entry in log
        if entry.level in ("WARNING", "ERROR", "CRITICAL")
        and not _failing(entry)[0]
        and not _SUMMARY.match(entry.text)
        and not log_allowlist.reason(entry.level, entry.logger, entry.text)
    ]


def _failing(entry: Entry) -> tuple[str, str]:
    """Return (test, addon) when the entry reports a failing test, else two empty strings."""
    from_tests = _ADDON.match(entry.logger) or entry.logger == "odoo.tests.suite"
    match = _FAILING.match(entry.text) if entry.level == "ERROR" and from_tests else None
    if not match:
        return "", ""
    # A class or module that cannot be set up is reported by the suite, with its place.
    place = match[2] or ""
    addon = _ADDON.match(place or entry.logger)
    return f"{match[1]} {place}".strip(), addon[1] if addon else ""
