from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

BATCH = 100
# How often a request is tried when others change the same broker's time at that moment.
ATTEMPTS = 5
ACTIVITY = "immoassist_appointments.mail_activity_type_approve"


class ImmoassistAppointment(models.Model):
    """Requests: a client asked for a time, which is held until the broker answers."""

    _inherit = "immoassist.appointment"

    approval_deadline = fields.Datetime(
        compute="_compute_approval_deadline",
        store=True,
        copy=False,
        index="btree_not_null",
        help="A request that nobody answered by then is refused, and its time free again.",
    )

    @api.depends("state", "type_id", "start")
    def _compute_approval_deadline(self):
        for appointment in self:
            hours = appointment.type_id.approval_expiry_hours
            if not (appointment._awaits_approval() and hours and appointment.start):
                appointment.approval_deadline = False
                continue
            patience = fields.Datetime.now() + timedelta(hours=hours)
            appointment.approval_deadline = min(patience, appointment.start)

    def _awaits_approval(self):
        self.ensure_one()
        return self.state == "pending" and (
            self.type_id.requires_approval or self.source == "website"
        )

    def action_approve(self):
        """Approve requests in the back office.

        :raise UserError: somebody else decided in the meantime, nothing was changed
        """
        self._check_undecided()
        self.action_confirm()

    def _check_undecided(self):
        for appointment in self.filtered(lambda a: a.state != "pending"):
            raise UserError(
                self.env._(
                    "%s\nNothing was changed: reload the page to see how it stands.",
                    appointment._decision_words(),
                )
            )

    def _decision_words(self):
        """What became of a request."""
        what = self.name  # without the guest: Odoo writes what it refuses into its log
        if self.state == "confirmed":
            return self.env._("%s has been approved in the meantime.", what)
        if self.cancelled_by == "client":
            return self.env._("%s has been cancelled by the client in the meantime.", what)
        if self.cancelled_by == "expiry":
            return self.env._("%s was not answered in time, and has expired.", what)
        return self.env._("%s has been refused by the agency in the meantime.", what)

    def _approve(self):
        """:return: whether there was something to approve"""
        asked = self.filtered(lambda a: a.state == "pending" and a._lies_ahead())
        asked.action_confirm()
        return bool(asked)

    def _refuse(self, reason=""):
        """:return: whether there was something to refuse"""
        asked = self.filtered(lambda a: a.state == "pending")
        asked.write({"state": "cancelled", "cancelled_by": "broker", "cancel_reason": reason})
        return bool(asked)

    def _follow_request(self):
        """Give the broker something to do while a request waits, and take it back afterwards."""
        waiting = self.filtered(lambda a: a._awaits_approval() and a._lies_ahead())
        (self - waiting).activity_unlink([ACTIVITY])
        for appointment in waiting:
            if not appointment.activity_search([ACTIVITY], user_id=appointment.broker_id.id):
                appointment.activity_unlink([ACTIVITY])
                appointment._ask_broker()

    def _ask_broker(self):
        self.ensure_one()
        # Without a mail about the activity: the request has its own.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            date_deadline=fields.Date.context_today(self, self.approval_deadline or self.start),
            user_id=self.broker_id.id,
        )
        if self.approval_deadline:
            expiry = self.env.ref("immoassist_appointments.ir_cron_expire_requests")
            # sudo: waking a cron.
            expiry.sudo()._trigger(self.approval_deadline)

    @api.model
    def _cron_expire_requests(self):
        """Refuse the requests that nobody answered in time; both sides are told."""
        due = [("state", "=", "pending"), ("approval_deadline", "<=", fields.Datetime.now())]
        left = self.search_count(due)
        for appointment in self.search(due, limit=BATCH, order="approval_deadline, id"):
            left = max(left - 1, 0)
            appointment._expire()
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    def _expire(self):
        """Refuse it, unless somebody answers at this very moment: that answer stands."""
        for _attempt in range(ATTEMPTS):
            now = fields.Datetime.now()
            try:
                if self.exists().state == "pending" and self.approval_deadline <= now:
                    self.write({"state": "cancelled", "cancelled_by": "expiry"})
                    self.env.cr.flush()
                return
            except psycopg2.errors.SerializationFailure:
                # A new snapshot. Nothing is lost: what came before is committed.
                self.env.cr.rollback()
