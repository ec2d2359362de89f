from dataclasses import replace

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import SlotNotAvailable
from .common import MONDAY, TORONTO, AppointmentCase, aware, utc
from .test_concurrency import ADA, CommittedCase

EVE = replace(ADA, name="Eve", email="eve@example.com")
CLIENTS, ROUNDS, PLACES = 10, 5, 3


@tagged("post_install", "-at_install")
class TestOpenHouse(AppointmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.house = cls.make_type("portes", capacity=3)

    def book(self, guest=ADA, hour="10:00", transaction=None):
        appointments = self.env["immoassist.appointment"]
        start = aware(f"{MONDAY} {hour}")
        return appointments._book(self.broker, self.house, start, guest, transaction=transaction)

    def places(self, hour="10:00"):
        """How many places are offered at this hour; 0 when it is not."""
        start = aware(f"{MONDAY} {hour}")
        window = self.env["immoassist.appointment"]._availability_window(
            MONDAY, MONDAY, self.broker._broker_zone()
        )
        slots = self.env["immoassist.availability"]._ranked_slots(self.broker, window, self.house)
        return sum(slot.places_left for slot in slots[self.broker.id] if slot.start == start)

    def test_one_party_leaves(self):
        ada, eve = self.book(), self.book(EVE)
        self.assertEqual(self.places(), 1)
        self.assertTrue(ada._client_cancel(ada.attendee_ids))
        self.assertEqual((ada.state, eve.state), ("cancelled", "confirmed"))
        self.assertEqual(self.places(), 2)

    def test_declining_gives_the_place_back(self):
        ada, eve = self.book(), self.book(EVE)
        self.assertTrue(ada._client_answer(ada.attendee_ids, "declined"))
        self.assertEqual((ada.state, eve.state), ("cancelled", "confirmed"))
        self.assertEqual(ada.cancelled_by, "client")
        self.assertEqual(self.places(), 2)

    def test_declining_too_late_is_told_all_the_same(self):
        self.house.cancel_deadline_hours = 8760
        ada = self.book()
        self.assertTrue(ada._client_answer(ada.attendee_ids, "declined"))
        self.assertEqual((ada.state, ada.attendee_ids.state), ("confirmed", "declined"))

    def test_one_party_moves(self):
        for number in range(3):
            self.book(replace(ADA, email=f"full{number}@example.com"), hour="11:00")
        ada, eve = self.book(), self.book(EVE)
        person = ada.attendee_ids
        with self.assertRaises(SlotNotAvailable):
            ada._client_move(person, aware(f"{MONDAY} 11:00"))
        self.assertTrue(ada._client_move(person, aware(f"{MONDAY} 09:00")))
        self.assertEqual((self.places("09:00"), self.places()), (2, 2))
        self.assertEqual(eve.start, utc(f"{MONDAY} 10:00", TORONTO))

    def test_several_in_one_appointment_only_answer(self):
        """A party that the broker put on the list together: nobody of it cancels for the rest."""
        people = [{"name": name, "email": f"{name}@example.com"} for name in ("un", "deux")]
        together = self.plan(
            f"{MONDAY} 10:00",
            type_id=self.house.id,
            attendee_ids=[Command.create(person) for person in people],
        )
        first = together.attendee_ids[0]
        self.assertFalse(first._may_manage())
        together.sudo()._client_answer(first, "declined")
        self.assertEqual(together.state, "confirmed")

    def test_the_broker_cancels_the_whole(self):
        ada, eve = self.book(), self.book(EVE)
        other_hour = self.book(EVE, hour="11:00")
        action = ada.with_user(self.broker).action_ask_cancel()
        wizards = self.env[action["res_model"]].with_user(self.broker)
        wizard = wizards.with_context(**action["context"]).create({"reason": "It is sold"})
        self.assertEqual(wizard.session_count, 2)
        wizard.whole_session = True
        wizard.action_cancel()
        self.assertEqual((ada.state, eve.state), ("cancelled", "cancelled"))
        self.assertEqual(eve.cancel_reason, "It is sold")
        self.assertEqual(other_hour.state, "confirmed")
        self.assertEqual(self.places(), 3)

    def test_one_alone_unless_told(self):
        ada, eve = self.book(), self.book(EVE)
        context = ada.action_ask_cancel()["context"]
        self.env["immoassist.appointment.cancel"].with_context(**context).create({}).action_cancel()
        self.assertEqual((ada.state, eve.state), ("cancelled", "confirmed"))

    def test_places_on_the_form(self):
        ada = self.book().with_user(self.broker)
        self.book(EVE)
        self.assertEqual((ada.session_taken, ada.session_capacity), (2, 3))
        self.assertEqual(len(ada.action_view_session()["domain"][0][2]), 2)
        self.assertEqual(self.plan(f"{MONDAY} 09:00").session_taken, 0)

    def test_two_properties_are_two_open_houses(self):
        self.house.location_kind = "property"
        here, there = self.make_transaction("Here"), self.make_transaction("There")
        there.property_latitude = 45.9
        ada = self.book(transaction=here)
        visit = self.plan(f"{MONDAY} 10:00", type_id=self.house.id, transaction_id=there.id)
        anywhere = self.book(EVE)
        self.assertEqual(ada._session(), ada | anywhere)
        self.assertNotIn(visit, ada._session())


@tagged("post_install", "-at_install")
class TestLastPlace(CommittedCase):
    """Many clients, few places: exactly so many bookings as there are places, in every round."""

    @classmethod
    def make_type(cls, env):
        values = {"name": "Portes", "slug": "portes-course", "location_kind": "phone"}
        values |= {"min_notice_hours": 0, "capacity": PLACES}
        return env["immoassist.appointment.type"].create(values).id

    @mute_logger("odoo.sql_db")
    def test_exactly_as_many_as_places(self):
        refused = ["SlotNotAvailable"] * (CLIENTS - PLACES)
        for number in range(ROUNDS):
            with self.subTest(round=number):
                self.assertEqual(self.race(CLIENTS), [*refused, *["booked"] * PLACES])
                self.assertEqual(self.count(), PLACES)
                self.remove_appointments()
