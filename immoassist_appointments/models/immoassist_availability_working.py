from odoo import api, models

from ..core.intervals import Timeline
from ..core.working_time import working_windows


class ImmoassistAvailability(models.AbstractModel):
    _inherit = "immoassist.availability"

    @api.model
    def _working_time(self, brokers, window):
        """When each broker works, whether taken or not.

        :param brokers: `res.users` records
        :param Interval window: aware UTC
        :return: {broker id: tuple of Interval, sorted and disjoint}
        """
        # sudo: only times leave this method, never why a broker is off.
        self = self.sudo()
        leaves = self._leaves(brokers, window)
        overrides = self._overrides(brokers, window)
        return {
            broker.id: working_windows(
                self._weekly_hours(broker),
                overrides[broker.id],
                leaves[broker.id],
                window,
                broker._broker_zone(),
            )
            for broker in brokers
        }

    @api.model
    def _working_timelines(self, brokers, window):
        """The same, to be searched many times."""
        working = self._working_time(brokers, window)
        return {broker_id: Timeline(windows) for broker_id, windows in working.items()}
