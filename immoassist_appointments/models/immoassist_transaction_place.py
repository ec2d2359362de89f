from odoo import api, fields, models
from odoo.exceptions import UserError

from .immoassist_appointment_agenda import map_url


class ImmoassistTransaction(models.Model):
    """Where the property is, on a map."""

    _inherit = "immoassist.transaction"

    map_url = fields.Char(string="Map", compute="_compute_map_url")
    can_geolocalize = fields.Boolean(compute="_compute_can_geolocalize")

    @api.depends("address", "property_latitude", "property_longitude")
    def _compute_map_url(self):
        for transaction in self:
            transaction.map_url = map_url(transaction._place(), transaction.address)

    def _compute_can_geolocalize(self):
        # Of `base_geolocalize`, on which we do not depend: it sends addresses to a third party,
        # which is for the agency to choose.
        self.can_geolocalize = "base.geocoder" in self.env

    def action_geolocalize(self):
        """Look up the coordinates of the address.

        :raise UserError: nothing was found, or the agency has no geolocation service
        """
        self.check_access("write")
        if "base.geocoder" not in self.env:
            raise UserError(
                self.env._("Install “Partners Geolocation” first, or type the coordinates.")
            )
        geocoder = self.env["base.geocoder"]
        for transaction in self:
            query = geocoder.geo_query_address(
                street=transaction.street,
                zip=transaction.zip,
                city=transaction.city,
                state=transaction.state_id.name,
                country=transaction.country_id.name,
            )
            found = geocoder.geo_find(query, force_country=transaction.country_id.name)
            if not found:
                raise UserError(
                    self.env._(
                        "No map knows “%s”. Check the address, or type the coordinates.",
                        transaction.address or "",
                    )
                )
            transaction.property_latitude, transaction.property_longitude = found

    def action_new_appointment(self):
        """A new appointment at the property, with its broker and contacts."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New appointment"),
            "res_model": "immoassist.appointment",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_transaction_id": self.id,
                "default_broker_id": self.broker_id.id,
                "immoassist_default_type": True,
            },
        }
