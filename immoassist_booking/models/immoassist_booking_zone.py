from datetime import timedelta

# Odoo stores the zones that pytz knows; everything else here is zoneinfo.
import pytz  # noqa: TID251
from babel.core import get_global

from odoo import api, models

from odoo.addons.immoassist_appointments.core.wall_clock import midnight

from ..core import zones
from ..core.address import address
from ..core.query import format_month

NOTHING = timedelta()
NOON = timedelta(hours=12)


class ImmoassistBookingZone(models.AbstractModel):
    """Whose clock the pages speak of.

    Where people meet at a place, it is the clock of that place; a call is at the time of the
    visitor, wherever he is.
    """

    _name = "immoassist.booking.zone"
    _description = "Time zones of the booking pages"

    @api.model
    def _parse(self, text):
        """The zone of this name.

        :raise BadQuery: there is none
        """
        return zones.parse_zone(text, pytz.all_timezones_set, get_global("zone_aliases").get)

    @api.model
    def _zone(self, broker, type_, query):
        """In which zone the times of this type are said to the visitor."""
        return (not type_._is_physical() and query.zone) or broker._broker_zone()

    @api.model
    def _wording(self, broker, type_, query):
        """How the times of this type are said to the visitor, in the language of the page."""
        zone = self._zone(broker, type_, query)
        return broker._broker_wording(self.env.lang, zone, query.hours)

    @api.model
    def _names(self):
        """The zones that are offered; those that have been renamed are only accepted."""
        return pytz.common_timezones

    # ---------------------------------------------------------------- words

    @api.model
    def _page_values(self, broker, type_, query, wording, day):
        """What the page says of its zone.

        :param date day: the one that is shown
        """
        asked = {"show": "zones", "month": format_month(day), "date": day.isoformat()}
        return {
            "words": self._words(type_, query, wording, midnight(day, wording.zone) + NOON),
            "key": wording.zone.key,
            "visitor": query.zone and query.zone.key,
            # Whether it is his to choose.
            "choice": not type_._is_physical(),
            "url": address(asked, query.kept()),
        }

    @api.model
    def _words(self, type_, query, wording, moment):
        city = wording.city()
        if difference := self._difference(type_, query, wording, moment):
            time = self._duration_words(difference)
            if difference < NOTHING:
                return self.env._(
                    "Times are %(city)s time, %(time)s less than where you are.",
                    city=city,
                    time=time,
                )
            return self.env._(
                "Times are %(city)s time, %(time)s more than where you are.", city=city, time=time
            )
        return self.env._("Times are %(city)s time.", city=city)

    @api.model
    def _words_short(self, type_, query, wording, moment):
        city = wording.city()
        if difference := self._difference(type_, query, wording, moment):
            time = self._duration_words(difference)
            if difference < NOTHING:
                return self.env._(
                    "%(city)s time, %(time)s less than where you are", city=city, time=time
                )
            return self.env._(
                "%(city)s time, %(time)s more than where you are", city=city, time=time
            )
        return self._city_words(wording)

    @api.model
    def _city_words(self, wording):
        return self.env._("%(city)s time", city=wording.city())

    @api.model
    def _difference(self, type_, query, wording, moment):
        """How far the clock where people meet is ahead of the visitor's, at that moment."""
        if not query.zone or not type_._is_physical():
            return NOTHING
        return zones.ahead(wording.zone, query.zone, moment)

    @api.model
    def _duration_words(self, length):
        minutes = round(abs(length).total_seconds() / 60)
        words = self.env["immoassist.booking.page"]._duration_words(minutes)
        return words.replace(" ", "\u00a0")
