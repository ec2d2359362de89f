from odoo import fields, models


class ImmoassistCalendarSyncRun(models.Model):
    """What one run of the sync of one connection did: counts and codes, nothing personal."""

    _name = "immoassist.calendar.sync.run"
    _description = "Sync run"
    _order = "start desc, id desc"

    connection_id = fields.Many2one(
        "immoassist.calendar.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(related="connection_id.user_id", store=True, string="Broker")
    provider = fields.Selection(related="connection_id.provider", store=True)
    start = fields.Datetime(required=True, readonly=True, index=True, help="UTC.")
    seconds = fields.Float(readonly=True, aggregator="avg")
    outcome = fields.Selection(
        [("done", "Done"), ("partial", "Some events failed"), ("failed", "Failed")],
        required=True,
        readonly=True,
    )
    error = fields.Char(readonly=True, help="The provider's code of it.")
    requests = fields.Integer(readonly=True, help="HTTP requests to the provider.")
    pulled = fields.Integer(string="Events looked at", readonly=True)
    imported = fields.Integer(readonly=True)
    applied = fields.Integer(string="Changes taken over", readonly=True)
    pushed = fields.Integer(string="Changes sent", readonly=True)
    failed = fields.Integer(string="Events that failed", readonly=True)
