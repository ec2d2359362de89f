"""What has to be true between Odoo and the calendars once it is quiet."""

from datetime import timezone

from ..core import Presence, Role
from ..core.fingerprint import canonical

IMPORTED = ("google", "outlook")


class Agreement:
    """:param machine: `machine.Sides` after it settled"""

    def __init__(self, machine):
        self.machine, self.case, self.env = machine, machine.case, machine.env

    def check(self):
        self.check_all()
        self.check_rest()

    def check_all(self):
        for connection, account in self.machine.sides.values():
            for appointment in self.machine.appointments():
                self.check_appointment(appointment, connection, account)
            for event in account.live().values():
                self.check_event(event, connection, account)
            self.check_busy(connection, account)
        self.check_identity()
        self.check_mails()

    # ---------------------------------------------------------------- one appointment, one account

    def check_appointment(self, appointment, connection, account):
        """It is there exactly once when it belongs there, with the same content; else not."""
        kind = self.belongs(appointment, connection)
        links = appointment.calendar_link_ids.filtered(
            lambda link: link.connection_id == connection and link.kind != "shadow"
        )
        there = [e for e in map(account.live().get, links.mapped("external_id")) if alive(e)]
        if kind is None:
            self.case.assertFalse(there, f"{appointment.name} does not belong there")
            return
        if kind == "busy" and links.state == "ignored":
            return  # whoever deletes a block is obeyed
        self.case.assertEqual(len(there), 1, f"{self.tell(appointment)} in {connection.provider}")
        self.case.assertEqual(links.mapped("kind"), [kind])
        expected = self.expected(appointment, there[0], kind)
        actual = {name: there[0].fields[name] for name in expected}
        self.case.assertEqual(
            {name: canonical(value) for name, value in actual.items()},
            {name: canonical(value) for name, value in expected.items()},
        )

    def belongs(self, appointment, connection):
        """The kind of event that this appointment has in this account; None: it has none."""
        if appointment.state == "cancelled" or appointment.broker_id != connection.user_id:
            return None
        if appointment.source not in IMPORTED:
            return "event"
        links = appointment.calendar_link_ids
        if connection in links.filtered(lambda link: link.kind == "event").connection_id:
            return "event"
        if connection in links.filtered(lambda link: link.kind == "shadow").connection_id:
            return None
        busy = connection.copy_busy and appointment.show_as == "busy"
        return "busy" if busy and appointment.source != connection.provider else None

    def expected(self, appointment, event, kind):
        start, stop = (m.replace(tzinfo=timezone.utc) for m in appointment._held_range())
        if appointment.allday:
            zone = appointment.broker_id._broker_zone()
            start, stop = start.astimezone(zone).date(), stop.astimezone(zone).date()
        elif event.fields["start"] == event.fields["stop"]:
            stop = start  # calendars know events without a length
        times = {"start": start, "stop": stop, "allday": appointment.allday}
        if kind == "busy":
            return times | {"name": "Busy", "free": False, "private": True}
        untitled = appointment.name == "(No title)" and not event.fields["name"]
        return times | {
            "name": "" if untitled else appointment.name,
            "location": appointment.location or "",
            "free": appointment.show_as == "free",
            "private": appointment.private,
        }

    # ---------------------------------------------------------------- one event

    def check_event(self, event, connection, account):
        """Each live event is known to Odoo, as one live appointment."""
        if not alive(event):
            return
        links = self.env["immoassist.calendar.link"].search(
            [("connection_id", "=", connection.id), ("external_id", "=", event.external_id)]
        )
        if not event.mark and connection.source_ids.import_mode == "busy":
            self.case.assertFalse(links, "busy times have no links")
            return
        self.case.assertEqual(len(links), 1, f"{event.external_id} in {connection.provider}")
        self.case.assertEqual(links.state, "ok")
        if links.kind == "shadow":
            meeting = self.env["immoassist.calendar.link"].search(
                [
                    ("user_id", "=", connection.user_id.id),
                    ("ical_uid", "=", event.ical_uid),
                    ("kind", "=", "event"),
                ]
            )
            self.case.assertEqual(len(meeting.appointment_id), 1, "the meeting of a shadow")
            return
        self.case.assertTrue(links.appointment_id, f"{event.external_id} is nobody's")
        self.case.assertNotEqual(links.appointment_id.state, "cancelled")

    def check_busy(self, connection, account):
        """Where only busy times come in, there are exactly those, and nothing else."""
        source = connection.source_ids
        if source.import_mode != "busy":
            self.case.assertFalse(source.busy_ids)
            return
        foreign = [
            e for e in account.live().values() if alive(e) and not e.mark and not e.fields["free"]
        ]
        self.case.assertEqual(
            sorted(source.busy_ids.mapped("fingerprint")),
            sorted(source._fingerprint(event) for event in foreign),
        )

    # ---------------------------------------------------------------- all of it

    def check_identity(self):
        """No two live appointments of one broker are the same meeting."""
        for broker in (self.case.broker, self.case.paris):
            live = self.machine.appointments().filtered(
                lambda a, broker=broker: a.broker_id == broker and a.state != "cancelled"
            )
            uids = live.calendar_link_ids.filtered(
                lambda link, broker=broker: (
                    link.kind == "event" and link.user_id == broker and link.presence == "live"
                )
            )
            doubled = [
                a for _uid, a in uids.grouped("ical_uid").items() if len(a.appointment_id) > 1
            ]
            self.case.assertFalse(doubled)

    def check_mails(self):
        """Nobody hears of what came from a calendar of the broker's."""
        imported = self.env["immoassist.appointment"].search([("source", "in", IMPORTED)])
        mails = self.env["mail.mail"].search(
            [
                ("id", ">", self.machine.first_mail),
                ("model", "=", "immoassist.appointment"),
                ("res_id", "in", imported.ids),
            ]
        )
        self.case.assertFalse(mails)

    def check_rest(self):
        """One more run writes nothing."""
        before = self.machine.writes()
        self.machine.poll_again()
        self.case.assertEqual(self.machine.writes(), before, "a run when nothing changed")

    def tell(self, appointment):
        return (
            f"{appointment.name} {appointment.start} {appointment.state} {appointment.source} "
            f"{appointment.calendar_link_ids.read(['kind', 'presence', 'state', 'last_error'])}"
        )


def alive(event):
    if event is None or event.presence is Presence.DELETED:
        return False
    return not (event.presence is Presence.DECLINED and event.role is Role.GUEST)
