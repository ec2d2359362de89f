from collections import defaultdict
from datetime import timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global
from babel.dates import get_timezone_location

from odoo import api, fields, models

from odoo.addons.immoassist_appointments.wording import MONTREAL, TORONTO

from ..core import zones
from ..core.address import address
from ..core.query import format_month

# Parts of the world in the order of the page: the words of CLDR, or ours, and what stands in it.
CLDR_AREAS = {"019": ("America",), "150": ("Europe", "Arctic"), "002": ("Africa",)}
CLDR_AREAS |= {"142": ("Asia",), "009": ("Australia", "Pacific"), "AQ": ("Antarctica",)}
OCEANS = ("Atlantic", "Indian")
AREA_OF = {area: code for code, areas in CLDR_AREAS.items() for area in areas}
AREA_OF |= {ocean: ocean for ocean in OCEANS}


class ImmoassistBookingZoneChoice(models.AbstractModel):
    """The page on which a visitor chooses the time zone of a call, by its city."""

    _name = "immoassist.booking.zone.choice"
    _description = "Choice of a time zone"

    @api.model
    def _page(self, broker, type_, query, words):
        """What the page shows.

        :param TimesQuery query: what the address asks for; its zone is the chosen one
        :param str words: what the visitor searches for; empty: everything
        """
        wording = self.env["immoassist.booking.zone"]._wording(broker, type_, query)
        wanted = zones.folded(words)
        asked = self._asked(query)
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        areas = defaultdict(list)
        for key in self._keys():
            city, country = self._city(key, wording.locale), self._country(key, wording.locale)
            if zones.found(wanted, zones.folded(f"{city} {country} {key}")):
                choice = self._choice(key, asked, query, wording, now)
                areas[AREA_OF.get(key.partition("/")[0])].append(
                    {**choice, "city": city, "country": country}
                )
        names = self._area_names(wording.locale)
        groups = [
            {"name": name, "zones": sorted(areas[code], key=_by_city)}
            for code, name in names.items()
            if code in areas
        ]
        return {
            "groups": groups,
            "words": words,
            "back": address(asked, query.kept()),
            "hidden": {"show": "zones", **asked, **query.kept()},
        }

    @api.model
    def _asked(self, query):
        asked = {}
        if query.month:
            asked["month"] = format_month(query.month)
        if query.day:
            asked["date"] = query.day.isoformat()
        return asked

    @api.model
    def _keys(self):
        """The names that are offered: those that the zone database gives today, and Montreal."""
        for key in (*self.env["immoassist.booking.zone"]._names(), MONTREAL):
            if key == "UTC" or key.partition("/")[0] in AREA_OF:
                yield key

    @api.model
    def _choice(self, key, asked, query, wording, now):
        try:
            zone = ZoneInfo(key)
        except ZoneInfoNotFoundError:  # this machine's zone database lacks an old name
            zone = ZoneInfo(get_global("zone_aliases").get(key, "UTC"))
        there = wording.at(zone)
        return {
            "key": key,
            "url": address(asked, {**query.kept(), "tz": key}),
            "offset": zones.offset_name(now, zone),
            "time": there.time(now),
            "chosen": key == wording.zone.key,
        }

    @api.model
    def _city(self, key, locale):
        if key == MONTREAL:
            return "Montréal"
        return get_timezone_location(key, locale=locale, return_city=True) if "/" in key else key

    @api.model
    def _country(self, key, locale):
        of = get_global("zone_territories").get(TORONTO if key == MONTREAL else key)
        return locale.territories.get(of or "", "")

    @api.model
    def _area_names(self, locale):
        names = {code: locale.territories[code] for code in CLDR_AREAS}
        names |= {
            "Atlantic": self.env._("Atlantic Ocean"),
            "Indian": self.env._("Indian Ocean"),
            None: self.env._("Everywhere"),
        }
        return names


def _by_city(zone):
    return zones.folded(zone["city"]), zone["key"]
