import logging
from datetime import timedelta, timezone

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.reminders import SENT, SKIPPED, Verdict, judge

_logger = logging.getLogger(__name__)

BATCH = 50
CLAIM_ATTEMPTS = 5
RETRY_AFTER = timedelta(minutes=15)


class ImmoassistAppointmentReminder(models.Model):
    """Sends what is due.

    A batch is locked, its mails are queued, its rows are marked sent, and all of that is committed
    at once: whoever is killed in the middle leaves everything as it was, and two workers never
    have the same row.
    """

    _inherit = "immoassist.appointment.reminder"

    @api.model
    def _cron_send(self):
        # Not how many are left, only that there may be more: to count them reads the whole ledger.
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=1)
        while rows := self._claim():
            rows._process()
            if not cron._commit_progress(len(rows), remaining=1):
                return  # the time of this run is over; Odoo calls again for what is left
        cron._commit_progress(remaining=0)

    @api.model
    def _claim(self):
        """Lock the next due rows that nobody else has; empty when there are none.

        What `search` and `try_lock_for_update` do, in one statement: with two, another worker
        would often commit in between. When it does so within the one, PostgreSQL refuses to lock
        what changed since our snapshot; that is ordinary here, and no error for the log.
        """
        self.flush_model(["state", "next_try_at"])
        for _attempt in range(CLAIM_ATTEMPTS):
            query = SQL(
                """
                SELECT id FROM immoassist_appointment_reminder
                 WHERE state = 'planned' AND next_try_at <= %s
                 ORDER BY next_try_at, id
                 LIMIT %s FOR UPDATE SKIP LOCKED
                """,
                fields.Datetime.now(),
                BATCH,
            )
            try:
                self.env.cr.execute(query, log_exceptions=False)
            except psycopg2.errors.SerializationFailure:
                # A new snapshot. Nothing is lost: what came before is committed.
                self.env.cr.rollback()
                continue
            # What this transaction read before was read in an older one.
            self.env.invalidate_all()
            return self.browse([id_ for (id_,) in self.env.cr.fetchall()])
        return self.browse()

    def _process(self):
        """Send or skip locked rows, all of them due."""
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        meetings = self.appointment_id._reminder_meetings()
        by_verdict = self.grouped(lambda row: judge(row._key(), meetings[row.appointment_id], now))
        for verdict, rows in by_verdict.items():
            if verdict is Verdict.SEND:
                rows._deliver()
            elif verdict is not Verdict.WAIT:
                rows.write({"state": SKIPPED, "reason": verdict.value})

    def _deliver(self):
        """Queue the mails of these rows; one whose mail cannot be made does not stop the others."""
        try:
            with self.env.cr.savepoint():
                self._queue_mails()
        except psycopg2.OperationalError:
            raise  # the connection or the transaction is lost: nothing is sent, all is done again
        except Exception as error:
            if len(self) == 1:
                self._note_failure(error)
                return
            for row in self:
                row._deliver()

    def _queue_mails(self):
        """Make the mails and mark the rows, in one transaction: never one without the other."""
        to_broker = self.filtered("user_id")
        for name, rows in (
            ("mail_template_reminder_client", self - to_broker),
            ("mail_template_reminder_broker", to_broker),
        ):
            if rows:
                template = self.env.ref(f"immoassist_appointments.{name}")
                # sudo: the button's user may not read templates.
                template.sudo().send_mail_batch(rows.ids)
        self.write(
            {"state": SENT, "reason": False, "sent_at": fields.Datetime.now(), "error": False}
        )
        # sudo: the button's user may not read crons. From there, since a mail server may hang.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _note_failure(self, error):
        """Try again later: until the appointment begins, late is better than never."""
        # No message of the error in the log: it may quote the guest.
        _logger.warning("Reminder %s could not be made: %s", self.id, type(error).__name__)
        again = fields.Datetime.now() + RETRY_AFTER
        self.write({"error": str(error)[:200], "next_try_at": again})
        self._wake_cron()
