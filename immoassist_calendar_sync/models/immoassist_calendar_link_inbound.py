from collections import Counter
from dataclasses import dataclass

from odoo import models

from ..core import Action, Base, Event, Presence, Role
from ..core.reconcile import Decision
from .immoassist_appointment_vocabulary import IMPORTED
from .immoassist_calendar_source_inbound import remote_event

PRESENCE_ENDED = (Presence.DELETED, Presence.DECLINED)


@dataclass(frozen=True)
class Change:
    """One event that was written into its appointment.

    :param written: names of the fields that were.
    """

    link: models.Model
    event: Event
    decision: Decision
    written: frozenset


class ImmoassistCalendarLink(models.Model):
    """Takes over the news of one known event."""

    _inherit = "immoassist.calendar.link"

    def _take_over(self, event):
        """Bring Odoo in line with the event; what remains to be sent stays in the outbox.

        :return: Counter of applied
        """
        counts, change = self._begin_take_over(event)
        if change:
            self.source_id._end_changes([change])
        return counts

    def _begin_take_over(self, event):
        """Write the event into the appointment.

        :return: Counter of applied, and the Change for `_end_take_over`, if any
        """
        self.ensure_one()
        if self._is_echo(event):
            return Counter(), None
        self._identify(event)
        match self.kind:
            case "shadow":
                return self._follow_shadow(event), None
            case "busy":
                return self._keep_block(event), None
        if not (self.presence or self.appointment_id or self.key):
            return self._import_again(event), None
        decision = self._reconcile(remote_event(event))
        ended = decision.action in (Action.CANCEL, Action.RECREATE)
        if ended and (heir := self._heir()):
            # Taken out of one of two calendars: the meeting goes on in the other, with what was
            # changed in Odoo meanwhile.
            heir.write({"kind": "event", "revision": heir.revision + 1})
            self.unlink()
            return Counter(applied=1), None
        written = self._apply(decision)
        counts = Counter(applied=decision.action is not Action.NOTHING)
        return counts, Change(self, event, decision, written)

    def _end_take_over(self, change):
        self._take_over_guests(change.event)
        self._remember(change.decision, change.event)

    def _is_echo(self, event):
        """Whether it is known as it is: our own write coming back, or the same news again."""
        return (
            bool(event.etag) and event.etag == self.etag and event.presence.value == self.presence
        )

    def _identify(self, event):
        values = {"external_id": event.external_id, "unsettled": False}
        if event.presence is Presence.LIVE:
            values |= {"ical_uid": event.ical_uid, "role": event.role.value}
        if changed := {name: value for name, value in values.items() if self[name] != value}:
            self.write(changed)

    # ---------------------------------------------------------------- appointments

    def _appointment(self):
        """The appointment, to be written as its broker: see `_broker_appointments`."""
        if self.appointment_id.source in IMPORTED:
            batch = self.source_id._broker_appointments().with_context(immoassist_batch=True)
            return self.appointment_id.with_env(batch.env)  # `browse` would read each by itself
        # sudo: his calendar may hold what his rights in Odoo would not let him enter.
        return self.appointment_id.with_user(self.user_id).sudo()

    def _apply(self, decision):
        """:return: names of the fields of the appointment that were written"""
        appointment = self._appointment()
        values = appointment._values_of_event(decision.write, self.user_id)
        if values:
            # Two overlapping moves at the provider cannot be refused: they are shown, see
            # `_overlaps`. Nothing else of Odoo may keep the calendars apart.
            appointment._write_from_calendar(values)
        if decision.action is Action.CANCEL and appointment:
            appointment.action_cancel()
            values["state"] = "cancelled"
        if decision.conflicts:
            appointment._log_conflicts(decision.conflicts, self.connection_id.provider)
        return frozenset(values)

    def _remember(self, decision, event):
        """Store what both sides agree on; while something is to be sent: how the event stands.

        Compared with that, what is to be sent is a change of Odoo's, and its only one.
        """
        if decision.sends:
            before = self._base()
            fields = {**(before.fields if before else {}), **event.fields}
            base = Base(fields, event.etag, event.presence)
            values = {"synced_revision": self.revision - 1}
        else:
            base = decision.base
            values = {"synced_revision": self.revision, "state": "ok", "last_error": False}
        self.write(self._base_values(base) | values)

    def _take_over_guests(self, event):
        appointment = self._appointment()
        if not appointment or event.presence is not Presence.LIVE:
            return
        answers = {guest.email: guest.answer for guest in event.guests}
        for attendee in appointment.attendee_ids:
            answer = answers.get(attendee.email_normalized)
            if answer and answer != "needs_action" and answer != attendee.state:
                attendee.state = answer
        if appointment.source in IMPORTED:
            self._take_over_guest_list(appointment, event)

    def _take_over_guest_list(self, appointment, event):
        listed = {values["email"]: values for values in self.source_id._guest_values(event)}
        here = {attendee.email: attendee for attendee in appointment.attendee_ids}
        commands = [(2, here[email].id) for email in here.keys() - listed.keys()]
        commands += [(0, 0, listed[email]) for email in listed.keys() - here.keys()]
        if commands:
            appointment.attendee_ids = commands

    def _import_again(self, event):
        """An event that could not be taken over has changed: it is new."""
        source = self.source_id
        self.unlink()
        return source._take_over([event])

    # ---------------------------------------------------------------- the other kinds

    def _follow_shadow(self, event):
        """The second sight of a meeting: recognised, not changed, forgotten when it ends."""
        if event.presence in PRESENCE_ENDED:
            appointment = self.appointment_id
            self.unlink()
            appointment._note_for_sync()
        else:
            self.write(self._base_values(Base(event.fields, event.etag)))
        return Counter()

    def _heir(self):
        """The second sight of a meeting that ended in this calendar alone."""
        return self.appointment_id.calendar_link_ids.filtered(
            lambda link: link.kind == "shadow" and link.user_id == self.user_id
        )[:1]

    def _keep_block(self, event):
        """A block of ours: what was done to it by hand is undone; who deletes it is obeyed."""
        base = Base(event.fields, event.etag, event.presence)
        values = self._base_values(base)
        if event.presence is Presence.LIVE:
            values["synced_revision"] = self.revision - 1
        else:
            values |= {"state": "ignored", "synced_revision": self.revision}
        self.write(values)
        return Counter()

    def _is_guests(self):
        """Whether somebody else organises the meeting."""
        return self.role == Role.GUEST.value
