from psycopg2.errors import SerializationFailure

from odoo import fields, models
from odoo.tools import SQL

from ..exceptions import BrokersTaken

# Of all who wait in line at one moment, each round lets one through.
ROUNDS = 100


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
        :raise BrokersTaken: somebody else took one of them since this transaction began; Odoo's
            `retrying` handles it, and for our pages `ir.http` does: do not catch it
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
        try:
            # A lost race is ordinary here, not an error for the log: it is run again.
            self.env.cr.execute(query, log_exceptions=False)
        except SerializationFailure as lost:
            raise BrokersTaken(brokers.ids) from lost
        self.invalidate_model(["turn"])

    def _begin(self, brokers):
        """Begin the transaction anew, with these brokers taken by its first statement.

        All that it did is undone. It waits in line until those who have one of the brokers are
        done, then sees what they did, and cannot lose them any more.

        :param brokers: `res.users` records
        :raise BrokersTaken: others were faster in each of very many rounds
        """
        for number in range(ROUNDS):
            self.env.cr.rollback()
            try:
                return self._take(brokers)
            except BrokersTaken:
                if number == ROUNDS - 1:
                    raise
