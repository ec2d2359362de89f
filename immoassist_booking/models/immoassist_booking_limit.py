from datetime import datetime, timedelta, timezone

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT
from odoo.tools.misc import hmac

from ..core import guard

SCOPE = "immoassist.booking.limit"
# Of all who count at one moment, each round lets one through, and none of them waits in between.
ROUNDS = 100


class ImmoassistBookingLimit(models.Model):
    """How often something was done by somebody in a fixed stretch of time.

    In the database, so that all the workers share it. Whom a row is about cannot be read from it:
    the key is a keyed hash.
    """

    _name = "immoassist.booking.limit"
    _description = "Uses counted for the limits of the booking pages"
    _log_access = False  # it is about nobody that anybody could look up

    key = fields.Char(required=True)
    used = fields.Integer(required=True)
    expires_at = fields.Datetime(required=True, index=True)

    _key_unique = models.UniqueIndex("(key)")

    @api.model
    def _use(self, what, who, period):
        """Count one use, for good, whatever becomes of the request.

        In a transaction of its own: the request may be refused and rolled back, and it must not
        hold a lock that all who share an address wait for while it books.

        :param str what: a name of what is counted
        :param str who: an address, an e-mail; never stored
        :param timedelta period: of the stretches of time, e.g. an hour
        :return: how often it was used in this stretch, this use included, and the aware end of it
        """
        now = datetime.now(timezone.utc)
        number, end = guard.window(now, period)
        query = SQL(
            """
            INSERT INTO immoassist_booking_limit AS counted (key, used, expires_at)
            VALUES (%s, 1, %s)
            ON CONFLICT (key) DO UPDATE SET used = counted.used + 1 RETURNING used
            """,
            self._key(what, who, number),
            end.replace(tzinfo=None),
        )
        return self._alone(query)[0], end

    @api.model
    def _alone(self, query):
        """The first row of one statement in a transaction of its own, None when there is none."""
        for _round in range(ROUNDS):
            # Somebody else wrote the same row since this transaction began: once more.
            with self.env.registry.cursor() as cr:
                try:
                    cr.execute(query, log_exceptions=False)
                    return cr.fetchone()
                except SerializationFailure:
                    cr.rollback()
        raise ConcurrencyError(f"No turn in {ROUNDS} rounds")

    @api.model
    def _take_turn(self, what, who):
        """Make every other transaction that takes this turn fail and run again.

        Like `immoassist.booking.guard`, for what is no broker's.
        """
        query = SQL(
            """
            INSERT INTO immoassist_booking_limit AS turn (key, used, expires_at) VALUES (%s, 1, %s)
            ON CONFLICT (key) DO UPDATE SET used = turn.used + 1
            """,
            self._key(what, who),
            fields.Datetime.now() + timedelta(days=1),
        )
        self.env.cr.execute(query, log_exceptions=False)

    @api.model
    def _key(self, what, who, number=0):
        # sudo: the secret is a system parameter.
        return hmac(self.env(su=True), SCOPE, f"{what}|{who}|{number}")[:40]

    @api.autovacuum
    def _gc_expired(self):
        expired = self.search(
            [("expires_at", "<=", fields.Datetime.now() - timedelta(minutes=1))],
            limit=GC_UNLINK_LIMIT,
        )
        expired.unlink()
        return len(expired), len(expired) == GC_UNLINK_LIMIT
