import re
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.immoassist_appointments import signing

from .common import NOW, BookingHttpCase, BookingMixin

PURPOSE = "booking_link"
NOW_DATE = fields.Datetime.to_datetime(NOW)


class LinkMixin(BookingMixin):
    @classmethod
    def make_links(cls):
        cls.client_partner = cls.env["res.partner"].create(
            {"name": "Zoé Roy", "email": "zoe@example.com", "phone": "514 555-0199"}
        )
        cls.transaction = cls.make_transaction("Duplex <b>Saint-Denis</b>", zip="H2J 2L3")
        cls.transaction.contact_ids = [(0, 0, {"partner_id": cls.client_partner.id})]

    @classmethod
    def make_link(cls, **values):
        values = {"transaction_id": cls.transaction.id, "type_id": cls.type.id, **values}
        return cls.env["immoassist.booking.link"].create(values)


@tagged("post_install", "-at_install")
class TestBookingLinkPages(LinkMixin, BookingHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_links()

    def open(self, link, **query):
        return self.get(urlsplit(link.url).path, **query)

    def submit(self, link, slot="2027-03-01T14:00:00Z", **form):
        return self.post(urlsplit(link.url).path, slot=slot, **form)

    def assert_private(self, page):
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", page.headers["X-Robots-Tag"])

    def test_the_property_is_shown(self):
        page = self.open(self.make_link())
        self.assertEqual(page.status_code, 200)
        self.assert_private(page)
        self.assertIn("Duplex &lt;b&gt;Saint-Denis", page.text)
        self.assertIn("4512, rue Saint-Denis", page.text)
        self.assertIn("mlat=45.524700", page.text)

    def test_what_is_not_shared_is_not_shown(self):
        page = self.open(self.make_link(title="Duplex on the Plateau", show_address=False)).text
        self.assertIn("Duplex on the Plateau", page)
        for secret in ("4512", "mlat", "H2J", self.transaction.reference, "Zoé Roy"):
            self.assertNotIn(secret, page)

    def test_filed_on_the_transaction_through_every_step(self):
        """Month, day, another language and a lost time keep the property."""
        link = self.make_link()
        page = self.open(link, month="2027-03")
        # Once chosen, the language stays: Odoo leads every page there.
        self.page = "/fr_CA" + self.page
        day = re.search(r'href="(\?month=2027-03&amp;date=2027-03-02)', page.text)[1]
        path = urlsplit(link.url).path
        page = self.get("/fr_CA" + path + day.replace("&amp;", "&"))
        self.assertIn("4512, rue Saint-Denis", page.text)
        self.assertIn("/fr_CA/book/marie-tremblay/link/", page.text)
        form = self.get("/fr_CA" + path, slot=self.slot)
        action = re.search(r'class="ib-form"[^>]* action="([^"#]+)', form.text)[1]
        self.assertIn("/fr_CA/book/marie-tremblay/visite/link/", action)
        self.post()
        self.assertFalse(self.appointments().transaction_id)
        lost = self.post(action, email="second@example.com")
        self.assertEqual(lost.status_code, 409)
        self.assertIn("4512, rue Saint-Denis", lost.text)
        again = re.search(r'class="ib-form"[^>]* action="([^"#]+)', lost.text)[1]
        answer = self.post(again, slot="2027-03-02T14:00:00Z")
        self.assertEqual(answer.status_code, 303)
        booked = self.appointments().filtered("transaction_id")
        self.assertEqual(booked.transaction_id, self.transaction)
        self.assertEqual(booked.booking_link_id, link)
        self.assertEqual(link.appointment_count, 1)
        self.assertEqual(booked.location, self.transaction.address)
        self.assertEqual(booked.attendee_ids.lang, "fr_CA")

    def test_travel_from_the_property_counts(self):
        """The free times are those of this property, on the page, in its JSON and on booking."""
        far = self.make_transaction("Far", property_longitude=-73.83)
        self.env["immoassist.appointment"].create(
            {
                "broker_id": self.broker.id,
                "type_id": self.type.id,
                "transaction_id": far.id,
                "start": "2027-03-01 14:00:00",
            }
        )
        link = self.make_link()
        path = urlsplit(link.url).path
        offered = self.page_slots(path, "2027-03-01")
        self.assertEqual(offered, ["2027-03-01T16:00:00Z"])
        slots = path.replace("/visite/", "/slots/")
        days = self.get(slots, type="visite", month="2027-03").json()["days"]
        self.assertEqual(days[0]["times"], [11 * 60])
        near = self.make_link(transaction_id=far.id)
        self.assertEqual(
            self.page_slots(urlsplit(near.url).path, "2027-03-01"),
            ["2027-03-01T15:00:00Z", "2027-03-01T16:00:00Z"],
        )

    def test_without_a_type_the_client_chooses(self):
        link = self.make_link(type_id=False)
        page = self.open(link)
        self.assert_private(page)
        self.assertIn("4512, rue Saint-Denis", page.text)
        url = re.search(r'href="(/book/marie-tremblay/visite/link/[^"]+)"', page.text)[1]
        self.assertEqual(self.post(url).status_code, 303)
        self.assertEqual(self.appointments().transaction_id, self.transaction)

    def test_filled_in_for_one_contact(self):
        page = self.open(self.make_link(), slot=self.slot).text
        self.assertNotIn("zoe@example.com", page)
        link = self.make_link(partner_id=self.client_partner.id)
        form = self.open(link, slot=self.slot)
        self.assertIn('value="Zoé Roy"', form.text)
        self.assertIn('value="zoe@example.com"', form.text)
        self.assertNotIn("514 555-0199", form.text)
        self.assertEqual(self.submit(link, name="Zoé", email="ZOE@example.com").status_code, 303)
        attendee = self.appointments().attendee_ids
        self.assertEqual(attendee.partner_id, self.client_partner)
        self.assertEqual(attendee.name, "Zoé")
        self.assertEqual(self.client_partner.name, "Zoé Roy")
        # Forwarded to somebody else: he is a guest.
        other = self.submit(link, slot="2027-03-02T14:00:00Z", email="friend@example.com")
        self.assertEqual(other.status_code, 303)
        friend = self.appointments().attendee_ids - attendee
        self.assertFalse(friend.partner_id)

    def test_not_good_any_more(self):
        ended = self.make_transaction("Sold")
        links = {
            "expired": self.make_link(expires_at="2027-01-04 11:00:00"),
            "withdrawn": self.make_link(),
            "over": self.make_link(transaction_id=ended.id),
        }
        paths = {name: urlsplit(link.url).path for name, link in links.items()}
        links["withdrawn"].action_revoke()
        ended.state = "closed"
        good = urlsplit(self.make_link().url).path
        foreign = signing.sign(self.env, PURPOSE, {"link": 0}, fields.Datetime.now())
        other = signing.sign(self.env, "confirmation", {"link": self.make_link().id}, NOW_DATE)
        start = self.page + "/link/"
        paths |= {
            "garbage": start + "x",
            "long": start + "A" * 2000,
            "null": start + "%00",
            "cut": good[:-3],
            "changed": good[:-1] + ("A" if good[-1] != "A" else "B"),
            "of nothing": start + foreign,
            "other purpose": start + other,
        }
        for name, path in paths.items():
            with self.subTest(name):
                page = self.get(path)
                self.assertEqual(page.status_code, 200)
                self.assertIn("has expired or was withdrawn", page.text)
                self.assertIn("Best times", page.text)
                self.assertNotIn("4512", page.text)
                answer = self.post(path, note="typed with care")
                self.assert_refused(answer, 422)
                self.assertIn("typed with care", answer.text)
                self.assertIn(f'action="{self.page}#result"', answer.text)
        self.assertEqual(self.get("/book/marie-tremblay/link/x").status_code, 200)
        self.assertEqual(self.get("/book/nobody-here/link/x").status_code, 404)
        self.assertEqual(self.get("/book/marie-tremblay/unknown/link/x").status_code, 404)

    def test_of_another_broker(self):
        """A link follows its transaction; it opens nothing on anybody else's page."""
        link = self.make_link()
        elsewhere = urlsplit(link.url).path.replace("marie-tremblay", "luc-moreau")
        answer = self.get(elsewhere)
        self.assertEqual(answer.status_code, 302)
        self.assertIn("/book/marie-tremblay/visite/link/", answer.headers["Location"])
        self.assert_refused(self.post(elsewhere), 422)
        before = urlsplit(link.url).path
        self.transaction.broker_id = self.paris
        answer = self.get("/fr_CA" + before)
        self.assertIn("/fr_CA/book/luc-moreau/visite/link/", answer.headers["Location"])
        self.assertIn("4512", self.url_open(answer.headers["Location"]).text)

    def test_get_changes_nothing(self):
        link = self.make_link()
        for query in ({}, {"slot": self.slot}, {"month": "2027-03"}):
            self.open(link, **query)
        self.assertFalse(self.appointments())
        self.assertEqual(link.appointment_count, 0)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestBookingLink(LinkMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_pages()
        cls.make_links()

    def test_dialog(self):
        transaction = self.transaction.with_user(self.broker)
        context = transaction.action_booking_link()["context"]
        links = self.env["immoassist.booking.link"].with_user(self.broker)
        link = links.with_context(**context).create({})
        self.assertEqual(link.action_create_link()["res_id"], link.id)
        self.assertIn("/book/marie-tremblay/link/", link.url)
        self.assertEqual(link.title, transaction.name)
        self.assertEqual(link.expires_at, NOW_DATE + timedelta(days=30))
        contact = transaction.contact_ids.action_booking_link()["context"]
        self.assertEqual(contact["default_partner_id"], self.client_partner.id)

    def test_language(self):
        self.client_partner.lang = "fr_CA"
        link = self.make_link(partner_id=self.client_partner.id)
        self.assertEqual(link.lang, "fr_CA")
        self.assertTrue(urlsplit(link.url).path.startswith("/fr_CA/book/"))
        link.lang = "en_US"
        self.assertTrue(urlsplit(link.url).path.startswith("/book/"))

    def test_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaisesRegex(ValidationError, "not a contact"):
            self.make_link(partner_id=stranger.id)
        other = self.make_type("autre", broker_ids=[(6, 0, self.paris.ids)])
        with self.assertRaisesRegex(ValidationError, "does not offer"):
            self.make_link(type_id=other.id)
        link = self.make_link()
        self.broker.booking_published = False
        link.invalidate_recordset()
        self.assertFalse(link.url)
        for action in (link.action_create_link, link.action_send):
            with self.assertRaisesRegex(UserError, "not public"):
                action()

    def test_rights(self):
        link = self.make_link()
        self.assertTrue(link.with_user(self.broker).url)
        self.assertTrue(link.with_user(self.manager).url)
        for user in (self.paris, self.stranger, self.internal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                link.with_user(user).action_revoke()
        link.with_user(self.broker).action_revoke()
        self.assertEqual(link.state, "cancelled")

    def test_mail(self):
        self.client_partner.lang = "fr_CA"
        link = self.make_link(partner_id=self.client_partner.id).with_user(self.broker)
        action = link.action_send()
        composer = self.env["mail.compose.message"].with_user(self.broker)
        mail = composer.with_context(**action["context"]).create({})
        self.assertEqual(mail.partner_ids, self.client_partner)
        self.assertIn("/book/marie-tremblay/visite/link/", mail.body)
        mail.action_send_mail()
        message = link.message_ids[:1]
        self.assertEqual(message.partner_ids, self.client_partner)
        self.assertIn(self.transaction.name, message.subject)
