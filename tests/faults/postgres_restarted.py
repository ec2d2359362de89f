"""PostgreSQL is restarted, cleanly and by a crash, while everything writes."""

import time

from tests.faults import _checks, _cluster, _explained
from tests.faults._world import world

SECONDS = 80
DOWN = 2
"""Seconds without a database."""
FAULT = (
    "PostgreSQL, a cluster of its own with fsync on, is stopped four times and started again: "
    "twice in its fast mode, which ends every query, twice in its immediate mode, a crash"
)
HELD = "what was confirmed is there after the recovery; who got an error books once by trying again"


def run(seconds):
    with _cluster.own() as cluster, world(seconds) as here:
        here.busy()
        for mode in ("fast", "immediate", "fast", "immediate"):
            here.pass_time(seconds / 5)
            cluster.stop(mode)
            time.sleep(DOWN)  # that long nobody can connect
            cluster.start()
        here.pass_time(seconds / 5)
        here.quiet()
        here.killed += 1  # mails may be repeated: sent, and then the commit fails
        found = _checks.examine(here, (*_explained.NO_DATABASE, *_explained.KILLED))
        found.figures["times Odoo ended itself and was started again"] = here.restarts
        found.notes.append(
            "without a database Odoo's master process ends itself: it needs somebody who starts it "
            "again, as docker-compose.yml and systemd do"
        )
        return found
