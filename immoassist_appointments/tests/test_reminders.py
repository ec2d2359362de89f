from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

START = fields.Datetime.to_datetime("2027-03-10 14:00:00")  # 09:00 in Montréal, 15:00 in Paris
WEEK_BEFORE = START - timedelta(days=7)
CRON = "immoassist_appointments.ir_cron_reminders"
GROUP = "immoassist_appointments.group_broker"
SENDING = "odoo.addons.immoassist_appointments.models.immoassist_appointment_reminder_sending"


@tagged("post_install", "-at_install")
class RemindersCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.marie, cls.paul = (
            new_test_user(
                cls.env,
                login=f"rem_{name}",
                name=name,
                groups=GROUP,
                email=f"{name.lower()}@agency.example",
                tz="America/Toronto",
            )
            for name in ("Marie", "Paul")
        )
        cls.visit = cls.env.ref("immoassist_appointments.type_visit")

    def setUp(self):
        super().setUp()
        self.mails_before = self.env["mail.mail"].search([]).ids

    def book(self, now=WEEK_BEFORE, **values):
        """A visit at START, made at `now` by its broker; Ada reads French and lives in Paris."""
        ada = {"name": "Ada", "email": "ada@client.example", "lang": "fr_FR", "tz": "Europe/Paris"}
        values = {
            "name": "Visit",
            "broker_id": self.marie.id,
            "type_id": self.visit.id,
            "start": START,
            "attendee_ids": [Command.create(ada)],
        } | values
        with freeze_time(now):
            return self.env["immoassist.appointment"].with_user(self.marie).create(values)

    def cron_at(self, now):
        """Run the cron as Odoo does; return the addresses that got a mail."""
        before = self.mails()
        with freeze_time(now), self.enter_registry_test_mode():
            self.assertIs(self.env.ref(CRON).method_direct_trigger(), True)
        return sorted((self.mails() - before).mapped("email_to"))

    def mails(self):
        return self.env["mail.mail"].search([("id", "not in", self.mails_before)])

    def rows(self, appointment):
        """{(recipient, minutes before): state or reason} for the present start."""
        rows = appointment.sudo().reminder_ids.filtered(lambda row: row.start == appointment.start)
        return {
            (row.recipient_name, row.minutes_before): row.reason or row.state
            for row in rows
            if not row.manual
        }


BOTH = ["ada@client.example", "marie@agency.example"]


class TestReminders(RemindersCase):
    def test_a_day_and_an_hour_before_once_each(self):
        visit = self.book(type_id=False)
        self.assertEqual(len(self.rows(visit)), 4)
        self.assertEqual(self.cron_at(START - timedelta(hours=24, minutes=1)), [])
        self.assertEqual(self.cron_at(START - timedelta(hours=24)), BOTH)
        self.assertEqual(self.cron_at(START - timedelta(hours=24)), [])
        self.assertEqual(self.cron_at(START - timedelta(hours=1)), BOTH)
        self.assertEqual(self.cron_at(START + timedelta(hours=1)), [])
        self.assertEqual(set(self.rows(visit).values()), {"sent"})

    def test_the_cron_is_woken_at_the_moments(self):
        cron = self.env.ref(CRON)
        self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()
        self.book()
        self.book(exclusive=False)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(
            sorted(triggers.mapped("call_at")),
            [START - timedelta(hours=24), START - timedelta(hours=1)],
        )

    def test_each_reads_it_in_their_language_and_zone(self):
        self.book()
        self.cron_at(START - timedelta(hours=24))
        mails = {mail.email_to: mail for mail in self.mails()}
        ada, marie = (mails[address] for address in BOTH)
        self.assertIn("mercredi 10 mars 2027, 15:00", ada.subject)
        self.assertIn("mercredi 10 mars 2027, de 15:00 à 15:45", ada.body_html)
        self.assertIn("marie@agency.example", ada.email_from)
        self.assertIn("Wednesday, March 10, 2027, 9:00 AM", marie.subject)
        self.assertIn("Wednesday, March 10, 2027, 9:00 AM to 9:45 AM", marie.body_html)
        self.assertIn("ada@client.example", marie.body_html)
        self.assertEqual(set(self.mails().mapped("state")), {"outgoing"})

    def test_the_words_of_the_mails_can_be_edited(self):
        """Odoo tries a template on some row of the ledger, be it the broker's or a guest's."""
        visit = self.book()
        for name in ("client", "broker"):
            template = self.env.ref(f"immoassist_appointments.mail_template_reminder_{name}")
            for row in visit.sudo().reminder_ids:
                body = template._render_field("body_html", row.ids)[row.id]
                self.assertIn("Visit", body)

    def test_the_type_has_its_own_rules_and_may_have_none(self):
        call = self.book(type_id=self.env.ref("immoassist_appointments.type_call").id)
        self.assertEqual({minutes for _who, minutes in self.rows(call)}, {60})
        none = self.env["immoassist.appointment.type"].create({"name": "Quiet", "slug": "quiet"})
        quiet = self.book(type_id=none.id, exclusive=False)
        self.assertFalse(self.rows(quiet))
        with freeze_time(WEEK_BEFORE):
            rule = self.env["immoassist.reminder.rule"].create({"minutes_before": 120})
            none.reminder_rule_ids = rule
            self.assertEqual({minutes for _who, minutes in self.rows(quiet)}, {120})
            rule.minutes_before = 180
            self.assertEqual({minutes for _who, minutes in self.rows(quiet)}, {180})
            rule.unlink()
        self.assertFalse(self.rows(quiet))

    def test_moved_after_the_first_reminder_the_new_time_is_reminded_of_again(self):
        visit = self.book()
        self.cron_at(START - timedelta(hours=24))
        with freeze_time(START - timedelta(hours=20)):
            visit.start = START + timedelta(days=2)
        self.assertEqual(self.cron_at(START - timedelta(hours=1)), [])
        self.assertEqual(self.cron_at(START + timedelta(days=1)), BOTH)
        self.assertEqual(self.cron_at(START + timedelta(days=1, hours=23)), BOTH)
        sent = visit.sudo().reminder_ids
        self.assertEqual(set(sent.mapped("state")), {"sent"})
        self.assertEqual(len(sent), 6)

    def test_moved_by_its_meeting_in_the_calendar(self):
        visit = self.book()
        with freeze_time(WEEK_BEFORE):
            later = START + timedelta(days=1)
            visit.calendar_event_id.write({"start": later, "stop": later + timedelta(minutes=45)})
        self.assertEqual(visit.start, later)
        self.assertEqual(self.cron_at(START - timedelta(hours=1)), [])
        self.assertEqual(self.cron_at(START), BOTH)

    def test_cancelled_then_confirmed_again(self):
        visit = self.book()
        with freeze_time(WEEK_BEFORE):
            visit.action_cancel()
        self.assertEqual(set(self.rows(visit).values()), {"cancelled"})
        self.assertEqual(self.cron_at(START - timedelta(hours=24)), [])
        with freeze_time(START - timedelta(hours=20)):
            visit.action_confirm()
        self.assertEqual(self.rows(visit)["Ada", 1440], "late")
        self.assertEqual(self.cron_at(START - timedelta(hours=2)), [])
        self.assertEqual(self.cron_at(START - timedelta(hours=1)), BOTH)

    def test_pending_gets_none_until_it_is_confirmed(self):
        visit = self.book(state="pending")
        self.assertFalse(self.rows(visit))
        with freeze_time(WEEK_BEFORE):
            visit.action_confirm()
        self.assertEqual(set(self.rows(visit).values()), {"planned"})

    def test_declined_accepted_added_removed(self):
        visit = self.book()
        ada = visit.attendee_ids
        with freeze_time(WEEK_BEFORE):
            ada.state = "declined"
            self.assertEqual(self.rows(visit)["Ada", 60], "declined")
            bob = {"name": "Bob", "email": "bob@client.example", "appointment_id": visit.id}
            bob = ada.create(bob)
            ada.create({"name": "No address", "appointment_id": visit.id})
        expected = ["bob@client.example", "marie@agency.example"]
        self.assertEqual(self.cron_at(START - timedelta(hours=24)), expected)
        with freeze_time(START - timedelta(hours=20)):
            ada.state = "accepted"
            bob.unlink()
        self.assertEqual(
            self.rows(visit),
            {("Marie", 1440): "sent", ("Marie", 60): "planned"}
            | {("Ada", 1440): "late", ("Ada", 60): "planned"},
        )
        self.assertEqual(self.cron_at(START - timedelta(hours=1)), BOTH)

    def test_another_broker_takes_over(self):
        visit = self.book()
        with freeze_time(WEEK_BEFORE):
            visit.sudo().broker_id = self.paul
        expected = ["ada@client.example", "paul@agency.example"]
        self.assertEqual(self.cron_at(START - timedelta(hours=24)), expected)

    def test_a_server_that_was_off_for_three_hours(self):
        self.book()
        self.assertEqual(self.cron_at(START - timedelta(hours=21)), BOTH)
        begun = self.book(name="Begun", exclusive=False, type_id=False)
        self.cron_at(START - timedelta(hours=23))
        self.assertEqual(self.cron_at(START + timedelta(hours=2)), [])
        self.assertEqual(self.rows(begun)["Ada", 60], "begun")

    def test_booked_half_an_hour_before(self):
        visit = self.book(now=START - timedelta(minutes=30))
        self.assertEqual(set(self.rows(visit).values()), {"late"})
        self.assertEqual(self.cron_at(START - timedelta(minutes=20)), [])

    def test_imported_appointments_are_reminded_of_by_their_provider(self):
        visit = self.book(source="google")
        self.assertFalse(visit.reminder_ids)
        with self.assertRaises(UserError), freeze_time(WEEK_BEFORE):
            visit.action_remind_now()

    def test_a_copy_has_reminders_of_its_own(self):
        visit = self.book()
        with freeze_time(WEEK_BEFORE):
            copy = visit.copy()
        self.assertEqual(set(self.rows(copy).values()), {"planned"})
        visit.unlink()
        self.assertEqual(self.cron_at(START + timedelta(days=6)), BOTH)

    def test_one_bad_mail_does_not_stop_the_others_and_is_tried_again(self):
        template = self.env.ref("immoassist_appointments.mail_template_reminder_client")
        good = template.subject
        bad = "{{ object.minutes_before / (object.recipient_name != 'Ada') }}"
        template.update_field_translations("subject", {"en_US": bad, "fr_FR": bad})
        visit = self.book()
        ada = visit.attendee_ids
        with freeze_time(WEEK_BEFORE):
            ada.create({"name": "B", "email": "b@client.example", "appointment_id": visit.id})
        with self.assertLogs(SENDING, "WARNING") as log, mute_logger("odoo.addons.mail"):
            sent = self.cron_at(START - timedelta(hours=24))
        self.assertEqual(sent, ["b@client.example", "marie@agency.example"])
        self.assertNotIn("ada@client.example", "".join(log.output))
        row = visit.sudo().reminder_ids.filtered("error")
        self.assertEqual((row.attendee_id, row.state), (ada, "planned"))
        template.update_field_translations("subject", {"en_US": good, "fr_FR": good})
        self.assertEqual(self.cron_at(START - timedelta(hours=23, minutes=50)), [])
        self.assertEqual(self.cron_at(START - timedelta(hours=23, minutes=45)), BOTH[:1])


class TestRemindNow(RemindersCase):
    def test_everybody_concerned_once(self):
        visit = self.book()
        with freeze_time(START - timedelta(hours=3)):
            visit.action_remind_now()
            self.assertEqual(sorted(self.mails().mapped("email_to")), BOTH)
            self.assertIn("Ada", visit.message_ids[0].body)
            with self.assertRaisesRegex(UserError, "a moment ago"):
                visit.action_remind_now()
        manual = visit.sudo().reminder_ids.filtered("manual")
        self.assertEqual(set(manual.mapped("state")), {"sent"})
        # The planned ones still come.
        self.assertEqual(self.cron_at(START - timedelta(hours=1, minutes=-1))[:1], BOTH[:1])

    def test_not_when_it_makes_no_sense(self):
        visit = self.book()
        with freeze_time(START), self.assertRaises(UserError):
            visit.action_remind_now()
        with freeze_time(WEEK_BEFORE):
            visit.action_cancel()
            with self.assertRaises(UserError):
                visit.action_remind_now()

    def test_not_by_a_colleague(self):
        visit = self.book()
        with freeze_time(WEEK_BEFORE), self.assertRaises(AccessError):
            visit.with_user(self.paul).action_remind_now()


class TestLedgerRights(RemindersCase):
    def test_brokers_read_those_of_their_appointments_and_nobody_writes(self):
        visit = self.book()
        ledger = self.env["immoassist.appointment.reminder"]
        mine = [("appointment_id", "=", visit.id)]
        row = ledger.search(mine, limit=1)
        self.assertEqual(ledger.with_user(self.marie).search_count(mine), 4)
        self.assertEqual(ledger.with_user(self.paul).search_count(mine), 0)
        with freeze_time(WEEK_BEFORE):
            visit.write({"attendee_ids": [Command.create({"partner_id": self.paul.partner_id.id})]})
        self.assertEqual(ledger.with_user(self.paul).search_count(mine), 6)
        boss = new_test_user(
            self.env, login="rem_boss", groups="immoassist_appointments.group_administrator"
        )
        nobody = new_test_user(self.env, login="rem_user", groups="base.group_user")
        self.assertEqual(ledger.with_user(boss).search_count(mine), 6)
        with self.assertRaises(AccessError):
            ledger.with_user(nobody).search_count(mine)
        for user in (self.marie, boss):
            for write in (
                lambda mine: mine.write({"state": "sent"}),
                lambda mine: mine.unlink(),
                lambda mine: mine.create({"appointment_id": visit.id}),
            ):
                with self.assertRaises(AccessError):
                    write(row.with_user(user))
            with self.assertRaises(AccessError):
                visit.with_user(user).write({"reminder_ids": [Command.delete(row.id)]})

    def test_the_ledger_has_no_public_method_of_its_own(self):
        ours = {
            name
            for class_ in type(self.env["immoassist.appointment.reminder"]).__mro__
            if class_.__module__.startswith("odoo.addons.immoassist")
            for name, value in vars(class_).items()
            if callable(value) and not name.startswith("_")
        }
        self.assertFalse(ours)
