from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import BookingHttpCase


@tagged("post_install", "-at_install")
class TestBookingPrefix(BookingHttpCase):
    def address(self, prefix):
        self.website.booking_prefix = prefix
        self.env.flush_all()

    def test_everything_follows(self):
        self.address("Rendez-Vous/")
        self.assertEqual(self.website.booking_prefix, "rendez-vous")
        brokers = self.get("/rendez-vous")
        self.assertEqual(brokers.status_code, 200)
        self.assertIn('href="/rendez-vous/marie-tremblay"', brokers.text)
        self.assertNotIn('"/book', brokers.text)
        self.assertEqual(
            self.get("/rendez-vous/marie-tremblay/slots", type="visite").status_code, 200
        )
        locations = [page["loc"] for page in self.sitemap()]
        self.assertIn("/rendez-vous/marie-tremblay", locations)
        self.assertFalse([url for url in locations if url.startswith("/book")])
        self.assertTrue(self.broker.booking_url.endswith("/rendez-vous/marie-tremblay"))
        self.assertIn("/rendez-vous/marie-tremblay?embed=1", self.broker.booking_embed_code)
        page = self.get("/fr_CA/rendez-vous/marie-tremblay/visite")
        self.assertIn('href="/fr_CA/rendez-vous/marie-tremblay"', page.text)

    def sitemap(self):
        """As `/sitemap.xml` has it: with the routes of this website."""
        text = self.get("/sitemap.xml").text
        urls = text.split("<loc>")[1:]
        return [{"loc": "/" + url.split("</loc>")[0].split("/", 3)[3]} for url in urls]

    def test_a_client_books_there(self):
        self.address("rendez-vous")
        self.page = "/rendez-vous/marie-tremblay/visite"
        answer = self.post()
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/rendez-vous/marie-tremblay/confirmation", answer.headers["Location"])
        self.assertEqual(self.url_open(answer.headers["Location"]).status_code, 200)
        self.assertEqual(len(self.appointments()), 1)

    def test_former_addresses_lead_there(self):
        self.address("rdv")
        self.address("visites")
        for language in ("", "/fr_CA"):  # in this order: the language is remembered
            for former in ("book", "rdv"):
                for rest in ("", "/marie-tremblay", "/marie-tremblay/visite"):
                    with self.subTest(former=former, language=language, rest=rest):
                        answer = self.get(f"{language}/{former}{rest}", month="2027-03")
                        self.assertEqual(answer.status_code, 302)
                        there = answer.headers["Location"]
                        self.assertTrue(
                            there.endswith(f"{language}/visites{rest}?month=2027-03"), there
                        )
                        self.assertEqual(self.get(there).status_code, 200)

    def test_a_form_sent_to_a_former_address(self):
        self.address("visites")
        former, self.page = self.page, "/visites/marie-tremblay/visite"
        answer = self.post(former)
        self.assertEqual(answer.status_code, 307)
        self.assertTrue(answer.headers["Location"].endswith(self.page))
        self.assertFalse(self.appointments())
        answer = self.post()
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(len(self.appointments()), 1)

    def test_back_to_a_former_address(self):
        self.address("rdv")
        self.address("book")
        self.assertEqual(self.get("/book/marie-tremblay").status_code, 200)
        self.assertEqual(self.get("/rdv/marie-tremblay").status_code, 302)
        self.address("rdv")
        self.assertEqual(self.get("/rdv/marie-tremblay").status_code, 200)

    def test_a_former_name_of_the_broker_too(self):
        self.address("marie-tremblay")
        self.broker.booking_username = "marie-t"
        answer = self.get("/marie-tremblay/marie-tremblay/visite")
        self.assertEqual(answer.status_code, 302)
        self.assertTrue(answer.headers["Location"].endswith("/marie-tremblay/marie-t/visite"))

    def test_two_websites(self):
        other = self.env["website"].create({"name": "Other", "company_id": self.company.id})
        other.booking_prefix = "rdv"
        self.address("visites")
        self.assertEqual(other._booking_path("/book/x"), "/rdv/x")
        self.assertEqual(self.website._booking_path("/book/x"), "/visites/x")
        self.assertEqual(self.get("/rdv").status_code, 404)
        other.booking_prefix = "visites"  # each website has its own

    def test_what_cannot_be_an_address(self):
        self.env["website.page"].create(
            {
                "url": "/honoraires",
                "website_id": self.website.id,
                "type": "qweb",
                "name": "Fees",
                "key": "immoassist_booking.test_fees",
                "arch": "<t t-call='website.layout'/>",
            }
        )
        for prefix in ("a", "rendez vous", "web", "my", "website", "fr_CA", "honoraires"):
            with self.subTest(prefix=prefix), self.assertRaises(ValidationError):
                self.address(prefix)
        self.address("")
        self.assertEqual(self.website.booking_prefix, "book")
