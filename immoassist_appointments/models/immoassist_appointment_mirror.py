from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from .calendar_event import MIRRORED_FIELDS, SILENCE

PLAIN_FIELDS = frozenset({"name", "start", "stop", "location", "show_as", "privacy"})


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
        # sudo: the number of the meeting alone.
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
            "show_as": self.show_as,
            # Otherwise as the broker's calendar is by default.
            "privacy": "private" if self.private else False,
        }

    def _mirror_people_values(self, people):
        self.ensure_one()
        return {
            "user_id": self.broker_id.id,
            "partner_ids": [fields.Command.set(people.ids)],
            "active": self.state != "cancelled",
            "alarm_ids": [fields.Command.clear()],
        }

    def _new_mirror_values(self):
        people, broker = self._mirror_people(), self.broker_id.partner_id
        values = self._mirror_values() | self._mirror_people_values(people)
        hours = (values["stop"] - values["start"]).total_seconds() / 3600
        # The duration and the names as Odoo would compute them, in more statements for each
        # hundred.
        return values | {
            "immoassist_appointment_id": self.id,
            "duration": round(hours, 2),
            "attendee_ids": [
                fields.Command.create(
                    {"partner_id": partner.id, "common_name": partner.name or partner.email}
                    | ({"state": self._broker_answer()} if partner == broker else {})
                )
                for partner in people
            ],
        }

    def _create_mirrors(self):
        live = self.filtered(lambda a: a.state != "cancelled" and not a.calendar_event_id)
        if not live:
            return  # Odoo's Calendar would look around before it creates nothing
        # sudo: see `_mirror_model`.
        meetings = self._mirror_model().create(
            [appointment.sudo()._new_mirror_values() for appointment in live]
        )
        live._name_mirrors(meetings)
        live.sudo()._answer_mirrors()

    def _name_mirrors(self, meetings):
        """Have the appointments name their meetings: in one statement, without consequences."""
        if not self:
            return
        self.flush_recordset()
        meetings.flush_recordset(["immoassist_appointment_id"])
        query = SQL(
            """
            UPDATE immoassist_appointment a SET calendar_event_id = m.id
              FROM calendar_event m
             WHERE m.immoassist_appointment_id = a.id AND m.id = ANY(%s)
            """,
            meetings.ids,
        )
        self.env.cr.execute(query)
        self.invalidate_recordset(["calendar_event_id"], flush=False)

    def _update_mirrors(self, changed, *, people=True):
        """Bring the meetings in line after a write of the fields `changed`.

        :param people: False: who takes part and whether it takes place is not looked at
        """
        if MIRRORED_FIELDS.isdisjoint(changed):
            return
        together = {}
        for meeting in self.sudo()._mirrors():
            appointment = meeting.immoassist_appointment_id
            values = appointment._mirror_values()
            if people:
                values |= appointment._mirror_people_values(appointment._mirror_people())
            stale = {name: value for name, value in values.items() if meeting._differs(name, value)}
            _values, ids = together.setdefault(repr(stale), (stale, []))
            ids.append(meeting.id)
        for stale, ids in together.values():
            meetings = self._mirror_model().browse(ids)
            if stale and PLAIN_FIELDS.issuperset(stale):
                # Odoo's Calendar would look for people to tell, alarms and activities, for each
                # meeting again; a mirror has none.
                models.BaseModel.write(meetings, stale)
            elif stale:
                meetings.write(stale)
        if people:
            # sudo: see `_mirror_model`.
            self.sudo()._answer_mirrors()
        self._create_mirrors()

    def _answer_mirrors(self):
        """Bring the broker's answers on the meetings in line."""
        # sudo: see `_mirror_model`.
        stale = defaultdict(self.env["calendar.attendee"].sudo().browse)
        for meeting in self._mirrors():
            appointment = meeting.immoassist_appointment_id
            broker = appointment.broker_id.partner_id
            answer = appointment._broker_answer()
            for attendee in meeting.attendee_ids:
                # A broker who declined his own meeting meant it.
                if attendee.partner_id == broker and attendee.state not in (answer, "declined"):
                    stale[answer] |= attendee
        for answer, attendees in stale.items():
            attendees.state = answer

    def _broker_answer(self):
        """The broker's answer: a request that waits for him is a tentative one."""
        return "tentative" if self.state == "pending" else "accepted"

    def _update_mirror_people(self):
        """Bring the meetings in line after their attendees changed."""
        # sudo: see `_mirror_model`.
        self.sudo().filtered("calendar_event_id")._update_mirrors({"attendee_ids"})
