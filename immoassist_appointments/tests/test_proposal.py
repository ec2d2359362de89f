from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..exceptions import SlotNotAvailable
from .common import MONDAY, PARIS, TORONTO, aware, utc
from .proposal_common import LATER, NINE, TUESDAY, ProposalCase


@tagged("post_install", "-at_install")
class TestHolds(ProposalCase):
    def test_held_times_are_busy_for_everybody_else(self):
        self.propose()
        self.assertEqual(self.hours(MONDAY), ["10:00", "11:00"])
        self.assertEqual(self.hours(TUESDAY), ["10:00", "11:00"])
        with self.assertRaises(UserError):
            self.propose(NINE[0])

    def test_they_expire(self):
        proposal = self.propose()
        self.assertEqual(str(proposal.expires_at), "2027-01-05 12:00:00")
        with freeze_time("2027-01-05 11:59:59"):
            self.assertEqual(self.hours(MONDAY), ["10:00", "11:00"])
            self.assertEqual(proposal.state, "open")
        with self.later():
            proposal.invalidate_recordset(["state"])
            self.assertEqual(self.hours(MONDAY), ["09:00", "10:00", "11:00"])
            self.assertEqual(proposal.state, "expired")

    def test_for_as_long_as_the_broker_sets(self):
        self.broker.with_user(self.broker).proposal_hold_hours = 48
        self.assertEqual(str(self.propose().expires_at), "2027-01-06 12:00:00")

    def test_buffers_are_held_too(self):
        self.type = self.buffered()
        hold = self.propose(NINE[0]).hold_ids
        self.assertEqual(hold.busy_stop - hold.stop, timedelta(hours=1))
        self.assertEqual(self.hours(MONDAY), ["11:00"])

    def test_garbage(self):
        self.propose()
        holds = self.env["immoassist.booking.hold"]
        holds._gc_expired()
        self.assertEqual(holds.search_count([("broker_id", "=", self.broker.id)]), 3)
        with self.later():
            holds._gc_expired()
        self.assertFalse(holds.search([("broker_id", "=", self.broker.id)]))

    def test_counted_for_the_cap_and_the_seats(self):
        self.type.max_per_day = 1
        self.propose(NINE[0])
        self.assertEqual(self.hours(MONDAY), [])
        self.type.write({"max_per_day": 0, "capacity": 2})
        self.assertEqual(self.hours(MONDAY), ["09:00", "10:00", "11:00"])
        self.propose(NINE[0])
        self.assertEqual(self.hours(MONDAY), ["10:00", "11:00"])

    def test_not_proposed_when_not_free(self):
        self.plan(NINE[1])
        with self.assertRaisesRegex(UserError, "Tuesday, March 2, 2027, 9:00 AM"):
            self.propose()
        with self.assertRaises(UserError):
            self.propose(f"{MONDAY} 14:00")

    def test_statements(self):
        """As many with holds as without, and for two brokers as for one."""
        ask = {
            "window": self.env["immoassist.appointment"]._availability_window(
                MONDAY, TUESDAY, TORONTO
            ),
            "type_": self.type,
        }

        def question(brokers):
            self.env.invalidate_all()
            self.env["immoassist.availability"]._ranked_slots(brokers, **ask)

        question(self.broker)
        one = self.statements(lambda: question(self.broker))
        self.propose()
        self.propose(f"{MONDAY} 10:00", f"{MONDAY} 11:00")
        self.assertEqual(self.statements(lambda: question(self.broker)), one)
        self.assertEqual(self.statements(lambda: question(self.broker | self.paris)), one)

    def test_places_of_the_day(self):
        self.broker.with_user(self.broker).write(
            {"day_start_latitude": 45.5247, "day_start_longitude": -73.5823}
        )
        visit = self.make_type("visite-lieu", location_kind="property")
        near, far = self.make_transaction(), self.make_transaction(property_latitude=46.8)
        scores = [
            self.rows(MONDAY, type_=visit, transaction_id=property_.id)[0]["score"]
            for property_ in (near, far)
        ]
        self.assertGreater(scores[0], scores[1])
        with self.assertRaises(ValidationError):
            self.broker.day_end_latitude = 91
        with self.assertRaises(AccessError):
            self.broker.with_user(self.paris).proposal_hold_hours = 1


@tagged("post_install", "-at_install")
class TestPick(ProposalCase):
    def test_first_choice_books_and_frees_the_others(self):
        proposal = self.propose()
        appointment = self.pick(proposal, 1)
        self.assertEqual(appointment.start, utc(NINE[1], TORONTO))
        self.assertEqual(appointment.broker_id, self.broker)
        self.assertEqual(appointment.state, "confirmed")
        self.assertEqual(appointment.attendee_ids.name, "Ada Byron")
        self.assertFalse(appointment.attendee_ids.partner_id)
        self.assertEqual(appointment.attendee_ids.state, "accepted")
        self.assertEqual(proposal.line_ids.mapped("chosen"), [False, True, False])
        self.assertEqual(proposal.state, "chosen")
        self.assertFalse(proposal.hold_ids)
        self.assertEqual(self.hours(MONDAY), ["09:00", "10:00", "11:00"])

    def test_choosing_again_changes_nothing(self):
        proposal = self.propose()
        first = self.pick(proposal, 1)
        self.assertEqual(self.pick(proposal, 1), first)
        self.assertEqual(self.pick(proposal, 2), first)
        self.assertEqual(self.appointments(), first)

    def test_approval_is_given_by_proposing(self):
        self.type.requires_approval = True
        self.assertEqual(self.pick(self.propose()).state, "confirmed")

    def test_notice_does_not_count_for_what_is_held(self):
        self.type.min_notice_hours = 24
        proposal = self.propose("2027-01-05 09:00")
        with freeze_time("2027-01-05 10:00:00"):
            self.assertTrue(self.pick(proposal))

    def test_notice_counts_for_what_is_not_held_any_more(self):
        self.type.min_notice_hours = 30
        proposal = self.propose("2027-01-06 09:00")
        with self.later(), self.assertRaises(SlotNotAvailable):
            self.pick(proposal)

    def test_never_in_the_past(self):
        proposal = self.propose("2027-01-04 09:00")
        with freeze_time("2027-01-04 14:00:01"), self.assertRaises(SlotNotAvailable):
            self.pick(proposal)

    def test_expired_but_still_free(self):
        proposal = self.propose()
        with self.later():
            self.assertEqual(self.pick(proposal).start, utc(NINE[0], TORONTO))

    def test_lost(self):
        proposal = self.propose()
        # By hand, over what is held: the broker is the master of his time.
        own = self.plan(NINE[0])
        with self.assertRaises(SlotNotAvailable) as caught:
            self.pick(proposal)
        starts = [slot.start for slot in caught.exception.nearest]
        # Tuesday at 9:00 is nearer than 10:00, but held: it is among the other proposed times.
        expected = [f"{MONDAY} 10:00", f"{MONDAY} 11:00", f"{TUESDAY} 10:00"]
        self.assertEqual(starts, [aware(start) for start in expected])
        self.assertEqual(self.appointments(), own)
        self.assertEqual(proposal.state, "open")
        self.assertTrue(self.pick(proposal, 1))

    def test_withdrawn(self):
        proposal = self.propose()
        proposal.with_user(self.broker).action_withdraw()
        self.assertEqual(proposal.state, "withdrawn")
        self.assertEqual(self.hours(MONDAY), ["09:00", "10:00", "11:00"])
        with self.assertRaises(SlotNotAvailable):
            self.pick(proposal)

    def test_not_withdrawn_when_chosen(self):
        proposal = self.propose()
        self.pick(proposal)
        with self.assertRaisesRegex(UserError, "cancel the appointment"):
            proposal.with_user(self.broker).action_withdraw()

    def test_own_contact(self):
        partner = self.env["res.partner"].create(
            {"name": "Zoé", "email": "zoe@client.example", "lang": "fr_FR", "tz": "Europe/Paris"}
        )
        proposal = self.propose(
            partner_id=partner.id,
            client_name="Zoé L.",
            client_email="autre@client.example",
            lang=None,
        )
        self.assertEqual((proposal.lang, proposal.tz), ("fr_FR", "Europe/Paris"))
        attendee = self.pick(proposal).attendee_ids
        self.assertEqual(attendee.partner_id, partner)
        self.assertEqual((attendee.name, attendee.email), ("Zoé L.", "autre@client.example"))

    def test_transaction(self):
        self.type = self.make_type("visite-bien", location_kind="property")
        transaction = self.make_transaction()
        appointment = self.pick(self.propose(transaction_id=transaction.id))
        self.assertEqual(appointment.transaction_id, transaction)
        self.assertEqual(appointment.location, transaction.address)

    def test_state_is_searched(self):
        first, second, third = self.propose(NINE[0]), self.propose(NINE[1]), self.propose(NINE[2])
        self.pick(second)
        third.action_withdraw()
        ours = [("company_id", "=", self.company.id)]
        model = self.env["immoassist.appointment.proposal"]
        for state, expected in {"open": first, "chosen": second, "withdrawn": third}.items():
            self.assertEqual(model.search([*ours, ("state", "=", state)]), expected)
        self.assertEqual(model.search([*ours, ("state", "!=", "open")]), second | third)
        with freeze_time(LATER):
            self.assertEqual(model.search([*ours, ("state", "=", "expired")]), first)


@tagged("post_install", "-at_install")
class TestSeveralBrokers(ProposalCase):
    def test_only_common_times(self):
        with self.assertRaises(UserError):
            self.propose(NINE[0], colleagues=self.colleague)
        proposal = self.propose(f"{MONDAY} 10:00", colleagues=self.colleague)
        self.assertEqual(len(proposal.hold_ids), 2)
        self.assertEqual(self.hours(MONDAY), ["09:00", "11:00"])
        self.assertEqual(self.hours(MONDAY, broker=self.colleague), ["11:00", "12:00"])

    def test_one_appointment_that_the_colleague_attends(self):
        proposal = self.propose(f"{MONDAY} 10:00", f"{MONDAY} 11:00", colleagues=self.colleague)
        appointment = self.pick(proposal)
        self.assertEqual(appointment.broker_id, self.broker)
        self.assertEqual(appointment.attendee_ids.mapped("name"), ["Ada Byron", "Inès Gagnon"])
        self.assertEqual(self.hours(MONDAY), ["09:00", "11:00"])
        self.assertEqual(self.hours(MONDAY, broker=self.colleague), ["11:00", "12:00"])

    def test_lost_when_the_colleague_is_not_free(self):
        proposal = self.propose(f"{MONDAY} 10:00", colleagues=self.colleague)
        self.plan(f"{MONDAY} 10:00", broker=self.colleague)
        with self.assertRaises(SlotNotAvailable) as caught:
            self.pick(proposal)
        nearest = [slot.start for slot in caught.exception.nearest]
        self.assertIn(aware(f"{MONDAY} 11:00"), nearest)
        self.assertNotIn(aware(f"{MONDAY} 09:00"), nearest)

    def test_who_may_come(self):
        for nobody in (self.internal, self.stranger):
            with self.assertRaises(ValidationError):
                self.propose(colleagues=nobody)


@tagged("post_install", "-at_install")
class TestMail(ProposalCase):
    def send(self, **values):
        proposal = self.propose(**values)
        before = self.env["mail.mail"].search([])
        proposal.with_user(self.broker)._send()
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(len(mail), 1)
        return proposal, mail

    def test_one_mail_is_queued(self):
        proposal, mail = self.send()
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.email_to, '"Ada Byron" <ada@client.example>')
        self.assertIn("marie@agence.example.com", mail.email_from)
        self.assertIn("Monday, March 1", mail.body_html)
        self.assertIn("9:00 AM", mail.body_html)
        self.assertIn("Tuesday, January 5, 2027, 7:00 AM", mail.body_html)
        self.assertEqual(mail.body_html.count("/pick?token="), 3)
        for line in proposal.line_ids:
            self.assertIn(f"/immoassist/appointment/{line.id}/pick?token=", mail.body_html)

    def test_in_the_clients_language_and_zone(self):
        paris = {"lang": "fr_FR", "tz": "Europe/Paris"}
        _proposal, mail = self.send(**paris)
        self.assertIn("lundi 1 mars", mail.body_html)
        self.assertIn("15:00", mail.body_html)
        self.assertEqual(str(utc(NINE[0], TORONTO)), str(utc(f"{MONDAY} 15:00", PARIS)))

    def test_scripts_are_text(self):
        _proposal, mail = self.send(client_name="<script>alert(1)</script>")
        self.assertNotIn("<script>", mail.body_html)

    def test_address(self):
        for wrong in ("nonsense", "a b@", ""):
            with self.assertRaises(ValidationError):
                self.propose(client_email=wrong)


@tagged("post_install", "-at_install")
class TestRights(ProposalCase):
    def test_own_and_company(self):
        proposal = self.propose()
        for user, expected in (
            (self.broker, True),
            (self.manager, True),
            (self.paris, False),
            (self.stranger, False),
            (self.internal, False),
        ):
            with self.subTest(user=user.login):
                for record in (proposal, proposal.line_ids, proposal.hold_ids):
                    self.assertEqual(record.with_user(user).has_access("read"), expected)
                self.assertFalse(proposal.with_user(user).has_access("write"))
                self.assertFalse(proposal.hold_ids.with_user(user).has_access("create"))
        with self.assertRaises(AccessError):
            proposal.with_user(self.paris).action_withdraw()

    def test_not_in_the_name_of_a_colleague(self):
        with self.assertRaises(AccessError):
            self.propose(user=self.paris)
        self.assertTrue(self.propose(user=self.manager))

    def test_how_many(self):
        with self.assertRaises(ValidationError):
            self.propose(line_ids=[])
        self.set_hours(self.broker, {day: [(6, 20)] for day in range(5)})
        starts = [utc(f"{MONDAY} {hour}:00", TORONTO) for hour in range(10, 16)]
        with self.assertRaises(ValidationError):
            self.propose(line_ids=[Command.create({"start": start}) for start in starts])
        self.assertFalse(
            self.env["immoassist.booking.hold"].search(
                [("broker_id", "=", self.broker.id), ("expires_at", ">", fields.Datetime.now())]
            )
        )
