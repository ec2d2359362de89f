"""What the booking pages do with the link by which a visitor came.

The controller names the link in the context (`immoassist_booking_link`: its number, 0 for one that
is not good any more), because every page, price of travel and address depends on it.
"""

from odoo import api, fields, models
from odoo.tools import email_normalize

from odoo.addons.immoassist_appointments.models.immoassist_appointment_agenda import map_url


class ImmoassistBookingPage(models.AbstractModel):
    _inherit = "immoassist.booking.page"

    @api.model
    def _broker_cards(self, brokers):
        cards = super()._broker_cards(brokers)
        suffix, words = self._link_suffix(), self._link_words()
        return [card | {"url": card["url"] + suffix, "link": words} for card in cards]

    @api.model
    def _type_card(self, type_, broker):
        card = super()._type_card(type_, broker)
        return card | {"url": card["url"] + self._link_suffix()}

    @api.model
    def _link_suffix(self):
        link = self.env["immoassist.booking.link"]._current()
        return f"/link/{link._token()}" if link else ""

    @api.model
    def _link_words(self):
        """The property that the page is about; None when it is about none."""
        links = self.env["immoassist.booking.link"]
        if links._is_dead():
            return {"dead": True}
        link = links._current()
        if not link:
            return None
        transaction = link.transaction_id
        address = transaction.address if link.show_address else ""
        place = transaction._place() if link.show_address else None
        return {
            "dead": False,
            "title": link.title,
            "address": address or "",
            "map_url": map_url(place, address) or None,
        }


class ImmoassistBookingTimes(models.AbstractModel):
    _inherit = "immoassist.booking.times"

    @api.model
    def _options(self):
        transaction = self.env["immoassist.booking.link"]._current().transaction_id
        return super()._options() | {"transaction": transaction}


class ImmoassistBookingForm(models.AbstractModel):
    _inherit = "immoassist.booking.form"

    @api.model
    def _read(self, type_, given):
        form = super()._read(type_, given)
        if self.env["immoassist.booking.link"]._is_dead():
            form.errors[""] = self.env._(
                "The link to the property is not good any more. You can book all the same: say in "
                "the message which property you mean, and send the form again."
            )
        return form

    @api.model
    def _blank(self):
        partner = self.env["immoassist.booking.link"]._current().partner_id
        if not partner:
            return super()._blank()
        who = {"name": partner.name or "", "email": partner.email_normalized or ""}
        return super()._blank() | who

    @api.model
    def _booking_options(self, type_, form):
        transaction = self.env["immoassist.booking.link"]._current().transaction_id
        return super()._booking_options(type_, form) | {"transaction": transaction}


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    booking_link_id = fields.Many2one(
        "immoassist.booking.link",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The link by which the client came.",
    )

    def _booking_values(self, *arguments):
        """Who came by a link that was made for him is known by it."""
        values = super()._booking_values(*arguments)
        link = self.env["immoassist.booking.link"]._current()
        if not link:
            return values
        partner = link.partner_id
        ((_create, _id, client),) = values["attendee_ids"]
        # The link may have been forwarded: the address is what tells.
        if partner and partner.email_normalized == email_normalize(client["email"]):
            client["partner_id"] = partner.id
        return values | {"booking_link_id": link.id}
