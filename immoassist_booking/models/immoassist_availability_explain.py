from odoo import api, models


class ImmoassistAvailability(models.AbstractModel):
    _inherit = "immoassist.availability"

    @api.model
    def _explain_before(self, broker, type_):
        """Clients see nothing of a page that is not public."""
        hidden = [] if broker.booking_published else [self.env._("The booking page is not public.")]
        return hidden + super()._explain_before(broker, type_)
