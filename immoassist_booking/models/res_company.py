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

    booking_fill_seconds = fields.Integer(
        "Quickest booking",
        default=3,
        help="Seconds that a person needs to fill in the booking form. Who is faster is asked to "
        "send it once more. 0: no limit.",
    )
    booking_limit_address = fields.Integer(
        "Bookings per connection",
        default=20,
        help="In an hour, from one internet address. 0: no limit.",
    )
    booking_limit_email = fields.Integer(
        "Bookings per e-mail address",
        default=3,
        help="In a day. Beyond it the client types a code that is sent to the address. 0: no "
        "limit.",
    )
    booking_limit_open = fields.Integer(
        "Open bookings per e-mail address",
        default=3,
        help="Booked online and still to come. Beyond it the client gets a mail that leads to "
        "them. 0: no limit.",
    )

    _booking_limits_positive = models.Constraint(
        "CHECK (booking_fill_seconds BETWEEN 0 AND 600 AND booking_limit_address >= 0 "
        "AND booking_limit_email >= 0 AND booking_limit_open >= 0)",
        "A limit of the booking page is 0 or more, and nobody needs more than 10 minutes.",
    )

    booking_team = fields.Boolean(
        "Offer the first available broker",
        default=True,
        help="On the page of the agency, for clients who do not mind with whom they meet.",
    )

    def _booking_privacy_notice(self):
        """The notice in the language of the context."""
        self.ensure_one()
        return self.booking_privacy_notice or self.env._(
            "%(agency)s uses these details to organise this appointment, and for nothing else.",
            agency=self.name,
        )
