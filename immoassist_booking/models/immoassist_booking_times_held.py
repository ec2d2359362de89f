from odoo import api, models

from ..core.address import slot_url


class ImmoassistBookingTimes(models.AbstractModel):
    _inherit = "immoassist.booking.times"

    @api.model
    def _held_json(self, broker, type_, query, nearest):
        """What a script tells somebody whose time is held by another.

        :param TimesQuery query: what the form was for
        :param nearest: the free slots nearest to it
        """
        wording = self.env["immoassist.booking.zone"]._wording(broker, type_, query).together()
        kept = query.kept()
        return {
            "title": self.env._("Somebody else is booking this time"),
            "error": self.env._("It may be taken when you are done. These times are free:"),
            "alternatives": [
                {
                    "url": slot_url(slot.start, wording.local(slot.start).date(), kept),
                    "label": wording.moment(slot.start),
                }
                for slot in nearest
            ],
        }
