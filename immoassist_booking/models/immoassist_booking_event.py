from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

KINDS = ("views", "starts", "bookings", "lost")
# What one address can add to the figures in an hour. An office of many people has one address.
MAX_PER_HOUR = 200


class ImmoassistBookingEvent(models.Model):
    """The figures of the booking pages, per day, broker and type. About nobody.

    Rows are only added, in the transaction of what they count: nobody waits for a counter. The
    rows of past days are added up later.
    """

    _name = "immoassist.booking.event"
    _description = "Figures of the booking pages"
    _log_access = False  # nobody in particular made it
    _order = "date desc, id desc"
    _rec_name = "date"

    date = fields.Date(required=True, readonly=True, index=True)
    broker_id = fields.Many2one(
        "res.users",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty: the page of all brokers of the agency.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    type_id = fields.Many2one("immoassist.appointment.type", readonly=True, ondelete="set null")
    views = fields.Integer(readonly=True, help="How often the page was opened.")
    starts = fields.Integer("Forms opened", readonly=True)
    bookings = fields.Integer(readonly=True)
    lost = fields.Integer(
        "Lost times", readonly=True, help="Forms sent for a time that had just been taken."
    )
    conversion = fields.Float(
        "Bookings per 100 views", compute="_compute_conversion", aggregator="avg"
    )

    @api.depends("bookings", "views")
    def _compute_conversion(self):
        for event in self:
            event.conversion = 100 * event.bookings / event.views if event.views else 0

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "conversion:avg":
            return super()._read_group_select(aggregate_spec, query)
        # Of all bookings and views together: a row has only one of them.
        return SQL(
            "100.0 * SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "bookings", query),
            self._field_to_sql(self._table, "views", query),
        )

    @api.model
    def _note(self, kind, broker, type_):
        """Count one.

        :param str kind: one of `KINDS`
        :param broker: whose page it is; several: that of the agency, which is nobody's
        :param type_: an `immoassist.appointment.type`, or none: the broker's own page
        """
        today = datetime.now(timezone.utc).astimezone(broker._broker_zone()).date()
        # sudo: a visitor may write nothing; this says nothing about him.
        self.sudo().create(
            {
                "date": today,
                "broker_id": len(broker) == 1 and broker.id,
                "company_id": broker.company_id.id,
                "type_id": type_.id,
                kind: 1,
            }
        )

    @api.model
    def _note_visit(self, kind, broker, type_, address):
        """Count a view or a start that a page tells of, unless its address tells of too many.

        :param str address: of the visitor; kept as a keyed hash for an hour
        """
        limits = self.env["immoassist.booking.limit"]
        used, _end = limits._use("seen", address, timedelta(hours=1))
        if used <= MAX_PER_HOUR:
            self._note(kind, broker, type_)

    @api.autovacuum
    def _gc_add_up(self):
        """One row is enough for a broker, a type and a day that is over everywhere."""
        self.env.flush_all()
        columns = SQL(", ").join(SQL.identifier(kind) for kind in KINDS)
        sums = SQL(", ").join(SQL("SUM(%s)", SQL.identifier(kind)) for kind in KINDS)
        self.env.cr.execute(
            SQL(
                """
                WITH many AS (
                    SELECT date, broker_id, type_id FROM immoassist_booking_event
                     WHERE date < %(before)s GROUP BY date, broker_id, type_id HAVING count(*) > 1
                ), gone AS (
                    DELETE FROM immoassist_booking_event AS e USING many AS m
                     WHERE e.date = m.date AND e.broker_id IS NOT DISTINCT FROM m.broker_id
                       AND e.type_id IS NOT DISTINCT FROM m.type_id
                    RETURNING e.*
                )
                INSERT INTO immoassist_booking_event
                       (date, broker_id, company_id, type_id, %(columns)s)
                SELECT date, broker_id, max(company_id), type_id, %(sums)s
                  FROM gone GROUP BY date, broker_id, type_id
                """,
                before=fields.Date.today() - timedelta(days=1),
                columns=columns,
                sums=sums,
            )
        )
        self.env.invalidate_all()
