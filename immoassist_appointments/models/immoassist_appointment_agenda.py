from datetime import timezone
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from odoo import Command, api, fields, models

MAP = "https://www.openstreetmap.org/"


def map_url(place, address):
    """The page of a map on which `place` (or, when nobody knows it, `address`) is marked.

    OpenStreetMap: no key, no cookie, and the client's address goes to no advertiser.

    :param core.travel.Place place: or None
    :param str address: or False
    """
    if place:
        here = {"mlat": f"{place.latitude:.6f}", "mlon": f"{place.longitude:.6f}"}
        return f"{MAP}?{urlencode(here)}#map=17/{here['mlat']}/{here['mlon']}"
    return address and f"{MAP}search?{urlencode({'query': address})}"


class ImmoassistAppointment(models.Model):
    """What the agenda, the calendar and the cards show of an appointment."""

    _inherit = "immoassist.appointment"

    private = fields.Boolean(
        help="Its meeting is private in Odoo Calendar: colleagues see that the broker is busy, "
        "and not with what."
    )
    color = fields.Integer(related="type_id.color")
    client_id = fields.Many2one(
        "res.partner",
        compute="_compute_client_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="The first attendee who is a contact and not a colleague.",
    )
    client_name = fields.Char(compute="_compute_client", string="With")
    client_phone = fields.Char(compute="_compute_client")
    map_url = fields.Char(string="Map", compute="_compute_map_url")
    hours_text = fields.Char(
        compute="_compute_words", string="Hours", help="In the time zone of who reads it."
    )
    day_text = fields.Char(compute="_compute_words", string="Day")

    @api.depends("attendee_ids.partner_id", "broker_id")
    def _compute_client_id(self):
        for appointment in self:
            contacts = appointment.attendee_ids.partner_id.filtered("partner_share")
            appointment.client_id = contacts[:1]

    @api.depends("attendee_ids.name", "attendee_ids.phone", "attendee_ids.state")
    def _compute_client(self):
        for appointment in self:
            coming = appointment.attendee_ids.filtered(lambda a: a.state != "declined")
            appointment.client_name = ", ".join(filter(None, coming.mapped("name")))
            appointment.client_phone = next(filter(None, coming.mapped("phone")), False)

    @api.depends("location", "type_id", "transaction_id")
    def _compute_map_url(self):
        for appointment in self:
            if appointment.type_id and not appointment.type_id._is_physical():
                appointment.map_url = False
                continue
            # sudo: the place of the visit is known to who comes, the transaction may not be.
            transaction = appointment.transaction_id.sudo()
            # The coordinates are the property's: only when the meeting is there.
            at_property = transaction and appointment.location == transaction.address
            place = transaction._place() if at_property else None
            appointment.map_url = map_url(place, appointment.location)

    @api.depends("start", "stop", "allday", "broker_id")
    @api.depends_context("tz", "lang")
    def _compute_words(self):
        zone = ZoneInfo(self.env.tz.zone)
        for appointment in self:
            if not appointment.start or not appointment.stop:
                appointment.day_text = appointment.hours_text = False
                continue
            wording = appointment.broker_id._broker_wording(self.env.lang, zone)
            start, stop = (
                moment.replace(tzinfo=timezone.utc)
                for moment in (appointment.start, appointment.stop)
            )
            hours = f"{wording.time(start)} – {wording.time(stop)}"
            appointment.day_text = wording.day_short(wording.local(start).date())
            appointment.hours_text = self.env._("All day") if appointment.allday else hours

    @api.onchange("transaction_id")
    def _onchange_transaction_id(self):
        """A new appointment on a transaction is for its people and of its broker."""
        if self._origin or not self.transaction_id:
            return
        self.broker_id = self.transaction_id.broker_id
        if not self.attendee_ids:
            # A contact with two roles comes once.
            self.attendee_ids = [
                Command.create({"partner_id": partner.id})
                for partner in self.transaction_id.contact_ids.partner_id
            ]
