from odoo import api, models
from odoo.fields import Domain

from ..core.username import MAX_LENGTH, SHAPE


class ImmoassistBookingPage(models.AbstractModel):
    """What a stranger may see of brokers and types.

    The public user may read none of our models. Controllers call these methods with sudo; what
    they return to a template is plain text and numbers, never a record.
    """

    _name = "immoassist.booking.page"
    _description = "Public booking pages"

    # ---------------------------------------------------------------- finding

    @api.model
    def _published_domain(self, company):
        broker_group = self.env.ref("immoassist_appointments.group_broker")
        return (
            Domain("booking_published", "=", True)
            & Domain("booking_username", "!=", False)
            & Domain("company_ids", "in", company.ids)
            & Domain("all_group_ids", "in", broker_group.ids)
        )

    @api.model
    def _find_broker(self, username, company):
        """The published broker who has this name, or had it; else nobody.

        :param str username: as typed by anybody
        :param company: `res.company` of the website
        """
        username = username.lower()
        if len(username) > MAX_LENGTH or not SHAPE.fullmatch(username):
            return self.env["res.users"]
        published = self._published_domain(company)
        users = self.env["res.users"]
        broker = users.search(published & Domain("booking_username", "=", username), limit=1)
        if not broker and (had := self.env["immoassist.booking.alias"]._owner(username)):
            broker = users.search(published & Domain("id", "=", had.id))
        return broker

    @api.model
    def _find_type(self, broker, slug):
        """The type of this address that `broker` offers, or none."""
        return self._offered(broker).filtered(lambda type_: type_.slug == slug)[:1]

    @api.model
    def _offered(self, broker):
        return self.env["immoassist.appointment.type"]._offered_by(broker)

    # ---------------------------------------------------------------- showing

    @api.model
    def _broker_list(self, company):
        brokers = self.env["res.users"].search(self._published_domain(company), order="name, id")
        return self._broker_cards(brokers)

    @api.model
    def _broker_card(self, broker):
        return self._broker_cards(broker)[0]

    @api.model
    def _broker_cards(self, brokers):
        with_photo = self._with_photo(brokers)
        return [
            {
                "name": broker.name,
                "url": f"/book/{broker.booking_username}",
                "initials": initials(broker.name),
                "indexed": not broker.booking_noindex,
                "photo": f"/book/photo/{broker.booking_username}" if broker in with_photo else None,
            }
            for broker in brokers
        ]

    @api.model
    def _with_photo(self, brokers):
        """Those who have a picture of their own, not the letter that Odoo draws (SVG)."""
        pictures = self.env["ir.attachment"].search_fetch(
            [
                ("res_model", "=", "res.partner"),
                ("res_field", "=", "image_128"),
                ("res_id", "in", brokers.partner_id.ids),
                ("mimetype", "!=", "image/svg+xml"),
            ],
            ["res_id"],
        )
        partners = set(pictures.mapped("res_id"))
        return brokers.filtered(lambda broker: broker.partner_id.id in partners)

    @api.model
    def _type_list(self, broker):
        return [self._type_card(type_, broker) for type_ in self._offered(broker)]

    @api.model
    def _type_card(self, type_, broker):
        return {
            "name": type_.name,
            "with": self.env._("with %(broker)s", broker=broker.name),
            "slug": type_.slug,
            "url": f"/book/{broker.booking_username}/{type_.slug}",
            "duration": self._duration_words(type_.duration),
            "description": (type_.description or "").strip(),
            "kind": type_.location_kind,
            "place": self._kind_words(type_),
            "address": self._address(broker) if type_.location_kind == "office" else "",
            "requires_approval": type_.requires_approval,
            "capacity": type_.capacity,
        }

    @api.model
    def _duration_words(self, minutes):
        hours, rest = divmod(minutes, 60)
        if not hours:
            return self.env._("%(minutes)s min", minutes=rest)
        if not rest:
            return self.env._("%(hours)s h", hours=hours)
        return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)

    @api.model
    def _kind_words(self, type_):
        return {
            "property": self.env._("At the property"),
            "office": self.env._("At the agency"),
            "client": self.env._("At your place"),
            "phone": self.env._("By phone"),
            "video": self.env._("By video"),
        }[type_.location_kind]

    @api.model
    def _address(self, broker):
        """The agency's, on one line."""
        partner = broker.company_id.partner_id
        lines = partner._display_address(without_company=True).splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())

    # ---------------------------------------------------------------- words

    @api.model
    def _week_start(self):
        return int(self.env["res.lang"]._get_data(code=self.env.lang or "en_US").week_start or 1)


def initials(name):
    """First letters of the first and the last word: "MT" for Marie Tremblay."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in words[:1] + words[1:][-1:])
