from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    booking_privacy_notice = fields.Text(
        related="company_id.booking_privacy_notice", readonly=False
    )
    booking_prefix = fields.Char(related="website_id.booking_prefix", readonly=False)
    booking_embed_hosts = fields.Text(related="website_id.booking_embed_hosts", readonly=False)
    booking_embed_code = fields.Text(related="website_id.booking_embed_code")
    booking_marketing_question = fields.Text(
        related="company_id.booking_marketing_question", readonly=False
    )
    booking_fill_seconds = fields.Integer(related="company_id.booking_fill_seconds", readonly=False)
    booking_limit_address = fields.Integer(
        related="company_id.booking_limit_address", readonly=False
    )
    booking_limit_email = fields.Integer(related="company_id.booking_limit_email", readonly=False)
    booking_limit_open = fields.Integer(related="company_id.booking_limit_open", readonly=False)
    booking_team = fields.Boolean(related="company_id.booking_team", readonly=False)
