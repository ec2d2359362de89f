from odoo import fields, models


class ImmoassistCalendarNotification(models.Model):
    """What the webhooks received and the worker has not answered yet. Insert only: no lock."""

    _name = "immoassist.calendar.notification"
    _description = "Push notification"
    _order = "id"

    channel_id = fields.Many2one(
        "immoassist.calendar.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("change", "Something changed"),
            ("missed", "Notifications were missed"),
            ("reauthorise", "The subscription must be renewed"),
            ("removed", "The subscription is gone"),
        ],
        required=True,
        default="change",
        readonly=True,
    )
