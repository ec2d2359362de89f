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
    address = fields.Char(readonly=True, help="Where the provider posts.")
    registered_at = fields.Datetime(readonly=True, help="Or last prolonged, UTC.")
    expires_at = fields.Datetime(readonly=True, help="UTC.")
    renew_wanted = fields.Boolean(readonly=True, help="The provider asked for it.")
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
    last_push = fields.Datetime(readonly=True, help="Last call of the provider, UTC.")

    _secret_index = models.Index("(secret_hash)")
