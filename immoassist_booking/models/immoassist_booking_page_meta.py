from textwrap import shorten

from odoo import api, models

MAX_DESCRIPTION = 160


class ImmoassistBookingPage(models.AbstractModel):
    """What search engines and previews of links say of the pages. Plain text, as all the rest."""

    _inherit = "immoassist.booking.page"

    @api.model
    def _brokers_meta(self, website):
        agency = website.company_id.name
        return self._meta(
            website,
            self.env._("Book an appointment"),
            self.env._(
                "Book a visit, a valuation or a call with a broker of %(agency)s online, without "
                "an account.",
                agency=agency,
            ),
        )

    @api.model
    def _broker_meta(self, website, broker, card):
        """:param dict card: of `_broker_card`"""
        return self._meta(
            website,
            self.env._("Book an appointment with %(broker)s", broker=broker.name),
            self.env._(
                "%(broker)s, %(agency)s: choose a free time online, without an account.",
                broker=broker.name,
                agency=broker.company_id.name,
            ),
            photo=card["photo"],
            indexed=not broker.booking_noindex,
        )

    @api.model
    def _type_meta(self, website, broker, card, type_card):
        """:param dict type_card: of `_type_card`"""
        description = type_card["description"] or self.env._(
            "%(type)s, %(duration)s, with %(broker)s: choose a free time online, without an "
            "account.",
            type=type_card["name"],
            duration=type_card["duration"],
            broker=broker.name,
        )
        return self._meta(
            website,
            self.env._("%(type)s with %(broker)s", type=type_card["name"], broker=broker.name),
            description,
            photo=card["photo"],
            indexed=not broker.booking_noindex,
        )

    @api.model
    def _meta(self, website, title, description, photo=None, indexed=True):
        """:param str photo: address of a picture on this site; by default the website's own"""
        field = "social_default_image" if website.has_social_default_image else "logo"
        return {
            "title": title,
            "description": shorten(description, MAX_DESCRIPTION, placeholder="…"),
            "image": photo or website.image_url(website, field),
            "indexed": indexed,
        }
