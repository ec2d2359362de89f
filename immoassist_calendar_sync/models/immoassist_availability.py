from odoo import models
from odoo.tools import SQL


class ImmoassistAvailability(models.AbstractModel):
    """The busy times of external calendars keep their broker busy."""

    _inherit = "immoassist.availability"

    def _busy_queries(self, brokers, start, stop, ignored, proposal=None):
        return [
            *super()._busy_queries(brokers, start, stop, ignored, proposal),
            self._busy_external(brokers, start, stop),
        ]

    def _busy_external(self, brokers, start, stop):
        return SQL(
            """
            SELECT x.user_id AS broker_id, x.start AS busy_start, x.stop AS busy_stop,
                   x.start, x.stop, FALSE AS is_local, NULL::int AS type_id,
                   NULL::varchar AS location_kind, NULL::numeric AS latitude,
                   NULL::numeric AS longitude
              FROM %(brokers)s AS b
              JOIN immoassist_calendar_busy x ON x.user_id = b.broker_id
             WHERE x.stop > %(start)s AND x.start < %(stop)s
            """,
            brokers=brokers,
            start=start,
            stop=stop,
        )
