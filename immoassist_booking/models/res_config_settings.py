from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    booking_privacy_notice = fields.Text(
        related="company_id.booking_privacy_notice", readonly=False
    )
    booking_marketing_question = fields.Text(
        related="company_id.booking_marketing_question", readonly=False
    )
