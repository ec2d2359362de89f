from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class ImmoassistAppointment(models.Model):
    """No broker is booked twice: see `immoassist.booking.guard` for how concurrency is handled."""

    _inherit = "immoassist.appointment"

    # The buffers are inside the range, and it is half-open: 10-11 and 11-12 stand side by side.
    # int4range makes the equality indexable without the btree_gist extension. Deferred: two
    # appointments may trade their times in one transaction, and `_check_double_booking`, whose
    # message names the other appointment, speaks first.
    _no_double_booking = models.Constraint(
        "EXCLUDE USING gist (int4range(broker_id, broker_id, '[]') WITH =, "
        "tsrange(busy_start, busy_stop) WITH &&) WHERE (exclusive AND state <> 'cancelled') "
        "DEFERRABLE INITIALLY DEFERRED",
        "The broker already has an appointment at this time (buffers included). "
        "Choose another time, or untick “Exclusive” to allow both.",
    )

    @api.constrains("start", "stop", "allday", "type_id", "broker_id", "state", "exclusive")
    def _check_double_booking(self):
        self.flush_model()
        overlaps = self.env.execute_query(
            SQL(
                """
                SELECT a.id, b.id
                  FROM immoassist_appointment a
                  JOIN immoassist_appointment b
                    ON b.broker_id = a.broker_id AND b.id != a.id
                   AND b.exclusive AND b.state != 'cancelled'
                   AND b.busy_start < a.busy_stop AND b.busy_stop > a.busy_start
                 WHERE a.id = ANY(%s) AND a.exclusive AND a.state != 'cancelled'
                 LIMIT 1
                """,
                self.ids,
            )
        )
        for mine, other in overlaps:
            raise ValidationError(self.browse(mine)._overlap_message(self.browse(other)))

    def _overlap_message(self, other):
        zone = self.broker_id._broker_zone()
        lang = self.env.lang or "en_US"
        known = other.name if other.has_access("read") else self.env._("Busy")
        return self.env._(
            "%(broker)s is already taken: %(other)s, %(when)s. Buffers count too. "
            "Choose another time, or untick “Exclusive” to allow both.",
            broker=self.broker_id.name,
            other=known,
            # sudo: the hours of what blocks, even when the user may not see it.
            when=other.sudo()._when_words(lang, zone),
        )

    def _take_guard(self, brokers):
        # sudo: the guard is nobody's to read or write by hand.
        self.env["immoassist.booking.guard"].sudo()._take(brokers)
