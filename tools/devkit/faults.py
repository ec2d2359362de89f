"""`make faults`: runs the scenarios of tests/faults and writes docs/faults.md, and the README.

Each runs in a process of its own, with the Python of the tests: see tests/faults/_run.py.
"""

import json
import subprocess
import tempfile
from pathlib import Path

from tools.devkit import config, figures, machine, postgres, venvs
from tools.devkit.bench import Table, markdown
from tools.devkit.console import Timer, say
from tools.devkit.errors import Problem

FOLDER = config.REPO / "tests" / "faults"
REPORT = config.REPO / "docs" / "faults.md"
NAME = "faults"
"""Of its place in the documents: see `tools.devkit.figures`."""
BOOKED = "told that it is booked"
"""What the scenarios call the clients who were told so: see tests/faults/_checks.py."""


def run(wanted: list[str]) -> int:
    """Run the scenarios named, or all; the report is written when all of them ran."""
    names = chosen(wanted)
    for document in (REPORT, figures.SUMMARY):
        figures.require(document, [NAME])
    with postgres.running() as connection:
        line = machine.describe(connection)
        print(line, flush=True)
        found = {name: _run(name) for name in names}
    text = report(line, found)
    print(f"\n{text}", flush=True)
    if not wanted:
        figures.write(REPORT, NAME, text)
        figures.write(figures.SUMMARY, NAME, summary(line, found))
        say(f"Written into {REPORT.relative_to(config.REPO)}")
    return 1 if any(each["lost"] for each in found.values()) else 0


def chosen(wanted: list[str]) -> list[str]:
    """Return the scenarios to run: all of them when none is named."""
    files = FOLDER.glob("[!_]*.py")
    there = sorted(path.stem for path in files if not path.stem.startswith("test_"))
    if unknown := sorted(set(wanted) - set(there)):
        raise Problem(f"No fault is named {', '.join(unknown)}: there are {', '.join(there)}.")
    return wanted or there


def _run(name: str) -> dict:
    with tempfile.TemporaryDirectory() as folder, Timer() as timer:
        target = Path(folder) / "answer.json"
        command = [str(venvs.dev_python()), "-m", "tests.faults._run", name, str(target)]
        env = {**venvs.environment_without_venv(), "PYTHONPATH": str(config.REPO)}
        done = subprocess.run(command, cwd=config.REPO, env=env, check=False)
        if not target.exists():
            raise Problem(f"{name} ended with code {done.returncode}, and said nothing.")
        found = json.loads(target.read_text())
    say(f"{name}: {timer.seconds:.0f} s, {len(found['lost'])} lost")
    for each in [*found["lost"], *found["log"]]:
        say(f"{name}: {each}")
    return found


def _last_line(text: str) -> str:
    """Return what fits into a table: of a traceback the error."""
    return text.strip().rpartition("\n")[2]


def report(line: str, found: dict[str, dict]) -> str:
    """Return the report as Markdown: in words, then in figures.

    :param line: when, and on which machine
    :param found: what each scenario answered, by its name
    """
    words = [
        (name, each["fault"], each["held"], "<br>".join(map(_last_line, each["lost"])) or "nothing")
        for name, each in found.items()
    ]
    labels = dict.fromkeys(label for each in found.values() for label in each["figures"])
    counted = [
        (label, *(each["figures"].get(label, "") for each in found.values())) for label in labels
    ]
    counted.append(("seconds in all", *(round(each["seconds"]) for each in found.values())))
    tables = [
        Table("In words", ("fault", "injected", "held", "lost"), words),
        Table("In figures", ("counted", *found), counted),
    ]
    notes = [f"- {name}: {note}." for name, each in found.items() for note in each["notes"]]
    parts = [line, *(markdown(table) for table in tables), "### Beside", "\n".join(notes)]
    return "\n\n".join(part.replace("|  |", "| |") for part in parts if part)


def summary(line: str, found: dict[str, dict]) -> str:
    """Return what the README shows of the report.

    :param line: when, and on which machine
    :param found: what each scenario answered, by its name
    """
    rows = [
        (name.replace("_", " "), each["figures"].get(BOOKED, ""), len(each["lost"]) or "nothing")
        for name, each in found.items()
    ]
    table = Table("", ("broken", f"clients {BOOKED}", "lost"), rows)
    return f"{line.partition('; Odoo')[0]}.\n\n{markdown(table)}"
