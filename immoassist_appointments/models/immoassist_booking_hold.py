from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.constants import GC_UNLINK_LIMIT


class ImmoassistBookingHold(models.Model):
    """A time of a broker that is kept for somebody, for a while.

    Busy for everybody else until it expires: see `immoassist.availability`. It does not keep the
    broker from writing an appointment of his own over it; then the client is told that the time
    is gone, and which ones are free.
    """

    _name = "immoassist.booking.hold"
    _description = "Time held for a while"
    _order = "start, id"

    broker_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="broker_id.company_id", store=True, index=True)
    type_id = fields.Many2one("immoassist.appointment.type", ondelete="cascade")
    transaction_id = fields.Many2one("immoassist.transaction", ondelete="cascade")
    start = fields.Datetime(required=True)
    stop = fields.Datetime(string="End", required=True)
    busy_start = fields.Datetime(
        compute="_compute_busy_range", store=True, precompute=True, help="Start less its buffer."
    )
    busy_stop = fields.Datetime(
        compute="_compute_busy_range", store=True, precompute=True, help="End plus its buffer."
    )
    expires_at = fields.Datetime(required=True, index=True)
    purpose = fields.Selection(
        [("proposal", "Proposed to a client"), ("form", "A client is filling in the form")],
        required=True,
        default="proposal",
    )
    proposal_id = fields.Many2one(
        "immoassist.appointment.proposal", index="btree_not_null", ondelete="cascade"
    )

    _stop_after_start = models.Constraint(
        "CHECK (stop > start)", "The time must end after it starts: check its hours."
    )
    _broker_start_index = models.Index("(broker_id, busy_start)")

    # Not on the buffers of the type: changing a type must not move what is held already.
    @api.depends("start", "stop", "type_id")
    def _compute_busy_range(self):
        for hold in self:
            before, after = hold.type_id.buffer_before, hold.type_id.buffer_after
            hold.busy_start = hold.start - timedelta(minutes=before)
            hold.busy_stop = hold.stop + timedelta(minutes=after)

    @api.model_create_multi
    def create(self, vals_list):
        """Hold times; of two transactions that want one broker's time, the second runs again."""
        brokers = self.env["res.users"].browse({vals["broker_id"] for vals in vals_list})
        # sudo: the guard is nobody's to read or write by hand.
        self.env["immoassist.booking.guard"].sudo()._take(brokers)
        return super().create(vals_list)

    @api.autovacuum
    def _gc_expired(self):
        """Forget what holds nothing any more."""
        domain = [("expires_at", "<=", fields.Datetime.now())]
        expired = self.search(domain, limit=GC_UNLINK_LIMIT)
        expired.unlink()
        return len(expired), len(expired) == GC_UNLINK_LIMIT
