from odoo import models
from odoo.tools import SQL


class ImmoassistAvailability(models.AbstractModel):
    """Odoo's own meetings keep their organiser and those who attend busy."""

    _inherit = "immoassist.availability"

    def _busy_queries(self, brokers, start, stop, ignored, proposal=None):
        return [
            *super()._busy_queries(brokers, start, stop, ignored, proposal),
            self._busy_attended_meetings(brokers, start, stop, ignored),
            self._busy_organised_meetings(brokers, start, stop, ignored),
        ]

    def _busy_attended_meetings(self, brokers, start, stop, ignored):
        return SQL(
            """
            SELECT %(columns)s
              FROM %(brokers)s AS b
              JOIN calendar_attendee p ON p.partner_id = b.partner_id
                                         AND p.state IS DISTINCT FROM 'declined'
              JOIN calendar_event e ON e.id = p.event_id
             WHERE %(condition)s
            """,
            columns=self._meeting_columns(),
            brokers=brokers,
            condition=self._meeting_condition(start, stop, ignored),
        )

    def _busy_organised_meetings(self, brokers, start, stop, ignored):
        # An organiser who attends is found, with his answer, by the other query.
        return SQL(
            """
            SELECT %(columns)s
              FROM %(brokers)s AS b
              JOIN calendar_event e ON e.user_id = b.broker_id
             WHERE %(condition)s
               AND NOT EXISTS (SELECT FROM calendar_attendee p
                                WHERE p.event_id = e.id AND p.partner_id = b.partner_id)
            """,
            columns=self._meeting_columns(),
            brokers=brokers,
            condition=self._meeting_condition(start, stop, ignored),
        )

    def _meeting_columns(self):
        from_date = SQL("CASE WHEN e.allday THEN e.start_date::timestamp ELSE e.start END")
        to_date = SQL("CASE WHEN e.allday THEN (e.stop_date + 1)::timestamp ELSE e.stop END")
        return SQL(
            "b.broker_id, %(start)s AS busy_start, %(stop)s AS busy_stop, %(start)s AS start, "
            "%(stop)s AS stop, COALESCE(e.allday, FALSE) AS is_local, NULL::int AS type_id, "
            "NULL::varchar AS location_kind, NULL::numeric AS latitude, "
            "NULL::numeric AS longitude",
            start=from_date,
            stop=to_date,
        )

    def _meeting_condition(self, start, stop, ignored):
        # The mirror of the broker's own appointment is counted as that appointment; the mirror
        # of a colleague's appointment which he attends is a meeting like any other.
        return SQL(
            """
            e.active AND e.show_as = 'busy' AND e.start < %(stop)s AND e.stop > %(start)s
            AND NOT EXISTS (SELECT FROM immoassist_appointment m
                             WHERE m.id = e.immoassist_appointment_id
                               AND m.calendar_event_id = e.id
                               AND (m.broker_id = b.broker_id OR m.id = ANY(%(ignored)s)))
            """,
            start=start,
            stop=stop,
            ignored=ignored,
        )
