from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
        """For several: the zone that they share, else that of their agency."""
        if len(self) <= 1:
            return super()._broker_zone()
        zones = {super(ResUsers, broker)._broker_zone() for broker in self}
        if len(zones) == 1:
            return zones.pop()
        try:
            return ZoneInfo(self.company_id[:1].resource_calendar_id.tz or "UTC")
        except ZoneInfoNotFoundError:
            # A zone that Odoo's pytz knows and this machine's tz database does not.
            return ZoneInfo("UTC")

    def _broker_wording(self, lang, zone=None, hours=0):
        # Iterated, not sliced: that would lose the prefetch over all brokers.
        first = next(iter(self), self)
        zone = zone or self._broker_zone()
        return super(ResUsers, first)._broker_wording(lang, zone, hours)
