"""A guest's whole life with the agency: nothing of him in the logs, nothing left when forgotten."""

import logging
from contextlib import contextmanager
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.immoassist_guest_retention import PARAMETER
from .invitation_case import VISIT, InvitationCase

GUEST = {
    "name": "Zoé D'Arcy & Fils",
    "email": "zoe.darcy@client.example",
    "phone": "514-555-0177",
    "note": "Mon chien s'appelle Rex",
}
# Parts of what would tell who he is, as they may stand in text, in HTML and in JSON.
TRACES = ("Arcy", "zoe.darcy", "555-0177", "s'appelle Rex", "Rendez-vous chez le dentiste")
OURS = "odoo.addons.immoassist_"


@tagged("post_install", "-at_install")
class TestPrivacyOfALife(InvitationCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type.reminder_rule_ids = cls.env.ref("immoassist_appointments.reminder_rule_day")

    @contextmanager
    def listening(self):
        """All that is logged, as it would be written: by us from DEBUG on, by others from INFO."""
        ours = logging.getLogger("odoo.addons.immoassist_appointments")
        level, lines = ours.level, []
        ours.setLevel(logging.DEBUG)
        try:
            with self.assertLogs(level=logging.INFO) as log:
                # `assertLogs` fails without any; and this one must arrive.
                ours.getChild("models").info("listening")
                yield lines
        finally:
            ours.setLevel(level)
        text = logging.Formatter().format
        lines += [(record.name, record.levelname, text(record)) for record in log.records]

    def live(self):
        """Book, answer, be reminded, move, be proposed times, cancel: all that a guest does."""
        visit = self.book(**GUEST).with_user(self.marie).sudo(False)
        guest = visit.attendee_ids
        visit.message_post(body=f"Call {GUEST['name']} before.")
        self.deliver()
        visit.sudo()._client_answer(guest.sudo(), "tentative", TRACES[-1])
        with freeze_time(VISIT - timedelta(hours=3)):
            visit.action_remind_now()
            self.remind()
            self.deliver()
        visit.activity_schedule("mail.mail_activity_data_todo", user_id=self.marie.id)
        visit.write(
            {"start": VISIT + timedelta(days=1), "stop": VISIT + timedelta(days=1, hours=1)}
        )
        self.deliver()
        proposal = self.propose()
        proposal._send()
        self.deliver()
        visit.sudo()._client_cancel(guest.sudo(), TRACES[-1])
        self.deliver()
        return visit, proposal

    def remind(self):
        """Run the cron as Odoo does."""
        with self.enter_registry_test_mode():
            self.env.ref("immoassist_appointments.ir_cron_reminders").method_direct_trigger()
        self.env.invalidate_all()

    def propose(self):
        """One free time, proposed to the guest."""
        day = VISIT + timedelta(days=5)
        (slot, *_others) = self.env["immoassist.appointment"].get_availability(
            self.marie.id, str(day.date()), str(day.date()), type_id=self.type.id, tz="UTC"
        )
        values = {
            "broker_id": self.marie.id,
            "type_id": self.type.id,
            "client_name": GUEST["name"],
            "client_email": GUEST["email"],
            "client_phone": GUEST["phone"],
            "line_ids": [Command.create({"start": slot["start"][:19].replace("T", " ")})],
        }
        return self.env["immoassist.appointment.proposal"].create(values)

    # ---------------------------------------------------------------- logs

    def assert_unnamed(self, lines):
        ours = [line for line in lines if line[0].startswith(OURS)]
        self.assertTrue(ours)
        for name, level, text in ours:
            for trace in TRACES:
                self.assertNotIn(trace, text, f"{level} of {name}")

    def test_log_of_what_goes_well(self):
        with self.listening() as lines:
            visit, _proposal = self.live()
            visit.attendee_ids.action_make_contact()
            visit.unlink()
            self.env.flush_all()
        self.assert_unnamed(lines)

    def test_log_of_mails_that_cannot_be_made(self):
        """The error of a template quotes what the guest typed."""
        for name in ("booked_client", "booked_broker", "reminder_client"):
            template = self.env.ref(f"immoassist_appointments.mail_template_{name}")
            who = {"booked_broker": "attendee_ids.name", "reminder_client": "recipient_name"}
            broken = "{{ int(object.%s) }}" % who.get(name, "name")
            for lang in ("en_US", "fr_FR"):
                template.with_context(lang=lang).subject = broken
        with self.listening() as lines:
            visit = self.book(**GUEST)
            with freeze_time(VISIT - timedelta(hours=3)):
                self.remind()
        self.assertTrue(visit.sudo().reminder_ids.filtered("error"))
        levels = {level for name, level, _text in lines if name.startswith(OURS)}
        self.assertLessEqual({"WARNING", "ERROR"}, levels)
        self.assert_unnamed(lines)

    def test_log_of_a_mail_server_that_refuses(self):
        self.keeper.refuse = "550 no such mailbox"
        self.addCleanup(setattr, self.keeper, "refuse", None)
        with self.listening() as lines:
            self.book(**GUEST)
            self.env.flush_all()
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        self.assertTrue(self.env["mail.mail"].search([("state", "=", "exception")]))
        self.assert_unnamed(lines)

    # ---------------------------------------------------------------- retention

    def traces(self):
        """Every table whose rows still tell who the guest is, with what they say."""
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        )
        patterns = [f"%{trace}%" for trace in TRACES]
        found = {}
        for (table,) in tables:
            rows = self.env.execute_query(
                SQL(
                    "SELECT t::text FROM %s t WHERE t::text ILIKE ANY(%s)",
                    SQL.identifier(table),
                    patterns,
                )
            )
            if rows:
                found[table] = rows
        return found

    def test_forgotten_everywhere(self):
        visit, proposal = self.live()
        known = self.traces()
        for table in ("immoassist_appointment_attendee", "immoassist_appointment", "mail_message"):
            self.assertIn(table, known)
        self.assertIn("immoassist_appointment_proposal", known)
        history = len(visit.message_ids)
        self.env["ir.config_parameter"].set_param(PARAMETER, 6)
        with freeze_time(VISIT + timedelta(days=100)):
            self.forget()
        self.assertEqual(self.traces().keys(), known.keys())
        with freeze_time(VISIT + timedelta(days=300)):
            self.forget()
        self.assertEqual(self.traces(), {})
        self.assertEqual(visit.attendee_ids.name, "Guest")
        self.assertFalse(proposal.exists())
        # What happened still stands there, without him.
        self.assertIn("Call Guest before.", "".join(visit.message_ids.mapped("body")))
        self.assertGreater(len(visit.message_ids), history // 2)

    def forget(self):
        self.env["immoassist.appointment.attendee"]._gc_guests()
        self.env["immoassist.appointment.proposal"]._gc_guests()

    def test_only_whole_words_are_replaced(self):
        visit = self.appointment({"name": "A", "email": "a@client.example"})
        visit.message_post(body="A has a dog, Anna a cat. A+B")
        visit.attendee_ids._anonymise()
        self.assertIn(
            "Guest has a dog, Anna a cat. Guest+B", "".join(visit.message_ids.mapped("body"))
        )

    def test_contact_is_not_forgotten(self):
        partner = self.env["res.partner"].create(
            {"name": GUEST["name"], "email": GUEST["email"], "phone": GUEST["phone"]}
        )
        visit = self.appointment({"partner_id": partner.id})
        self.env["ir.config_parameter"].set_param(PARAMETER, 6)
        with freeze_time(VISIT + timedelta(days=300)):
            self.forget()
        self.assertEqual(visit.attendee_ids.email, GUEST["email"])
