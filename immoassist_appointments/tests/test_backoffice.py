from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import MONDAY, PARIS, AppointmentCase, day_after, utc

TUESDAY = day_after(MONDAY, 1)


@tagged("post_install", "-at_install")
class TestPlanning(AppointmentCase):
    def make_contact(self, **values):
        return self.env["res.partner"].create({"name": "Ada", "email": "ada@x.example", **values})

    def test_new_from_a_transaction(self):
        ada = self.make_contact()
        roles = [Command.create({"partner_id": ada.id, "role": r}) for r in ("buyer", "other")]
        transaction = self.make_transaction(contact_ids=roles)
        action = transaction.with_user(self.broker).action_new_appointment()
        appointments = self.env["immoassist.appointment"].with_user(self.broker)
        with Form(appointments.with_context(**action["context"])) as form:
            self.assertEqual(form.broker_id, self.broker)
            self.assertEqual(form.location, transaction.address)
        appointment = form.save()
        self.assertEqual(appointment.attendee_ids.partner_id, ada)
        self.assertEqual(len(appointment.attendee_ids), 1)
        self.assertEqual(appointment.client_id, ada)

    def test_type_is_proposed_in_the_back_office_only(self):
        appointments = self.env["immoassist.appointment"].with_user(self.broker)
        self.assertFalse(appointments.default_get(["type_id"]).get("type_id"))
        asked = appointments.with_context(immoassist_default_type=True)
        proposed = asked.default_get(["type_id"])["type_id"]
        self.assertEqual(proposed, self.env["immoassist.appointment.type"].search([], limit=1).id)

    def test_program_gets_what_it_asks_for(self):
        ada = self.make_contact()
        contacts = [Command.create({"partner_id": ada.id, "role": "buyer"})]
        transaction = self.make_transaction(contact_ids=contacts)
        appointment = self.plan(f"{MONDAY} 10:00", transaction_id=transaction.id)
        self.assertFalse(appointment.attendee_ids)

    def test_cancel_with_a_reason(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        action = appointment.action_ask_cancel()
        wizard = self.env[action["res_model"]].with_user(self.broker)
        wizard = wizard.with_context(**action["context"]).create({"reason": "Vendu"})
        wizard.action_cancel()
        self.assertEqual((appointment.state, appointment.cancel_reason), ("cancelled", "Vendu"))

    def test_cancel_of_a_colleague(self):
        appointment = self.plan(f"{MONDAY} 10:00", broker=self.paris)
        wizards = self.env["immoassist.appointment.cancel"].with_user(self.broker)
        with self.assertRaises(AccessError):
            wizards.create({"appointment_ids": appointment.ids}).action_cancel()
        self.assertEqual(appointment.state, "confirmed")

    def test_outcome_corrected(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        appointment.action_mark_no_show()
        appointment.action_clear_outcome()
        self.assertFalse(appointment.outcome)

    def test_words_in_the_zone_of_who_reads(self):
        appointment = self.plan(f"{MONDAY} 10:00").with_context(lang="en_US")
        montreal = appointment.with_context(tz="America/Toronto")
        self.assertEqual(montreal.hours_text, "10:00 AM – 11:00 AM")
        self.assertEqual(montreal.day_text, "Mon, Mar 1")
        self.assertEqual(
            appointment.with_context(tz="Europe/Paris").hours_text, "4:00 PM – 5:00 PM"
        )

    def test_map(self):
        transaction = self.make_transaction()
        visit = self.make_type("visite-carte", location_kind="property")
        appointment = self.plan(f"{MONDAY} 10:00", transaction_id=transaction.id, type_id=visit.id)
        self.assertIn("mlat=45.524700&mlon=-73.582300", appointment.map_url)
        appointment.location = "1, rue <script>"
        self.assertTrue(appointment.map_url.endswith("query=1%2C+rue+%3Cscript%3E"))
        appointment.type_id = self.type
        self.assertFalse(appointment.map_url)

    def test_geolocalize_without_a_service(self):
        transaction = self.make_transaction().with_user(self.broker)
        self.assertEqual(transaction.can_geolocalize, "base.geocoder" in self.env)
        if not transaction.can_geolocalize:
            with self.assertRaises(UserError):
                transaction.action_geolocalize()

    def test_smart_button_of_a_contact(self):
        ada = self.make_contact()
        guest = [Command.create({"partner_id": ada.id})]
        mine = self.plan(f"{MONDAY} 10:00", user=self.broker, attendee_ids=guest)
        self.plan(f"{MONDAY} 10:00", broker=self.paris, zone=PARIS, attendee_ids=guest)
        ada = ada.with_user(self.broker)
        self.assertEqual(ada.immoassist_appointment_count, 1)
        action = ada.action_view_immoassist_appointments()
        found = self.env["immoassist.appointment"].with_user(self.broker).search(action["domain"])
        self.assertEqual(found, mine)


@tagged("post_install", "-at_install")
class TestGuestToContact(AppointmentCase):
    def guest(self, **values):
        values = {"name": "Ada", "email": "Ada@X.example", "phone": "+1 514-555-0100", **values}
        appointment = self.plan(
            f"{MONDAY} 10:00", user=self.broker, attendee_ids=[Command.create(values)]
        )
        return appointment.attendee_ids

    def test_new_contact(self):
        guest = self.guest()
        self.assertFalse(guest.partner_id)
        guest.action_make_contact()
        contact = guest.partner_id
        self.assertEqual(contact.name, "Ada")
        self.assertEqual(contact.email, "ada@x.example")
        self.assertEqual(contact.phone, "+1 514-555-0100")
        guest.action_make_contact()
        self.assertEqual(guest.partner_id, contact)

    def test_known_contact_is_not_changed(self):
        known = self.env["res.partner"].create(
            {"name": "Ada Lovelace", "email": '"Ada" <ada@x.example>', "phone": "1"}
        )
        before = known.read()[0]
        guest = self.guest()
        guest.action_make_contact()
        self.assertEqual(guest.partner_id, known)
        after = known.read()[0]
        for name in ("name", "email", "phone", "lang", "tz", "user_id"):
            self.assertEqual(after[name], before[name], name)

    def test_only_the_same_address(self):
        self.env["res.partner"].create({"name": "Ada", "email": "xada@x.example"})
        guest = self.guest()
        guest.action_make_contact()
        self.assertEqual(guest.partner_id.email, "ada@x.example")

    def test_not_the_contact_of_another_company(self):
        foreign = self.env["res.partner"].create(
            {"name": "Ada", "email": "ada@x.example", "company_id": self.other_company.id}
        )
        guest = self.guest()
        guest.action_make_contact()
        self.assertNotEqual(guest.partner_id, foreign)

    def test_guest_of_a_colleague(self):
        guest = self.guest()
        with self.assertRaises(AccessError):
            guest.with_user(self.paris).action_make_contact()


@tagged("post_install", "-at_install")
class TestFigures(AppointmentCase):
    def test_no_show_rate(self):
        for hour, outcome in enumerate(("attended", "attended", "attended", "no_show", False), 9):
            self.plan(f"{MONDAY} {hour:02d}:00").outcome = outcome
        appointments = self.env["immoassist.appointment"].with_user(self.manager)
        domain = [("broker_id", "=", self.broker.id)]
        groups = appointments.formatted_read_group(
            domain, ["broker_id"], ["no_show_rate:avg", "__count"]
        )
        self.assertEqual([(g["no_show_rate:avg"], g["__count"]) for g in groups], [(25.0, 5)])
        nothing = appointments._read_group(
            [*domain, ("outcome", "=", False)], [], ["no_show_rate:avg"]
        )
        self.assertFalse(nothing[0][0])
        self.assertEqual(appointments.fields_get()["no_show_rate"]["aggregator"], "avg")

    def test_lead_days(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        ahead = appointment.start - appointment.create_date
        self.assertAlmostEqual(appointment.lead_days, max(ahead.total_seconds() / 86400, 0), 2)

    def test_time_to_first_visit(self):
        visit = self.make_type("visite-chiffre", location_kind="property")
        waiting = self.make_transaction("Sans visite", open_date="2027-02-01")
        seen = self.make_transaction("Visité", open_date="2027-02-01")
        self.assertFalse(seen.first_visit)
        missed = self.plan("2027-02-08 10:00", transaction_id=seen.id, type_id=visit.id)
        self.plan("2027-02-11 10:00", transaction_id=seen.id, type_id=visit.id)
        self.plan("2027-02-03 10:00", transaction_id=seen.id, type_id=self.type.id)
        self.assertEqual(seen.days_to_first_visit, 7)
        missed.action_mark_no_show()
        self.assertEqual(seen.days_to_first_visit, 10)
        average = self.env["immoassist.transaction"]._read_group(
            [("id", "in", (waiting | seen).ids)], [], ["days_to_first_visit:avg"]
        )
        self.assertEqual(average[0][0], 10)


@tagged("post_install", "-at_install")
class TestMirrorDetails(AppointmentCase):
    def answer(self, appointment):
        meeting = appointment.calendar_event_id
        return meeting.attendee_ids.filtered(
            lambda line: line.partner_id == appointment.broker_id.partner_id
        ).state

    def test_pending_is_tentative(self):
        appointment = self.plan(f"{MONDAY} 10:00", state="pending")
        self.assertEqual(self.answer(appointment), "tentative")
        appointment.action_confirm()
        self.assertEqual(self.answer(appointment), "accepted")

    def test_nothing_of_the_view_it_came_from(self):
        ada = self.env["res.partner"].create({"name": "Ada", "email": "ada@x.example"})
        transaction = self.make_transaction()
        appointments = self.env["immoassist.appointment"].with_user(self.broker)
        appointment = appointments.with_context(
            active_model=transaction._name,
            active_id=transaction.id,
            default_attendee_ids=[(0, 0, {"partner_id": ada.id})],
            default_description="x",
        ).create({"transaction_id": transaction.id, "start": utc("2027-03-01 15:00")})
        meeting = appointment.calendar_event_id
        self.assertFalse(transaction.activity_ids)
        self.assertFalse(meeting.res_model or meeting.description)
        self.assertEqual(appointment.attendee_ids.partner_id, ada)
        self.assertEqual(meeting.attendee_ids.partner_id, self.broker.partner_id)

    def test_private(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker, name="Divorce", private=True)
        meeting = appointment.calendar_event_id
        self.assertEqual(meeting.privacy, "private")
        # Odoo hides it when it reads, not in what is cached already.
        self.env.invalidate_all()
        shown = meeting.with_user(self.internal).read(["name", "start", "location"])[0]
        self.assertNotIn("Divorce", str(shown))
        self.assertEqual(shown["start"], utc("2027-03-01 15:00"))
        self.env.invalidate_all()
        appointment.private = False
        self.assertFalse(meeting.privacy)
