from odoo import fields, models


class ImmoassistCalendarOauthFlow(models.Model):
    """A way to the provider's consent page and back, which can be gone once."""

    _name = "immoassist.calendar.oauth.flow"
    _description = "Calendar authorisation under way"
    _order = "id"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    provider = fields.Selection(
        [("google", "Google"), ("outlook", "Outlook")], required=True, readonly=True
    )
    state_hash = fields.Char(required=True, readonly=True, index=True, groups=fields.NO_ACCESS)
    flow = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS, help="Encrypted.")
    expires_at = fields.Datetime(required=True, readonly=True, help="UTC.")
