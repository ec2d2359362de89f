"""`make bench`: runs tests/bench/*.py and prints their tables, the machine beside them.

A bench is a file with a function `figures(lab)` that yields tables. It runs here, with the
standard library alone; what it measures inside of Odoo are other functions of that file, whose
first argument is `env`, run by `lab.inside` in a fresh database each.

With `WRITE=1` the tables also go into docs/figures.md, each in the place of its bench, and, when
all benches ran, the most telling figures into the README: see `tools.devkit.figures`.
"""

import contextlib
import importlib
import itertools
import json
import os
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.devkit import (
    builds,
    cleaning,
    config,
    databases,
    figures,
    machine,
    postgres,
    templates,
)
from tools.devkit.console import Timer, say
from tools.devkit.errors import Problem
from tools.devkit.postgres import Connection

FOLDER = config.REPO / "tests" / "bench"

_INSIDE = """
import importlib, json, sys
sys.path.insert(0, {repo!r})
function = getattr(importlib.import_module({module!r}), {function!r})
answer = function(env, **json.loads({arguments!r}))
with open({target!r}, "w") as output:
    json.dump(answer, output)
"""


@dataclass(frozen=True)
class Table:
    """One table: cells are texts or numbers; `note` says what was counted and how."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple]
    note: str = ""


@dataclass(frozen=True)
class Telling:
    """One line of the summary: what was measured, at a peer and at ours. Cells as in `Table`."""

    what: str
    peer: Any
    ours: Any


@dataclass
class Lab:
    """Where a bench measures: the database server, and fresh databases on it.

    A bench that needs a running server takes `tools.devkit.server.running()` beside it.
    """

    connection: Connection
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def inside(
        self,
        function: Callable,
        *,
        ours: bool = True,
        install: Iterable[str] = (),
        **arguments: Any,
    ) -> Any:
        """Run `function(env, **arguments)` in Odoo, in a fresh database; return its answer.

        :param function: of a module that Odoo's Python can import from the checkout by its name
        :param ours: with our addons; a peer is measured without them
        :param install: more modules to install first, for instance those of a peer
        :param arguments: like the answer, what JSON can carry
        """
        with self.database(ours) as name, tempfile.TemporaryDirectory() as folder:
            if modules := ",".join(install):
                builds.run(self.connection, name, f"Installing {modules}", "-i", modules)
            target = Path(folder) / "answer.json"
            code = _INSIDE.format(
                repo=str(config.REPO),
                module=function.__module__,
                function=function.__name__,
                arguments=json.dumps(arguments),
                target=str(target),
            )
            what = " ".join(f"{key}={value}" for key, value in arguments.items())
            builds.shell(self.connection, name, f"{function.__qualname__} {what}".strip(), code)
            return json.loads(target.read_text())

    @contextlib.contextmanager
    def database(self, ours: bool = True) -> Iterator[str]:
        """Give the name of a fresh database, dropped at the end."""
        name = f"immoassist_bench_{os.getpid()}_{next(self._numbers)}"
        try:
            templates.scratch(self.connection, name, demo=False, ours=ours)
            yield name
        finally:
            databases.drop(self.connection, name)


def run(wanted: list[str], write: bool = False) -> int:
    """Run the benches named, or all; print their tables and keep them in the cache.

    :param write: also into the documents
    """
    names = chosen(wanted)
    if write:
        figures.require(figures.TABLES, names)
        figures.require(figures.SUMMARY, [figures.SUMMARY_NAME])
    telling: list[Telling] = []
    parts = []
    with postgres.running() as connection:
        cleaning.drop_leftovers(connection)
        for name in names:
            about = machine.describe(connection)
            print(f"\n{about}", flush=True)
            tables = _tables(name, Lab(connection), telling)
            printed = "\n\n".join([*_folded(about), *tables])
            parts.append(printed)
            if write:
                figures.write(figures.TABLES, name, printed)
    if not wanted:
        summary = f"{parts[0].partition('; Odoo')[0]}.\n\n{_summary(telling)}"
        print(f"\n{summary}", flush=True)
        if write:
            figures.write(figures.SUMMARY, figures.SUMMARY_NAME, summary)
    say(f"Kept in {_keep(names, parts)}")
    return 0


def _tables(name: str, lab: Lab, telling: list[Telling]) -> Iterator[str]:
    """Run one bench: yield its tables as they come, and add what is telling to the list."""
    with Timer() as timer:
        for found in importlib.import_module(f"tests.bench.{name}").figures(lab):
            if isinstance(found, Telling):
                telling.append(found)
                continue
            text = markdown(found)
            print(f"\n{text}", flush=True)
            yield text
    say(f"{name}: {timer.seconds:.0f} s")


def _summary(telling: list[Telling]) -> str:
    rows = [(each.what, _cell(each.peer), _cell(each.ours)) for each in telling]
    # The title is that of the README.
    return markdown(Table("", ("what", "a peer", "ours"), rows))


def chosen(wanted: list[str]) -> list[str]:
    """Return the benches to run: all of them when none is named."""
    there = sorted(path.stem for path in FOLDER.glob("[!_]*.py"))
    if unknown := sorted(set(wanted) - set(there)):
        raise Problem(f"No bench is named {', '.join(unknown)}: there are {', '.join(there)}.")
    return wanted or there


def markdown(table: Table) -> str:
    """Return the table as Markdown; columns of numbers are aligned to the right."""
    numeric = [
        all(isinstance(row[index], int | float) for row in table.rows)
        for index in range(len(table.columns))
    ]
    lines = [
        table.columns,
        ["---:" if right else "---" for right in numeric],
        *([_cell(value) for value in row] for row in table.rows),
    ]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    title = f"### {table.title}" if table.title else ""
    return "\n\n".join(filter(None, (title, body, *_folded(table.note))))


def _folded(note: str) -> Iterator[str]:
    """Yield the note in lines that a document may have; nothing when there is none."""
    if note:
        yield textwrap.fill(note, 120, break_long_words=False, break_on_hyphens=False)


def _cell(value: Any) -> str:
    """Return three significant digits of a fraction, every digit of a count."""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _keep(names: list[str], parts: list[str]) -> Path:
    folder = config.cache_dir() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{machine.stamp():%Y-%m-%d-%H%M%S}-{'-'.join(names)}.md"
    target.write_text("\n\n".join(parts) + "\n")
    return target
