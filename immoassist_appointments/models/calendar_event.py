from datetime import datetime, time, timedelta, timezone

from odoo import fields, models
from odoo.exceptions import AccessError
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
    {"start", "stop", "duration", "allday", "start_date", "stop_date", "active", "show_as"}
)

# What of an appointment shows in its meeting.
MIRRORED_FIELDS = frozenset(
    {
        "name",
        "description",
        "start",
        "stop",
        "duration",
        "allday",
        "location",
        "type_id",
        "transaction_id",
        "state",
        "broker_id",
        "attendee_ids",
        "private",
        "show_as",
    }
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

    # Whether somebody is free asks for meetings that end after a moment, of anybody in a team.
    _immoassist_stop_index = models.Index("(stop)")

    def write(self, vals):
        mirrors = self.filtered(lambda meeting: meeting._mirrored_appointment())
        if not CARRIED_FIELDS.isdisjoint(vals):
            mirrors._check_may_carry()
        done = super(CalendarEvent, self - mirrors).write(dict(vals))
        if mirrors:
            silent = mirrors.with_context(**SILENCE)
            done = super(CalendarEvent, silent).write(dict(vals))
            if not CARRIED_FIELDS.isdisjoint(vals):
                mirrors._carry_to_appointment()
        return done

    def unlink(self):
        appointments = self._mirrored_appointment()
        self._check_may_carry()
        done = super().unlink()
        appointments.action_cancel()
        return done

    def _mirrored_appointment(self):
        """The appointments of which these are the meetings.

        sudo: who may change the broker's meeting changes the appointment with it. Therefore only
        if the appointment names the meeting in return: a user may write any id into a field.
        """
        appointments = self.sudo().immoassist_appointment_id
        return appointments.filtered(lambda a: a.calendar_event_id.id in self.ids)

    def _check_may_carry(self):
        """Odoo lets every employee change every meeting, which would move or cancel it with mails.

        :raise AccessError: it is the appointment of a company for which the user does not work
        """
        companies = self._mirrored_appointment().company_id
        if not self.env.su and companies - self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "This meeting is an appointment of another company. Ask somebody who works "
                    "there to change it."
                )
            )

    def _carry_to_appointment(self):
        """Move, cancel or restore the appointments of meetings that were changed by hand."""
        for meeting in self:
            appointment = meeting._mirrored_appointment()
            if not meeting.active:
                appointment.action_cancel()
                continue
            if appointment.state == "cancelled":
                appointment.action_confirm()
            start, stop = meeting._appointment_hours(appointment)
            if appointment._held_range() != (start, stop):
                appointment.write({"start": start, "stop": stop})
            if meeting.show_as != appointment.show_as:
                appointment.show_as = meeting.show_as

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
