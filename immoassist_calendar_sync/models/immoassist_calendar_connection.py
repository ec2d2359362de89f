from odoo import fields, models

NO_ACCESS = fields.NO_ACCESS


class ImmoassistCalendarConnection(models.Model):
    """One account of a broker at Google or Microsoft. A broker may have one at each."""

    _name = "immoassist.calendar.connection"
    _description = "Calendar connection"
    _order = "user_id, provider"
    _rec_name = "account_email"

    user_id = fields.Many2one(
        "res.users",
        string="Broker",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
    )
    provider = fields.Selection(
        [("google", "Google"), ("outlook", "Outlook")], required=True, readonly=True
    )
    account_email = fields.Char(string="Account", readonly=True)
    account_id = fields.Char(
        string="Account identity",
        readonly=True,
        groups=NO_ACCESS,
        help="The provider's own, stable name of the account.",
    )
    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("connected", "Connected"),
            ("reauth", "To be reconnected"),
            ("paused", "Paused"),
        ],
        required=True,
        default="draft",
        readonly=True,
        index=True,
    )
    pause_reason = fields.Selection(
        [
            ("broker", "Paused by the broker"),
            ("preview", "Waits until the first sync is agreed to"),
            ("emptied", "Almost everything seems deleted: confirm or refuse"),
            ("database", "This database is a copy"),
            ("administrator", "The administrator has to act"),
        ],
        readonly=True,
    )

    # Encrypted with the key of the server, see `encryption`; no user reads them, not even by RPC.
    access_token = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    refresh_token = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    expires_at = fields.Datetime(readonly=True, copy=False, help="Of the access token, UTC.")
    scope = fields.Char(string="Permissions", readonly=True, copy=False)
    database_uuid = fields.Char(
        readonly=True, copy=False, groups=NO_ACCESS, help="The database that it was made in."
    )

    source_ids = fields.One2many("immoassist.calendar.source", "connection_id", "Calendars")
    channel_ids = fields.One2many(
        "immoassist.calendar.channel",
        "connection_id",
        groups="immoassist_appointments.group_administrator",
    )
    run_ids = fields.One2many("immoassist.calendar.sync.run", "connection_id", "Runs")
    copy_busy = fields.Boolean(
        string="Show as busy what comes from my other calendar",
        help="Writes blocks without any content into this calendar.",
    )

    last_sync = fields.Datetime(readonly=True, copy=False, help="End of the last good run, UTC.")
    next_sync = fields.Datetime(readonly=True, copy=False, help="Due from then on, UTC.")
    failures = fields.Integer(readonly=True, copy=False, help="Runs failed one after another.")
    last_error = fields.Char(readonly=True, copy=False, help="The provider's code of it.")
    lease_until = fields.Datetime(
        readonly=True, copy=False, groups=NO_ACCESS, help="A worker has it until then, UTC."
    )
    fence = fields.Integer(
        readonly=True, copy=False, groups=NO_ACCESS, help="Grows with each lease."
    )

    _user_provider_unique = models.UniqueIndex(
        "(user_id, provider)", "This broker already has a connection to this provider."
    )
    _due_index = models.Index("(next_sync) WHERE state = 'connected'")
