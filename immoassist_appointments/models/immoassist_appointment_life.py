from odoo import models
from odoo.exceptions import UserError

MOVES = frozenset({"start", "stop", "duration", "allday"})


class ImmoassistAppointment(models.Model):
    """The life of an appointment, as the buttons of the form tell it."""

    _inherit = "immoassist.appointment"

    def write(self, vals):
        # Whoever moves it believes that it takes place; code with sudo knows what it does.
        if not (self.env.su or "state" in vals or MOVES.isdisjoint(vals)):
            self._check_takes_place()
        return super().write(vals)

    def _check_takes_place(self):
        for appointment in self.filtered(lambda a: a.state == "cancelled"):
            # Without the guest: Odoo writes what it refuses into its log.
            what, env = appointment.name, self.env
            by_client = appointment.cancelled_by == "client"
            raise UserError(
                env._("%s has been cancelled by the client, and was not moved.", what)
                if by_client
                else env._("%s is cancelled, and was not moved. Confirm it again first.", what)
            )

    def action_confirm(self):
        self.filtered(lambda a: a.state != "confirmed").state = "confirmed"

    def action_cancel(self):
        live = self.filtered(lambda a: a.state != "cancelled")
        live.write({"state": "cancelled", "cancelled_by": "broker"})

    def action_mark_attended(self):
        self.outcome = "attended"

    def action_mark_no_show(self):
        self.outcome = "no_show"

    def action_open_mirror(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "calendar.event",
            "res_id": self.calendar_event_id.id,
            "view_mode": "form",
        }
