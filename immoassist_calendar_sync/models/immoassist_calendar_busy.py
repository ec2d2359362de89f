from odoo import fields, models


class ImmoassistCalendarBusy(models.Model):
    """A busy time of an external calendar: when, and nothing else."""

    _name = "immoassist.calendar.busy"
    _description = "Busy time of an external calendar"
    _order = "start, id"

    source_id = fields.Many2one(
        "immoassist.calendar.source", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="source_id.user_id", store=True, precompute=True)
    fingerprint = fields.Char(
        required=True, readonly=True, help="Hash of the event's id, to find it again."
    )
    start = fields.Datetime(required=True, readonly=True, help="UTC.")
    stop = fields.Datetime(required=True, readonly=True, help="UTC.")
    allday = fields.Boolean(readonly=True)

    _fingerprint_unique = models.UniqueIndex(
        "(source_id, fingerprint)", "This busy time is there already."
    )
    _time_index = models.Index("(user_id, stop, start)")
