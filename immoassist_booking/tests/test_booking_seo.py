import json
import re

from odoo.tests import tagged

from odoo.addons.immoassist_appointments.tests.common import BROKER

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

    def structured(self, path, **query):
        """What the page tells search engines, as they read it; None when it tells nothing."""
        page = self.get(path, **query).text
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        self.assertLessEqual(len(found), 1)
        return json.loads(found[0]) if found else None

    def test_what_search_engines_read(self):
        base = self.website.get_base_url()
        self.company.write({"phone": "+1 514 555 0100", "city": "Montréal"})
        self.broker.write({"phone": "+1 514 555 0199", "booking_languages": "Français, English"})
        self.type.description = "A first look."
        agency = self.structured("/book")
        self.assertEqual(agency["@type"], "RealEstateAgent")
        self.assertEqual(agency["address"]["addressLocality"], "Montréal")
        broker = self.structured("/book/marie-tremblay")
        self.assertEqual(broker["name"], "Marie Tremblay")
        self.assertEqual(broker["jobTitle"], "Real-estate broker")
        self.assertEqual(broker["telephone"], "+1 514 555 0199")
        self.assertEqual(broker["knowsLanguage"], ["Français", "English"])
        self.assertEqual(broker["url"], f"{base}/book/marie-tremblay")
        self.assertEqual(broker["worksFor"]["telephone"], "+1 514 555 0100")
        service = self.structured(self.page)
        self.assertEqual(service["url"], base + self.page)
        self.assertEqual(service["description"], "A first look.")
        self.assertEqual(service["provider"]["name"], "Marie Tremblay")
        team = self.structured("/book/team/visite")
        self.assertEqual(team["provider"]["name"], self.company.name)
        self.assertEqual(team["url"], f"{base}/book/team/visite")
        french = self.structured("/fr_CA/book/marie-tremblay")
        self.assertEqual(french["jobTitle"], "Courtier immobilier")

    def test_what_they_read_people_see(self):
        self.broker.phone = "+1 514 555 0199"
        self.assertIn('href="tel:+15145550199"', self.get("/book/marie-tremblay").text)

    def test_nothing_to_read_where_nothing_may_be_shown(self):
        self.assertIsNone(self.structured(self.page, slot=self.slot))
        self.assertIsNone(self.structured(self.page, show="zones"))
        self.assertIsNone(self.structured(self.page, show="parts"))
        transaction = self.make_transaction()
        link = self.env["immoassist.booking.link"].create({"transaction_id": transaction.id})
        path = link._path()
        self.assertEqual(self.get(path).status_code, 200)
        self.assertIsNone(self.structured(path))
        self.broker.booking_noindex = True
        for path in ("/book/marie-tremblay", self.page):
            self.assertIsNone(self.structured(path))

    def test_no_text_ends_the_script(self):
        evil = "</script><script>alert(1)</script><!-- \u2028 ' \" \\"
        self.broker.write({"name": evil, "booking_bio": evil, "phone": evil})
        self.broker.booking_languages = evil
        self.type.write({"name": evil, "description": evil})
        self.company.write({"name": evil, "street": evil})
        for path in ("/book", "/book/marie-tremblay", self.page, "/book/team/visite"):
            answer = self.get(path)
            self.assertNotIn("<script>alert", answer.text)
            self.assertNotIn("<!-- \u2028", answer.text)
            policy = answer.headers["Content-Security-Policy"]
            self.assertEqual(policy, "frame-ancestors 'self'")
            self.assertIn(evil, self.structured(path).values())

    def test_sitemap(self):
        """Brokers, the team and what can be booked: what is published and not hidden."""
        self.make_type("appel", name="Call", broker_ids=[(6, 0, self.paris.ids)])
        self.make_type("ailleurs", name="Elsewhere", company_id=self.other_company.id)
        self.make_type("portes", name="Open house", capacity=5)
        self.paris.booking_hidden_type_ids = self.type

        def sitemap():
            urls = re.findall(r"<loc>[^<]*?(/book[^<]*)</loc>", self.get("/sitemap.xml").text)
            self.assertEqual(len(urls), len(set(urls)))
            self.env["ir.attachment"].search([("url", "=like", "/sitemap%")]).unlink()
            return set(urls)

        team = {"/book/team", "/book/team/visite", "/book/team/appel"}
        marie = {"/book/marie-tremblay", self.page, "/book/marie-tremblay/portes"}
        luc = {"/book/luc-moreau", "/book/luc-moreau/appel", "/book/luc-moreau/portes"}
        self.assertEqual(sitemap(), {"/book"} | team | marie | luc)
        for address in team | marie | luc:
            self.assertEqual(self.get(address).status_code, 200, address)
        self.broker.booking_noindex = True
        self.assertEqual(sitemap(), {"/book"} | team | luc)
        self.paris.booking_published = False
        self.assertEqual(sitemap(), {"/book"})

    def test_sitemap_in_as_many_statements_for_any_number(self):
        pages = self.env["immoassist.booking.page"]

        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            pages._sitemap_paths(self.company)
            return self.cr.sql_log_count - before

        statements()
        few = statements()
        for number in range(5):
            one = self.make_user(f"c{number}", BROKER, name=f"Colleague {number}")
            self.publish(one, f"colleague-{number}")
        self.assertEqual(statements(), few)

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
