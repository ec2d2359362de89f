from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    booking_privacy_notice = fields.Text(
        "Privacy notice",
        translate=True,
        help="Shown above the button with which a client books. Empty: a sentence of ours.",
    )
    booking_marketing_question = fields.Text(
        "Marketing question",
        translate=True,
        help="A box that clients may tick when they book. Empty: they are not asked.",
    )

    def _booking_privacy_notice(self):
        """The notice in the language of the context."""
        self.ensure_one()
        return self.booking_privacy_notice or self.env._(
            "%(agency)s uses these details to organise this appointment, and for nothing else.",
            agency=self.name,
        )
