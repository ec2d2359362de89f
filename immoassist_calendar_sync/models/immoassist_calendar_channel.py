from odoo import fields, models


class ImmoassistCalendarChannel(models.Model):
    """A push channel (Google) or subscription (Graph), kept until it is known to be stopped."""

    _name = "immoassist.calendar.channel"
    _description = "Push channel"
    _order = "id"

    connection_id = fields.Many2one(
        "immoassist.calendar.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    source_id = fields.Many2one(
        "immoassist.calendar.source",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty: of the whole account.",
    )
    external_id = fields.Char(readonly=True)
    resource_id = fields.Char(readonly=True)
    secret_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(readonly=True, help="UTC.")
    state = fields.Selection(
        [
            ("registering", "Being registered"),
            ("active", "Active"),
            ("refused", "Refused: polled instead"),
            ("stopping", "To be stopped"),
        ],
        required=True,
        default="registering",
        readonly=True,
        index=True,
    )
    last_error = fields.Char(readonly=True)
    last_push = fields.Datetime(readonly=True, help="UTC.")

    _external_index = models.Index("(external_id) WHERE external_id IS NOT NULL")
