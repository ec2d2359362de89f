import re
from datetime import datetime, timezone

from odoo.tests import tagged

from ..core.query import TimesQuery
from ..core.username import slugify
from .common import BookingHttpCase

MONDAY_9 = "2027-03-01T14:00:00Z"


@tagged("post_install", "-at_install")
class TestBookingTeam(BookingHttpCase):
    """Marie in Toronto from 9 to 12, Anne from 11 to 15: the team from 9 to 15."""

    page = "/book/team/visite"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type.location_kind = "phone"
        cls.paris.booking_published = False
        cls.anne = cls.make_colleague("anne", "Anne Roy", {0: [(11, 15)]})

    @classmethod
    def make_colleague(cls, login, name, hours, **values):
        values = {"tz": "America/Toronto", "name": name, **values}
        broker = cls.make_user(login, "immoassist_appointments.group_broker", **values)
        cls.set_hours(broker, hours)
        cls.publish(broker, slugify(name))
        return broker

    def book(self, slot, **form):
        answer = self.post(slot=slot, **form)
        self.assertEqual(answer.status_code, 303, answer.text[:300])
        return self.appointments().sorted("id")[-1]

    def hours(self, path="/book/team/slots", day="2027-03-01"):
        days = self.get(path, type="visite", month=day[:7]).json()["days"]
        times = next((found["times"] for found in days if found["date"] == day), [])
        return [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in times]

    def test_pages(self):
        page = self.get("/book").text
        self.assertLess(page.index('href="/book/team"'), page.index('href="/book/anne-roy"'))
        page = self.get("/book/team")
        self.assertEqual(page.status_code, 200)
        self.assertIn("The first available broker", page.text)
        self.assertIn('href="/book/team/visite"', page.text)
        self.assertEqual(self.get("/book/team/unknown").status_code, 404)
        self.assertEqual(self.get("/book/photo/team").status_code, 404)
        page = self.get("/fr_CA/book/team/visite").text
        self.assertIn("avec le premier courtier disponible", page)
        self.assertNotIn("Marie Tremblay", page)

    def test_times_of_all(self):
        expected = [f"{hour:02}:00" for hour in range(9, 15)]
        self.assertEqual(self.hours(), expected)
        starts = [slot[11:16] for slot in self.page_slots(self.page, "2027-03-01")]
        self.assertEqual(starts, [f"{int(hour[:2]) + 5}:00" for hour in expected])

    def test_who_is_free_gets_it(self):
        nine, fourteen = self.book(MONDAY_9), self.book("2027-03-01T19:00:00Z")
        self.assertEqual((nine.broker_id, fourteen.broker_id), (self.broker, self.anne))
        self.assertTrue(nine.booked_with_team)

    def test_the_confirmation_names_who_comes(self):
        answer = self.post(slot="2027-03-01T19:00:00Z")
        self.assertIn("/book/anne-roy/confirmation?", answer.headers["Location"])
        self.assertIn("Anne Roy", self.url_open(answer.headers["Location"]).text)

    def test_fewest_appointments_first(self):
        self.set_hours(self.anne, {day: [(9, 12)] for day in range(5)})
        for hour in (14, 15):
            self.env["immoassist.appointment"].create(
                {"broker_id": self.broker.id, "start": f"2027-01-11 {hour}:00:00"}
            )
        # Beyond the weeks that count.
        for day in (2, 3, 4):
            self.env["immoassist.appointment"].create(
                {"broker_id": self.anne.id, "start": f"2027-03-{day:02} 14:00:00"}
            )
        self.assertEqual(self.book(MONDAY_9).broker_id, self.anne)

    def test_in_turn(self):
        self.set_hours(self.anne, {day: [(9, 12)] for day in range(5)})
        slots = [f"2027-04-{day:02}T14:00:00Z" for day in (12, 13, 14, 15)]
        chosen = [self.book(slot).broker_id for slot in slots]
        self.assertEqual(chosen, [self.broker, self.anne, self.broker, self.anne])

    def test_the_same_time_goes_to_another_then_is_lost(self):
        self.set_hours(self.anne, {day: [(9, 12)] for day in range(5)})
        first, second = self.book(MONDAY_9), self.book(MONDAY_9, email="second@example.com")
        self.assertEqual(first.broker_id | second.broker_id, self.broker | self.anne)
        # The same form again is the same booking, though nobody is free any more.
        self.assertEqual(self.post(slot=MONDAY_9).status_code, 303)
        self.assertEqual(len(self.appointments()), 2)
        answer = self.post(slot=MONDAY_9, note="typed with care", email="third@example.com")
        self.assert_refused(answer, 409, before=2)
        self.assertIn("typed with care", answer.text)
        self.assertEqual(answer.text.count('type="radio"'), 3)
        self.assertIn('action="/book/team/visite#result"', answer.text)
        lost = self.env["immoassist.booking.event"].search([("lost", ">", 0)])
        self.assertEqual((len(lost), lost.type_id), (1, self.type))
        self.assertFalse(lost.broker_id, "the agency's page is nobody's")
        self.assert_refused(self.get(self.page, slot=MONDAY_9), 409, before=2)

    def test_only_who_offers_the_type(self):
        self.type.broker_ids = self.anne
        self.assertEqual(self.hours(), ["11:00", "12:00", "13:00", "14:00"])
        self.assert_refused(self.post(slot=MONDAY_9), 409)
        self.assertEqual(self.book("2027-03-01T16:00:00Z").broker_id, self.anne)

    def test_an_open_house_has_one_host(self):
        house = self.make_type("portes", capacity=8)
        self.assertNotIn("/book/team/portes", self.get("/book/team").text)
        self.assertEqual(self.get(f"/book/team/{house.slug}").status_code, 404)

    def test_switched_off(self):
        for switch in (
            lambda: self.company.write({"booking_team": False}),
            lambda: self.anne.write({"booking_team": False}),
            lambda: self.anne.write({"booking_published": False}),
        ):
            with self.cr.savepoint() as savepoint:
                switch()
                self.assertNotIn("/book/team", self.get("/book").text)
                for path in ("/book/team", self.page, "/book/team/slots?type=visite"):
                    self.assertEqual(self.get(path).status_code, 404)
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(self.get("/book/team").status_code, 200)

    def test_each_decides_for_himself(self):
        self.anne.with_user(self.anne).booking_team = False
        self.assertFalse(self.anne.booking_team)

    def test_several_zones(self):
        """One clock for the page; each broker works by his own."""
        self.company.resource_calendar_id.tz = "UTC"
        self.make_colleague("zoe", "Zoé Petit", {0: [(9, 12)]}, tz="Europe/Paris")
        # Most work by that of Toronto, where it is 3:00 when Paris begins.
        self.assertEqual(self.hours()[:4], ["03:00", "04:00", "05:00", "09:00"])
        self.assertIn("Toronto", self.get(self.page).text)
        self.company.resource_calendar_id.tz = "Europe/Paris"
        self.assertEqual(self.hours()[:4], ["09:00", "10:00", "11:00", "15:00"])

    def test_page_in_as_many_statements_as_for_one(self):
        times = self.env["immoassist.booking.times"]
        query = TimesQuery(month=datetime(2027, 3, 1, tzinfo=timezone.utc).date())

        def statements(brokers):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            times._time_page(brokers, self.type, query)
            return self.cr.sql_log_count - before

        team = self.broker | self.anne
        for number in range(6):
            team |= self.make_colleague(f"c{number}", f"Colleague {number}", {0: [(9, 12)]})
        statements(team)  # what is cached for good
        one, all_of_them = statements(self.broker), statements(team)
        # Two more, for any number: who of them is given the type, and who took it off his page.
        self.assertEqual(all_of_them, one + 2)

    def test_name_is_reserved(self):
        self.assertFalse(re.search(r'href="/book/team"', self.get("/book/anne-roy").text))
        with self.assertRaisesRegex(Exception, "address of another page"):
            self.broker.booking_username = "team"
