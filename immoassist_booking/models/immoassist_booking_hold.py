from datetime import timedelta, timezone

from odoo import api, fields, models

# A time is held for so long, and again when the visitor goes on typing, up to the longest.
MINUTES = timedelta(minutes=5)
LONGEST = timedelta(minutes=20)


class ImmoassistBookingHold(models.Model):
    """A time is held while a visitor fills in the form: busy for everybody but him.

    Of an open house he holds one place, like anybody who has booked. One hold per visitor: taking
    another releases the first.
    """

    _inherit = "immoassist.booking.hold"

    visitor = fields.Char(
        readonly=True, copy=False, index="btree_not_null", help="A keyed hash of his session."
    )
    held_since = fields.Datetime(default=fields.Datetime.now, readonly=True, copy=False)

    @api.model
    def _prolong(self, visitor, broker, type_, start, lasting=MINUTES, longest=LONGEST):
        """Hold on to the time that this visitor holds already.

        :param datetime start: aware
        :return: the hold; none when he does not hold it (any more)
        """
        now = fields.Datetime.now()
        hold = self.search(
            [
                ("visitor", "=", visitor),
                ("broker_id", "=", broker.id),
                ("type_id", "=", type_.id),
                ("start", "=", _naive(start)),
                ("expires_at", ">", now),
            ],
            limit=1,
        )
        if hold:
            until = min(now + lasting, hold.held_since + longest)
            hold.expires_at = max(hold.expires_at, until)
        return hold

    @api.model
    def _keep(self, visitor, broker, type_, start, lasting=MINUTES):
        """Hold a free time for this visitor, and none but this one.

        :param datetime start: aware
        :raise SlotNotAvailable: somebody has it, nothing was written
        """
        appointments = self.env["immoassist.appointment"].with_context(booking_visitor=visitor)
        # Before the time is looked at: see `immoassist.booking.guard`.
        appointments._take_guard(broker)
        appointments._check_slot_free(broker, type_, start, None)
        self._release(visitor)
        begin = _naive(start)
        return self.create(
            {
                "visitor": visitor,
                "broker_id": broker.id,
                "type_id": type_.id,
                "start": begin,
                "stop": begin + timedelta(minutes=type_.duration),
                "expires_at": fields.Datetime.now() + lasting,
                "purpose": "form",
            }
        )

    @api.model
    def _release(self, visitor):
        """Whatever this visitor held is free again."""
        if visitor:
            self.search([("visitor", "=", visitor)]).unlink()


def _naive(aware):
    return aware.astimezone(timezone.utc).replace(tzinfo=None)
