import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.tests import BaseCase, HttpCase, tagged

from ..core import zones
from ..core.query import BadQuery, format_slot
from .common import NOW, BookingClient

PARIS, TORONTO = ZoneInfo("Europe/Paris"), ZoneInfo("America/Toronto")
# Sundays on which the clocks change: Toronto, Paris, Paris, Toronto. Hours Toronto is behind Paris.
CHANGES = {"2027-03-14": 5, "2027-03-28": 6, "2027-10-31": 5, "2027-11-07": 6}


def _noon(day):
    return datetime.fromisoformat(day).replace(hour=17, tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestZoneCore(BaseCase):
    def test_names(self):
        known = {"Europe/Paris", "America/Montreal", "Etc/GMT+5", "Gone/Away"}
        alias = {"Gone/Away": "Europe/Paris"}.get
        for text in ("Europe/Paris", "America/Montreal", "Etc/GMT+5"):
            self.assertEqual(zones.parse_zone(text, known, alias).key, text)
        self.assertEqual(zones.parse_zone("Gone/Away", known, alias).key, "Europe/Paris")
        for text in ("", "Europe/Toronto", "../etc/passwd", "posixrules", "Europe/Paris\n", "é"):
            with self.subTest(text), self.assertRaises(BadQuery):
                zones.parse_zone(text, known, alias)
        with self.assertRaises(BadQuery):
            zones.parse_zone("Mars/Base", {"Mars/Base"}, alias)

    def test_difference_where_clocks_change(self):
        for day, hours in CHANGES.items():
            self.assertEqual(zones.ahead(PARIS, TORONTO, _noon(day)), timedelta(hours=hours), day)
        self.assertEqual(zones.ahead(PARIS, PARIS, _noon("2027-03-01")), timedelta())

    def test_offset(self):
        for name, text in {
            "Asia/Kolkata": "UTC+5:30",
            "America/Toronto": "UTC−5",
            "UTC": "UTC",
        }.items():
            self.assertEqual(zones.offset_name(_noon("2027-03-01"), ZoneInfo(name)), text)

    def test_search(self):
        text = zones.folded("Montréal Canada America/Montreal")
        for words in ("montréal", "MONT", "can mon", "america montreal", ""):
            self.assertTrue(zones.found(zones.folded(words), text), words)
        for words in ("real", "paris"):
            self.assertFalse(zones.found(zones.folded(words), text), words)


@tagged("post_install", "-at_install")
class TestBookingZones(BookingClient, HttpCase):
    call = "/book/marie-tremblay/appel"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # freezegun's datetimes forget `fold`, the very thing some of these days are about.
        now = fields.Datetime.to_datetime(NOW)
        cls.classPatch(fields.Datetime, "now", staticmethod(lambda *_args: now))
        cls.make_type("appel", name="Call", location_kind="phone")

    def times(self, path, day, **query):
        page = self.get(path, date=day, **query).text
        return page, re.findall(
            r"slot=([0-9TZ:-]+)[^\"]*\"[^>]*>([^<]+)", page[page.index('id="times"') :]
        )

    def test_visits_are_at_the_time_of_the_place(self):
        """The difference is that of the day, which is another one for some weeks of the year."""
        self.set_hours(self.broker, {6: [(9, 12)]})
        for day, hours in CHANGES.items():
            page, times = self.times(self.page, day, tz="Europe/Paris")
            words = f"Times are Toronto time, {hours}\u00a0h less than where you are."
            self.assertIn(words, page, day)
            self.assertEqual([label for _slot, label in times], ["9:00 AM", "10:00 AM", "11:00 AM"])
            self.assertNotIn("Change time zone", page)
            self.assertIn("tz=Europe/Paris", page)
        page = self.get("/book/luc-moreau/visite", date="2027-03-15", tz="America/Montreal").text
        self.assertIn("Times are Paris time, 5\u00a0h more than where you are.", page)
        plain, _times = self.times(self.page, "2027-03-14", tz="America/New_York")
        self.assertIn("Times are Toronto time.", plain)
        page = self.get("/fr_CA" + self.page, date="2027-03-28", tz="Asia/Kolkata").text
        self.assertIn("9\u00a0h\u00a030\u00a0min de moins que chez vous", page)

    def test_calls_are_at_the_time_of_the_visitor(self):
        self.set_hours(self.broker, {6: [(9, 12)]})
        for day, hours in CHANGES.items():
            page, times = self.times(self.call, day, tz="Europe/Paris")
            self.assertIn("Times are Paris time.", page)
            self.assertIn("Change time zone", page)
            labels = [label for _slot, label in times]
            self.assertEqual(labels[0], f"{9 + hours - 12}:00 PM", day)
            slots = [slot for slot, _label in times]
            self.assertEqual(slots, self.page_slots(self.call, day))
            found = self.get(
                "/book/marie-tremblay/slots", type="appel", month=day[:7], tz="Europe/Paris"
            ).json()
            self.assertEqual(found["zone"], "Europe/Paris")
            self.assertIn(day, [each["date"] for each in found["days"]])

    def test_days_are_those_of_the_visitor(self):
        """An evening in Toronto is the next day in Paris: also its month, and its other clock."""
        self.set_hours(self.broker, {6: [(20, 23)], 2: [(20, 23)]})
        for day, words in {"2027-03-15": "1:00 AM", "2027-04-01": "2:00 AM"}.items():
            _page, times = self.times(self.call, day, tz="Europe/Paris")
            self.assertEqual(times[0][1], words, day)
            start = datetime.fromisoformat(times[0][0])
            self.assertEqual(start.astimezone(TORONTO).hour, 20)

    def test_the_hour_that_occurs_twice_for_the_visitor(self):
        self.type.slot_step = self.type.duration = 60
        self.set_hours(self.broker, {5: [(19, 23)]})
        _page, times = self.times(self.call, "2027-10-31", tz="Europe/Paris")
        labels = [label for _slot, label in times]
        self.assertEqual(len(labels), len(set(labels)))
        self.assertIn("2:00 AM (UTC+2)", labels)
        self.assertIn("2:00 AM (UTC+1)", labels)
        for slot, _label in times:
            form = self.get(self.call, slot=slot, tz="Europe/Paris")
            self.assertIn("October 31, 2027", form.text)

    def test_the_choice_goes_on_to_form_confirmation_and_mail(self):
        form = self.get(self.call, slot=self.slot, tz="Europe/Paris", hour="24")
        self.assertIn("March 1, 2027, 15:00", form.text)
        self.assertIn('name="tz" value="Europe/Paris"', form.text)
        answer = self.post(self.call, tz="Europe/Paris", hour="24")
        self.assertEqual(answer.status_code, 303)
        appointment = self.appointments()
        self.assertEqual(format_slot(appointment.start.replace(tzinfo=timezone.utc)), self.slot)
        self.assertEqual(appointment.attendee_ids.tz, "Europe/Paris")
        page = self.url_open(answer.headers["Location"]).text
        self.assertIn("March 1, 2027, 15:00", page)
        self.assertIn("Paris time", page)
        self.assertIn("3:00 PM", appointment.attendee_ids._when_words())

    def test_a_visit_stays_at_the_time_of_the_place(self):
        form = self.get(self.page, slot=self.slot, tz="Europe/Paris")
        self.assertIn("Toronto time, 6\u00a0h less than where you are", form.text)
        answer = self.post(tz="Europe/Paris")
        self.assertEqual(self.appointments().attendee_ids.tz, "America/Toronto")
        self.assertIn("9:00\u00a0AM", self.url_open(answer.headers["Location"]).text)

    def test_unknown_zones(self):
        for query in ({"tz": "Mars/Base"}, {"tz": "../x"}, {"tz": "x" * 999}, {"hour": "13"}):
            for show in ("", "parts", "zones"):
                self.assert_refused(self.get(self.call, show=show, **query), 400)
            answer = self.get("/book/marie-tremblay/slots", type="appel", **query)
            self.assert_refused(answer, 400)
        self.assert_refused(self.post(self.call, tz="Mars/Base"), 400)
        self.assert_refused(self.get(self.call, tz=["UTC", "Europe/Paris"]), 400)

    def test_hours(self):
        """12 or 24 by language, unless the visitor chose; the choice stays in the addresses."""
        for language, query, words in (
            ("", {}, "9:00 AM"),
            ("", {"hour": "24"}, "09:00"),
            ("/fr", {}, "09:00"),
            ("/fr", {"hour": "12"}, "9:00 AM"),
            ("/fr_CA", {}, "9 h"),
            ("/fr_CA", {"hour": "24"}, "9 h"),
            ("/fr_CA", {"hour": "12"}, "9 h 00 a.m."),
        ):
            page, times = self.times(language + self.page, "2027-03-01", **query)
            self.assertEqual(times[0][1], words, (language, query))
            month = page[page.index("ib-days") : page.index('id="times"')]
            self.assertEqual(set(re.findall(r"hour=(\d\d)", month)), set(query.values()))

    def test_hours_are_remembered(self):
        self.opener.cookies.set("booking_hours", "24")
        self.assertEqual(self.times(self.page, "2027-03-01")[1][0][1], "09:00")
        self.opener.cookies.set("booking_hours", "nonsense")
        self.assertEqual(self.times(self.page, "2027-03-01")[1][0][1], "9:00 AM")

    def test_the_zone_of_the_browser(self):
        """Odoo's pages keep it in a cookie; what the address says counts more."""
        self.set_hours(self.broker, {0: [(9, 12)]})
        self.opener.cookies.set("tz", "Europe/Paris")
        page, times = self.times(self.call, "2027-03-01")
        self.assertIn('data-visitor="Europe/Paris"', page)
        self.assertEqual(times[0][1], "3:00 PM")
        self.assertNotIn("tz=Europe", page[page.index("ib-days") :])
        self.assertIn('name="tz" value="Europe/Paris"', self.get(self.call, slot=self.slot).text)
        self.assertEqual(
            self.times(self.call, "2027-03-01", tz="America/Toronto")[1][0][1], "9:00 AM"
        )
        self.opener.cookies.set("tz", "Mars/Base")
        self.assertIn("Times are Toronto time.", self.get(self.call).text)

    def test_parts_are_those_of_the_page(self):
        """What the script swaps in is what the page would show, without the frame of the site."""
        query = {"month": "2027-03", "date": "2027-03-02", "tz": "Europe/Paris", "hour": "24"}
        page = self.get(self.call, **query)
        parts = self.get(self.call, show="parts", **query)
        self.assertEqual(parts.headers["Cache-Control"], "no-store")
        self.assertNotIn("<html", parts.text)
        self.assertLess(len(parts.content), 30 * 1024)
        flat = re.sub(r"\s+", " ", page.text)
        self.assertIn(re.sub(r"\s+", " ", parts.text).strip(), flat)

    def test_choice_of_a_zone(self):
        everything = self.get(self.call, show="zones", date="2027-03-02", hour="24")
        self.assertEqual(everything.status_code, 200)
        self.assertIn("noindex", everything.headers["X-Robots-Tag"])
        names = re.findall(r'data-zone="([^"]+)"', everything.text)
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 400)
        self.assertIn("America/Montreal", names)
        self.assertIn("?date=2027-03-02&amp;hour=24&amp;tz=Asia/Kolkata", everything.text)
        nothing = self.get(self.call, show="zones", q="<script>x")
        self.assertEqual(nothing.status_code, 200)
        self.assertNotIn("<script>x", nothing.text)
        self.assertNotIn("data-zone=", nothing.text)
        for name in names:
            self.assertTrue(self.env["immoassist.booking.zone"]._parse(name))
        found = self.get("/fr_CA" + self.call, show="zones", q="montreal").text
        self.assertEqual(re.findall(r'data-zone="([^"]+)"', found), ["America/Montreal"])
        self.assertIn("UTC−5", found)
        self.assertIn("Montréal", found)
