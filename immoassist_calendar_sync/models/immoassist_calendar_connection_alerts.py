import logging
from datetime import timedelta, timezone

from odoo import fields, models

_logger = logging.getLogger(__name__)

ACTIVITY = "immoassist_calendar_sync.mail_activity_type_failing"
MAIL = "immoassist_calendar_sync.mail_template_reconnect"
PATIENCE = timedelta(hours=24)
SEVERAL = 3
"""So many connections that fail alike within a day are no broker's doing."""
FIGURES = ("pulled", "imported", "applied", "pushed", "failed")


class ImmoassistCalendarConnection(models.Model):
    """Tells who can do something about a failure, once; and leaves one line in the log per run."""

    _inherit = "immoassist.calendar.connection"

    failing_since = fields.Datetime(
        readonly=True, copy=False, help="First of the runs that failed one after another, UTC."
    )
    alerted = fields.Boolean(
        readonly=True, copy=False, help="The administrator was told of this failure."
    )

    def _end_run(self, report, fraction):
        before = self.state
        result = super()._end_run(report, fraction)
        self._log_run(report)
        if not (report.error or report.crashed):
            if self.failing_since:
                self.write({"failing_since": False, "alerted": False})
            return result
        if not self.failing_since:
            self.failing_since = fields.Datetime.now()
        if self.state == "reauth" != before:
            self._mail_reconnect()
        self._alert_administrator()
        return result

    def _log_run(self, report):
        """One line that a log collector can read: no address, no content, no token."""
        spent = fields.Datetime.now().replace(tzinfo=timezone.utc) - report.start
        _logger.info(
            "calendar sync connection=%s provider=%s state=%s error=%s %s requests=%s ms=%d",
            self.id,
            self.provider,
            self.state,
            self.last_error if report.error or report.crashed else "-",
            " ".join(f"{name}={report.counts[name]}" for name in FIGURES),
            report.requests,
            max(spent.total_seconds(), 0) * 1000,
        )

    # ---------------------------------------------------------------- the broker

    def _mail_reconnect(self):
        """Ask the broker to connect again, in his language."""
        self.env.ref(MAIL).send_mail(self.id)

    def _page_url(self):
        """Where the broker sees this connection, signed in."""
        return f"{self.get_base_url()}/odoo/{self._name}/{self.id}"

    # ---------------------------------------------------------------- the administrator

    def _alert_administrator(self):
        """Give the administrator something to do when no broker can heal it; once per failure."""
        alike = self._failing_alike()
        if not self._is_systematic(alike):
            return
        known = any(alike.mapped("alerted"))
        alike.filtered(lambda connection: not connection.alerted).alerted = True
        if known:
            return
        administrator = self._administrator()
        provider = dict(self._fields["provider"]._description_selection(self.env))[self.provider]
        there = self.with_context(lang=administrator.lang)
        # It belongs to no record: it is about several. Without a mail about the activity.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            {
                "activity_type_id": self.env.ref(ACTIVITY).id,
                "user_id": administrator.id,
                "summary": there.env._(
                    "The calendar sync with %(provider)s fails (%(code)s)",
                    provider=provider,
                    code=self.last_error,
                ),
                "note": there.env._(
                    "Connections concerned: %(count)s. See Reporting > Calendar sync, and the "
                    "credentials in the settings.",
                    count=len(alike),
                ),
            }
        )

    def _failing_alike(self):
        """Those of the company that fail with the same code at the same provider, this one too."""
        return self | self.search(
            [
                ("provider", "=", self.provider),
                ("last_error", "=", self.last_error),
                ("failing_since", "!=", False),
                ("user_id.company_id", "=", self.user_id.company_id.id),
            ]
        )

    def _is_systematic(self, alike):
        if self.state == "paused" and self.pause_reason == "administrator":
            return True
        now = fields.Datetime.now()
        if self.state == "connected" and self.failing_since <= now - PATIENCE:
            return True
        recent = alike.filtered(lambda c: c.failing_since and c.failing_since > now - PATIENCE)
        return len(recent) >= SEVERAL

    def _administrator(self):
        """Who is told: an administrator of the broker's company, else Odoo's."""
        administrators = self.env.ref("immoassist_appointments.group_administrator").all_user_ids
        company = self.user_id.company_id
        own = administrators.filtered(lambda user: user.active and user.company_id == company)
        return own.sorted("id")[:1] or self.env.ref("base.user_admin")
