from odoo import api, fields, models
from odoo.tools import SQL

from .immoassist_appointment_vocabulary import IMPORTED


class ImmoassistCalendarConnection(models.Model):
    """The figures of a connection: what waits, what fails, what a first sync would do."""

    _inherit = "immoassist.calendar.connection"

    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    preview_import = fields.Integer(string="Events that come in", compute="_compute_preview")
    preview_busy = fields.Integer(string="Busy times that come in", compute="_compute_preview")
    preview_push = fields.Integer(string="Appointments that go out", compute="_compute_preview")
    is_mine = fields.Boolean(compute="_compute_is_mine")

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_mine(self):
        for connection in self:
            connection.is_mine = connection.user_id == self.env.user

    # Not on the links: each of their changes would look for its connection, in every sync.
    @api.depends("state")
    def _compute_counts(self):
        self.env["immoassist.calendar.link"].flush_model()
        query = SQL(
            """
            SELECT connection_id,
                   COUNT(*) FILTER (WHERE state = 'ok' AND revision != synced_revision),
                   COUNT(*) FILTER (WHERE state = 'failed')
              FROM immoassist_calendar_link
             WHERE connection_id = ANY(%s)
             GROUP BY connection_id
            """,
            self.ids,
        )
        counts = {id_: (waiting, failed) for id_, waiting, failed in self.env.execute_query(query)}
        for connection in self:
            waiting, failed = counts.get(connection.id, (0, 0))
            connection.waiting_count = waiting
            connection.failed_count = failed

    @api.depends("source_ids.found", "source_ids.import_mode", "source_ids.is_target")
    def _compute_preview(self):
        for connection in self:
            found = dict.fromkeys(("full", "busy", "none"), 0)
            for source in connection.source_ids:
                found[source.import_mode] += source.found
            connection.preview_import = found["full"]
            connection.preview_busy = found["busy"]
            target = any(source.is_target for source in connection.source_ids)
            connection.preview_push = len(connection._appointments_ahead()) if target else 0

    def _appointments_ahead(self):
        """What the first sync would write into the calendar."""
        return self.env["immoassist.appointment"].search(
            [
                ("broker_id", "=", self.user_id.id),
                ("state", "!=", "cancelled"),
                ("stop", ">", fields.Datetime.now()),
                ("source", "not in", list(IMPORTED)),
            ]
        )

    def _waiting_links(self):
        links = self.source_ids.link_ids
        return links.filtered("waiting")
