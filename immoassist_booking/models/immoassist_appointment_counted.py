from odoo import models


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    def _book(self, *args, **kwargs):
        """What clients book on the website is counted, with the booking or not at all."""
        appointment = super()._book(*args, **kwargs)
        if appointment.source == "website":
            events = self.env["immoassist.booking.event"]
            events._note("bookings", appointment.broker_id, appointment.type_id)
        return appointment
