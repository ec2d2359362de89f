"""A worker is killed (kill -9) in the middle of a push or of a pull, while it waits for an answer.

Needs a real Odoo and takes minutes: run it with `make test-faults`.
"""

import os
import time
from datetime import datetime, timedelta, timezone

import pytest

from tests.e2e import synced
from tests.e2e.backoffice import BackOffice
from tests.e2e.synced import ANN
from tools.devkit import databases

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
"""Ahead of the demo data, which was there before the calendars were connected."""
# As if the five minutes of the lease of who was killed, and all pauses, were over.
TIME = """
    UPDATE immoassist_calendar_connection
       SET lease_until = NULL, not_before = NULL, next_sync = NULL, answered_at = NULL;
    UPDATE immoassist_calendar_link SET next_attempt = NULL, pushes = 0;
"""
BUSY = """
    SELECT (SELECT count(*) FROM immoassist_calendar_connection
             WHERE lease_until IS NOT NULL OR next_sync IS NULL OR failures > 0)
         + (SELECT count(*) FROM immoassist_calendar_link
             WHERE revision != synced_revision OR state != 'ok' OR unsettled)
         + (SELECT count(*) FROM immoassist_calendar_notification)
         + (SELECT count(*) FROM immoassist_calendar_source
             WHERE pull_wanted != pull_done AND import_mode != 'none')
"""
HERE = """
    SELECT a.name, COALESCE(a.location, ''), a.start
      FROM immoassist_appointment a JOIN res_users u ON u.id = a.broker_id
     WHERE u.login = 'marie' AND a.state != 'cancelled' AND a.start > now() + interval '50 days'
       AND a.source NOT IN %s
"""


@pytest.fixture(scope="module")
def sync():
    with synced.running() as found:
        quiet(found)
        yield found


@pytest.fixture(scope="module")
def marie(sync):
    return BackOffice(sync.odoo.url, sync.odoo.database, "marie", "marie")


@pytest.fixture(scope="module")
def steps():
    """Numbers the steps; each begins with what the one before has left."""
    return {"number": 0, "visits": []}


@pytest.mark.parametrize(("kind", "when"), STEPS)
def test_killed(sync, marie, steps, kind, when):
    ends = {"cut": True} if when == "before" else {}  # who is dead sends nothing any more
    fault = sync.sim.faults.add(kind, latency=HOLD, when=when, **ends)
    change_everything(sync, marie, steps)
    wake(sync)
    until(lambda: fault.met and (when == "before" or fault.done), f"{kind} {when}")
    killed = kill_who_waits(sync)
    assert killed
    sync.sim.faults.reset()
    quiet(sync)
    assert_agreed(sync)
    writes = sum(sync.sim.ledger.writes.values())
    quiet(sync)
    assert sum(sync.sim.ledger.writes.values()) == writes, "a run when nothing changed"
    assert not sync.sim.ledger.mails


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
    for side, place in places(sync).items():
        times = {"start": start + timedelta(hours=2), "stop": start + timedelta(hours=3)}
        plain = {"name": f"Dentist {number}", **{k: v.isoformat() for k, v in times.items()}}
        side.put(ANN, place, side.from_plain(plain, "Europe/Paris"))


def places(sync):
    """The calendar that is kept the same, by side."""
    sides = (sync.sim.google, sync.sim.microsoft)
    return {side: side.find(ANN, "primary")[1].id for side in sides}


def kill_who_waits(sync):
    """Kill the children of the server that hold a connection to the simulator; their ids."""
    port = int(sync.sim.url.rpartition(":")[2])
    sockets = connected_to(port)
    waiting = [pid for pid in children(sync.odoo.process.pid) if sockets & open_files(pid)]
    for pid in waiting:
        os.kill(pid, 9)
    return waiting


def children(parent):
    return [
        int(name) for name in os.listdir("/proc") if name.isdigit() and parent_of(name) == parent
    ]


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return None  # it has ended meanwhile


def connected_to(port):
    """What is at our end of the connections to a port of this machine, as files are named."""
    with open("/proc/net/tcp") as file:
        lines = [line.split() for line in file.readlines()[1:]]
    return {
        f"socket:[{line[9]}]"
        for line in lines
        if line[2].endswith(f":{port:04X}") and line[3] == "01"
    }


def open_files(pid):
    found = set()
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            found.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    except OSError:
        return found  # closed, or ended, meanwhile
    return found


def wake(sync):
    databases.sql(sync.odoo.connection, f"SELECT pg_notify('cron_trigger', '{sync.odoo.database}')")


def quiet(sync):
    """Wait until a poll of everything has nothing left to do."""
    sync.odoo.sql(TIME)
    sync.odoo.sql(
        "INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT id, now() AT TIME ZONE"
        " 'UTC' FROM ir_cron WHERE cron_name LIKE 'Calendar sync%'"
    )
    # Called again and again: a worker that has just been started does not listen yet.
    until(lambda: sync.odoo.sql(BUSY) == [(0,)] or wake(sync), "everything to be done")


def until(condition, what, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)  # a pause between two looks at other processes


def assert_agreed(sync):
    """Each appointment is in each calendar once, each event of a calendar is in Odoo once."""
    names = {sync.sim.google: "google", sync.sim.microsoft: "outlook"}
    ours = sorted(sync.odoo.sql(HERE, (("google", "outlook"),)))
    assert len(set(ours)) == len(ours)
    for side, place in places(sync).items():
        now = datetime.now(timezone.utc)
        shown = [
            (each["name"], each["location"], naive(each["start"]))
            for each in side.shown(ANN, place, now, now + timedelta(days=300))
            if not each["cancelled"]
        ]
        assert len(set(shown)) == len(shown), "nothing is doubled there"
        entered = sorted(each for each in shown if each[0].startswith("Dentist"))
        assert sorted(each for each in shown if each not in entered) == ours
        imported = HERE.replace("NOT IN %s", "= %s")
        assert sorted(sync.odoo.sql(imported, (names[side],))) == entered


def naive(text):
    return datetime.fromisoformat(text).astimezone(timezone.utc).replace(tzinfo=None)
