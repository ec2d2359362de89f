from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ..exceptions import SlotNotAvailable
from .invitation_case import InvitationCase
from .mailbox import body_of, invitation_of

ADA, GRACE, MARIE = "ada@client.example", "grace@client.example", "marie@agency.example"


@tagged("post_install", "-at_install")
class TestBookedOnline(InvitationCase):
    def test_both_get_one_mail(self):
        self.book()
        (ada, marie) = self.deliver()
        self.assertEqual((ada[0], marie[0]), (ADA, MARIE))
        self.assertEqual(ada[1]["Subject"], "Confirmed: Property visit")
        event = invitation_of(ada[1])[0].walk("VEVENT")[0]
        states = {str(a): str(a.params["PARTSTAT"]) for a in event["attendee"]}
        self.assertEqual(states[f"MAILTO:{ADA}"], "ACCEPTED")
        self.assertIn(ADA, body_of(marie[1]))

    def test_request_approved_in_the_back_office(self):
        self.type.requires_approval = True
        appointment = self.book()
        (ada, marie) = self.deliver()
        self.assertEqual(ada[1]["Subject"], "Requested: Property visit")
        event = invitation_of(ada[1])[0].walk("VEVENT")[0]
        self.assertEqual(str(event["status"]), "TENTATIVE")
        self.assertIn("/approve?token=", body_of(marie[1]))
        self.assertEqual(appointment.activity_ids.user_id, self.marie)
        appointment.with_user(self.marie).action_confirm()
        ((to, message),) = self.deliver()
        self.assertEqual((to, message["Subject"]), (ADA, "Confirmed: Property visit"))
        self.assertFalse(appointment.activity_ids)

    def test_request_refused(self):
        self.type.requires_approval = True
        appointment = self.book()
        self.deliver()
        appointment.with_user(self.marie)._refuse("The property is sold")
        ((to, message),) = self.deliver()
        self.assertEqual((to, invitation_of(message)[1]), (ADA, "CANCEL"))
        self.assertEqual(message["Subject"], "Not possible: Property visit")
        self.assertIn("The property is sold", body_of(message))

    def test_request_expires_and_both_are_told(self):
        self.type.write({"requires_approval": True, "approval_expiry_hours": 24})
        appointment = self.book()
        self.deliver()
        expire = self.env["immoassist.appointment"]._cron_expire_requests
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 60):
            expire()
            self.assertEqual((appointment.state, self.recipients()), ("pending", []))
            with freeze_time("2027-03-09 14:00:01"):
                expire()
                self.assertEqual(self.recipients(), [ADA, MARIE])
                expire()
                self.assertEqual(self.recipients(), [])
        self.assertEqual((appointment.state, appointment.cancelled_by), ("cancelled", "expiry"))
        self.assertFalse(appointment.activity_ids)

    def test_the_lost_slot_mails_nobody(self):
        self.book()
        self.deliver()
        with self.assertRaises(SlotNotAvailable):
            self.book(email=GRACE)
        self.assertEqual(self.recipients(), [])
