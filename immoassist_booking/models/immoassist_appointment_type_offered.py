from odoo import models


class ImmoassistAppointmentType(models.Model):
    _inherit = "immoassist.appointment.type"

    def _offered_by(self, broker):
        """Without those that the broker took off his page."""
        # sudo: what a broker hides is not a colleague's to read, its effect is.
        return super()._offered_by(broker) - broker.sudo().booking_hidden_type_ids
