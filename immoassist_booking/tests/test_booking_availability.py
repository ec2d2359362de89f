from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.immoassist_appointments.exceptions import SlotNotAvailable
from odoo.addons.immoassist_appointments.models.immoassist_appointment_booking import Guest

from ..core.query import format_slot, parse_slot
from .common import NOW, BookingClient

# Sundays on which the clocks change: Toronto, Paris, Paris, Toronto.
CHANGES = ("2027-03-14", "2027-03-28", "2027-10-31", "2027-11-07")


@tagged("post_install", "-at_install")
class TestBookingAvailability(BookingClient, HttpCase):
    """Page, its JSON, the check on booking and the API give one answer, also when clocks change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # freezegun's datetimes forget `fold`, the very thing these days are about.
        now = fields.Datetime.to_datetime(NOW)
        cls.classPatch(fields.Datetime, "now", staticmethod(lambda *_args: now))
        for broker in (cls.broker, cls.paris):
            cls.set_hours(broker, {6: [(0, 6), (9, 12)]})
        cls.type.write({"slot_step": 30, "duration": 30, "horizon_days": 400})

    def setUp(self):
        super().setUp()
        expiration = fields.Datetime.now() + timedelta(days=36500)
        keys = self.env["res.users.apikeys"].with_user(self.broker).sudo()
        self.key = keys._generate("rpc", "test", expiration)

    def api(self, broker, day):
        answer = self.url_open(
            "/json/2/immoassist.appointment/get_availability",
            json={
                "broker_id": broker.id,
                "date_from": day,
                "date_to": day,
                "type_id": self.type.id,
            },
            headers={"Authorization": f"Bearer {self.key}"},
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(set(answer.json()[0]), {"start", "stop", "score", "reasons"})
        return [format_slot(datetime.fromisoformat(slot["start"])) for slot in answer.json()]

    def json(self, broker, day):
        path = f"/book/{broker.booking_username}/slots"
        data = self.get(path, type="visite", month=day[:7]).json()
        found = next(found for found in data["days"] if found["date"] == day)
        begin = datetime.fromisoformat(found["start"]).astimezone(timezone.utc)
        return [format_slot(begin + timedelta(minutes=time)) for time in found["times"]]

    def bookable(self, broker, day):
        """The half hours of that day that pass the check of `_book`."""
        zone = broker._broker_zone()
        moment = datetime.fromisoformat(day).replace(tzinfo=zone).astimezone(timezone.utc)
        taken = []
        while moment.astimezone(zone).date().isoformat() == day:
            if self.can_book(broker, moment):
                taken.append(format_slot(moment))
            moment += timedelta(minutes=30)
        return taken

    def can_book(self, broker, moment):
        try:
            self.env["immoassist.appointment"]._check_slot_free(broker, self.type, moment, None)
        except SlotNotAvailable:
            return False
        return True

    def book(self, broker, slot):
        guest = Guest("Claire", "claire@example.com")
        appointments = self.env["immoassist.appointment"]
        return appointments._book(broker, self.type, parse_slot(slot), guest)

    def test_one_answer(self):
        expected = {
            # 2:00 to 3:00 does not exist, or exists twice; 6 + 3 hours otherwise.
            ("2027-03-14", self.broker): 16,
            ("2027-11-07", self.broker): 20,
            ("2027-03-28", self.paris): 16,
            ("2027-10-31", self.paris): 20,
        }
        for day in CHANGES:
            for broker in (self.broker, self.paris):
                with self.subTest(day=day, broker=broker.name):
                    path = f"/book/{broker.booking_username}/visite"
                    page = self.page_slots(path, day)
                    self.assertEqual(len(page), expected.get((day, broker), 18))
                    self.assertEqual(self.json(broker, day), page)
                    self.assertEqual(self.api(broker, day), page)
                    self.assertEqual(self.bookable(broker, day), page)
                    # Real bookings of both hours that look the same, where there are two.
                    for slot in page[2:8:2]:
                        start = self.book(broker, slot).start
                        self.assertEqual(format_slot(start.replace(tzinfo=timezone.utc)), slot)
