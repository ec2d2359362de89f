from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import RecordCapturer, tagged

from .common import MONDAY, TORONTO, AppointmentCase, day_after, utc

TUESDAY = day_after(MONDAY, 1)


@tagged("post_install", "-at_install")
class TestMirror(AppointmentCase):
    """The meeting in Odoo's Calendar follows its appointment, and the other way round."""

    def assert_in_line(self, appointment):
        """What must hold between an appointment and its meeting, whatever happened before."""
        self.env.flush_all()
        self.env.invalidate_all()
        meeting = appointment.calendar_event_id
        if appointment.state == "cancelled":
            self.assertFalse(meeting.active and meeting.exists())
            return
        self.assertEqual(len(meeting), 1)
        self.assertEqual(meeting.immoassist_appointment_id, appointment)
        self.assertTrue(meeting.active)
        self.assertEqual((meeting.start, meeting.stop), (appointment.start, appointment.stop))
        self.assertEqual(meeting.name, appointment.name)
        self.assertEqual(meeting.location, appointment.location)
        self.assertEqual(meeting.user_id, appointment.broker_id)
        self.assertIn(appointment.broker_id.partner_id, meeting.partner_ids)
        self.assertEqual(meeting.show_as, "busy")

    def test_created(self):
        for state in ("confirmed", "pending"):
            with self.subTest(state=state):
                appointment = self.plan(f"{MONDAY} 10:00", state=state, exclusive=False)
                self.assert_in_line(appointment)

    def test_cancelled_has_none(self):
        appointment = self.plan(f"{MONDAY} 10:00", state="cancelled")
        self.assertFalse(appointment.calendar_event_id)
        appointment.action_confirm()
        self.assert_in_line(appointment)

    def test_created_in_a_batch(self):
        values = [
            {
                "name": f"x{hour}",
                "broker_id": self.broker.id,
                "start": utc(f"{MONDAY} {hour:02d}:00", TORONTO),
                "duration": 1,
            }
            for hour in range(8, 20)
        ]
        Event = type(self.env["calendar.event"])
        original = Event.create
        with patch.object(Event, "create", autospec=True, side_effect=original) as create:
            appointments = self.env["immoassist.appointment"].create(values)
        self.assertEqual(create.call_count, 1)
        for appointment in appointments:
            self.assert_in_line(appointment)

    def test_moved_in_the_agency(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        meeting = appointment.calendar_event_id
        appointment.start = utc(f"{TUESDAY} 14:00", TORONTO)
        appointment.duration = 2
        appointment.write({"name": "Autre nom", "location": "Ailleurs"})
        self.assert_in_line(appointment)
        self.assertEqual(appointment.calendar_event_id, meeting)

    def test_renamed_by_its_type(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        appointment.type_id = self.type
        self.assertEqual(appointment.name, "type-simple")
        self.assert_in_line(appointment)

    def test_placed_by_its_transaction(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        appointment.transaction_id = self.make_transaction()
        self.assertTrue(appointment.location)
        self.assert_in_line(appointment)

    def test_moved_in_the_calendar(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        for values in (
            {"start": utc(f"{TUESDAY} 14:00"), "stop": utc(f"{TUESDAY} 16:30")},
            {"stop": utc(f"{TUESDAY} 15:00")},
            {"duration": 3.0},
            {"start": utc(f"{TUESDAY} 10:00")},
        ):
            with self.subTest(values=values):
                appointment.calendar_event_id.with_user(self.broker).write(values)
                self.assert_in_line(appointment)

    def test_moved_in_the_calendar_onto_another(self):
        self.plan(f"{TUESDAY} 10:00")
        appointment = self.plan(f"{MONDAY} 10:00")
        move = {"start": utc(f"{TUESDAY} 10:00", TORONTO), "stop": utc(f"{TUESDAY} 11:00", TORONTO)}
        with self.assertRaisesRegex(Exception, "already"):
            self.rpc(
                self.broker, "calendar.event", "write", appointment.calendar_event_id.ids, move
            )
        self.assert_in_line(appointment)
        self.assertEqual(appointment.start, utc(f"{MONDAY} 10:00", TORONTO))

    def test_archived_in_the_calendar(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        appointment.calendar_event_id.with_user(self.broker).action_archive()
        self.assertEqual(appointment.state, "cancelled")
        self.assert_in_line(appointment)

    def test_restored_in_the_calendar(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        meeting = appointment.calendar_event_id
        appointment.action_cancel()
        meeting.with_user(self.broker).action_unarchive()
        self.env.flush_all()
        self.assertEqual(meeting.active, appointment.state != "cancelled")

    def test_cancelled_and_confirmed_again(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        meeting = appointment.calendar_event_id
        appointment.action_cancel()
        self.assertFalse(meeting.active)
        self.assert_in_line(appointment)
        later = utc(f"{TUESDAY} 10:00", TORONTO)
        with self.assertRaisesRegex(UserError, "was not moved"):
            appointment.start = later
        appointment.write({"state": "confirmed", "start": later})
        self.assertEqual(appointment.calendar_event_id, meeting)
        self.assert_in_line(appointment)

    def test_given_to_a_colleague(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        appointment.broker_id = self.paris
        self.assert_in_line(appointment)
        self.assertNotIn(self.broker.partner_id, appointment.calendar_event_id.partner_ids)

    def test_all_day(self):
        appointment = self.plan(f"{MONDAY} 10:00", allday=True)
        meeting = appointment.calendar_event_id
        self.assertEqual(meeting.start, utc(f"{MONDAY} 00:00", TORONTO))
        self.assertEqual(meeting.stop, utc(f"{TUESDAY} 00:00", TORONTO))

    def test_several_written_at_once(self):
        both = self.plan(f"{MONDAY} 09:00") | self.plan(f"{MONDAY} 10:00")
        both.write({"location": "Ailleurs"})
        both.action_cancel()
        both.action_confirm()
        for appointment in both:
            self.assert_in_line(appointment)

    def test_copy(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        copied = appointment.copy({"start": utc(f"{TUESDAY} 10:00", TORONTO)})
        self.assert_in_line(appointment)
        self.assert_in_line(copied)
        self.assertEqual(copied.duration, 1)

    def test_copied_meeting_is_an_ordinary_one(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        copied = appointment.calendar_event_id.copy()
        copied.write({"start": utc(f"{TUESDAY} 10:00"), "stop": utc(f"{TUESDAY} 11:00")})
        self.assertEqual(appointment.start, utc(f"{MONDAY} 10:00", TORONTO))


@tagged("post_install", "-at_install")
class TestMirrorPeople(AppointmentCase):
    def test_internal_attendees_are_on_it(self):
        ada = self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
        people = [self.manager.partner_id, ada]
        commands = [Command.create({"partner_id": partner.id}) for partner in people]
        appointment = self.plan(f"{MONDAY} 10:00", attendee_ids=commands)
        meeting = appointment.calendar_event_id
        wanted = self.broker.partner_id | self.manager.partner_id
        self.assertEqual(meeting.partner_ids, wanted)
        appointment.attendee_ids = [Command.create({"partner_id": self.paris.partner_id.id})]
        self.assertEqual(meeting.partner_ids, wanted | self.paris.partner_id)

    def test_answers_of_the_others_survive_a_move(self):
        guest = Command.create({"partner_id": self.manager.partner_id.id})
        appointment = self.plan(f"{MONDAY} 10:00", attendee_ids=[guest])
        attendee = appointment.calendar_event_id.attendee_ids.filtered(
            lambda line: line.partner_id == self.manager.partner_id
        )
        attendee.state = "declined"
        appointment.location = "Ailleurs"
        self.assertEqual(attendee.exists().state, "declined")

    def test_colleagues_read_it(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        meeting = appointment.calendar_event_id.with_user(self.internal)
        self.assertEqual(meeting.start, appointment.start)


@tagged("post_install", "-at_install")
class TestMirrorDeleted(AppointmentCase):
    def test_with_the_appointment(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        meeting = appointment.calendar_event_id
        appointment.unlink()
        self.env.invalidate_all()
        self.assertFalse(meeting.exists().active)

    def test_alone(self):
        """Deleting the meeting is not a way to keep an appointment that nobody sees."""
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        appointment.calendar_event_id.with_user(self.broker).unlink()
        self.env.invalidate_all()
        self.assertEqual(appointment.state != "cancelled", bool(appointment.calendar_event_id))


@tagged("post_install", "-at_install")
class TestMirrorSilence(AppointmentCase):
    """The appointment sends its own mails: its meeting sends none and rings no alarm."""

    def assert_silent(self, action):
        models = ("mail.mail", "calendar.alarm")
        before = [self.env[model].search_count([]) for model in models]
        with RecordCapturer(self.env["mail.message"]) as capture:
            result = action()
            self.env.flush_all()
        self.assertEqual([self.env[model].search_count([]) for model in models], before)
        sent = capture.records.filtered(lambda message: message.model == "calendar.event")
        self.assertFalse(sent.notified_partner_ids)
        return result

    def planned(self):
        guests = [
            {"partner_id": self.manager.partner_id.id},
            {"name": "Ada", "email": "ada@example.com"},
        ]
        return self.plan(
            f"{MONDAY} 10:00", user=self.broker, attendee_ids=[Command.create(g) for g in guests]
        )

    def test_creation(self):
        appointment = self.assert_silent(self.planned)
        self.assertFalse(appointment.calendar_event_id.alarm_ids)

    def test_changes_of_the_appointment(self):
        appointment = self.planned()
        start = utc(f"{TUESDAY} 10:00", TORONTO)
        for values in (
            {"start": start},
            {"location": "Ailleurs"},
            {"attendee_ids": [Command.create({"partner_id": self.internal.partner_id.id})]},
            {"state": "cancelled"},
            {"state": "confirmed"},
            {"broker_id": self.manager.id},
        ):
            with self.subTest(values=list(values)):
                self.assert_silent(lambda values=values: appointment.sudo().write(values))

    def test_changes_in_the_calendar(self):
        meeting = self.planned().calendar_event_id.with_user(self.internal)
        move = {"start": utc(f"{TUESDAY} 10:00"), "stop": utc(f"{TUESDAY} 11:00")}
        self.assert_silent(lambda: meeting.write(move))
        self.assert_silent(meeting.action_archive)

    def test_batch_has_no_alarm(self):
        alarm = self.env["calendar.alarm"].search([], limit=1)
        meeting = self.planned().calendar_event_id
        meeting.alarm_ids = alarm
        meeting.immoassist_appointment_id.start = utc(f"{TUESDAY} 10:00", TORONTO)
        self.assertFalse(meeting.alarm_ids)
