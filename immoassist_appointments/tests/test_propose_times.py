from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import MONDAY, TORONTO, utc
from .proposal_common import ProposalCase


@tagged("post_install", "-at_install")
class TestProposeTimes(ProposalCase):
    """The dialog in which the broker chooses what to propose."""

    def setUp(self):
        super().setUp()
        self.before = self.env["immoassist.appointment.proposal"].search([])

    def dialog(self, **context):
        context = {f"default_{name}": value for name, value in context.items()}
        wizards = self.env["immoassist.propose.times"].with_user(self.broker)
        form = Form(wizards.with_context(**context, tz="America/Toronto"))
        form.type_id = self.type
        form.date_from = MONDAY
        form.days = 2
        return form

    def made(self):
        return self.env["immoassist.appointment.proposal"].search([]) - self.before

    def hours_of(self, form):
        return [(slot["day"], slot["hours"]) for slot in form.slot_ids._records]

    def test_best_first_three_ticked(self):
        form = self.dialog()
        slots = form.slot_ids._records
        self.assertEqual(len(slots), 6)
        self.assertEqual([slot["selected"] for slot in slots].count(True), 3)
        self.assertEqual(form.selected_count, 3)
        scores = [slot["score"] for slot in slots]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertTrue(all(slot["reasons"] for slot in slots[:1]))
        self.assertIn(("Monday, March 1", "9:00 AM – 10:00 AM"), self.hours_of(form))

    def test_preferred_part_of_the_day(self):
        self.set_hours(self.broker, {day: [(9, 12), (13, 17)] for day in range(5)})
        form = self.dialog()
        form.part_of_day = "afternoon"
        first = form.slot_ids._records[0]
        self.assertIn("PM", first["hours"])
        self.assertIn("As you wished", first["reasons"])

    def test_common_time(self):
        form = self.dialog()
        form.colleague_ids.add(self.colleague)
        hours = {hours for _day, hours in self.hours_of(form)}
        self.assertEqual(hours, {"10:00 AM – 11:00 AM", "11:00 AM – 12:00 PM"})

    def test_all_in_order_of_time(self):
        form = self.dialog()
        form.days = 30
        self.assertEqual(len(form.slot_ids._records), 18)
        form.show_all = True
        starts = [slot["start"] for slot in form.slot_ids._records]
        self.assertEqual(len(starts), 66)
        self.assertEqual(starts, sorted(starts))

    def test_nothing_free(self):
        form = self.dialog()
        form.date_from = "2027-03-06"
        self.assertEqual(form.free_count, 0)
        self.assertFalse(form.slot_ids._records)

    def test_send(self):
        form = self.dialog(client_name="Ada", client_email="ada@client.example")
        form.lang = "fr_FR"
        mails = self.env["mail.mail"].search_count([])
        wizard = form.save()
        wizard.action_send()
        proposal = self.made()
        self.assertEqual(proposal.broker_id, self.broker)
        self.assertEqual((proposal.client_name, proposal.lang), ("Ada", "fr_FR"))
        self.assertEqual(len(proposal.line_ids), 3)
        self.assertEqual(len(proposal.sudo().hold_ids), 3)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails + 1)
        self.assertTrue(all(line.score for line in proposal.line_ids))
        # The same dialog again: nothing is left of what was ticked.
        with self.assertRaisesRegex(UserError, "Not free any more"):
            wizard.action_send()

    def test_how_many(self):
        form = self.dialog(client_name="Ada", client_email="ada@client.example")
        for number in range(6):
            with form.slot_ids.edit(number) as slot:
                slot.selected = True
        with self.assertRaisesRegex(UserError, "6 are ticked"):
            form.save().action_send()
        for number in range(6):
            with form.slot_ids.edit(number) as slot:
                slot.selected = number == 0
        form.save().action_send()
        self.assertEqual(len(self.made().line_ids), 1)

    def test_from_a_transaction(self):
        buyer = self.env["res.partner"].create({"name": "Zoé", "email": "zoe@client.example"})
        transaction = self.make_transaction(
            contact_ids=[(0, 0, {"partner_id": buyer.id, "role": "buyer"})]
        )
        form = self.dialog(transaction_id=transaction.id)
        self.assertEqual(form.partner_id, buyer)
        self.assertEqual((form.client_name, form.client_email), ("Zoé", "zoe@client.example"))

    def test_from_an_appointment(self):
        appointment = self.plan(
            f"{MONDAY} 09:00",
            type_id=self.type.id,
            attendee_ids=[(0, 0, {"name": "Ada", "email": "ada@client.example"})],
        )
        action = appointment.with_user(self.broker).action_propose_times()
        self.assertEqual(action["context"]["default_client_email"], "ada@client.example")
        form = Form(
            self.env["immoassist.propose.times"]
            .with_user(self.broker)
            .with_context(**action["context"])
        )
        self.assertEqual((form.client_name, form.type_id), ("Ada", self.type))

    def test_only_what_was_ticked_is_held(self):
        form = self.dialog(client_name="Ada", client_email="ada@client.example")
        for number in range(6):
            with form.slot_ids.edit(number) as slot:
                slot.selected = slot.start == utc(f"{MONDAY} 11:00", TORONTO)
        form.save().action_send()
        self.assertEqual(self.hours(MONDAY), ["09:00", "10:00"])
