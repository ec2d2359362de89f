import re

from odoo.tests import tagged

from .common import BookingHttpCase


@tagged("post_install", "-at_install")
class TestBookingSeo(BookingHttpCase):
    def head(self, path, **query):
        page = self.get(path, **query)
        self.assertEqual(page.status_code, 200)
        return page.text[: page.text.index("</head>")]

    def meta(self, head, name):
        found = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)"', head)
        self.assertLessEqual(len(found), 1, name)
        return found[0] if found else None

    def test_what_previews_of_links_show(self):
        self.type.description = "A first look.\n<b>Bring nothing.</b>"
        base = self.website.get_base_url()
        for path, title, description in (
            ("/book", "Book an appointment", "without an account"),
            ("/book/marie-tremblay", "Book an appointment with Marie Tremblay", "Marie Tremblay,"),
            (self.page, "Property visit with Marie Tremblay", "A first look. &lt;b&gt;Bring"),
            ("/fr_CA/book/luc-moreau", "Prendre rendez-vous avec Luc Moreau", "sans compte"),
        ):
            with self.subTest(path=path):
                head = self.head(path)
                self.assertIn(title, self.meta(head, "og:title"))
                self.assertIn(description, self.meta(head, "og:description"))
                self.assertIn(description, self.meta(head, "description"))
                self.assertEqual(self.meta(head, "og:url"), base + path)
                self.assertTrue(self.meta(head, "og:image").startswith(base + "/web/image/website"))
                self.assertIsNone(self.meta(head, "robots"))
                self.assertIn(f'rel="canonical" href="{base}{path}"', head)
                self.assertIn('hreflang="fr"', head)

    def test_the_address_without_what_was_chosen_is_the_canonical_one(self):
        head = self.head(self.page, month="2027-03", embed="1")
        self.assertIn(f'rel="canonical" href="{self.website.get_base_url()}{self.page}"', head)

    def test_the_photo(self):
        self.broker.image_1920 = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
            "rkJggg=="
        )
        self.website.booking_prefix = "rdv"
        image = self.meta(self.head("/rdv/marie-tremblay"), "og:image")
        self.assertEqual(image, f"{self.website.get_base_url()}/rdv/photo/marie-tremblay")
        self.assertEqual(self.url_open(image).headers["Content-Type"], "image/png")

    def test_hidden_from_search_engines(self):
        self.broker.booking_noindex = True
        for path in ("/book/marie-tremblay", self.page):
            self.assertEqual(self.get(path).headers["X-Robots-Tag"], "noindex")
            self.assertEqual(self.meta(self.head(path), "robots"), "noindex")
        sitemap = self.get("/sitemap.xml").text
        self.assertNotIn("/book/marie-tremblay", sitemap)
        self.assertIn("/book/luc-moreau", sitemap)
        self.assertNotIn("X-Robots-Tag", self.get("/book/luc-moreau").headers)
        self.assertIn('href="/book/marie-tremblay"', self.get("/book").text)
