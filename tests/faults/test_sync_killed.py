"""A worker is killed (kill -9) in the middle of a push or of a pull, while it waits for an answer.

Needs a real Odoo and takes minutes: run it with `make test-faults`.
"""

import os
from datetime import datetime, timedelta, timezone

import pytest

from tests.e2e import synced
from tests.e2e.backoffice import BackOffice

from ._agreement import assert_agreed, assert_nothing_to_do, enter, last_appointment, quiet, wake
from ._processes import until, waiting_for

HOLD = 20
"""Seconds that the simulator keeps a request: less than is waited for an answer."""
STEPS = [
    (kind, when)
    for kind in (
        "google.events.list",
        "google.batch",
        "google.events.insert",
        "google.events.patch",
        "google.events.delete",
        "microsoft.calendarView.delta",
        "microsoft.batch",
        "microsoft.events.create",
        "microsoft.events.update",
        "microsoft.events.delete",
    )
    for when in ("before", "after")
]
FAR = timedelta(days=60)
"""Ahead of the demo data."""


@pytest.fixture(scope="module")
def sync():
    with synced.running() as found:
        quiet(found.odoo)
        yield found


@pytest.fixture(scope="module")
def marie(sync):
    return BackOffice(sync.odoo.url, sync.odoo.database, "marie", "marie")


@pytest.fixture(scope="module")
def steps(sync):
    """Numbers the steps; each begins with what the one before has left."""
    return {"number": 0, "visits": [], "since": last_appointment(sync.odoo)}


@pytest.mark.parametrize(("kind", "when"), STEPS)
def test_killed(sync, marie, steps, kind, when):
    ends = {"cut": True} if when == "before" else {}  # who is dead sends nothing any more
    fault = sync.sim.faults.add(kind, latency=HOLD, when=when, **ends)
    change_everything(sync, marie, steps)
    wake(sync.odoo)
    until(lambda: fault.met and (when == "before" or fault.done), f"{kind} {when}")
    killed = kill_who_waits(sync)
    assert killed
    sync.sim.faults.reset()
    quiet(sync.odoo)
    assert_agreed(sync, sync.odoo, steps["since"])
    assert_nothing_to_do(sync, sync.odoo)


def change_everything(sync, marie, steps):
    """Something new, something changed and something deleted on each side."""
    steps["number"] += 1
    number = steps["number"]
    start = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
    start += FAR + timedelta(hours=6 * number)
    values = {
        "name": f"Visit {number}",
        "start": f"{start:%F %T}",
        "stop": f"{start + timedelta(hours=1):%F %T}",
        "exclusive": False,
    }
    visits = steps["visits"]
    visits.append(marie.call("immoassist.appointment", "create", [values])[0])
    if len(visits) > 3:
        gone = visits.pop(0)
        marie.call("immoassist.appointment", "action_cancel", [gone])
    if len(visits) > 1:
        marie.call("immoassist.appointment", "write", visits[:1], {"location": f"Place {number}"})
    enter(sync, number, start + timedelta(hours=2))


def kill_who_waits(sync):
    """Kill the children of the server that hold a connection to the simulator; their ids."""
    port = int(sync.sim.url.rpartition(":")[2])
    waiting = waiting_for(port, sync.odoo.process.pid)
    for pid in waiting:
        os.kill(pid, 9)
    return waiting
