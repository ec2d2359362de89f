import time

import psycopg2.errors

from odoo import api, fields, models
from odoo.tools import SQL

from ..worker import holds_back, lease_next, run

WAKING = "immoassist_calendar_sync.waking"
BREATH = 0.2
MOST_BREATHS = 10
"""Pauses, in seconds, for pushes that wait until the next second; a few, then others may."""
BUDGET = 120
"""Seconds after which a worker begins no other connection, and lets the cron be called again."""


class ImmoassistCalendarConnection(models.Model):
    """The workers: several crons, for Odoo runs each of them in one place at a time."""

    _inherit = "immoassist.calendar.connection"

    @api.model
    def _cron_sync(self):
        """Sync what is due; several identical crons do so at the same time."""
        end = time.monotonic() + BUDGET
        cron = self.env["ir.cron"]
        while lease := self._next_lease():
            run(lease)
            if not cron._commit_progress(1, remaining=1) or time.monotonic() > end:
                return
        cron._commit_progress(remaining=0)

    def _next_lease(self):
        """What to do next, of one connection or of all. None: nothing, also after a moment."""
        for _breath in range(MOST_BREATHS):
            lease = lease_next(self.env.registry, self.id or 0)
            if lease or not holds_back(self.env.registry, self.id or 0):
                return lease
            # Odoo has no trigger in a second: its next look may be a minute away.
            time.sleep(BREATH)
        return None

    @api.model
    def _wake_workers(self):
        """Have the crons look as soon as this transaction is committed."""
        # Once, however many changes there are. The hook does not outlive a savepoint that is
        # rolled back: Odoo runs the earlier ones before it.
        hooks = self.env.cr.precommit
        if not hooks.data.get(WAKING):
            hooks.data[WAKING] = True
            hooks.add(self._trigger_workers)

    def _trigger_workers(self):
        # What `_trigger` does, for all of them: one notice wakes every cron worker of Odoo, and
        # each costs a new connection to PostgreSQL.
        crons, now = self._worker_crons(), fields.Datetime.now()
        # sudo: triggers are Odoo's own, written by code alone.
        self.env["ir.cron.trigger"].sudo().create(
            [{"cron_id": cron.id, "call_at": now} for cron in crons]
        )
        if crons:
            self.env.cr.postcommit.add(crons._notifydb)

    def _worker_crons(self):
        return self.env["ir.cron"].search_fetch(
            [
                ("model_id.model", "=", self._name),
                ("cron_name", "like", "Calendar sync"),
            ],
            ["active"],
        )

    def _have_workers(self, number):
        """Have so many crons that sync; at least one."""
        crons = self._worker_crons().sorted("id")
        missing = number - len(crons)
        for index in range(missing):
            crons[0].copy(
                {"name": f"Calendar sync: worker {len(crons) + index + 1}", "active": True}
            )
        if missing < 0:
            crons[max(number, 1) :].unlink()

    @api.model
    def _is_worker_awaited(self):
        """Whether a worker begins after the end of this transaction, so that none has to be woken.

        It cannot begin before: ask in short transactions only.
        """
        # Who begins deletes his triggers first, and ends that transaction last: one that can be
        # locked is of a worker that has not begun, and who has to wait for us.
        query = SQL(
            """
            SELECT id FROM ir_cron_trigger WHERE cron_id = ANY(%s) AND call_at <= %s
             LIMIT 1 FOR KEY SHARE SKIP LOCKED
            """,
            self._worker_crons().ids,
            fields.Datetime.now(),
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
                return bool(self.env.cr.fetchone())
        except psycopg2.errors.SerializationFailure:
            return False  # a worker has ended since our snapshot
