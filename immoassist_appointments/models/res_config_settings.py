from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    immoassist_guest_retention_months = fields.Integer(
        string="Forget guests after",
        config_parameter="immoassist_appointments.guest_retention_months",
        help="Months after the appointment. 0: guests are kept.",
    )

    @api.constrains("immoassist_guest_retention_months")
    def _check_immoassist_guest_retention_months(self):
        for settings in self:
            if not 0 <= settings.immoassist_guest_retention_months <= 1200:
                raise ValidationError(
                    self.env._("Guests are kept 1 to 1200 months, or always with 0.")
                )
