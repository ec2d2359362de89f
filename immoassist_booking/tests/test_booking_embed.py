import re
from urllib.parse import urlsplit

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import BookingHttpCase

ONLY_US = "frame-ancestors 'self'"
PAGES = ("/book", "/book/marie-tremblay", "/book/marie-tremblay/visite")


@tagged("post_install", "-at_install")
class TestBookingHeaders(BookingHttpCase):
    def assert_not_framed(self, answer):
        self.assertEqual(answer.headers["Content-Security-Policy"], ONLY_US, answer.url)
        self.assertEqual(answer.headers["X-Frame-Options"], "SAMEORIGIN", answer.url)

    def test_every_page(self):
        appointment = self.book()
        attendee = appointment.attendee_ids
        links = (attendee._link(action) for action in ("answer", "move", "cancel", "ics"))
        private = [
            "/book/marie-tremblay/slots?type=visite",
            appointment._confirmation_url(attendee),
            *(link[link.index("/immoassist") :] for link in links),
            "/immoassist/appointment/1/answer?token=x",
            "/immoassist/appointment/1/pick?token=x",
        ]
        for path in (*PAGES, *private):
            with self.subTest(path=path):
                answer = self.url_open(path, allow_redirects=False)
                self.assert_not_framed(answer)
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer.headers["Referrer-Policy"], "same-origin")
                self.assertIn("geolocation=()", answer.headers["Permissions-Policy"])
                cached = answer.headers.get("Cache-Control", "")
                # No cache between us and the browser keeps it; an empty form the browser may keep.
                closed = cached == "private, no-cache" if "slot=" in path else "no-store" in cached
                self.assertEqual(closed, path in private, cached)
                self.assertEqual("noindex" in answer.headers.get("X-Robots-Tag", ""), bool(cached))

    def test_an_empty_form_is_kept_by_the_browser_alone(self):
        """For who goes back and forth; once something was sent, it is in no cache at all."""
        empty = self.get(self.page, slot=self.slot)
        self.assert_not_framed(empty)
        self.assertEqual(empty.headers["Cache-Control"], "private, no-cache")
        self.assertEqual(self.post(email="").headers["Cache-Control"], "no-store")

    def book(self):
        self.assertEqual(self.post().status_code, 303)
        return self.appointments()

    def test_refusals_too(self):
        self.assert_not_framed(self.get("/book/nobody-here"))
        with mute_logger("odoo.http"):
            self.assert_not_framed(self.post(csrf_token="x"))

    def test_other_pages_are_left_alone(self):
        self.assertNotIn("Permissions-Policy", self.get("/web/login").headers)

    def test_only_listed_sites_frame_the_pages(self):
        self.website.booking_embed_hosts = "https://www.agency.example\nhttps://*.group.example"
        for path in PAGES:
            self.assert_not_framed(self.get(path))
            framed = self.get(path, embed="1")
            self.assertEqual(
                framed.headers["Content-Security-Policy"],
                f"{ONLY_US} https://www.agency.example https://*.group.example",
            )
            self.assertNotIn("X-Frame-Options", framed.headers)
        self.website.booking_embed_hosts = False
        self.assert_not_framed(self.get(PAGES[0], embed="1"))

    def test_nobody_frames_a_form(self):
        self.website.booking_embed_hosts = "https://www.agency.example"
        appointment = self.book()
        for path, query in (
            (self.page, {"slot": "2027-03-02T14:00:00Z"}),
            (appointment._confirmation_url(appointment.attendee_ids), {}),
        ):
            url = path + ("&" if "?" in path else "?") + "embed=1"
            for name, value in query.items():
                url += f"&{name}={value}"
            answer = self.url_open(url, allow_redirects=False)
            self.assertEqual(answer.status_code, 200)
            self.assert_not_framed(answer)
            self.assertIn("<header", answer.text)

    def test_what_is_no_site(self):
        for text in ("*", "http://agency.example", "https://a.example;script-src *"):
            with self.assertRaisesRegex(ValidationError, "is not the address of a site"):
                self.website.booking_embed_hosts = text

    def test_a_light_page_whose_links_stay_in_the_frame(self):
        for path in (*PAGES, "/fr_CA" + self.page):
            self.assertIn("<header", self.get(path).text)
            page = self.get(path, embed="1")
            self.assertNotIn("<header", page.text.replace('<header class="ib-who"', ""))
            self.assertNotIn("<footer", page.text)
            links = re.findall(r"<a\b[^>]*\bhref=\"([^\"]*)\"[^>]*>", page.text)
            links = [link.replace("&amp;", "&") for link in links if link[0] in "/?"]
            self.assertTrue(links)
            for link in links:
                if "slot=" in link:
                    self.assertNotIn("embed", link)
                else:
                    self.assertIn("embed=1", link)
                if link[0] == "/":
                    path_of_link = urlsplit(link).path
                    self.assertEqual(path_of_link.startswith("/fr_CA/"), "/fr_CA/" in path)
        tags = re.findall(r"<a\b[^>]*slot=[^>]*>", page.text)
        self.assertTrue(tags)
        for tag in tags:
            self.assertIn('target="_top"', tag)

    def test_the_plain_page_is_not_changed_by_the_light_one(self):
        """Compiled templates are kept: one for each."""
        for _again in range(2):
            self.assertIn("embed=1", self.get(self.page, embed="1").text)
            self.assertNotIn("embed=1", self.get(self.page).text)

    def test_code_to_paste(self):
        self.assertIn("/book/marie-tremblay?embed=1", self.broker.booking_embed_code)
        self.assertIn("/book?embed=1", self.website.booking_embed_code)
        mine = self.broker.with_user(self.broker).read(["booking_embed_code", "booking_url"])
        self.assertTrue(mine[0]["booking_url"].endswith("/book/marie-tremblay"))
