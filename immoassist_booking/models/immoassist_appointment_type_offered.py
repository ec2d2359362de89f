from odoo import models


class ImmoassistAppointmentType(models.Model):
    _inherit = "immoassist.appointment.type"

    def _offered_by(self, brokers):
        """Without those that every one of the brokers took off his page."""
        offered = super()._offered_by(brokers)
        if len(brokers) > 1:
            return offered.filtered(lambda type_: type_._offering(brokers))
        # sudo: see `_offering`. Whose type it is was looked at just now.
        return offered - brokers.sudo().booking_hidden_type_ids

    def _offering(self, brokers):
        """Those of the brokers who offer this type on their pages."""
        self.ensure_one()
        # Ids, for a colleague's user record is not everybody's to read. sudo: what a broker hides
        # is not a colleague's to read either, its effect is.
        given = set(self.broker_ids.ids)
        return brokers.filtered(
            lambda broker: (
                (not given or broker.id in given)
                and self not in broker.sudo().booking_hidden_type_ids
            )
        )
