from datetime import timedelta

from odoo import api, fields, models

from .immoassist_appointment_vocabulary import IMPORTED

SYNCED_FIELDS = frozenset(
    {
        *("name", "description", "location", "start", "stop", "duration", "allday", "state"),
        *("show_as", "private", "broker_id", "type_id", "transaction_id", "attendee_ids"),
    }
)
PAST = timedelta(days=30)
"""What ended longer ago is no longer written into calendars."""


class ImmoassistAppointment(models.Model):
    """Notes, in the transaction of the change, what has to be sent. Nothing is sent from here."""

    _inherit = "immoassist.appointment"

    @api.model_create_multi
    def create(self, vals_list):
        appointments = super().create(vals_list)
        appointments._note_for_sync()
        return appointments

    def write(self, vals):
        done = super().write(vals)
        if not SYNCED_FIELDS.isdisjoint(vals) and not self._is_batch():
            self._note_for_sync()
        return done

    def _end_batch(self, *changed):
        done = super()._end_batch(*changed)
        self.with_context(immoassist_batch=True)._note_for_sync()
        return done

    def unlink(self):
        # sudo: the outbox is written by code alone. The links outlive the appointments, so that
        # their events are deleted.
        links = self.sudo().calendar_link_ids
        links._raise_revision()
        if links:
            links.connection_id._wake_workers()
        return super().unlink()

    def _note_for_sync(self):
        """Have these sent to the calendars where they are, or belong."""
        # sudo: the outbox is written by code alone; who may change an appointment changes it there.
        appointments = self.sudo()
        missing = appointments._missing_links()
        raised = appointments._links_to_send()
        raised._raise_revision()
        if missing:
            self.env["immoassist.calendar.link"].sudo().create(missing)
        own_news = self._is_batch() and not appointments._to_others()
        if missing or (raised and not own_news):
            self.env["immoassist.calendar.connection"].sudo()._wake_workers()

    def _to_others(self):
        """Links beside that of the calendar from which each of these came."""
        return self.calendar_link_ids.filtered(
            lambda link: (
                link.kind != "event" or link.connection_id.provider != link.appointment_id.source
            )
        )

    def _links_to_send(self):
        """A second sight of a meeting is left alone until the meeting is cancelled."""
        return self.calendar_link_ids.filtered(
            lambda link: link.kind != "shadow" or link.appointment_id.state == "cancelled"
        )

    def _missing_links(self):
        """Values of the links that these should have and do not."""
        values = []
        since = fields.Datetime.now() - PAST
        wanted = self.filtered(lambda a: a.state != "cancelled" and a.stop > since)
        for broker, appointments in wanted.grouped("broker_id").items():
            for target in self._sync_targets(broker):
                values += appointments._links_to(target)
        return values

    def _sync_targets(self, broker):
        return self.env["immoassist.calendar.source"].search(
            [
                ("user_id", "=", broker.id),
                ("is_target", "=", True),
                ("connection_id.state", "!=", "draft"),
            ]
        )

    def _links_to(self, target):
        values = []
        for appointment in self:
            links = appointment.calendar_link_ids
            if any(link.connection_id == target.connection_id for link in links):
                continue
            imported = appointment.source in IMPORTED
            if imported and not appointment._copied_as_busy(target.connection_id):
                continue
            kind = "busy" if imported else "event"
            values.append({"source_id": target.id, "appointment_id": appointment.id, "kind": kind})
        return values

    def _copied_as_busy(self, connection):
        """Whether this imported appointment is shown in the calendar of another provider."""
        elsewhere = self.source != connection.provider
        return elsewhere and connection.copy_busy and self.show_as == "busy"


class ImmoassistCalendarLink(models.Model):
    _inherit = "immoassist.calendar.link"

    def _raise_revision(self):
        """Have these sent."""
        for revision, group in self.grouped("revision").items():
            # A change by hand is a new chance for what failed.
            failed = group.filtered(lambda link: link.state == "failed")
            failed.write({"state": "ok", "attempts": 0, "next_attempt": False})
            group.revision = revision + 1


class ImmoassistAppointmentAttendee(models.Model):
    """Who comes is told in the broker's calendar."""

    _inherit = "immoassist.appointment.attendee"

    @api.model_create_multi
    def create(self, vals_list):
        attendees = super().create(vals_list)
        attendees.appointment_id._note_for_sync()
        return attendees

    def write(self, vals):
        done = super().write(vals)
        if not {"name", "email", "phone", "state", "partner_id"}.isdisjoint(vals):
            self.appointment_id._note_for_sync()
        return done

    def unlink(self):
        appointments = self.appointment_id
        done = super().unlink()
        appointments._note_for_sync()
        return done
