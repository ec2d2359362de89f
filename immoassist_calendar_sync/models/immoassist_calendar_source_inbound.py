import logging
from collections import Counter
from dataclasses import dataclass, replace

import psycopg2

from odoo import models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..core import Base, Event, Presence, RemoteEvent
from ..worker.rows import search_along
from .immoassist_appointment_vocabulary import IMPORTED

_logger = logging.getLogger(__name__)

APPOINTMENT = (
    "appointment_id",
    "appointment_id.calendar_event_id",
    "appointment_id.attendee_ids",
    "appointment_id.calendar_link_ids",
)
"""What of a link is read to take over a change of its event."""


@dataclass(frozen=True)
class Known:
    """What Odoo already has of the events of one answer, found once for all of them."""

    by_id: dict
    by_key: dict
    by_uid: dict

    def link_of(self, event: Event):
        """The link of the event, by its id, or by the mark of a creation without an answer."""
        return self.by_id.get(event.external_id) or (
            self.by_key.get(event.mark.key) if event.mark else None
        )


class ImmoassistCalendarSource(models.Model):
    """Takes over what changed at the provider. No HTTP here."""

    _inherit = "immoassist.calendar.source"

    def _take_over(self, events, *, careful=True):
        """Bring Odoo in line with `events`, each as it is now at the provider.

        One that fails is put aside, with its reason; the others go on.

        :param events: `core.Event`, each external id once
        :param careful: False: if one fails all of it does, which saves a savepoint
        :return: Counter of imported, applied, failed
        """
        if not careful:
            return self._take_over_all(events)
        try:
            with self.env.cr.savepoint():
                return self._take_over_all(events)
        except (psycopg2.OperationalError, ConcurrencyError):
            raise  # the transaction is lost, not the event: it is run again
        except Exception as error:  # whatever one event does must not stop the others
            if len(events) > 1:
                half = len(events) // 2
                return self._take_over(events[:half]) + self._take_over(events[half:])
            self._put_aside(events[0], error)
            return Counter(failed=1)

    def _take_over_all(self, events):
        if not events:
            return Counter()
        known = self._known(events)
        counts, changes, new = Counter(), [], []
        for event in events:
            link = known.link_of(event)
            if link:
                counted, change = link._begin_take_over(event)
                counts += counted
                changes += [change] if change else []
            elif shadow := self._shadowed(event, known):
                self._add_shadow(event, shadow)
            elif event.presence is Presence.LIVE and event.blocking and not self._ours(event):
                new.append(event)
        self._end_changes(changes)
        return counts + self._import(new) + self._note_busy(events, known)

    def _end_changes(self, changes):
        """Do once for all of them what follows of a change, then note what was agreed on."""
        written = [change for change in changes if change.written]
        appointments = self._broker_appointments().browse(
            {change.link.appointment_id.id for change in written} - {False}
        )
        if imported := appointments.filtered(lambda a: a.source in IMPORTED):
            imported._end_batch(frozenset().union(*(change.written for change in written)))
        for change in changes:
            change.link._end_take_over(change)

    # ---------------------------------------------------------------- recognising

    def _known(self, events):
        links = self.env["immoassist.calendar.link"]
        ids = [event.external_id for event in events]
        keys = [event.mark.key for event in events if event.mark]
        unanswered = ["&", ("external_id", "=", False), ("key", "in", keys)]
        # An echo, known by its etag, is only recognised.
        etags = [event.etag for event in events if event.etag]
        own = search_along(
            links,
            [("source_id", "=", self.id), "|", ("external_id", "in", ids), *unanswered],
            APPOINTMENT,
            unless=SQL("%s = ANY(%s)", SQL.identifier(links._table, "etag"), etags),
        )
        by_id = {link.external_id: link for link in own if link.external_id}
        by_key = {link.key: link for link in own if not link.external_id}
        known = Known(by_id, by_key, {})
        new = [event.ical_uid for event in events if event.ical_uid and not known.link_of(event)]
        return replace(known, by_uid=self._same_meetings(new))

    def _same_meetings(self, uids):
        """Appointments of the broker by these iCalUIDs, seen elsewhere or invited to by mail."""
        if not uids:
            return {}
        others = self.env["immoassist.calendar.link"].search_fetch(
            [
                ("user_id", "=", self.user_id.id),
                ("ical_uid", "in", uids),
                ("kind", "=", "event"),
                ("source_id", "!=", self.id),
            ]
        )
        invited = self.env["immoassist.appointment"].search_fetch(
            [("broker_id", "=", self.user_id.id), ("ical_uid", "in", uids)]
        )
        by_uid = {link.ical_uid: link.appointment_id for link in others if link.appointment_id}
        return by_uid | {appointment.ical_uid: appointment for appointment in invited}

    def _shadowed(self, event, known):
        """The appointment that this event is, seen in a second calendar."""
        live = event.presence is Presence.LIVE
        return live and event.ical_uid and known.by_uid.get(event.ical_uid)

    def _add_shadow(self, event, appointment):
        """Recognise the event from now on, and leave it alone: its organiser keeps it right."""
        link = self.env["immoassist.calendar.link"]
        block = appointment.calendar_link_ids.filtered(
            lambda link: link.source_id == self and link.kind == "busy"
        )
        # The meeting itself holds the time there: the block goes.
        block.write({"appointment_id": False, "revision": block.revision + 1})
        block.flush_recordset()  # before its place is taken
        link.create(
            {
                "source_id": self.id,
                "external_id": event.external_id,
                "ical_uid": event.ical_uid,
                "kind": "shadow",
                "role": event.role.value,
                "synced_revision": 1,
                # Only one link of a calendar has the appointment.
                "appointment_id": not self._linked(appointment) and appointment.id,
                **link._base_values(Base(event.fields, event.etag)),
            }
        )

    def _linked(self, appointment):
        return self in appointment.calendar_link_ids.source_id

    def _ours(self, event):
        """Whether this database wrote it: it is never imported, even if its link is lost."""
        return (
            bool(event.mark)
            and event.mark.database
            == self.env["ir.config_parameter"]
            .sudo(
                # sudo: the identity of the database, for a comparison only.
            )
            .get_param("database.uuid")
        )

    # ---------------------------------------------------------------- new events

    def _import(self, events):
        if self.import_mode != "full" or not events:
            return Counter()
        appointments = self._broker_appointments().create(
            [self._imported_values(event) for event in events]
        )
        self.env["immoassist.calendar.link"].create(
            [
                self._imported_link_values(event, appointment)
                for event, appointment in zip(events, appointments, strict=True)
            ]
        )
        return Counter(imported=len(events))

    def _broker_appointments(self):
        """Appointments, written as the broker: what happens in his calendar is his deed, so he is
        not told of it; and without a trace in the chatter.
        """
        # sudo: his calendar may hold what his rights in Odoo would not let him enter.
        return (
            self.env["immoassist.appointment"]
            .with_user(self.user_id)
            .sudo()
            .with_context(
                tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
            )
        )

    def _imported_values(self, event):
        broker = self.user_id
        appointments = self.env["immoassist.appointment"]
        values = {"location": False, "state": "confirmed"}
        values |= appointments._values_of_event(event.fields, broker)
        return values | {
            # Nobody is told of it. Found out afterwards it would be written once more.
            "ical_published": appointments._ical_facts_of(values, broker.id),
            "source": self.connection_id.provider,
            "broker_id": broker.id,
            "company_id": broker.company_id.id,
            "exclusive": False,  # what happened elsewhere cannot be refused
            "inform_attendees": False,
            "ical_uid": event.ical_uid,
            "attendee_ids": [(0, 0, guest) for guest in self._guest_values(event)],
        }

    def _guest_values(self, event):
        unique = {guest.email: guest for guest in event.guests}
        return [
            {
                "name": guest.name.strip() or guest.email,
                "email": guest.email,
                "state": guest.answer,
                "partner_id": False,
            }
            for guest in unique.values()
        ]

    def _imported_link_values(self, event, appointment):
        link = self.env["immoassist.calendar.link"]
        return {
            "source_id": self.id,
            "connection_id": self.connection_id.id,
            "user_id": self.user_id.id,
            "appointment_id": appointment.id,
            "external_id": event.external_id,
            "ical_uid": event.ical_uid,
            "role": event.role.value,
            "synced_revision": 1,
            **link._base_values(Base(event.fields, event.etag)),
        }

    # ---------------------------------------------------------------- failures

    def _put_aside(self, event, error):
        """Remember an event that cannot be taken over, so that somebody can see and retry it."""
        # No message of the error in the log: it may quote the event.
        _logger.warning(
            "Event of calendar %s cannot be taken over: %s", self.id, type(error).__name__
        )
        link = self._known([event]).link_of(event)
        values = {"state": "failed", "last_error": type(error).__name__}
        if link:
            link.write(values)
        else:
            self.env["immoassist.calendar.link"].create(
                values
                | {
                    "source_id": self.id,
                    "external_id": event.external_id,
                    "ical_uid": event.ical_uid,
                    "synced_revision": 1,
                }
            )


def remote_event(event):
    """The event as `core.reconcile` looks at it."""
    return RemoteEvent(event.fields, event.etag, event.presence, event.ical_uid)
