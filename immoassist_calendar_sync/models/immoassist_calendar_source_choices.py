from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .immoassist_appointment_vocabulary import IMPORTED

CHOICES = frozenset({"is_target", "import_mode"})


class ImmoassistCalendarSource(models.Model):
    """What the broker chooses for a calendar, and what follows from it."""

    _inherit = "immoassist.calendar.source"

    found = fields.Integer(
        string="Events",
        readonly=True,
        copy=False,
        help="From 30 days ago until a year ahead, when it was connected.",
    )

    def write(self, vals):
        # Whoever could write the others would have a colleague's appointments in his calendar.
        if not self.env.su and not CHOICES.issuperset(vals):
            raise AccessError(self.env._("Only where appointments go and what comes in is chosen."))
        if vals.get("is_target"):
            self._make_way()
        before = {}
        if "import_mode" in vals:
            before = {source: source.import_mode for source in self}
        done = super().write(vals)
        for source, mode in before.items():
            if source.import_mode != mode:
                # sudo: what follows from the choice is written by code alone.
                source.sudo()._follow_mode(mode)
        return done

    def _make_way(self):
        """Appointments go into one calendar of an account: no longer into the others."""
        for source in self:
            if not source.can_write:
                raise UserError(
                    self.env._(
                        "“%(calendar)s” may only be read. Choose a calendar of your own.",
                        calendar=source.name,
                    )
                )
            others = (source.connection_id.source_ids - source).filtered("is_target")
            if others:
                others.is_target = False
                others.flush_recordset(["is_target"])

    def _follow_mode(self, before):
        """Drop what came in the mode `before`, and look at the whole calendar anew."""
        if before == "busy":
            self.busy_ids.unlink()
        if before == "full":
            self._drop_imported()
        if self.import_mode == "none":
            self._put_aside_links().unlink()
        self._look_anew()

    def _look_anew(self):
        """Have the worker list everything again, not only what changed."""
        self.write({"cursor": False})
        self._want_pull()
        self.connection_id._wake_workers()

    def _note_found(self, count):
        self.found = count

    def _put_aside_links(self):
        """Of events that could not be taken over."""
        return self.link_ids.filtered(
            lambda link: not link.appointment_id and not link.presence and link.kind == "event"
        )

    def _drop_imported(self):
        """Take what came from these calendars out of Odoo. It stays at the provider.

        An appointment that was put under a transaction has become the agency's: it stays.
        """
        for user, sources in self.grouped("user_id").items():
            links = sources.link_ids.filtered(
                lambda link: (
                    link.kind == "event"
                    and link.appointment_id.source in IMPORTED
                    and not link.appointment_id.transaction_id
                )
            )
            appointments = links.appointment_id
            shadows = sources._shadows_of(user, links)
            elsewhere = shadows.source_id - sources
            # First the links: an appointment that is deleted with them is deleted there as well.
            (links | shadows).unlink()
            sources[:1]._broker_appointments().browse(appointments.ids).unlink()
            for source in elsewhere:
                source._look_anew()  # what was the second sight of a meeting is the only one now

    def _shadows_of(self, user, links):
        uids = [uid for uid in links.mapped("ical_uid") if uid]
        return links.search(
            [("user_id", "=", user.id), ("kind", "=", "shadow"), ("ical_uid", "in", uids)]
        )

    def _forget_what_was_seen(self):
        """Leave nothing but the links of what was written there: by them it is found again."""
        self.busy_ids.unlink()
        self._put_aside_links().unlink()
        self.link_ids.filtered(lambda link: link.kind == "shadow").unlink()
        self.write({"cursor": False, "window_start": False, "window_stop": False})
