from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

# A time is held for so long, and again when the visitor goes on typing, up to the longest.
MINUTES = timedelta(minutes=5)
LONGEST = timedelta(minutes=20)
MAX_PAGE = 40


class ImmoassistBookingHold(models.Model):
    """A time is held while a visitor fills in the form: busy for everybody but him.

    Of an open house he holds one place, like anybody who has booked. One hold per visitor: taking
    another releases the first.
    """

    _inherit = "immoassist.booking.hold"

    visitor = fields.Char(
        readonly=True, copy=False, index="btree_not_null", help="A keyed hash of his session."
    )
    page = fields.Char(readonly=True, copy=False, help="Which of his pages asked for it last.")
    held_since = fields.Datetime(default=fields.Datetime.now, readonly=True, copy=False)

    @api.model
    def _prolong(self, visitor, broker, type_, start, page="", lasting=MINUTES, longest=LONGEST):
        """Hold on to the time that this visitor holds already.

        :param datetime start: aware
        :param str page: made up by the page that asks; it lets go what it held last, see `_release`
        :return: whether he holds it (still)
        """
        now = fields.Datetime.now()
        query = SQL(
            """
            UPDATE immoassist_booking_hold
               SET expires_at = GREATEST(expires_at, LEAST(%(until)s, held_since + %(longest)s)),
                   page = %(page)s
             WHERE visitor = %(visitor)s AND broker_id = ANY(%(brokers)s) AND type_id = %(type)s
               AND start = %(start)s AND expires_at > %(now)s
            """,
            until=now + lasting,
            longest=longest,
            page=page[:MAX_PAGE],
            visitor=visitor,
            brokers=broker.ids,
            type=type_.id,
            start=_naive(start),
            now=now,
        )
        return self._change(query)

    @api.model
    def _keep(self, visitor, broker, type_, start, page="", lasting=MINUTES):
        """Hold a free time for this visitor, and none but this one.

        :param broker: several of a team: whoever's turn it is
        :param datetime start: aware
        :param str page: see `_prolong`
        :raise SlotNotAvailable: somebody has it, nothing was written
        """
        self = self.with_context(booking_visitor=visitor)
        options = {"transaction": None, **self.env["immoassist.booking.times"]._options()}
        appointments = self.env["immoassist.appointment"]
        if len(broker) > 1:
            turns = self.env["immoassist.booking.form"]._in_turn(broker, type_, start)
            broker = (turns or broker)[:1]
        # Before the time is looked at: see `immoassist.booking.guard`.
        appointments._take_guard(broker)
        appointments._check_slot_free(broker, type_, start, **options)
        self._release(visitor)
        begin = _naive(start)
        return self.create(
            {
                "visitor": visitor,
                "page": page[:MAX_PAGE],
                "broker_id": broker.id,
                "type_id": type_.id,
                "transaction_id": (options["transaction"] or self.browse()).id,
                "start": begin,
                "stop": begin + timedelta(minutes=type_.duration),
                "expires_at": fields.Datetime.now() + lasting,
                "purpose": "form",
            }
        )

    @api.model
    def _release(self, visitor, page=None):
        """Whatever this visitor held is free again.

        :param str page: only what this page held last: he left it, and may be on the next already
        """
        if visitor:
            its = SQL("TRUE") if page is None else SQL("page = %s", page[:MAX_PAGE])
            query = "DELETE FROM immoassist_booking_hold WHERE visitor = %s AND %s"
            self._change(SQL(query, visitor, its))

    def _change(self, query):
        """:return: whether there was anything to change"""
        self.flush_model()
        # Who reloads a page lets go and holds at once: the second is run again, nothing to log.
        self.env.cr.execute(query, log_exceptions=False)
        changed = bool(self.env.cr.rowcount)
        self.invalidate_model()
        return changed


def _naive(aware):
    return aware.astimezone(timezone.utc).replace(tzinfo=None)
