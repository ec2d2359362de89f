from odoo import fields, models

from .calendar_event import SILENCE

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


class ImmoassistAppointment(models.Model):
    """The meeting in Odoo's own Calendar, so that colleagues see when the broker is taken."""

    _inherit = "immoassist.appointment"

    def _mirror_model(self):
        # The defaults and the active record are of the view the user came from: Odoo would tie the
        # meeting to that record, and plan an activity there.
        context = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith(("default_", "active_"))
        }
        # sudo: the organiser is the broker, who may be somebody else than who books.
        # pylint: disable-next=context-overridden
        return self.env["calendar.event"].sudo().with_context(context | SILENCE)

    def _mirrors(self):
        """The meetings of these appointments, to be written with sudo.

        Only those that name the appointment in return: a user may write any id into a field.
        """
        meetings = self._mirror_model().browse(self.sudo().calendar_event_id.ids)
        return meetings.filtered(lambda meeting: meeting.immoassist_appointment_id in self)

    def _mirror_people(self):
        """The broker, and the colleagues who come: the meeting holds their time too."""
        coming = self.attendee_ids.filtered(lambda attendee: attendee.state != "declined")
        colleagues = coming.partner_id.filtered(
            lambda partner: any(not user.share for user in partner.user_ids)
        )
        return self.broker_id.partner_id | colleagues

    def _mirror_values(self):
        self.ensure_one()
        start, stop = self._held_range()
        return {
            "name": self.name,
            "start": start,
            "stop": stop,
            "location": self.location,
            "user_id": self.broker_id.id,
            "partner_ids": [fields.Command.set(self._mirror_people().ids)],
            "show_as": self.show_as,
            # Otherwise as the broker's calendar is by default.
            "privacy": "private" if self.private else False,
            "active": self.state != "cancelled",
            "alarm_ids": [fields.Command.clear()],
        }

    def _create_mirrors(self):
        live = self.filtered(lambda a: a.state != "cancelled" and not a.calendar_event_id)
        meetings = self._mirror_model().create(
            [
                appointment.sudo()._mirror_values() | {"immoassist_appointment_id": appointment.id}
                for appointment in live
            ]
        )
        for appointment, meeting in zip(live, meetings, strict=True):
            # sudo: only the mirror itself writes this field.
            appointment.sudo().calendar_event_id = meeting.id
        live.sudo()._answer_mirrors()

    def _update_mirrors(self, changed):
        """Bring the meetings in line after a write of the fields `changed`."""
        if MIRRORED_FIELDS.isdisjoint(changed):
            return
        for appointment in self.sudo().filtered("calendar_event_id"):
            meeting = appointment._mirrors()
            values = appointment._mirror_values()
            if not meeting:
                continue
            stale = {name: value for name, value in values.items() if meeting._differs(name, value)}
            if stale:
                meeting.write(stale)
        self.sudo()._answer_mirrors()
        self._create_mirrors()

    def _answer_mirrors(self):
        """The broker's answer on the meeting: a request that waits for him is a tentative one."""
        for appointment in self.filtered("calendar_event_id"):
            meeting = appointment._mirrors()
            broker = appointment.broker_id.partner_id
            own = meeting.attendee_ids.filtered_domain([("partner_id", "=", broker.id)])
            answer = "tentative" if appointment.state == "pending" else "accepted"
            # A broker who declined his own meeting meant it.
            stale = own.filtered_domain([("state", "not in", (answer, "declined"))])
            if stale:
                stale.state = answer

    def _update_mirror_people(self):
        """Bring the meetings in line after their attendees changed."""
        self.sudo().filtered("calendar_event_id")._update_mirrors({"attendee_ids"})
