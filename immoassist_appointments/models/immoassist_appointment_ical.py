from dataclasses import replace
from datetime import timezone
from uuid import uuid4

from odoo import api, fields, models

from .. import ics

STATUS = {"pending": ics.TENTATIVE, "confirmed": ics.CONFIRMED, "cancelled": ics.CANCELLED}
PARTSTAT = {
    "needs_action": "NEEDS-ACTION",
    "accepted": "ACCEPTED",
    "declined": "DECLINED",
    "tentative": "TENTATIVE",
}


class ImmoassistAppointment(models.Model):
    """The appointment as other calendars see it."""

    _inherit = "immoassist.appointment"

    ical_uid = fields.Char(
        string="iCalendar UID",
        compute="_compute_ical_uid",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index=True,
        help="By which all calendars know the appointment, for its whole life.",
    )
    ical_sequence = fields.Integer(
        string="iCalendar revision",
        readonly=True,
        copy=False,
        help="Grows when time, place, name, broker or state change.",
    )
    ical_published = fields.Json(
        readonly=True, copy=False, help="What was said last to those who come."
    )
    ical_previous = fields.Json(readonly=True, copy=False, help="What was said before that.")

    # Not a default: Odoo gives the rows that exist already one and the same default.
    @api.depends("create_date")
    def _compute_ical_uid(self):
        for appointment in self:
            appointment.ical_uid = appointment.ical_uid or str(uuid4())

    def _ical_facts(self):
        """What other people have to know again when it changes, as JSON."""
        self.ensure_one()
        return self._ical_facts_of(self, self.broker_id.id)

    @api.model
    def _ical_facts_of(self, values, broker_id):
        """As `_ical_facts`, also of the values of an appointment that is still to be created."""
        return {
            "start": fields.Datetime.to_string(values["start"]),
            "stop": fields.Datetime.to_string(values["stop"]),
            "allday": values["allday"],
            "name": values["name"],
            "location": values["location"] or "",
            "state": values["state"],
            "broker": broker_id,
        }

    def _publish_revision(self):
        """Count a change since the last time.

        A confirmation counts as well: some calendars ignore news of a revision that they have.

        :return: the facts of before, or None when nothing changed; {} for the first time
        """
        self.ensure_one()
        before, now = self.ical_published, self._ical_facts()
        if before == now:
            return None
        self.write(
            {
                "ical_published": now,
                "ical_previous": before,
                "ical_sequence": self.ical_sequence + 1 if before else 0,
            }
        )
        return before or {}

    # ---------------------------------------------------------------- files

    def _ical_meeting(self, attendee=None, stamp=None):
        """The appointment as `ics.Meeting`.

        :param attendee: who will get it: he sees his own links and nobody else's address; None
            for the broker, who sees everybody
        :param datetime stamp: naive UTC, when this version was made; now by default
        """
        self.ensure_one()
        broker = self.broker_id
        start, stop = self._held_range()
        people = [self._ical_organizer()]
        people += [person._ical_person() for person in attendee or self.attendee_ids]
        return ics.Meeting(
            uid=self.ical_uid,
            sequence=self.ical_sequence,
            start=start.replace(tzinfo=timezone.utc),
            stop=stop.replace(tzinfo=timezone.utc),
            zone=broker._broker_zone(),
            stamp=(stamp or fields.Datetime.now()).replace(tzinfo=timezone.utc),
            summary=self.name,
            location=self.location or "",
            description=attendee._ical_description() if attendee else self._ical_description(),
            status=STATUS[self.state],
            allday=self.allday,
            organizer=people[0],
            attendees=tuple(person for person in people if person and person.email),
        )

    def _feed_meeting(self):
        """For the broker's own feed: not an invitation, so nobody is asked to answer it.

        Its stamp is that of the last change, so that the feed is the same until something changes.
        """
        changed = [self.write_date, *self.attendee_ids.mapped("write_date")]
        meeting = self._ical_meeting(stamp=max(changed).replace(microsecond=0))
        return replace(meeting, organizer=None, attendees=())

    def _ical_organizer(self):
        email = self.broker_id.email_normalized
        return ics.Person(self.broker_id.name, email, "ACCEPTED") if email else None

    def _ical_description(self):
        """For the broker: who comes and how to reach them."""
        lines = [
            " · ".join(filter(None, (attendee.name, attendee.phone, attendee.email)))
            for attendee in self.attendee_ids
        ]
        return "\n".join([*lines, *filter(None, [self.description]), self._back_office_url()])


class ImmoassistAppointmentAttendee(models.Model):
    _inherit = "immoassist.appointment.attendee"

    def _ical_person(self):
        self.ensure_one()
        return ics.Person(self.name, self.email_normalized or "", PARTSTAT[self.state])

    def _ical_description(self):
        """For who comes: whom to call, and the links that the mail has too."""
        self.ensure_one()
        appointment, env = self.appointment_id, self.with_context(lang=self.lang).env
        broker = appointment.broker_id
        lines = [
            env._("With %s", " · ".join(filter(None, (broker.name, broker.phone)))),
        ]
        if appointment.state != "cancelled":
            lines.append(env._("Answer: %s", self._link("answer")))
            if self._may_manage():
                lines.append(env._("Move: %s", self._link("move")))
                lines.append(env._("Cancel: %s", self._link("cancel")))
        return "\n".join(lines)
