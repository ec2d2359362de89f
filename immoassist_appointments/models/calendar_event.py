from datetime import datetime, time, timedelta, timezone

from odoo import fields, models
from odoo.fields import Command

# The appointment sends its own mails and reminders; its meeting must stay silent.
SILENCE = {
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "dont_notify": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "skip_contact_description": True,
}
CARRIED_FIELDS = frozenset(
    {"start", "stop", "duration", "allday", "start_date", "stop_date", "active"}
)


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    immoassist_appointment_id = fields.Many2one(
        "immoassist.appointment",
        string="Appointment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def write(self, vals):
        mirrors = self.filtered("immoassist_appointment_id")
        done = super(CalendarEvent, self - mirrors).write(dict(vals))
        if mirrors:
            silent = mirrors.with_context(**SILENCE)
            done = super(CalendarEvent, silent).write(dict(vals))
            if not CARRIED_FIELDS.isdisjoint(vals):
                mirrors._carry_to_appointment()
        return done

    def unlink(self):
        # sudo: who may delete the broker's meeting cancels the appointment.
        appointments = self.sudo().immoassist_appointment_id
        done = super().unlink()
        appointments.action_cancel()
        return done

    def _carry_to_appointment(self):
        """Move, cancel or restore the appointments of meetings that were changed by hand."""
        for meeting in self:
            # sudo: who may move the broker's meeting moves the appointment with it.
            appointment = meeting.sudo().immoassist_appointment_id
            if not meeting.active:
                appointment.action_cancel()
                continue
            if appointment.state == "cancelled":
                appointment.action_confirm()
            start, stop = meeting._appointment_hours(appointment)
            if appointment._held_range() != (start, stop):
                appointment.write({"start": start, "stop": stop})

    def _appointment_hours(self, appointment):
        """The hours of the meeting in naive UTC; whole days of the broker when it is all day."""
        self.ensure_one()
        if not self.allday:
            return self.start, self.stop
        zone = appointment.broker_id._broker_zone()
        days = (self.start_date, self.stop_date + timedelta(days=1))
        return tuple(
            datetime.combine(day, time.min, zone).astimezone(timezone.utc).replace(tzinfo=None)
            for day in days
        )

    def _differs(self, name, value):
        """Whether writing `value` (as given to `write`) to the field would change anything."""
        self.ensure_one()
        current = self[name]
        match self._fields[name].type:
            case "many2one":
                return current.id != value
            case "many2many":
                wanted = next((c[2] for c in value if c[0] == Command.SET), [])
                return set(current.ids) != set(wanted)
            case _:
                return (current or False) != (value or False)
