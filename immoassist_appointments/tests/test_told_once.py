from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .invitation_case import VISIT, InvitationCase
from .mailbox import invitation_of

ADA, GRACE, MARIE = "ada@client.example", "grace@client.example", "marie@agency.example"
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestToldOnce(InvitationCase):
    """A savepoint runs what waits for the end of the transaction: the mails are made, and what
    comes after it in the same transaction has to make them anew, not once more."""

    def end_of_step(self):
        """What many methods of Odoo do in the middle of a transaction."""
        with self.env.cr.savepoint():
            pass

    def told(self):
        """[(recipient, method, SEQUENCE, hour in Montreal)] of the mails with a file."""
        found = []
        for to, message in self.deliver():
            calendar, method = invitation_of(message)
            (event,) = calendar.walk("VEVENT")
            found.append((to, method, event["sequence"], event["dtstart"].dt.hour))
        return found

    def notes(self, appointment):
        bodies = appointment.message_ids.mapped("body")
        return sum("Informed by e-mail" in body for body in bodies)

    def test_made_and_moved(self):
        appointment = self.appointment()
        self.end_of_step()
        appointment.start = VISIT + HOUR
        self.end_of_step()
        appointment.location = "12, avenue du Parc"
        self.assertEqual(self.told(), [(ADA, "REQUEST", 0, 11)])
        self.assertEqual(self.notes(appointment), 1)

    def test_moved_twice(self):
        appointment = self.appointment(user=self.manager)
        self.deliver()
        for hours in (1, 2, 3):
            appointment.start = VISIT + hours * HOUR
            self.end_of_step()
        self.assertEqual(self.told(), [(ADA, "REQUEST", 1, 13), (MARIE, "REQUEST", 1, 13)])
        self.assertEqual(appointment.ical_previous["start"], "2027-03-10 15:00:00")

    def test_there_and_back(self):
        appointment = self.appointment()
        appointment.attendee_ids.state = "accepted"
        self.deliver()
        notes = self.notes(appointment)
        appointment.start = VISIT + HOUR
        self.end_of_step()
        self.assertEqual(appointment.attendee_ids.state, "needs_action")
        appointment.start = VISIT
        self.assertEqual(self.told(), [])
        self.assertEqual(appointment.ical_sequence, 0)
        self.assertEqual(appointment.attendee_ids.state, "accepted")
        self.assertEqual(self.notes(appointment), notes)

    def test_made_and_cancelled(self):
        appointment = self.appointment()
        self.end_of_step()
        appointment.action_cancel()
        self.assertEqual(self.told(), [])

    def test_made_and_deleted(self):
        appointment = self.appointment()
        self.end_of_step()
        appointment.unlink()
        self.assertEqual(self.told(), [])

    def test_approved_moved_and_cancelled(self):
        appointment = self.appointment(state="pending")
        self.deliver()
        appointment.action_confirm()
        self.end_of_step()
        appointment.start = VISIT + HOUR
        self.end_of_step()
        # All of this test is one transaction, and nobody was told of the request.
        self.assertEqual(self.told(), [(ADA, "REQUEST", 0, 11)])
        appointment.start = VISIT + 2 * HOUR
        self.end_of_step()
        appointment.action_cancel()
        self.assertEqual(self.told(), [(ADA, "CANCEL", 1, 12)])

    def test_only_the_last_broker_is_told(self):
        appointment = self.appointment(user=self.manager)
        self.deliver()
        appointment.broker_id = self.paul
        self.end_of_step()
        appointment.broker_id = self.marie
        self.assertEqual(self.deliver(), [])

    def test_what_a_rolled_back_step_told(self):
        appointment = self.appointment()
        self.deliver()
        appointment.start = VISIT + HOUR
        with self.assertRaises(LookupError), self.env.cr.savepoint():
            appointment.start = VISIT + 5 * HOUR
            self.end_of_step()
            raise LookupError
        self.end_of_step()
        appointment.name = "Second visit"
        self.assertEqual(self.told(), [(ADA, "REQUEST", 1, 11)])

    def test_guest_of_one_step_only(self):
        appointment = self.appointment()
        self.deliver()
        appointment.attendee_ids = [Command.create({"name": "Grace", "email": GRACE})]
        self.end_of_step()
        appointment.attendee_ids[1].unlink()
        self.assertEqual(self.told(), [])

    def test_the_guest_who_moved_it_stays_accepted(self):
        booked = self.book()
        self.deliver()
        booked._client_move(booked.attendee_ids, (VISIT + HOUR).astimezone())
        self.end_of_step()
        booked.location = "12, avenue du Parc"
        self.assertEqual([row[0] for row in self.told()], [ADA, MARIE])
        self.assertEqual(booked.attendee_ids.state, "accepted")

    def test_replaced_list_of_guests(self):
        """A program writes the whole list anew: nobody is taken off in between."""
        appointment = self.appointment()
        self.deliver()
        guests = [Command.create({"name": "Ada", "email": ADA})]
        appointment.attendee_ids = [Command.clear(), *guests]
        ((to, method, _sequence, hour),) = self.told()
        self.assertEqual((to, method, hour), (ADA, "REQUEST", 10))

    def test_guest_taken_off_and_invited_again(self):
        """The calendar of a guest who was told of the end must accept the new invitation."""
        grace = {"name": "Grace", "email": GRACE}
        appointment = self.appointment({"name": "Ada", "email": ADA}, grace)
        self.deliver()
        appointment.attendee_ids[1].unlink()
        ((_to, method, ended, _hour),) = self.told()
        self.assertEqual(method, "CANCEL")
        appointment.attendee_ids = [Command.create(grace)]
        ((to, method, again, _hour),) = self.told()
        self.assertEqual((to, method), (GRACE, "REQUEST"))
        self.assertGreaterEqual(again, ended)
