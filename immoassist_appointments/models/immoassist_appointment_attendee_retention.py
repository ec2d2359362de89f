from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

PARAMETER = "immoassist_appointments.guest_retention_months"
BATCH = 500


class ImmoassistAppointmentAttendee(models.Model):
    """Guests are forgotten after a time that the agency chooses; their appointments stay."""

    _inherit = "immoassist.appointment.attendee"

    anonymised = fields.Boolean(readonly=True, copy=False)

    @api.autovacuum
    def _gc_guests(self):
        # sudo: called by the cron, as whoever it runs as.
        months = int(self.env["ir.config_parameter"].sudo().get_param(PARAMETER) or 0)
        if months <= 0:
            return 0, 0
        limit = fields.Datetime.now() - relativedelta(months=months)
        guests = Domain("partner_id", "=", False) & Domain("anonymised", "=", False)
        due = guests & Domain("appointment_id.stop", "<", limit)
        attendees = self.search(due, limit=BATCH, order="id")
        attendees._anonymise()
        return len(attendees), self.search_count(due)

    def _anonymise(self):
        """Forget who they are, and what was written to them or by them."""
        # sudo: called by the cron; a mail of the guest's may belong to another author.
        mails = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "in", self.ids)])
        )
        mails.unlink()
        for lang, attendees in self.grouped("lang").items():
            name = self.with_context(lang=lang or "en_US").env._("Guest")
            attendees.write({"name": name, "email": False, "phone": False, "anonymised": True})
        self.appointment_id.write({"told_now": False, "ended_now": False})
        # What a client typed on the booking page; a broker's own notes stay.
        booked = self.appointment_id.filtered(lambda a: a.source == "website")
        booked.filtered("description").description = False
