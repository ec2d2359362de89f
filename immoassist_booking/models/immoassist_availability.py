from odoo import api, models
from odoo.tools import SQL


class ImmoassistAvailability(models.AbstractModel):
    """A visitor's own hold does not hide the time from him: `booking_visitor` in the context."""

    _inherit = "immoassist.availability"

    @api.model
    def _hold_of_another(self, proposal):
        condition = super()._hold_of_another(proposal)
        visitor = self.env.context.get("booking_visitor")
        if not visitor:
            return condition
        return SQL("%s AND h.visitor IS DISTINCT FROM %s", condition, visitor)
