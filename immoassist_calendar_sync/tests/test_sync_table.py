"""Each row of the table of DESIGN section 7, through the engine."""

from dataclasses import replace

from odoo.tests import tagged

from ..core import Presence, Role
from .common import SyncCase, moment

FIVE = {"start": moment("2027-03-01 17:00"), "stop": moment("2027-03-01 18:00")}


@tagged("post_install", "-at_install")
class TestSyncTable(SyncCase):
    def setUp(self):
        super().setUp()
        self.connection, self.account = self.connect("google")

    def booked(self, **values):
        """An appointment that is in the calendar, and its event."""
        appointment = self.book(**values)
        self.sync()
        (event,) = self.account.live().values()
        return appointment, event

    def imported(self, **fields):
        event = self.account.put(self.event(**fields))
        self.sync_all()
        return self.env["immoassist.appointment"].search([("source", "=", "google")]), event

    def edit(self, event, **fields):
        return self.account.put(replace(event, fields={**event.fields, **fields}))

    def now_there(self, event):
        return self.account.events[event.external_id]

    def test_an_echo_is_nothing(self):
        appointment, event = self.booked()
        writes = self.account.writes
        self.account.put(event)  # another etag, the same content
        (report,) = self.sync_all()
        self.assertEqual(self.account.writes, writes)
        self.assertFalse(report.counts["applied"])
        self.assertEqual(appointment.name, "Visit")

    def test_changed_here_is_sent(self):
        appointment, event = self.booked()
        appointment.location = "12, rue Saint-Paul"
        self.sync()
        self.assertEqual(self.now_there(event).fields["location"], "12, rue Saint-Paul")

    def test_changed_there_is_taken_over(self):
        appointment, event = self.booked()
        self.edit(event, **FIVE)
        self.sync_all()
        self.assertEqual(str(appointment.start), "2027-03-01 17:00:00")
        self.assertEqual(str(appointment.calendar_event_id.start), "2027-03-01 17:00:00")

    def test_different_fields_changed_on_both_sides_are_merged(self):
        appointment, event = self.booked()
        self.edit(event, **FIVE)
        appointment.location = "Here"
        self.sync_all()
        self.assertEqual(str(appointment.start), "2027-03-01 17:00:00")
        self.assertEqual(self.now_there(event).fields["location"], "Here")
        self.assertEqual(self.now_there(event).fields["start"], FIVE["start"])

    def test_the_same_field_odoo_wins_for_its_own_and_both_are_told(self):
        appointment, event = self.booked()
        self.edit(event, location="There")
        appointment.location = "Here"
        self.sync_all()
        self.assertEqual(appointment.location, "Here")
        self.assertEqual(self.now_there(event).fields["location"], "Here")
        told = " ".join(appointment.message_ids.mapped("body"))
        self.assertIn("Here", told)
        self.assertIn("There", told)

    def test_the_same_field_the_provider_wins_for_imported_ones_silently(self):
        appointment, event = self.imported()
        self.edit(event, location="There")
        appointment.location = "Here"
        self.sync_all()
        self.assertEqual(appointment.location, "There")
        self.assertEqual(self.now_there(event).fields["location"], "There")
        self.assertFalse(appointment.message_ids)

    def test_deleted_there_is_cancelled_here(self):
        appointment, event = self.booked()
        self.account.delete(event.external_id)
        self.sync_all()
        self.assertEqual(appointment.state, "cancelled")

    def test_deleted_there_but_changed_here_is_created_again(self):
        appointment, event = self.booked()
        self.account.delete(event.external_id)
        appointment.location = "Here"
        self.sync_all()
        (again,) = self.account.live().values()
        self.assertNotEqual(again.external_id, event.external_id)
        self.assertEqual(again.fields["location"], "Here")
        self.assertEqual(appointment.state, "confirmed")
        self.assertEqual(appointment.google_event_id, again.external_id)

    def test_cancelled_here_is_deleted_there_whatever_changed(self):
        appointment, event = self.booked()
        self.edit(event, **FIVE)
        appointment.action_cancel()
        self.sync_all()
        self.assertFalse(self.account.live())

    def test_a_guest_declines_instead_of_deleting(self):
        appointment, event = self.imported(role=Role.GUEST)
        appointment.action_cancel()
        self.sync()
        self.assertEqual(self.now_there(event).presence, Presence.DECLINED)

    def test_declined_there_is_cancelled_here(self):
        appointment, event = self.imported(role=Role.GUEST)
        self.account.put(replace(event, presence=Presence.DECLINED))
        self.sync_all()
        self.assertEqual(appointment.state, "cancelled")

    def test_reopened_here_is_created_again(self):
        appointment, _event = self.booked()
        appointment.action_cancel()
        self.sync()
        appointment.action_confirm()
        self.sync()
        self.assertEqual(len(self.account.live()), 1)

    def test_a_deletion_with_an_expired_cursor_is_seen(self):
        appointment, event = self.booked()
        self.account.delete(event.external_id)
        del self.account.events[event.external_id]
        self.account.expire_cursors()
        self.sync_all()
        self.assertEqual(appointment.state, "cancelled")

    def test_another_broker_has_it_in_his_calendar_instead(self):
        _other, at_paris = self.connect("google", broker=self.paris)
        appointment, _event = self.booked()
        appointment.broker_id = self.paris
        self.sync()
        self.assertFalse(self.account.live())
        self.assertEqual(len(at_paris.live()), 1)
