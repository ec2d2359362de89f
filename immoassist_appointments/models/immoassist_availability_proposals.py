from odoo import api, fields, models
from odoo.tools import SQL

from ..core.common_time import common_slots


class ImmoassistAvailability(models.AbstractModel):
    """Times that are held are busy, until they expire; times that several brokers share."""

    _inherit = "immoassist.availability"

    @api.model
    def _common_slots(self, brokers, window, type_, **options):
        """The times at which all the brokers are free, ranked for the group.

        :param options: as for `_ranked_slots`, which says what the other parameters are
        :return: tuple of core.ranking.RankedSlot in order of time
        """
        ranked = self._ranked_slots(brokers, window, type_, **options)
        return common_slots(ranked[broker.id] for broker in brokers)

    def _busy_queries(self, brokers, start, stop, ignored, proposal=None):
        queries = super()._busy_queries(brokers, start, stop, ignored, proposal)
        return [*queries, self._busy_holds(brokers, start, stop, proposal)]

    def _busy_holds(self, brokers, start, stop, proposal):
        # The type counts like that of an appointment: for the cap of the day, and as one seat of
        # an open house.
        return SQL(
            """
            SELECT h.broker_id, h.busy_start, h.busy_stop, h.start, h.stop,
                   FALSE AS is_local, h.type_id, t.location_kind,
                   d.property_latitude AS latitude, d.property_longitude AS longitude
              FROM %(brokers)s AS b
              JOIN immoassist_booking_hold h ON h.broker_id = b.broker_id
              LEFT JOIN immoassist_appointment_type t ON t.id = h.type_id
              LEFT JOIN immoassist_transaction d ON d.id = h.transaction_id
             WHERE h.expires_at > %(now)s AND %(of_another)s
               AND h.busy_stop > %(start)s AND h.busy_start < %(stop)s
            """,
            brokers=brokers,
            now=fields.Datetime.now(),
            of_another=self._hold_of_another(proposal),
            start=start,
            stop=stop,
        )

    def _hold_of_another(self, proposal):
        """SQL that tells whether the hold `h` is not that of whoever asks."""
        # A hold without a proposal is never that of the proposal that nobody asks about.
        return SQL("(h.proposal_id IS NULL OR h.proposal_id IS DISTINCT FROM %s)", proposal)
