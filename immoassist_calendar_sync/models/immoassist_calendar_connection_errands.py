from odoo import fields, models

from ..core import AdministratorNeeded, RetryLater, Verb, Write
from .immoassist_appointment_vocabulary import IMPORTED
from .immoassist_calendar_connection_tokens import _decrypt

MOST_ATTEMPTS = 10
"""Failed attempts to leave a provider that does not answer, before it is left without a word."""


class ImmoassistCalendarConnection(models.Model):
    """What the worker does beside the sync: a first look before it, and leaving. No HTTP here."""

    _inherit = "immoassist.calendar.connection"

    preview_wanted = fields.Boolean(
        readonly=True, copy=False, groups=fields.NO_ACCESS, help="The worker has to look first."
    )
    preview_at = fields.Datetime(readonly=True, copy=False, help="When it had looked, UTC.")
    leaving = fields.Selection(
        [
            ("keep", "What was written into the calendar stays there"),
            ("remove", "What was written into the calendar is removed"),
        ],
        readonly=True,
        copy=False,
        help="Being disconnected by the worker.",
    )

    def _task(self):
        """What the worker has to do instead of a sync; None: nothing."""
        if self.leaving:
            return "leave"
        return "preview" if self.preview_wanted else None

    def _token_to_refresh(self, now, *, force):
        # Before anything is sent: in a copy of the database nothing is.
        if self.database_uuid != self._this_database():
            raise AdministratorNeeded("database")
        return super()._token_to_refresh(now, force=force)

    def _end_run(self, report, fraction):
        if self.leaving:
            self._end_leaving(report, fraction)
            return
        if not self.preview_wanted:
            super()._end_run(report, fraction)
        elif report.error or report.crashed:
            self.write(self._failure_values(report, fields.Datetime.now(), fraction))
        else:
            self.write({"preview_at": fields.Datetime.now(), "failures": 0, "last_error": False})
        if not isinstance(report.error, RetryLater) and not report.crashed:
            self.preview_wanted = False
        if isinstance(report.error, AdministratorNeeded) and report.error.code == "database":
            self.pause_reason = "database"

    # ---------------------------------------------------------------- leaving

    def _removals(self, limit):
        """What has to be removed at the provider before leaving.

        :return: list of (link id, source id, `core.Write`)
        """
        if self.leaving != "remove":
            return []
        links = self.source_ids.link_ids.filtered(
            lambda link: (
                link.external_id
                and link.kind in ("event", "busy")
                and link.presence == "live"
                and not link._is_guests()
                and (link.kind == "busy" or link.appointment_id.source not in IMPORTED)
            )
        )
        return [
            (
                link.id,
                link.source_id.id,
                Write(verb=Verb.DELETE, key=link.key or "", external_id=link.external_id),
            )
            for link in links[:limit]
        ]

    def _note_removed(self, link_ids):
        self.env["immoassist.calendar.link"].browse(link_ids).exists().unlink()

    def _token_to_revoke(self):
        """The refresh token, or None."""
        # sudo: nobody reads the fields of tokens; the worker forgets this one thereby.
        encrypted = self.sudo().refresh_token
        return encrypted and _decrypt(encrypted)

    def _end_leaving(self, report, fraction):
        again = isinstance(report.error, RetryLater) or report.crashed
        if again and self.failures < MOST_ATTEMPTS:
            self.write(self._failure_values(report, fields.Datetime.now(), fraction))
            return
        self._leave(removed=self.leaving == "remove" and not report.error and not report.crashed)

    def _leave(self, *, removed):
        """Forget the tokens and what came from the provider; how to find what stays there is kept.

        :param bool removed: nothing stays there
        """
        unfinished = self.leaving == "remove" and not removed
        if removed:
            self._forget_calendars()
        else:
            self.source_ids._drop_imported()
            self.source_ids._forget_what_was_seen()
            self.channel_ids.unlink()
        values = dict.fromkeys(
            (
                *("access_token", "refresh_token", "expires_at", "scope", "pause_reason"),
                *("leaving", "preview_wanted", "preview_at", "last_sync", "next_sync"),
                *("not_before", "failures", "emptied_trusted", "pending_grant", "pending_email"),
            ),
            False,
        )
        if removed:
            values |= {"account_id": False, "account_email": False}
        self.write(
            values | {"state": "draft", "last_error": "not_removed" if unfinished else False}
        )
