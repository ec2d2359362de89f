from datetime import datetime, timedelta, timezone

from odoo import api, fields, models

from odoo.addons.immoassist_appointments import signing

from ..core import guard
from ..exceptions import BookingRefused

PURPOSE = "form"
MAX_TOKEN = 500
HOUR = timedelta(hours=1)
# In an hour, from one connection: each looks at a few times before choosing one.
HOLDS = 30


class ImmoassistBookingProtection(models.AbstractModel):
    """What keeps robots and people who overdo it from the brokers' time."""

    _name = "immoassist.booking.protection"
    _description = "Guards of the booking pages"

    # ---------------------------------------------------------------- how long it took

    @api.model
    def _stamp(self):
        """A signed note of when a form was made; it stands in the form."""
        now = fields.Datetime.now()
        values = {"made": int(now.replace(tzinfo=timezone.utc).timestamp())}
        return signing.sign(self.env, PURPOSE, values, now)

    @api.model
    def _made(self, stamp):
        """When a form was made, aware; None when it does not say so."""
        values = signing.read(self.env, PURPOSE, stamp) if len(stamp) <= MAX_TOKEN else None
        return datetime.fromtimestamp(values["made"], tz=timezone.utc) if values else None

    @api.model
    def _keep_stamp(self, stamp):
        """`stamp` for the form that is shown once more; a new one when it is not good any more."""
        now = self._now()
        problem = guard.fill_problem(self._made(stamp), now, timedelta())
        return self._stamp() if problem else stamp

    @api.model
    def _check_fill_time(self, company, stamp):
        """:raise BookingRefused: it was filled in faster than people do, or lay open for a day"""
        least = timedelta(seconds=company.booking_fill_seconds)
        problem = guard.fill_problem(self._made(stamp), self._now(), least)
        if problem:
            words = {
                "fast": self.env._("That was quick! Please check what was filled in."),
                "old": self.env._(
                    "This page was open for a long time. Please check what you typed."
                ),
            }
            raise BookingRefused(words[problem], title=self.env._("Press the button once more"))

    # ---------------------------------------------------------------- how often

    @api.model
    def _count_address(self, company, address):
        """Count a booking from this address.

        :return: how many there were in this hour, this one included; 0 when nobody counts
        :raise BookingRefused: too many; says when it goes on
        """
        network = guard.network(address)
        if not company.booking_limit_address or not network:
            return 0
        who = f"{company.id}|{network}"
        used, end = self.env["immoassist.booking.limit"]._use("book", who, HOUR)
        if used > company.booking_limit_address:
            raise self._too_often(company, end)
        return used

    @api.model
    def _count_hold(self, company, address):
        """Count a time that is held from this address.

        :raise BookingRefused: too many; says when it goes on
        """
        network = guard.network(address)
        if company.booking_limit_address and network:
            who = f"{company.id}|{network}"
            used, end = self.env["immoassist.booking.limit"]._use("hold", who, HOUR)
            if used > HOLDS:
                raise self._too_often(company, end)

    @api.model
    def _too_often(self, company, end):
        """The refusal of somebody who may go on at `end` (aware)."""
        seconds = max(1, int((end - datetime.now(timezone.utc)).total_seconds()) + 1)
        minutes = -(-seconds // 60)
        message = self.env._(
            "Many bookings came from your internet connection. What you typed is kept: send it "
            "again in %(minutes)s min, or call us.",
            minutes=minutes,
        )
        if company.phone:
            message = self.env._(
                "Many bookings came from your internet connection. What you typed is kept: send it "
                "again in %(minutes)s min, or call us at %(phone)s.",
                minutes=minutes,
                phone=company.phone,
            )
        title = self.env._("Please wait a little")
        return BookingRefused(message, title, status=429, retry_after=seconds)

    @api.model
    def _now(self):
        return fields.Datetime.now().replace(tzinfo=timezone.utc)
