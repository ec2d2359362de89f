from odoo import fields, models
from odoo.tools import SQL


class ImmoassistBookingGuard(models.Model):
    """One row per broker, written by everything that changes the broker's busy time.

    Odoo runs in REPEATABLE READ: a request that waited for a lock still reads its old snapshot, so
    a lock alone does not prevent a double booking. Writing this row does: the second of two
    concurrent transactions fails with a serialization error, Odoo runs it again, and the new run
    sees the booking of the first.
    """

    _name = "immoassist.booking.guard"
    _description = "Serialises the bookings of one broker"
    _log_access = False  # its rows carry nothing that anybody would look up

    broker_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    turn = fields.Integer(default=0, help="Grows with every change of the broker's busy time.")

    _broker_unique = models.Constraint("UNIQUE (broker_id)", "A broker has one booking guard.")

    def _take(self, brokers):
        """Make every other transaction that takes one of these brokers fail and run again.

        :param brokers: `res.users` records
        :raise psycopg2.errors.SerializationFailure: somebody else took one of them since this
            transaction began; Odoo's `retrying` handles it, do not catch it
        """
        if not brokers:
            return
        query = SQL(
            """
            INSERT INTO immoassist_booking_guard AS guard (broker_id, turn)
            SELECT id, 1 FROM res_users WHERE id = ANY(%s) ORDER BY id
            ON CONFLICT (broker_id) DO UPDATE SET turn = guard.turn + 1
            """,
            sorted(brokers.ids),  # always in one order: two bookings never wait for each other
        )
        # A lost race is ordinary here, not an error for the log: it is run again.
        self.env.cr.execute(query, log_exceptions=False)
        self.invalidate_model(["turn"])
