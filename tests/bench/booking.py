"""The booking page under load, beside OCA's `resource_booking` doing the same job."""

import json
import subprocess
import tempfile
from pathlib import Path

from tests.e2e.webhook_load import Load
from tools.devkit import config, venvs
from tools.devkit.bench import Lab, Table, Telling

SIDES = ("resource_booking", "ours")
STEPS = {
    "times": "the free times of a month",
    "form": "the form for one of them",
    "booking": "the booking",
}


def figures(lab: Lab):
    """One table of how long people wait, one of what became of their bookings."""
    found = _measured()
    yield Table(
        "200 people on 20 brokers for two minutes: how long they wait",
        ("what", "who", "answers", "median s", "95 % s", "longest s", "largest KiB"),
        [row for step in STEPS for who in SIDES if (row := _row(found[who], step, who))],
        "A server of 4 workers on this machine, the people on the same machine. Each looks at the "
        "next month of a broker, thinks for 10 s, fills in the form for 20 s, books, and begins "
        "again. The clock runs from the click, with the wait for a free worker. The free times are "
        "a page of HTML at the peer, and at ours the JSON of the page; the peer has its form "
        "inside of that page, and its booking and contact exist before.",
    )
    yield Table(
        "What became of their bookings",
        (
            *("who", "told that it is booked", "told that it is gone"),
            *("not there", "there, not told", "two at one time", "errors"),
        ),
        [_outcome(found[who], who) for who in SIDES],
        "Compared with the database afterwards: each answer with its appointment, each pair of "
        "appointments of one broker.",
    )
    yield from _telling(found)
    for who in SIDES:
        if problems := sorted(set(found[who]["problems"])):
            yield Table(f"Errors of {who}", ("what",), [(problem,) for problem in problems[:10]])


def _telling(found):
    peer = "(peer: OCA's `resource_booking`)"
    for step, what in (
        ("times", f"200 people look at free times, 95 % within seconds {peer}"),
        ("booking", "the same people book, 95 % within seconds"),
    ):
        slow = (Load(found[who]["seconds"][step], set()).percentile(0.95) for who in SIDES)
        yield Telling(what, *slow)
    kib = (round(found[who]["bytes"]["times"] / 1024) for who in SIDES)
    yield Telling("largest answer with free times, KiB", *kib)
    bad = (sum(_outcome(found[who], who)[3:]) for who in SIDES)
    yield Telling("their bookings that are lost, doubled or failed", *bad)


def _measured():
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "answer.json"
        command = [str(venvs.dev_python()), "-m", "tests.bench._booking_load", str(target)]
        env = {**venvs.environment_without_venv(), "PYTHONPATH": str(config.REPO)}
        subprocess.run(command, cwd=config.REPO, env=env, check=True)
        return json.loads(target.read_text())


def _row(side, step, who):
    seconds = side["seconds"].get(step)
    if not seconds:
        return None
    load = Load(seconds, set())
    times = (load.percentile(share) for share in (0.5, 0.95, 1))
    return STEPS[step], who, len(seconds), *times, round(side["bytes"][step] / 1024)


def _outcome(side, who):
    checks = side["checks"]
    counts = (checks[name] for name in ("not there", "not told", "double"))
    return who, len(side["booked"]), side["lost"], *counts, len(side["problems"])
