from odoo import api, fields, models

ACTIVITY = "immoassist_calendar_sync.mail_activity_type_failing"


class ImmoassistCalendarConnection(models.Model):
    """Beside Odoo's own sync of the same calendar: both would write each appointment."""

    _inherit = "immoassist.calendar.connection"

    beside_odoo = fields.Boolean(
        compute="_compute_beside_odoo",
        help="Odoo's own sync writes into a calendar of this user at the same provider.",
    )
    told_beside_odoo = fields.Boolean(
        readonly=True, copy=False, help="The broker was warned of it when he activated it."
    )

    @api.depends_context("uid")
    @api.depends("provider", "user_id")
    def _compute_beside_odoo(self):
        for connection in self:
            mine = connection.user_id == self.env.user
            connection.beside_odoo = mine and self.env.user._odoo_sync_runs(connection.provider)

    def action_stop_odoo_sync(self):
        """Leave this calendar to us alone."""
        self._check_mine()
        if self.beside_odoo:
            self.env.user._stop_odoo_sync(self.provider)

    def _meet_odoo_sync(self):
        """Odoo's own sync was just activated: keep it stopped once, and tell the broker why.

        Who resumes it after that knows what he does.
        """
        self.told_beside_odoo = True
        self.user_id._stop_odoo_sync(self.provider)
        provider = dict(self._fields["provider"]._description_selection(self.env))[self.provider]
        there = self.with_context(lang=self.user_id.lang)
        # It belongs to no record that he could open. Without a mail about the activity.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            {
                "activity_type_id": self.env.ref(ACTIVITY).id,
                "user_id": self.user_id.id,
                "summary": there.env._(
                    "Odoo's own sync with %(provider)s stays stopped", provider=provider
                ),
                "note": there.env._(
                    "My calendars already keeps your appointments and this calendar the same. With "
                    "both, each appointment would be there twice. Disconnect one of them; if you "
                    "want both all the same, resume Odoo's own in its Calendar."
                ),
            }
        )
