import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.immoassist_calendar_sync import providers
from odoo.addons.immoassist_calendar_sync.core import RetryLater
from odoo.addons.immoassist_calendar_sync.providers import memory
from odoo.addons.immoassist_calendar_sync.tests.common import CONSENT, IN_MEMORY
from odoo.addons.immoassist_calendar_sync.tests.test_sync_workers import WorkersCase
from odoo.addons.queue_job.controllers.main import RunJobController

from ..models.immoassist_calendar_connection import TURN

WAITS = """
    SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
     WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted
"""


@tagged("post_install", "-at_install")
class TestTransactions(WorkersCase):
    """What is committed, and what is rolled back: each with its own connection to the database."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(providers.CALENDARS, IN_MEMORY))
        self.startPatcher(patch.dict(providers.AUTHORISERS, CONSENT))
        self.connection_id, _outlook = self.make(1)
        self.account = memory.ACCOUNTS[f"worker-{self.connection_id}"]

    def open_account(self, connection):
        token = f"worker-{connection.id}"
        memory.ACCOUNTS[token] = memory.MemoryAccount()
        return token

    def calendar_of(self, connection):
        return memory.CALENDAR

    def forget(self):
        for token in [token for token in memory.ACCOUNTS if token.startswith("worker-")]:
            del memory.ACCOUNTS[token]
        with self.connection() as env:
            domain = [("identity_key", "=like", "immoassist_calendar_sync:%")]
            env["queue.job"].search(domain).unlink()

    def cron(self):
        with self.connection() as env:
            env["immoassist.calendar.connection"]._cron_sync()

    def job(self, env):
        key = env["immoassist.calendar.connection"].browse(self.connection_id)._job_key()
        return env["queue.job"].search([("identity_key", "=", key)]).ensure_one()

    def perform(self):
        """As the runner has Odoo do."""
        with self.connection() as env:
            job = self.job(env)
            job.state = "enqueued"
            uuid = job.uuid
        with self.connection() as env:
            RunJobController._runjob(env, RunJobController._acquire_job(env, uuid))

    def fail_with(self, error):
        def fault(_kind):
            raise error

        self.account.fault = fault

    def test_a_pause_is_the_connections_own(self):
        self.fail_with(RetryLater("quota", timedelta(minutes=7)))
        self.cron()
        self.perform()
        self.cron()
        with self.connection() as env:
            job, connection = self.job(env), self.job(env).records
            self.assertEqual((job.state, job.retry, job.result), ("pending", 0, "quota"))
            self.assertLess(abs(job.eta - connection.not_before), timedelta(seconds=3))
            self.assertGreater(job.eta, fields.Datetime.now() + timedelta(minutes=6))
        # The broker ends it: the same job is called at once, and goes through.
        with self.connection() as env:
            self.job(env).records._connect_again()
        self.account.fault = lambda kind: None
        self.cron()
        with self.connection() as env:
            self.assertFalse(self.job(env).eta)
        self.perform()
        with self.connection() as env:
            job = self.job(env)
            self.assertEqual((job.state, job.records.failures), ("done", 0))
        self.assertEqual(len(self.account.live()), 1)

    def test_a_crash_is_the_runs_and_not_the_jobs(self):
        self.fail_with(ZeroDivisionError())
        self.cron()
        with self.assertLogs("odoo.addons.immoassist_calendar_sync.worker.run", "ERROR"):
            self.perform()
        with self.connection() as env:
            job = self.job(env)
            self.assertNotEqual(job.state, "failed")
            self.assertEqual(job.records.last_error, "ZeroDivisionError")

    def test_the_second_cron_sees_the_jobs_of_the_first(self):
        second = threading.Thread(target=self.cron)
        with self.connection() as first, self.connection() as looker:
            first.cr.execute("SELECT pg_advisory_xact_lock(%s)", (TURN,))
            second.start()
            while second.is_alive():
                looker.cr.execute(WAITS)
                if looker.cr.fetchone()[0]:
                    break
            first["immoassist.calendar.connection"]._enqueue_due()
        second.join(timeout=60)
        with self.connection() as env:
            self.assertEqual(self.job(env).state, "pending")
