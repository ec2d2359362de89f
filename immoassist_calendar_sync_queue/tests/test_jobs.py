from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.immoassist_appointments.tests.common import NOW
from odoo.addons.immoassist_calendar_sync import worker
from odoo.addons.immoassist_calendar_sync.core import Reauthorise
from odoo.addons.immoassist_calendar_sync.tests.common import SyncMixin
from odoo.addons.queue_job.controllers.main import RunJobController

from .. import uninstall_hook


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestJobs(SyncMixin, TransactionCase):
    """The queue's own code runs the jobs; the runner alone, which is a process, is not there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_sync()
        cls.other_jobs = cls.env["queue.job"].search([])

    def setUp(self):
        super().setUp()
        # The worker opens cursors of its own: here they are savepoints of this test's.
        self.registry_enter_test_mode()
        self.connection, self.account = self.connect("google")

    def jobs(self):
        self.env.invalidate_all()
        return self.env["queue.job"].search([]) - self.other_jobs

    def cron(self):
        self.env.flush_all()
        with self.registry.cursor() as cr:  # as for Odoo: a cron commits
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["immoassist.calendar.connection"]._cron_sync()
        return self.jobs()

    def perform(self, job):
        """As the runner has Odoo do."""
        job.state = "enqueued"
        self.env.flush_all()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            RunJobController._runjob(env, RunJobController._acquire_job(env, job.uuid))
        self.env.invalidate_all()

    def test_one_job_for_each_connection_at_a_time(self):
        other, _account = self.connect("outlook")
        jobs = self.cron()
        self.assertEqual(jobs.mapped("records"), [self.connection, other][: len(jobs)])
        self.assertEqual(set(jobs.mapped("channel")), {"root.immoassist_calendar_sync"})
        self.book()
        self.assertEqual(self.cron(), jobs)

    def test_a_job_syncs_its_connection_and_no_other(self):
        _other, other_account = self.connect("outlook")
        self.book()
        job = self.cron().filtered(lambda job: job.records == self.connection)
        self.perform(job)
        self.assertEqual(job.state, "done")
        self.assertIn("pushed=1", job.result)
        self.assertEqual((len(self.account.live()), other_account.requests), (1, 0))
        self.assertFalse(self.cron().filtered(lambda j: j.records == self.connection) - job)

    def test_a_job_that_comes_twice_or_late_finds_nothing(self):
        self.book()
        job = self.cron()
        self.perform(job)
        requests = self.account.requests
        self.perform(job)
        self.assertEqual((job.state, self.account.requests), ("done", requests))

    def test_who_has_the_lease_is_left_alone(self):
        job = self.cron()
        lease = worker.lease_next(self.registry, self.connection.id)
        self.perform(job)
        self.assertEqual((job.state, self.account.requests), ("done", 0))
        self.assertTrue(lease.run(lambda connection: connection.lease_until))

    def test_a_lost_job_is_made_again(self):
        self.cron().unlink()
        self.assertEqual(len(self.cron()), 1)

    def test_who_has_to_reconnect_has_no_job(self):
        self.account.fault = _refuse
        job = self.cron()
        self.perform(job)
        self.assertEqual((job.state, self.connection.state), ("done", "reauth"))
        self.assertIn("Reauthorise", job.result)
        self.assertEqual(self.cron(), job)

    def test_a_connection_that_is_gone(self):
        job = self.cron()
        self.connection.unlink()
        self.perform(job)
        self.assertEqual(job.state, "done")

    def test_uninstall_leaves_no_job(self):
        self.cron()
        uninstall_hook(self.env)
        self.assertFalse(self.jobs())


def _refuse(_kind):
    raise Reauthorise("invalid_grant")
