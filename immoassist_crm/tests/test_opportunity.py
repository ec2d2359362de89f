from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.immoassist_appointments.tests.common import BROKER, AppointmentCase


@tagged("post_install", "-at_install")
class TestOpportunity(AppointmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.make_user("vendeuse", f"{BROKER},sales_team.group_sale_salesman")
        cls.lead = cls.make_lead()

    @classmethod
    def make_lead(cls, **values):
        values = {
            "name": "Duplex à vendre",
            "type": "opportunity",
            "user_id": cls.seller.id,
            "company_id": cls.company.id,
            "contact_name": "Zoé Roy",
            "email_from": "zoe@x.example",
            **values,
        }
        return cls.env["crm.lead"].create(values)

    def book_from(self, lead):
        """As with the button of the opportunity, and New."""
        context = lead.with_user(self.seller).action_view_immoassist_appointments()["context"]
        appointments = self.env["immoassist.appointment"].with_user(self.seller)
        with Form(appointments.with_context(**context)) as form:
            form.start = "2027-03-01 15:00:00"
        return form.save()

    def test_a_new_one_is_of_the_opportunity_and_its_contact(self):
        appointment = self.book_from(self.lead)
        self.assertEqual(appointment.opportunity_id, self.lead)
        self.assertEqual(appointment.name, "Duplex à vendre")
        self.assertEqual(appointment.broker_id, self.seller)
        self.assertEqual(
            appointment.attendee_ids.mapped(lambda one: (one.name, one.email)),
            [("Zoé Roy", "zoe@x.example")],
        )
        self.assertEqual(self.lead.with_user(self.seller).immoassist_appointment_count, 1)

    def test_a_contact_comes_as_a_contact(self):
        partner = self.env["res.partner"].create({"name": "Luc", "email": "luc@x.example"})
        appointment = self.book_from(self.make_lead(partner_id=partner.id))
        self.assertEqual(appointment.attendee_ids.partner_id, partner)

    def test_of_somebody_who_is_no_broker_it_is_of_who_books(self):
        lead = self.make_lead(user_id=self.internal.id)
        context = lead.with_user(self.seller).action_view_immoassist_appointments()["context"]
        self.assertEqual(context["default_broker_id"], self.seller.id)

    def test_merged_opportunities_keep_their_appointments(self):
        appointment, other = self.book_from(self.lead), self.make_lead(probability=90)
        merged = (self.lead | other).merge_opportunity()
        self.assertEqual(appointment.opportunity_id, merged)

    def test_a_deleted_opportunity_leaves_its_appointments(self):
        appointment = self.book_from(self.lead)
        self.lead.unlink()
        self.assertTrue(appointment.exists())
        self.assertFalse(appointment.opportunity_id)

    def test_a_broker_without_crm_does_not_see_it(self):
        appointment = self.plan(
            "2027-03-02 10:00", opportunity_id=self.lead.id, user=self.seller, broker=self.seller
        )
        with self.assertRaises(AccessError):
            appointment.with_user(self.broker).read(["opportunity_id"])
        self.assertNotIn("opportunity_id", appointment.with_user(self.broker).fields_get())

    def test_who_is_no_broker_gets_no_count(self):
        seller = self.make_user("autre", "sales_team.group_sale_salesman_all_leads")
        self.assertNotIn("immoassist_appointment_count", self.lead.with_user(seller).fields_get())
