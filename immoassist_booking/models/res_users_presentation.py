from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAX_BIO = 1000


class ResUsers(models.Model):
    """How a broker introduces himself on his booking page."""

    _inherit = "res.users"

    booking_bio = fields.Text(
        "About me",
        translate=True,
        help="A few sentences for the booking page, in each language of the website.",
    )
    booking_languages = fields.Char(
        "Languages spoken",
        size=100,
        help="In their own words, so that everybody finds his: Français, English, Español.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "booking_bio", "booking_languages"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "booking_bio", "booking_languages"]

    @api.constrains("booking_bio")
    def _check_booking_bio(self):
        for user in self:
            if len(user.booking_bio or "") > MAX_BIO:
                raise ValidationError(
                    self.env._("“About me” has at most %s characters: shorten it.", MAX_BIO)
                )


class ImmoassistBookingPage(models.AbstractModel):
    _inherit = "immoassist.booking.page"

    @api.model
    def _broker_cards(self, brokers):
        cards = super()._broker_cards(brokers)
        return [
            card
            | {
                "bio": (broker.booking_bio or "").strip(),
                "languages": (broker.booking_languages or "").strip(),
                "phone": (broker.phone or "").strip(),
            }
            for card, broker in zip(cards, brokers, strict=True)
        ]
