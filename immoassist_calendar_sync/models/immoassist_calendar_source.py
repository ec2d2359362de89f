from odoo import fields, models


class ImmoassistCalendarSource(models.Model):
    """One external calendar of a connection."""

    _name = "immoassist.calendar.source"
    _description = "External calendar"
    _order = "is_primary desc, name, id"

    connection_id = fields.Many2one(
        "immoassist.calendar.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(related="connection_id.user_id", store=True, index=True)
    external_id = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    tz = fields.Char(readonly=True, help="IANA zone of the calendar.")
    is_primary = fields.Boolean(readonly=True)
    can_write = fields.Boolean(readonly=True)
    gone = fields.Boolean(
        required=True,
        default=False,
        readonly=True,
        copy=False,
        help="No longer among the calendars of the account. What came from it stays in Odoo.",
    )
    is_target = fields.Boolean(
        string="Appointments go here", help="The calendar into which Odoo writes."
    )
    import_mode = fields.Selection(
        [
            ("full", "As appointments"),
            ("busy", "As busy times, without content"),
            ("none", "Not at all"),
        ],
        string="Comes into Odoo",
        required=True,
        default="busy",
    )

    cursor = fields.Text(readonly=True, copy=False, groups=fields.NO_ACCESS)
    window_start = fields.Datetime(readonly=True, copy=False, help="Looked at from then, UTC.")
    window_stop = fields.Datetime(readonly=True, copy=False, help="Looked at until then, UTC.")
    pull_wanted = fields.Integer(readonly=True, help="Counts what asks for a pull: pushes, users.")
    pull_done = fields.Integer(readonly=True, help="As far as it was answered.")
    last_pull = fields.Datetime(readonly=True, copy=False, help="End of the last one, UTC.")
    link_ids = fields.One2many("immoassist.calendar.link", "source_id")
    busy_ids = fields.One2many("immoassist.calendar.busy", "source_id")

    _external_unique = models.UniqueIndex(
        "(connection_id, external_id)", "This calendar is there already."
    )
    _one_target = models.UniqueIndex(
        "(connection_id) WHERE is_target",
        "Appointments go into one calendar of an account. Untick the other first.",
    )
