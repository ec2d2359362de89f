from odoo import api, fields, models


class ImmoassistCalendarLink(models.Model):
    """An appointment and its event in one external calendar.

    It is the outbox too: a change in Odoo raises `revision` in its own transaction; the worker
    raises `synced_revision` to the one that it has sent. Without an appointment it is a tombstone:
    the event remains to be deleted, or it could not be taken over (`state`).
    """

    _name = "immoassist.calendar.link"
    _description = "Appointment in an external calendar"
    _order = "id"

    source_id = fields.Many2one(
        "immoassist.calendar.source", required=True, readonly=True, index=True, ondelete="cascade"
    )
    # Precomputed: else each hundred new links are written twice. Not "related": Odoo would compute
    # that for each by itself, also where it is known.
    connection_id = fields.Many2one(
        "immoassist.calendar.connection",
        compute="_compute_owner",
        store=True,
        precompute=True,
        readonly=False,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Broker",
        compute="_compute_owner",
        store=True,
        precompute=True,
        readonly=False,
    )
    appointment_id = fields.Many2one(
        "immoassist.appointment", readonly=True, index="btree_not_null", ondelete="set null"
    )
    kind = fields.Selection(
        [
            ("event", "Appointment"),
            ("busy", "Block without content"),
            ("shadow", "The same meeting, kept the same elsewhere"),
        ],
        required=True,
        default="event",
        readonly=True,
    )
    external_id = fields.Char(readonly=True, copy=False)
    ical_uid = fields.Char(readonly=True, copy=False, index="btree_not_null")
    role = fields.Selection(
        [("organiser", "Organiser"), ("guest", "Guest")],
        required=True,
        default="organiser",
        readonly=True,
    )
    etag = fields.Char(readonly=True, copy=False)
    base = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="What both sides agreed on last: see core/codec.",
    )
    presence = fields.Selection(
        [("live", "There"), ("declined", "Declined"), ("deleted", "Deleted")],
        readonly=True,
        copy=False,
        help="How the event stood then; empty: never there.",
    )

    state = fields.Selection(
        [
            ("ok", "Kept the same"),
            ("failed", "Does not work"),
            ("ignored", "Left alone"),
        ],
        required=True,
        default="ok",
        readonly=True,
        index=True,
    )
    revision = fields.Integer(default=1, readonly=True, copy=False)
    synced_revision = fields.Integer(default=0, readonly=True, copy=False)
    key = fields.Char(
        readonly=True, copy=False, help="Under which the event is, or was asked to be, created."
    )
    generation = fields.Integer(
        readonly=True, copy=False, help="How often the event was created anew."
    )
    unsettled = fields.Boolean(
        readonly=True, copy=False, help="A creation was sent and its answer is not known."
    )
    attempts = fields.Integer(readonly=True, copy=False)
    next_attempt = fields.Datetime(readonly=True, copy=False, help="Not before, UTC.")
    last_error = fields.Char(readonly=True, copy=False, help="The provider's code of it.")
    pushes = fields.Integer(
        readonly=True, copy=False, help="Writes in the hour that began at `pushes_since`."
    )
    pushes_since = fields.Datetime(readonly=True, copy=False)

    _external_unique = models.UniqueIndex(
        "(source_id, external_id) WHERE external_id IS NOT NULL", "This event is linked already."
    )
    _appointment_unique = models.UniqueIndex(
        "(source_id, appointment_id) WHERE appointment_id IS NOT NULL",
        "This appointment is linked to this calendar already.",
    )
    _unsettled_index = models.Index("(connection_id) WHERE unsettled")
    _outbox_index = models.Index(
        "(connection_id, next_attempt NULLS FIRST, id) "
        "WHERE revision != synced_revision AND state = 'ok'"
    )

    @api.depends("source_id.connection_id", "source_id.user_id")
    def _compute_owner(self):
        for link in self:
            link.connection_id = link.source_id.connection_id
            link.user_id = link.source_id.user_id
