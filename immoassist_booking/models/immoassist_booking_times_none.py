"""Where nothing is free: what the client can do instead."""

from datetime import timedelta

from odoo import api, models

from odoo.addons.immoassist_appointments.core.wall_clock import midnight

from ..core import month as months
from ..core.address import address, day_url


class ImmoassistBookingPage(models.AbstractModel):
    _inherit = "immoassist.booking.page"

    @api.model
    def _contact_of(self, broker):
        """How to reach `broker`; for a team, its agency."""
        phone = broker.phone if len(broker) == 1 else ""
        return self._contact(broker[:1].company_id, phone)

    @api.model
    def _contact(self, company, phone=""):
        """How to reach a person of `company`.

        By e-mail only the agency: a broker's address is often the name by which he signs in.

        :param str phone: a broker's own; by default the agency's
        """
        phone = phone or company.phone or ""
        return {
            "phone": phone,
            "phone_url": f"tel:{phone.replace(' ', '')}",
            "email": company.email or "",
        }


class ImmoassistBookingTimes(models.AbstractModel):
    _inherit = "immoassist.booking.times"

    @api.model
    def _elsewhere(self, broker, type_, month, soon, wording, kept):
        """From a month without any time to the next day that has some; else to the first one.

        :param soon: the first free times, in order
        :return: address and words of the link; None when nothing is free at all
        """
        if not soon:
            return None
        zone = wording.zone
        after = midnight(months.next_month(month), zone)
        slot = next((slot for slot in soon if slot.start >= after), None)
        if slot is None:
            last = self._now() + timedelta(days=type_.horizon_days + 1)
            later = self._free(broker, type_, after, last) if after < last else ()
            slot = next(iter(later), None)
        if slot is not None:
            day = wording.local(slot.start).date()
            same_year = day.year == month.year
            name = wording.day_heading(day) if same_year else wording.day(day)
            words = self.env._("Next free times: %(day)s", day=name)
            return {"url": day_url(day, kept), "words": words}
        return {"url": address({}, kept), "words": self.env._("See the first free times")}

    @api.model
    def _nothing_values(self, broker, type_, zone):
        """What the page says when no time of this type is free, as far as one can book ahead."""
        pages = self.env["immoassist.booking.page"]
        values = {
            "words": self.env._(
                "Nothing is free in the next %(days)s days.", days=type_.horizon_days
            ),
            "contact": pages._contact_of(broker),
            "team": None,
        }
        team = pages._find_team(broker.company_id) if len(broker) == 1 else broker.browse()
        if team and type_ in pages._offered(team) and self._free_soon(team, type_, zone)[0]:
            values["team"] = pages._type_card(type_, team)["url"]
        return values
