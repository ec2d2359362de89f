from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import BookingHttpCase


@tagged("post_install", "-at_install")
class TestBookingBadInput(BookingHttpCase):
    def test_bad_addresses(self):
        for query in (
            {"month": "2027-13"},
            {"month": "soon"},
            {"month": "9999-12"},
            {"month": "0001-01"},
            {"month": "2026-12"},
            {"month": "2029-06"},
            {"month": "2027-03\x00"},
            {"month": ["2027-03", "2027-04"]},
            {"date": "2027-02-30"},
            {"date": "'; DROP TABLE res_users; --"},
            {"date": "9999-12-31"},
            {"slot": "now"},
            {"slot": "2027-03-01T14:00:00"},
            {"slot": "9999-12-31T23:59:00Z"},
            {"slot": ["2027-03-01T14:00:00Z", "2027-03-01T15:00:00Z"]},
            {"other": ["a", "b"]},
        ):
            with self.subTest(query=query):
                answer = self.get(self.page, **query)
                self.assert_refused(answer, 400)
                self.assertIn(f'href="{self.page}"', answer.text)
                if {"month", "other"} & query.keys():
                    answer = self.get("/book/marie-tremblay/slots", type="visite", **query)
                    self.assert_refused(answer, 400)
                    self.assertTrue(answer.json()["error"])

    def test_times_that_are_not_offered(self):
        for slot in (
            "2026-03-02T14:00:00Z",  # past
            "1901-03-02T14:00:00Z",
            "2027-03-06T14:00:00Z",  # Saturday
            "2027-03-01T03:00:00Z",  # night
            "2027-03-01T14:10:00Z",  # off the grid
            "2999-03-01T14:00:00Z",  # beyond the horizon
        ):
            with self.subTest(slot=slot):
                self.assert_refused(self.get(self.page, slot=slot), 409)
                answer = self.post(slot=slot)
                self.assert_refused(answer, 409)
                self.assertIn('type="radio"', answer.text)

    def test_bad_slots_in_the_form(self):
        for slot in ("", None, "garbage", "2027-03-01T14:00:00", "\x00", [self.slot, self.slot]):
            with self.subTest(slot=slot):
                self.assert_refused(self.post(slot=slot), 400)

    def test_bad_guests(self):
        for form in (
            {"name": ""},
            {"name": None},
            {"name": "   "},
            {"name": "x" * 1_000_000},
            {"name": "Claire\r\nBcc: all@example.com"},
            {"name": "Claire\x00"},
            {"name": "Claire\x1b[31m"},
            {"email": ""},
            {"email": None},
            {"email": "claire"},
            {"email": "a@example.com, b@example.com"},
            {"email": "a@example.com\r\nBcc: b@example.com"},
            {"email": "x" * 400 + "@example.com"},
            {"phone": "<script>"},
            {"phone": "1" * 40},
            {"note": "\x00"},
            {"note": "x" * 3000},
        ):
            with self.subTest(form=str(form)[:60]):
                self.assert_refused(self.post(**form), 422)

    def test_lone_surrogate(self):
        # What is not UTF-8 is kept as it was sent, escaped: odd, but neither lost nor an error.
        self.assertEqual(self.post(name=b"Claire \xed\xa0\x80").status_code, 303)
        self.assertEqual(self.appointments().attendee_ids.name, "Claire %ED%A0%80")

    def test_repeated_field(self):
        self.assert_refused(self.post(name=["Claire", "Zoé"]), 400)

    def test_field_that_is_a_file(self):
        answer = self.url_open(
            self.page,
            data={"csrf_token": self.csrf(), "slot": self.slot, "email": "claire@example.com"},
            files={"name": ("name.txt", b"Claire")},
            allow_redirects=False,
        )
        self.assert_refused(answer, 422)

    def test_bad_paths(self):
        for path in (
            "/book/%00",
            "/book/a%00b/visite",
            "/book/%ff%fe",
            "/book/a%0d%0aSet-Cookie:%20x=1",
            "/book/" + "x" * 2000,
            "/book/<script>",
            "/book/marie-tremblay/%00",
            "/book/marie-tremblay/" + "x" * 2000,
            "/book/photo/%00",
            "/book/%00/slots?type=visite",
            "/book/marie-tremblay/slots?type=%00",
            "/book/marie-tremblay/slots",
        ):
            with self.subTest(path=path[:40]):
                answer = self.get(path)
                self.assert_refused(answer, 404)
                self.assertNotIn("<script></h1>", answer.text)

    def test_dots_in_the_path(self):
        """Odoo's layout cannot say where such a page is: it would be an error of the server."""
        for path in (
            "/book/%2E%2E",
            "/book/%2E",
            "/book/%2E%2E/visite",
            "/book/marie-tremblay/%2E%2E",
            "/book/photo/%2E%2E",
            "/book/%2E%2E/confirmation?token=x",
        ):
            with self.subTest(path=path):
                answer = self.get(path)
                self.assertIn(answer.status_code, (302, 303, 404))
                self.assertIn(answer.headers.get("Location"), (None, "/book"))

    def test_wrong_method(self):
        for method, path in (
            ("PUT", self.page),
            ("DELETE", self.page),
            ("POST", "/book"),
            ("POST", "/book/marie-tremblay"),
            ("POST", "/book/marie-tremblay/slots"),
            ("POST", "/book/marie-tremblay/confirmation"),
        ):
            with self.subTest(method=method, path=path), mute_logger("odoo.http"):
                answer = self.opener.request(method, self.base_url() + path, timeout=20)
                self.assertIn(answer.status_code, (400, 404, 405))
                self.assertNotIn("Traceback", answer.text)
