from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models.immoassist_guest_retention import PARAMETER
from .common import MONDAY, TORONTO, AppointmentCase, utc


@tagged("post_install", "-at_install")
class TestRetention(AppointmentCase):
    def past(self, start="2026-06-01 10:00", **values):
        guest = {"name": "Zoé Secret", "email": "zoe@x.example", "phone": "514"}
        attendees = [Command.create(guest | values)]
        return self.plan(
            start, attendee_ids=attendees, source="website", description="Zoé a un chien"
        )

    def forget(self, months):
        self.env["ir.config_parameter"].set_param(PARAMETER, months)
        return self.env["immoassist.appointment.attendee"]._gc_guests()

    def test_off_by_default(self):
        appointment = self.past()
        self.env["immoassist.appointment.attendee"]._gc_guests()
        self.assertEqual(appointment.attendee_ids.name, "Zoé Secret")

    def test_guest_is_forgotten_and_the_appointment_stays(self):
        appointment = self.past()
        guest = appointment.attendee_ids
        self.env["mail.message"].create(
            {"model": guest._name, "res_id": guest.id, "body": "Bonjour Zoé"}
        )
        self.forget(3)
        self.assertTrue(appointment.exists())
        self.assertEqual(guest.name, "Guest")
        self.assertFalse(guest.email or guest.email_normalized or guest.phone)
        self.assertFalse(appointment.description)
        self.assertFalse(
            self.env["mail.message"].search(
                [("model", "=", guest._name), ("res_id", "=", guest.id)]
            )
        )
        self.assertNotIn("Zoé", appointment.display_name)

    def test_young_appointments_and_contacts_stay(self):
        young = self.past("2026-12-20 10:00")
        partner = self.env["res.partner"].create({"name": "Ada", "email": "ada@x.example"})
        client = self.plan(
            "2026-06-02 10:00", attendee_ids=[Command.create({"partner_id": partner.id})]
        )
        self.forget(3)
        self.assertEqual(young.attendee_ids.name, "Zoé Secret")
        self.assertEqual(client.attendee_ids.email, "ada@x.example")

    def test_setting(self):
        settings = self.env["res.config.settings"]
        settings.create({"immoassist_guest_retention_months": 6}).execute()
        self.assertEqual(self.env["ir.config_parameter"].get_param(PARAMETER), "6")
        with self.assertRaises(ValidationError):
            settings.create({"immoassist_guest_retention_months": -1})


@tagged("post_install", "-at_install")
class TestGuestsAreKeptPrivate(AppointmentCase):
    def test_lookup_finds_them(self):
        """Odoo's privacy lookup goes through stored e-mails and links to contacts: see there."""
        attendees = self.env["immoassist.appointment.attendee"]._fields
        self.assertTrue(attendees["email_normalized"].store)
        self.assertEqual(self.env["immoassist.appointment.attendee"]._rec_name, "name")
        for model, name in (
            ("immoassist.appointment.attendee", "partner_id"),
            ("immoassist.transaction.contact", "partner_id"),
            ("immoassist.appointment", "client_id"),
        ):
            field = self.env[model]._fields[name]
            self.assertTrue(field.store and field.ondelete != "cascade", model)

    def looked_up(self, name, email):
        """What Odoo's privacy lookup finds: it comes with the module of mails, by itself."""
        wizard = self.env["privacy.lookup.wizard"].create({"name": name, "email": email})
        wizard.action_lookup()
        return {(line.res_model, line.res_id) for line in wizard.line_ids}

    def test_lookup_of_a_contact(self):
        partner = self.env["res.partner"].create({"name": "Zoé Secret", "email": "zoe@x.example"})
        contacts = [Command.create({"partner_id": partner.id, "role": "buyer"})]
        transaction = self.make_transaction(contact_ids=contacts)
        attendees = [Command.create({"partner_id": partner.id})]
        appointment = self.plan(f"{MONDAY} 10:00", attendee_ids=attendees)
        found = self.looked_up(partner.name, partner.email)
        for record in (appointment, appointment.attendee_ids, transaction.contact_ids):
            self.assertIn((record._name, record.id), found)

    def test_lookup_of_a_guest_who_is_no_contact(self):
        guest = {"name": "Zoé Secret", "email": "Zoe@X.example"}
        appointment = self.plan(f"{MONDAY} 10:00", attendee_ids=[Command.create(guest)])
        proposal = self.env["immoassist.appointment.proposal"].create(
            {
                "broker_id": self.broker.id,
                "company_id": self.company.id,
                "type_id": self.type.id,
                "client_name": "Zoé Secret",
                "client_email": "Zoe@X.example",
                "line_ids": [Command.create({"start": utc(f"{MONDAY} 09:00", TORONTO)})],
            }
        )
        for asked in (("Somebody", "zoe@x.example"), ("Zoé Secret", "other@x.example")):
            found = self.looked_up(*asked)
            for record in (appointment.attendee_ids, proposal):
                self.assertIn((record._name, record.id), found, asked)
