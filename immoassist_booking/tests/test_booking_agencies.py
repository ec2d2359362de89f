from odoo.tests import HttpCase, freeze_time, tagged

from .common import NOW, BookingClient


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTwoAgencies(BookingClient, HttpCase):
    """Two companies, each with a website of its own, in one database."""

    HOST = "autre-agence.example"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs = cls.env["website"].create(
            {
                "name": "Une autre agence",
                "company_id": cls.other_company.id,
                "domain": f"https://{cls.HOST}",
                "booking_prefix": "book",
            }
        )
        cls.publish(cls.stranger, "ailleurs")
        limits = ("fill_seconds", "limit_address", "limit_email", "limit_open")
        cls.other_company.write({f"booking_{name}": 0 for name in limits})
        cls.their_type = cls.make_type("visite-ailleurs", company_id=cls.other_company.id)

    def there(self, path):
        return self.url_open(path, headers={"Host": self.HOST}, allow_redirects=False)

    def test_each_website_shows_its_own_brokers(self):
        ours, theirs = self.get("/book"), self.there("/book")
        self.assertIn("Marie Tremblay", ours.text)
        self.assertNotIn("Ailleurs", ours.text)
        self.assertIn("Ailleurs", theirs.text)
        self.assertNotIn("Marie Tremblay", theirs.text)

    def test_a_broker_has_no_page_on_the_other_website(self):
        self.assertEqual(self.get("/book/marie-tremblay").status_code, 200)
        self.assertEqual(self.there("/book/ailleurs").status_code, 200)
        self.assertEqual(self.get("/book/ailleurs").status_code, 404)
        self.assertEqual(self.there("/book/marie-tremblay").status_code, 404)

    def test_each_has_its_own_types(self):
        self.assertIn("visite-ailleurs", self.there("/book/ailleurs").text)
        self.assertEqual(self.get("/book/marie-tremblay/visite-ailleurs").status_code, 404)
        self.assertEqual(self.there("/book/ailleurs/visite").status_code, 404)
        self.assertEqual(self.there("/book/ailleurs/slots?type=visite").status_code, 404)

    def test_each_has_its_own_settings(self):
        settings = self.env["res.config.settings"].with_company(self.other_company)
        settings.create({"booking_limit_email": 7}).execute()
        self.assertEqual(self.other_company.booking_limit_email, 7)
        self.assertEqual(self.company.booking_limit_email, 0)

    def test_a_broker_of_both_is_on_both(self):
        self.stranger.company_ids |= self.company
        self.assertIn("Ailleurs", self.get("/book").text)
        self.assertEqual(self.get("/book/ailleurs").status_code, 200)
