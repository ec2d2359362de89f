"""With the sync as jobs of OCA's queue_job: a worker is killed (kill -9) while it runs a job."""

import os

from tests.e2e import synced
from tests.e2e.backoffice import BackOffice

from ._agreement import assert_agreed, assert_nothing_to_do, last_appointment, quiet
from ._processes import until, waiting_for
from .test_sync_killed import HOLD, change_everything

FAILED = "SELECT count(*) FROM queue_job WHERE state = 'failed'"


def test_killed_in_a_job():
    with synced.running(**synced.QUEUE) as sync:
        odoo = sync.odoo
        quiet(odoo)
        steps = {"number": 0, "visits": [], "since": last_appointment(odoo)}
        marie = BackOffice(odoo.url, odoo.database, "marie", "marie")
        port = int(sync.sim.url.rpartition(":")[2])
        for kind in ("google.events.insert", "microsoft.batch", "google.events.list"):
            fault = sync.sim.faults.add(kind, latency=HOLD, when="after")
            change_everything(sync, marie, steps)
            until(lambda fault=fault: fault.done, kind)
            killed = waiting_for(port, odoo.process.pid)
            assert killed
            for pid in killed:
                os.kill(pid, 9)
            sync.sim.faults.reset()
            quiet(odoo)
            assert_agreed(sync, odoo, steps["since"])
        assert_nothing_to_do(sync, odoo)
        assert odoo.sql(FAILED) == [(0,)]
