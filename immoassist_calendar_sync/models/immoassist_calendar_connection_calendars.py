from odoo import api, fields, models

from ..core import schedule
from .immoassist_appointment_inbound import PROVIDERS
from .immoassist_appointment_vocabulary import IMPORTED


class ImmoassistCalendarConnection(models.Model):
    """Which calendars the account has, as they come and go at the provider."""

    _inherit = "immoassist.calendar.connection"

    calendars_at = fields.Datetime(
        readonly=True, copy=False, help="When it was last asked which calendars there are, UTC."
    )

    def _calendars_are_old(self):
        now = fields.Datetime.now()
        due = not self.next_sync or self.next_sync <= now
        return due and (not self.calendars_at or self.calendars_at <= now - schedule.CALENDARS_OLD)

    def _refresh_calendars(self, calendars):
        """:param calendars: list of `core.Calendar`, all that there are"""
        self._note_calendars(calendars)
        self.calendars_at = fields.Datetime.now()

    def _note_calendars(self, calendars):
        """Store which calendars there are; what the broker chose for them stays.

        One that is not listed any more is kept with everything that came from it: the list may
        have been incomplete, the share may be given back.
        """
        known = {source.external_id: source for source in self.source_ids}
        target = any(source.is_target for source in self.source_ids)
        for calendar in calendars:
            values = {
                "name": calendar.name or calendar.external_id,
                "tz": calendar.zone or False,
                "can_write": calendar.can_write,
                "is_primary": calendar.is_primary,
            }
            if source := known.pop(calendar.external_id, None):
                source._note_seen(values)
                continue
            chosen = calendar.is_primary and calendar.can_write and not target
            values |= {"is_target": chosen, "import_mode": "full" if chosen else "busy"}
            values |= {"connection_id": self.id, "external_id": calendar.external_id}
            self.source_ids.create(values | {"pull_wanted": 1, "pull_done": 0})
        for source in known.values():
            source._note_gone()

    def _status_words(self):
        lost = self.source_ids.filtered(lambda source: source.gone and source.is_target)
        if self.state == "connected" and not self.leaving and lost:
            return self.env._(
                "“%(calendar)s”, into which your appointments go, is no longer among your "
                "calendars of %(provider)s. Choose another one for them below.",
                calendar=lost[0].name,
                provider=PROVIDERS[self.provider],
            )
        return super()._status_words()

    def _connect_again(self):
        # sudo: written by code alone, for its broker.
        self.sudo().calendars_at = False
        return super()._connect_again()


class ImmoassistCalendarSource(models.Model):
    _inherit = "immoassist.calendar.source"

    remark = fields.Char(compute="_compute_remark")

    @api.depends("gone", "connection_id.provider")
    def _compute_remark(self):
        for source in self:
            source.remark = source.gone and self.env._(
                "No longer there in %(provider)s. What came from it stays in Odoo.",
                provider=PROVIDERS[source.connection_id.provider],
            )

    def write(self, vals):
        done = super().write(vals)
        if vals.get("is_target"):
            # sudo: what follows from the choice is written by code alone.
            self.sudo()._take_the_place_of_lost_ones()
        return done

    def _note_seen(self, values):
        """It is there, with these properties."""
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.write(changed)
        if self.gone:
            self.gone = False
            self._look_anew()

    def _note_gone(self):
        """It is not there: nothing is read or written until it is back, and nothing is dropped."""
        if not self.gone:
            self.gone = True
        self.connection_id.calendars_at = False  # ask again soon, not in an hour

    def _take_the_place_of_lost_ones(self):
        """Have the appointments of a calendar that is gone written into this one."""
        for source in self:
            lost = source.connection_id.source_ids.filtered("gone") - source
            links = lost.link_ids.filtered(
                lambda link: link.appointment_id and link.appointment_id.source not in IMPORTED
            )
            appointments = links.appointment_id
            links.unlink()
            appointments._note_for_sync()
