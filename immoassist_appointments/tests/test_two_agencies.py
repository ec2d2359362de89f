from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MANAGER, AppointmentCase


@tagged("post_install", "-at_install")
class TestTwoAgencies(AppointmentCase):
    """Two companies in one database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.their_manager = cls.make_user("chef", MANAGER, company=cls.other_company)
        cls.their_transaction = cls.make_transaction(
            company_id=cls.other_company.id, broker_id=cls.stranger.id
        )

    def test_a_manager_sees_his_own_agency(self):
        ours = self.plan("2027-03-01 10:00")
        theirs = self.plan("2027-03-01 10:00", broker=self.stranger, user=self.their_manager)
        self.assertEqual(theirs.company_id, self.other_company)
        appointments = self.env["immoassist.appointment"]
        for manager, seen in ((self.manager, ours), (self.their_manager, theirs)):
            with self.subTest(manager=manager.name):
                found = appointments.with_user(manager).search([("id", "in", (ours | theirs).ids)])
                self.assertEqual(found, seen)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).read(["name"])

    def test_a_manager_of_both_sees_those_of_the_companies_chosen(self):
        both = self.make_user("reseau", MANAGER)
        both.company_ids |= self.other_company
        theirs = self.plan("2027-03-01 10:00", broker=self.stranger, user=self.their_manager)
        appointments = self.env["immoassist.appointment"].with_user(both)
        domain = [("id", "=", theirs.id)]
        one = appointments.with_context(allowed_company_ids=self.company.ids)
        self.assertFalse(one.search(domain))
        chosen = (self.company | self.other_company).ids
        self.assertTrue(appointments.with_context(allowed_company_ids=chosen).search(domain))

    def test_nothing_is_mixed(self):
        with self.assertRaises(UserError):
            self.plan("2027-03-01 11:00", transaction_id=self.their_transaction.id)

    def test_types_of_one_are_not_offered_by_the_other(self):
        theirs = self.make_type("type-ailleurs", company_id=self.other_company.id)
        types = self.env["immoassist.appointment.type"]
        self.assertNotIn(theirs, types.with_user(self.broker).search([]))
        self.assertIn(theirs, types.with_user(self.stranger).search([]))
        with self.assertRaises(UserError):
            self.rows("2027-03-01", type_=theirs)

    def test_each_may_have_its_own_sequence(self):
        self.env["ir.sequence"].create(
            {
                "name": "Theirs",
                "code": "immoassist.transaction",
                "prefix": "AUTRE-",
                "company_id": self.other_company.id,
            }
        )
        theirs = self.make_transaction(company_id=self.other_company.id, broker_id=self.stranger.id)
        self.assertTrue(theirs.reference.startswith("AUTRE-"))
        self.assertTrue(self.make_transaction().reference.startswith("T"))
