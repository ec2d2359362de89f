"""The first available broker: `/book/team`.

Where a page is about one broker it may be about all of a team: then `broker` is several users.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.immoassist_appointments.core.common_time import any_slots
from odoo.addons.immoassist_appointments.core.intervals import Interval
from odoo.addons.immoassist_appointments.exceptions import SlotNotAvailable

from ..core import team

TEAM = "team"
# The appointments of so many days ahead are a broker's load.
LOAD_DAYS = 28


class ImmoassistBookingPage(models.AbstractModel):
    _inherit = "immoassist.booking.page"

    @api.model
    def _find_broker(self, username, company):
        if username.lower() == TEAM:
            return self._find_team(company)
        return super()._find_broker(username, company)

    @api.model
    def _find_team(self, company):
        """The brokers of whom the first available is offered; nobody when that is not done.

        One alone is no team: his own page says who he is.
        """
        brokers = self.env["res.users"]
        if not company.booking_team:
            return brokers
        # Of this company first of all: its hours, address and notice are on the page.
        domain = Domain("booking_team", "=", True) & Domain("company_id", "=", company.id)
        brokers = brokers.search(self._published_domain(company) & domain, order="id")
        return brokers if len(brokers) > 1 else brokers.browse()

    @api.model
    def _broker_list(self, company):
        brokers = super()._broker_list(company)
        members = self._find_team(company)
        return [self._broker_card(members), *brokers] if members else brokers

    @api.model
    def _broker_card(self, broker):
        if len(broker) <= 1:
            return super()._broker_card(broker)
        card = super()._broker_card(broker[:1])
        return card | {
            "name": self.env._("The first available broker"),
            "url": f"/book/{TEAM}",
            "photo": None,
            "indexed": True,
            "team": True,
            "bio": self.env._("Choose a time; the confirmation tells you with whom you meet."),
            "languages": "",
            "phone": broker[:1].company_id.phone or "",
        }

    @api.model
    def _broker_meta(self, website, broker, card):
        if len(broker) <= 1:
            return super()._broker_meta(website, broker, card)
        return self._meta(
            website,
            self.env._("Book an appointment with the first available broker"),
            self.env._(
                "Choose a free time of any broker of %(agency)s online, without an account.",
                agency=website.company_id.name,
            ),
        )

    @api.model
    def _type_meta(self, website, broker, card, type_card):
        if len(broker) <= 1:
            return super()._type_meta(website, broker, card, type_card)
        meta = self._broker_meta(website, broker, card)
        return meta | {"title": f"{type_card['name']} {type_card['with']}"}

    @api.model
    def _type_card(self, type_, broker):
        card = super()._type_card(type_, broker[:1])
        if len(broker) <= 1:
            return card
        return card | {
            "with": self.env._("with the first available broker"),
            "url": f"/book/{TEAM}/{type_.slug}",
        }

    @api.model
    def _offered(self, broker):
        offered = super()._offered(broker)
        if len(broker) <= 1:
            return offered
        # An open house is one broker's: its parties must not be spread over several.
        return offered.filtered(lambda type_: type_.capacity <= 1)


class ImmoassistBookingTimes(models.AbstractModel):
    _inherit = "immoassist.booking.times"

    @api.model
    def _free(self, broker, type_, start, stop):
        if len(broker) <= 1:
            return super()._free(broker, type_, start, stop)
        return any_slots(self._free_of_each(broker, type_, start, stop).values())

    @api.model
    def _free_of_each(self, brokers, type_, start, stop):
        """{broker id: his free times}, of those who offer this type; in one go for all."""
        availability, window = self.env["immoassist.availability"], Interval(start, stop)
        offering = type_._offering(brokers)
        return availability._ranked_slots(offering, window, type_, **self._options())


class ImmoassistBookingForm(models.AbstractModel):
    _inherit = "immoassist.booking.form"

    @api.model
    def _book(self, broker, type_, query, form, session):
        """For a team: book with whoever's turn it is, among those who are free.

        If somebody else takes his time at this very moment, Odoo runs the request again, and
        another one who is free is found.
        """
        if len(broker) <= 1:
            return super()._book(broker, type_, query, form, session)
        attendees = self.env["immoassist.appointment.attendee"]
        key = attendees._booking_key(session, type_, query.slot, form.values["email"])
        if same := attendees._booked_before(key, query.slot):
            return same
        turns = self._in_turn(broker, type_, query.slot)
        if not turns:
            raise SlotNotAvailable(
                self.env._("This time is not available any more. Choose another one, please.")
            )
        appointment = super()._book(turns[0], type_, query, form, session)
        appointment.booked_with_team = True
        return appointment

    @api.model
    def _in_turn(self, brokers, type_, start):
        """Those who are free at `start`, in the order in which they are asked."""
        times = self.env["immoassist.booking.times"]
        each = times._free_of_each(brokers, type_, start, start + timedelta(minutes=1))
        free = [broker for broker, slots in each.items() if any(s.start == start for s in slots)]
        loads, lasts = self._loads(free), self._lasts(free)
        turns = (team.Turn(one, loads.get(one, 0), lasts.get(one, 0)) for one in free)
        return brokers.browse(team.order(turns))

    @api.model
    def _loads(self, broker_ids):
        now = fields.Datetime.now()
        domain = (
            Domain("broker_id", "in", broker_ids)
            & Domain("state", "!=", "cancelled")
            & Domain("start", ">=", now)
            & Domain("start", "<", now + timedelta(days=LOAD_DAYS))
        )
        groups = self.env["immoassist.appointment"]._read_group(domain, ["broker_id"], ["__count"])
        return {broker.id: count for broker, count in groups}

    @api.model
    def _lasts(self, broker_ids):
        """The number of the last appointment for which each was chosen: it grows with time."""
        domain = Domain("broker_id", "in", broker_ids) & Domain("booked_with_team", "=", True)
        groups = self.env["immoassist.appointment"]._read_group(domain, ["broker_id"], ["id:max"])
        return {broker.id: last for broker, last in groups}


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    booked_with_team = fields.Boolean(
        "Booked with the team",
        readonly=True,
        copy=False,
        help="The client asked for the first available broker.",
    )
