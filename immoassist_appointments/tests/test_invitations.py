from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..exceptions import SlotNotAvailable
from .invitation_case import VISIT, InvitationCase
from .mailbox import body_of, invitation_of

ADA, GRACE, MARIE = "ada@client.example", "grace@client.example", "marie@agency.example"
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestInvitations(CronMixinCase, InvitationCase):
    def test_a_new_appointment_invites_the_client_only(self):
        appointment = self.appointment()
        ((to, message),) = self.deliver()
        self.assertEqual(to, ADA)
        self.assertEqual(message["From"], "Marie Tremblay <marie@agency.example>")
        calendar, method = invitation_of(message)
        (event,) = calendar.walk("VEVENT")
        self.assertEqual((method, str(calendar["method"])), ("REQUEST", "REQUEST"))
        self.assertEqual(event["uid"], appointment.ical_uid)
        self.assertEqual((event["sequence"], str(event["status"])), (0, "CONFIRMED"))
        self.assertEqual(event["dtstart"].params["TZID"], "America/Toronto")
        self.assertEqual(event["dtstart"].dt.hour, 10)
        self.assertIn("/answer?token=", event["description"])

    def test_the_invitation_is_an_alternative_of_the_text(self):
        self.appointment()
        ((_to, message),) = self.deliver()
        self.assertEqual(message.get_content_type(), "multipart/alternative")
        kinds = [part.get_content_type() for part in message.iter_parts()]
        self.assertEqual(kinds, ["text/plain", "text/html", "text/calendar"])

    def test_a_file_attached_by_hand_stays_a_file(self):
        mail = self.env["mail.mail"].create(
            {
                "email_from": "a@agency.example",
                "email_to": "b@client.example",
                "subject": "Plan",
                "body_html": "<p>Plan</p>",
                "attachment_ids": [
                    Command.create({"name": "plan.ics", "raw": b"BEGIN:VCALENDAR"}),
                ],
            }
        )
        mail.attachment_ids.mimetype = "text/calendar"
        ((_to, message),) = self.deliver()
        (part,) = message.iter_attachments()
        self.assertEqual(part.get_filename(), "plan.ics")

    def test_mails_are_queued_not_sent(self):
        self.keeper.received.clear()
        with self.capture_triggers("mail.ir_cron_mail_scheduler_action") as woken:
            self.appointment()
            self.env.flush_all()
            self.env.cr.flush()
        self.assertEqual(len(woken.records), 1)
        self.assertFalse(self.keeper.received)
        self.assertEqual(self.recipients(), [ADA])

    def test_language_and_zone_of_each(self):
        self.appointment(
            {"name": "Ada", "email": ADA, "lang": "fr_FR", "tz": "Europe/Paris"},
            {"name": "Grace", "email": GRACE, "lang": "en_US", "tz": "America/Toronto"},
        )
        (_ada, french), (_grace, english) = self.deliver()
        self.assertIn("mercredi 10 mars 2027", body_of(french))
        self.assertIn("16:00", body_of(french))
        self.assertIn("Wednesday, March 10, 2027", body_of(english))
        self.assertIn("10:00", body_of(english))

    def test_no_guest_learns_the_address_of_another(self):
        self.appointment({"name": "Ada", "email": ADA}, {"name": "Grace", "email": GRACE})
        for to, message in self.deliver():
            other = GRACE if to == ADA else ADA
            self.assertNotIn(other, message.as_bytes().decode())
            self.assertNotIn(other, str(invitation_of(message)[0].to_ical()))

    def test_several_writes_make_one_mail(self):
        appointment = self.appointment()
        self.deliver()
        appointment.start = VISIT + HOUR
        appointment.location = "12, avenue du Parc"
        appointment.start = VISIT + 2 * HOUR
        ((to, message),) = self.deliver()
        self.assertEqual(to, ADA)
        event = invitation_of(message)[0].walk("VEVENT")[0]
        self.assertEqual((event["sequence"], event["uid"]), (1, appointment.ical_uid))
        self.assertEqual(event["dtstart"].dt.hour, 12)
        self.assertIn("<s>Wednesday, March 10, 2027, 10:00", body_of(message))

    def test_there_and_back_tells_nobody(self):
        appointment = self.appointment()
        self.deliver()
        appointment.start = VISIT + HOUR
        appointment.start = VISIT
        self.assertEqual(self.recipients(), [])
        self.assertEqual(appointment.ical_sequence, 0)

    def test_what_concerns_nobody_tells_nobody(self):
        appointment = self.appointment()
        self.deliver()
        appointment.write({"description": "Bring the keys", "exclusive": False})
        appointment.outcome = "attended"
        appointment.attendee_ids.phone = "514 555-0199"
        appointment.attendee_ids.state = "accepted"
        self.assertEqual(self.recipients(), [])

    def test_a_rolled_back_change_tells_nobody(self):
        appointment = self.appointment()
        self.deliver()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            appointment.start = VISIT + HOUR
            self.env.flush_all()
            1 / 0  # noqa: B018 any error
        appointment.invalidate_recordset()
        self.assertEqual(self.recipients(), [])

    def test_cancelling(self):
        appointment = self.appointment()
        self.deliver()
        appointment.action_cancel()
        ((to, message),) = self.deliver()
        calendar, method = invitation_of(message)
        event = calendar.walk("VEVENT")[0]
        self.assertEqual((to, method, str(calendar["method"])), (ADA, "CANCEL", "CANCEL"))
        self.assertEqual((event["sequence"], str(event["status"])), (1, "CANCELLED"))
        self.assertEqual(event["uid"], appointment.ical_uid)
        appointment.action_cancel()
        self.assertEqual(self.recipients(), [])

    def test_cancelled_and_restored(self):
        appointment = self.appointment()
        self.deliver()
        appointment.action_cancel()
        self.deliver()
        appointment.action_confirm()
        ((to, message),) = self.deliver()
        event = invitation_of(message)[0].walk("VEVENT")[0]
        self.assertEqual((to, event["sequence"]), (ADA, 2))
        self.assertFalse(appointment.cancelled_by)

    def test_who_is_added_later_is_invited_alone(self):
        appointment = self.appointment()
        self.deliver()
        appointment.attendee_ids = [Command.create({"name": "Grace", "email": GRACE})]
        self.assertEqual(self.recipients(), [GRACE])

    def test_who_is_taken_off_is_told(self):
        appointment = self.appointment({"name": "Ada", "email": ADA}, {"name": "G", "email": GRACE})
        self.deliver()
        appointment.attendee_ids[1].unlink()
        ((to, message),) = self.deliver()
        self.assertEqual((to, invitation_of(message)[1]), (GRACE, "CANCEL"))

    def test_a_corrected_address_gets_the_invitation(self):
        appointment = self.appointment({"name": "Ada", "email": "aad@client.example"})
        self.deliver()
        old = appointment.attendee_ids._token_values()
        appointment.attendee_ids.email = ADA
        self.assertEqual(self.recipients(), [ADA])
        self.assertNotEqual(appointment.attendee_ids._token_values(), old)

    def test_a_deleted_appointment_is_a_cancelled_one(self):
        appointment = self.appointment()
        self.deliver()
        appointment.unlink()
        ((to, message),) = self.deliver()
        self.assertEqual((to, invitation_of(message)[1]), (ADA, "CANCEL"))

    def test_the_past_is_not_mailed_about(self):
        appointment = self.appointment(start=VISIT - timedelta(days=7), stop=VISIT - timedelta(6))
        appointment.action_cancel()
        self.assertEqual(self.recipients(), [])

    def test_untick_to_tell_them_yourself(self):
        appointment = self.appointment(inform_attendees=False)
        appointment.start = VISIT + HOUR
        self.assertEqual(self.recipients(), [])
        appointment.inform_attendees = True
        self.assertEqual(self.recipients(), [ADA])

    def test_imported_appointments_mail_nobody(self):
        appointment = self.appointment(source="google")
        appointment.start = VISIT + HOUR
        self.assertEqual(self.recipients(), [])

    def test_draft_of_a_broker_is_sent_when_he_confirms(self):
        appointment = self.appointment(state="pending")
        self.assertEqual(self.recipients(), [])
        self.assertIn("when you confirm", appointment.invitation_hint)
        appointment.action_confirm()
        self.assertEqual(self.recipients(), [ADA])

    def test_what_a_manager_does_is_told_to_the_broker(self):
        appointment = self.appointment(user=self.manager)
        self.assertEqual(self.recipients(), [ADA, MARIE])
        appointment.start = VISIT + HOUR
        self.assertEqual(self.recipients(), [ADA, MARIE])
        appointment.broker_id = self.paul
        self.assertEqual(self.recipients(), [ADA, MARIE, "paul@agency.example"])

    def test_send_again_by_hand(self):
        appointment = self.appointment()
        self.deliver()
        appointment.action_send_invitation()
        ((to, message),) = self.deliver()
        event = invitation_of(message)[0].walk("VEVENT")[0]
        self.assertEqual((to, event["sequence"]), (ADA, 0))
        appointment.attendee_ids.email = False
        with self.assertRaises(UserError):
            appointment.action_send_invitation()

    def test_the_form_says_who_gets_a_mail(self):
        with Form(self.appointment()) as form:
            self.assertIn("Ada Byron", form.invitation_hint)
            form.inform_attendees = False
            self.assertIn("Nobody", form.invitation_hint)

    def test_moved_by_the_broker_asks_again(self):
        appointment = self.appointment()
        appointment.attendee_ids.state = "accepted"
        self.deliver()
        appointment.start = VISIT + HOUR
        ((_to, message),) = self.deliver()
        self.assertEqual(appointment.attendee_ids.state, "needs_action")
        self.assertIn("answer=accepted", body_of(message))

    def test_a_broken_template_does_not_keep_from_saving(self):
        template = self.env.ref("immoassist_appointments.mail_template_invitation_client")
        # Only for this guest: a template that fails on any record cannot be saved.
        template.body_html = "<p t-if=\"object.name == 'Zed'\" t-out='object.no_such_field'/>"
        with (
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
            self.assertLogs("odoo.addons.immoassist_appointments", "ERROR"),
        ):
            appointment = self.appointment({"name": "Zed", "email": ADA})
            self.assertEqual(self.recipients(), [])
        self.assertIn("has an error", "".join(appointment.message_ids.mapped("body")))

    def test_no_mail_from_data_files(self):
        appointments = self.env["immoassist.appointment"].with_context(install_mode=True)
        appointments.create(
            {
                "broker_id": self.marie.id,
                "start": VISIT,
                "attendee_ids": [Command.create({"name": "Ada", "email": ADA})],
            }
        )
        self.assertEqual(self.recipients(), [])


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
