"""What the state machine found, each as a test of its own."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..core import Role
from .common import SyncCase, moment

FIVE = {"start": moment("2027-03-01 17:00"), "stop": moment("2027-03-01 18:00")}


@tagged("post_install", "-at_install")
class TestSyncCounterexamples(SyncCase):
    def setUp(self):
        super().setUp()
        self.google, self.at_google = self.connect("google")
        self.outlook, self.at_outlook = self.connect("outlook")

    def imported(self):
        return self.env["immoassist.appointment"].search([("source", "in", ("google", "outlook"))])

    def test_the_same_meeting_in_both_beside_copies_of_busy_times(self):
        self.outlook.copy_busy = True
        event = self.event(ical_uid="e1@there")
        self.at_google.put(event)
        self.at_outlook.put(event)
        self.sync()
        self.sync_all()
        links = self.env["immoassist.calendar.link"].search([])
        self.assertEqual(len(self.imported()), 1)
        self.assertEqual(
            sorted(links.mapped(lambda l: (l.connection_id.provider, l.kind))),
            [("google", "event"), ("outlook", "shadow")],
        )
        self.assertEqual(len(self.at_outlook.live()), 1)

    def test_a_reopened_visit_beside_an_event_of_the_brokers_own(self):
        """Nightly: the UIDs of two accounts in memory were the same, those of no real ones are."""
        cancelled, other = self.book(exclusive=False), self.book(exclusive=False)
        cancelled.action_cancel()
        cancelled.action_confirm()
        self.at_google.put(self.event(ical_uid="e1@there"))
        self.sync_all()
        links = (cancelled | other).calendar_link_ids
        self.assertEqual(len(links), 4)
        self.assertEqual(len(set(links.mapped("ical_uid"))), 4)

    def test_the_title_of_a_meeting_that_the_broker_only_attends(self):
        """Nightly: what is the organiser's stays as he says, whatever is typed in Odoo."""
        self.at_google.put(self.event(role=Role.GUEST, ical_uid="e1@there"))
        self.sync_all()
        appointment = self.imported()
        with self.assertRaisesRegex(UserError, "Ask the organiser"):
            appointment.with_user(self.broker).write({"name": "Visit"})
        appointment.sudo().write({"name": "Visit", "location": "Visit"})
        self.sync_all()
        (there,) = self.at_google.live().values()
        self.assertEqual(appointment.name, there.fields["name"])
        self.assertEqual(appointment.location or "", there.fields["location"])

    def test_a_meeting_in_both_that_is_deleted_in_odoo(self):
        """Nightly: deleted means deleted wherever it was seen, not only where it came from."""
        for role in Role:
            with self.subTest(role=role):
                event = self.event(f"e-{role.value}", role=role, ical_uid=f"{role.value}@there")
                self.at_google.put(event)
                self.at_outlook.put(event)
                self.sync_all()
                self.imported().unlink()
                self.sync_all()
                there = [*self.at_google.live().values(), *self.at_outlook.live().values()]
                # Of a guest's the answer remains.
                self.assertEqual({e.presence.value for e in there} - {"declined"}, set())
                self.assertFalse(self.imported())
                live = self.env["immoassist.calendar.link"].search([("presence", "=", "live")])
                self.assertFalse(live)

    def test_a_meeting_in_both_that_is_deleted_in_one_and_changed_in_odoo(self):
        """Nightly: it goes on in the other calendar, with the change; it is not made anew."""
        event = self.event(ical_uid="e1@there")
        self.at_google.put(event)
        self.at_outlook.put(event)
        self.sync_all()
        appointment = self.imported()
        self.at_google.delete(event.external_id)
        appointment.location = "Elsewhere"
        self.sync_all()
        self.sync_all()
        self.assertFalse(self.at_google.live())
        (there,) = self.at_outlook.live().values()
        self.assertEqual(there.fields["location"], "Elsewhere")
        (link,) = appointment.calendar_link_ids
        self.assertEqual((link.connection_id, link.kind), (self.outlook, "event"))
        self.assertEqual(appointment.state, "confirmed")
