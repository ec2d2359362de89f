import time

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.immoassist_calendar_sync.worker import due_ids, run
from odoo.addons.queue_job.exception import RetryableJobError

KEY = "immoassist_calendar_sync:%s"
WAITING = ("wait_dependencies", "pending", "enqueued")
"""States of a job that has not begun."""
BUDGET = 30
"""Seconds after which a job begins no other run: the next connections have their turn."""
TURN = 6_284_117_905_502
"""PostgreSQL's advisory lock of who enqueues."""


class ImmoassistCalendarConnection(models.Model):
    """One job for each connection with something to do, instead of workers that look for it.

    Leases and pauses stay where they are, in the connection: a job that comes too early, twice or
    after the work was done finds nothing, and a lost one is made again by the cron.
    """

    _inherit = "immoassist.calendar.connection"

    @api.model
    def _cron_sync(self):
        """Have a job for each connection that is due."""
        # The crons take turns: who comes second must see the jobs of the first, so its
        # transaction begins after the other's has ended.
        with self.env.registry.cursor() as turn:
            turn.execute(SQL("SELECT pg_advisory_xact_lock(%s)", TURN))
            with self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr))._enqueue_due()
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _enqueue_due(self):
        due = self.browse(due_ids(self.env.cr))
        jobs = due._queued_jobs()
        # Its pause was ended early, by the broker for instance.
        jobs.filtered(lambda job: job.eta and job.eta > fields.Datetime.now()).eta = False
        queued = set(jobs.mapped("identity_key"))
        for connection in due:
            if connection._job_key() not in queued:
                # Without end: what the sync gives up, it says itself.
                connection.with_delay(
                    identity_key=connection._job_key(),
                    max_retries=0,
                    description=self.env._("Calendar sync: connection %(id)s", id=connection.id),
                )._sync_as_job()

    def _sync_as_job(self):
        """Sync this connection until nothing is due any more.

        :return: what was done, in codes and numbers alone
        :raise RetryableJobError: there will be more to do, at a known time
        """
        end, done = time.monotonic() + BUDGET, []
        while lease := self._next_lease():
            done.append(run(lease))
            if time.monotonic() > end:
                raise RetryableJobError("more to do", seconds=1, ignore_retry=True)
        self._wait_for_pause()
        return self._told([report for report in done if report])

    def _wait_for_pause(self):
        """Come again at the end of the pause, if there is one and nobody else waits for it."""
        # A transaction of its own: this one began before the runs.
        with self.env.registry.cursor() as cr:
            now = self.with_env(self.env(cr=cr)).exists()
            syncs = now.state == "connected" or now.leaving or now.preview_wanted
            pause = now.not_before and (now.not_before - fields.Datetime.now()).total_seconds()
            if syncs and pause and pause > 0 and not now._queued_jobs():
                why = now.last_error or "pause"
                raise RetryableJobError(why, seconds=int(pause) + 1, ignore_retry=True)

    @api.model
    def _told(self, reports):
        names = ("pulled", "imported", "applied", "pushed", "failed")
        counts = {name: sum(report.counts[name] for report in reports) for name in names}
        errors = [type(report.error).__name__ for report in reports if report.error]
        return " ".join([*(f"{name}={count}" for name, count in counts.items()), *errors])

    def _job_key(self):
        return KEY % self.id

    def _queued_jobs(self):
        """Their jobs that have not begun; of all connections without a record."""
        keys = [connection._job_key() for connection in self]
        domain = [("identity_key", "in", keys)] if self else [("identity_key", "=like", KEY % "%")]
        # sudo: jobs are of the queue's managers alone; these are made and read by code.
        return self.env["queue.job"].sudo().search([*domain, ("state", "in", WAITING)])
