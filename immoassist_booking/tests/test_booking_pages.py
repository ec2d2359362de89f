import json
import re

from odoo.tests import tagged

from odoo.addons.immoassist_appointments.tests.common import BROKER

from ..core.query import TimesQuery
from .common import BookingHttpCase


@tagged("post_install", "-at_install")
class TestBookingPages(BookingHttpCase):
    def test_brokers(self):
        self.stranger.write({"booking_username": "ailleurs", "booking_published": True})
        page = self.get("/book").text
        self.assertIn('href="/book/marie-tremblay"', page)
        self.assertIn("Luc Moreau", page)
        self.assertNotIn("Ailleurs", page)

    def test_broker(self):
        self.type.description = "<script>alert(1)</script>"
        page = self.get("/book/marie-tremblay")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Property visit", page.text)
        self.assertNotIn("<script>alert(1)", page.text)
        self.assertEqual(self.get("/book/Marie-Tremblay").status_code, 200)

    def test_unknown_and_unpublished_answer_alike(self):
        answers = {}
        for name in ("nobody-here", "paris-hidden"):
            if name == "paris-hidden":
                self.paris.write({"booking_username": name, "booking_published": False})
            for path in (f"/book/{name}", f"/book/{name}/visite"):
                answer = self.get(path)
                self.assertEqual(answer.status_code, 404)
                text = re.sub(r'csrf_token: "\w+"', "", answer.text).replace(name, "NAME")
                answers.setdefault(path.replace(name, "NAME"), set()).add(text)
            answer = self.get(f"/book/{name}/slots", type="visite")
            self.assertEqual(answer.status_code, 404)
            answers.setdefault("slots", set()).add(answer.text)
        for path, texts in answers.items():
            self.assertEqual(len(texts), 1, path)

    def test_a_former_name_leads_to_the_present_one(self):
        self.broker.booking_username = "marie-t"
        times = self.get("/book/marie-tremblay/slots", type="visite", month="2027-03")
        self.assertEqual(times.status_code, 200)
        for path in ("/book/marie-tremblay", "/fr_CA/book/Marie-Tremblay/visite"):
            with self.subTest(path=path):
                answer = self.get(path, month="2027-03")
                self.assertEqual(answer.status_code, 302)
                there = answer.headers["Location"]
                self.assertTrue(there.endswith("?month=2027-03"), there)
                self.assertIn("/book/marie-t", there)
                self.assertEqual("/fr_CA/" in there, "/fr_CA/" in path)
                self.assertEqual(self.url_open(there).status_code, 200)
        self.broker.booking_published = False
        self.assertEqual(self.get("/fr_CA/book/marie-tremblay").status_code, 404)

    def test_former_broker(self):
        self.broker.group_ids = self.env.ref("base.group_user")
        self.assertEqual(self.get("/book/marie-tremblay").status_code, 404)

    def test_type_of_somebody_else(self):
        other = self.make_type("autre", broker_ids=[(6, 0, self.paris.ids)])
        self.assertEqual(self.get("/book/luc-moreau/autre").status_code, 200)
        self.assertEqual(self.get("/book/marie-tremblay/autre").status_code, 404)
        self.assertEqual(self.get("/book/marie-tremblay/unknown").status_code, 404)
        other.active = False
        self.assertEqual(self.get("/book/luc-moreau/autre").status_code, 404)

    def test_time_page(self):
        page = self.get(self.page)
        self.assertEqual(page.status_code, 200)
        self.assertLess(len(page.content), 60 * 1024)
        self.assertIn("Best times", page.text)
        self.assertIn("January 2027", page.text)
        self.assertIn("Times are Toronto time.", page.text)
        self.assertIn('aria-label="Monday, January 11, 2027, 3 free times"', page.text)
        self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(page.headers["Referrer-Policy"], "same-origin")

    def test_first_month_with_free_times(self):
        self.calendar_of(self.broker).leave_ids = [
            (0, 0, {"name": "x", "date_from": "2027-01-01", "date_to": "2027-04-20"})
        ]
        self.assertIn("April 2027", self.get(self.page).text)
        empty = self.get(self.page, month="2027-02")
        self.assertEqual(empty.status_code, 200)
        self.assertIn("No times are free in this month.", empty.text)
        link = re.search(r'<a href="([^"]+)">Next free times: ([^<]+)</a>', empty.text)
        self.assertEqual(link[2], "Tuesday, April 20")
        self.assertIn("date=2027-04-20", link[1])
        leave = {"name": "y", "date_from": "2027-05-01", "date_to": "2028-04-20"}
        self.calendar_of(self.broker).leave_ids = [(0, 0, leave)]
        far = self.get(self.page, month="2027-05").text
        self.assertIn(">Next free times: Thursday, April 20, 2028<", far)
        # Behind the last free time the way is back.
        self.calendar_of(self.broker).leave_ids[-1:].date_to = "2029-12-31"
        last = self.get(self.page, month="2027-05").text
        self.assertIn("See the first free times", last)
        self.assertNotIn("Next free times", last)

    def test_no_free_times_at_all(self):
        """Whom to call or write to, and what else there is."""
        for broker in (self.broker, self.paris):
            self.set_hours(broker, {})
        self.company.write({"phone": "+1 514 555 0100", "email": "agence@example.com"})
        for path in (self.page, "/book/team/visite"):
            page = self.get(path)
            self.assertEqual(page.status_code, 200)
            self.assertIn("No free times for the moment", page.text)
            self.assertIn(f"Nothing is free in the next {self.type.horizon_days} days.", page.text)
            self.assertIn('href="tel:+15145550100"', page.text)
            self.assertIn('href="mailto:agence@example.com"', page.text)
            self.assertNotIn(self.broker.email, page.text)
            self.assertNotIn("See the free times of all our brokers", page.text)
        self.broker.phone = "+1 514 555 0199"
        self.assertIn('href="tel:+15145550199"', self.get(self.page).text)
        self.set_hours(self.paris, {0: [(9, 12)]})
        self.assertRegex(self.get(self.page).text, 'href="/book/team/visite"[^>]*>See the free')

    def test_nothing_to_book(self):
        self.company.phone = "+1 514 555 0100"
        self.type.active = False
        self.assertIn('href="tel:+15145550100"', self.get("/book/marie-tremblay").text)
        (self.broker | self.paris).booking_published = False
        self.assertIn('href="tel:+15145550100"', self.get("/book").text)

    def test_words_of_each_language(self):
        self.set_hours(self.broker, {0: [(9, 12), (14.5, 16)]})
        self.type.slot_step = 30
        for language, times in {
            "": ["9:00 AM", "2:30 PM", "Monday, March 1"],
            "/fr_CA": ["9 h", "lundi 1 mars", "celles de Montréal"],
            "/fr": ["09:00", "lundi 1 mars"],
        }.items():
            page = self.get(language + self.page, date="2027-03-01")
            self.assertEqual(page.status_code, 200, language)
            for text in times:
                self.assertIn(text, page.text, language)

    def test_slots(self):
        answer = self.get("/book/marie-tremblay/slots", type="visite", month="2027-03")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        data = json.loads(answer.content)
        self.assertEqual(data["zone"], "America/Toronto")
        self.assertEqual(
            data["days"][0],
            {
                "date": "2027-03-01",
                "label": "Monday, March 1",
                "start": "2027-03-01T00:00-05:00",
                "times": [540, 600, 660],
            },
        )

    def test_weight_of_a_busy_month(self):
        """Every quarter of an hour, day and night: no broker has more."""
        self.set_hours(self.broker, {day: [(0, 24)] for day in range(7)})
        self.type.write({"slot_step": 15, "duration": 15, "location_kind": "phone"})
        query = {"month": "2027-03", "tz": "America/Argentina/ComodRivadavia", "hour": "12"}
        answer = self.get("/book/marie-tremblay/slots", type="visite", **query)
        self.assertEqual(sum(len(day["times"]) for day in answer.json()["days"]), 31 * 96)
        self.assertLess(len(answer.content), 20 * 1024)
        page = self.get("/fr_CA" + self.page, **query)
        self.assertEqual(page.status_code, 200)
        self.assertLess(len(page.content), 60 * 1024)

    def statements(self):
        """The SQL on tables of ours for the times of a month."""
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertLogs("odoo.sql_db", "DEBUG") as log:
            self.get("/book/marie-tremblay/slots", type="visite", month="2027-03")
        return [line for line in log.output if re.search(r"(FROM|JOIN|INTO) \"?immoassist_", line)]

    def test_statements_of_the_slots(self):
        """At most five of ours, for any number of busy events and of brokers."""
        self.statements()  # what the registry keeps for all requests
        before = self.statements()
        self.assertLessEqual(len(before), 5, "\n".join(before))
        self.assertTrue(any("immoassist_appointment a" in line for line in before), before)
        for day in range(1, 29):
            self.env["immoassist.appointment"].create(
                {"broker_id": self.broker.id, "start": f"2027-03-{day:02d} 14:00:00"}
            )
        for number in range(10):
            user = self.make_user(f"more{number}", BROKER, tz="Europe/Paris")
            self.publish(user, f"more-{number}")
        self.statements()  # the mails about the new appointments
        self.assertEqual(len(self.statements()), len(before))

    def test_french_json_is_whole(self):
        answer = self.get("/fr_CA/book/marie-tremblay/slots", type="visite", month="2027-02")
        self.assertIn("février", json.loads(answer.content)["days"][0]["label"])

    def test_sitemap(self):
        locations = {page["loc"] for page in self.website._enumerate_pages()}
        self.assertIn("/book/marie-tremblay", locations)
        self.paris.booking_published = False
        locations = {page["loc"] for page in self.website._enumerate_pages()}
        self.assertNotIn("/book/luc-moreau", locations)

    def test_photo(self):
        self.assertNotIn("/book/photo/", self.get("/book/marie-tremblay").text)
        pixel = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
            "rkJggg=="
        )
        self.broker.image_1920 = pixel
        self.assertIn("/book/photo/marie-tremblay", self.get("/book/marie-tremblay").text)
        photo = self.get("/book/photo/marie-tremblay")
        self.assertEqual(photo.headers["Content-Type"], "image/png")
        self.broker.booking_published = False
        self.assertEqual(self.get("/book/photo/marie-tremblay").status_code, 404)

    def test_get_changes_nothing(self):
        self.get(self.page)
        self.get(self.page, slot=self.slot)
        self.get("/book/marie-tremblay/slots", type="visite")
        self.assertFalse(self.appointments())

    def test_number_of_statements(self):
        times = self.env["immoassist.booking.times"]
        query = TimesQuery()
        counts = []
        for index in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            times._time_page(self.broker, self.type, query)
            counts.append(self.cr.sql_log_count - before)
            if not index:
                for day in range(1, 20):
                    self.env["immoassist.appointment"].create(
                        {"broker_id": self.broker.id, "start": f"2027-02-{day:02d} 14:00:00"}
                    )
        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[0], 25)
