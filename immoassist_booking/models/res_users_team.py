from collections import Counter

from odoo import fields, models


class ResUsers(models.Model):
    """Several brokers together stand for the team of their agency: see `_find_team`."""

    _inherit = "res.users"

    booking_team = fields.Boolean(
        "Takes part in “The first available broker”",
        default=True,
        help="Clients who do not mind with whom they meet are shared among those who take part.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "booking_team"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "booking_team"]

    def _broker_zone(self):
        """For several: the agency's if one of them works by it, else that of most."""
        if len(self) <= 1:
            return super()._broker_zone()
        zones = Counter(super(ResUsers, broker)._broker_zone() for broker in self)
        if len(zones) == 1:
            return next(iter(zones))
        agency = self.company_id.resource_calendar_id[:1].tz
        # Of equally many the first wins, which is the zone of the first broker.
        return next((zone for zone in zones if zone.key == agency), zones.most_common(1)[0][0])

    def _broker_wording(self, lang, zone=None, hours=0):
        # Iterated, not sliced: that would lose the prefetch over all brokers.
        first = next(iter(self), self)
        zone = zone or self._broker_zone()
        return super(ResUsers, first)._broker_wording(lang, zone, hours)
