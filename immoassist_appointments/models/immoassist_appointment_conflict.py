import psycopg2

from odoo import api, models
from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.tools import SQL

from .immoassist_appointment import BUSY_FIELDS


class ImmoassistAppointment(models.Model):
    """No broker is booked twice: see `immoassist.booking.guard` for how concurrency is handled."""

    _inherit = "immoassist.appointment"

    # The buffers are inside the range, and it is half-open: 10-11 and 11-12 stand side by side.
    # int4range makes the equality indexable without the btree_gist extension. Deferred, so that
    # `_check_double_booking`, whose message names the other appointment, speaks first;
    # `_enforce_no_double_booking` has the last word.
    _no_double_booking = models.Constraint(
        "EXCLUDE USING gist (int4range(broker_id, broker_id, '[]') WITH =, "
        "tsrange(busy_start, busy_stop) WITH &&) WHERE (exclusive AND state <> 'cancelled') "
        "DEFERRABLE INITIALLY DEFERRED",
        "The broker already has an appointment at this time (buffers included). "
        "Choose another time, or untick “Exclusive” to allow both.",
    )

    @api.constrains(*BUSY_FIELDS)
    def _check_double_booking(self):
        if not any(a.exclusive and a.state != "cancelled" for a in self):
            return
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
        known = other.name if other.sudo(False).has_access("read") else self.env._("Busy")
        return self.env._(
            "%(broker)s is already taken: %(other)s, %(when)s. Buffers count too. "
            "Choose another time, or untick “Exclusive” to allow both.",
            broker=self.broker_id.name,
            other=known,
            # sudo: the hours of what blocks, even when the user may not see it.
            when=other.sudo()._when_words(lang, zone),
        )

    def _enforce_no_double_booking(self):
        """Let the database check what this transaction cannot see: commits since it began.

        :raise ConcurrencyError: a concurrent transaction that did not take the guard was faster;
            Odoo runs this one again, which then sees the other appointment
        """
        if not any(a.exclusive and a.state != "cancelled" for a in self):
            return
        self.flush_model()
        name = SQL.identifier(self._no_double_booking.full_name(self))
        query = SQL("SET CONSTRAINTS %s IMMEDIATE; SET CONSTRAINTS %s DEFERRED", name, name)
        try:
            self.env.cr.execute(query, log_exceptions=False)
        except psycopg2.errors.ExclusionViolation as violation:
            raise ConcurrencyError(self._no_double_booking.get_error_message(self)) from violation

    def _take_guard(self, brokers):
        # sudo: the guard is nobody's to read or write by hand.
        self.env["immoassist.booking.guard"].sudo()._take(brokers)
