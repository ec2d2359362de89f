import base64
from io import BytesIO

from PIL import Image

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import BookingHttpCase

PAGE = "immoassist_booking.res_users_view_form_page"


@tagged("post_install", "-at_install")
class TestBookingBrokerSide(BookingHttpCase):
    """A broker looks after his page himself, without any other right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_type("appel", name="Phone call", location_kind="phone")
        cls.me = cls.broker.with_user(cls.broker)

    def test_opened_from_the_menu(self):
        action = self.env.ref("immoassist_booking.res_users_action_my_booking_page")
        opened = action.with_user(self.broker).run()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("res.users", self.broker.id))

    def test_publish_and_rename(self):
        with Form(self.me, PAGE) as page:
            page.booking_published = False
        self.assertFalse(self.broker.booking_published)
        with self.assertRaisesRegex(UserError, "Publish the page first"):
            self.me.action_preview_booking_page()
        with Form(self.me, PAGE) as page:
            page.booking_published = True
            page.booking_username = "marie-t"
            page.booking_noindex = True
        self.assertEqual(self.me.action_preview_booking_page()["url"], self.broker.booking_url)
        self.assertTrue(self.broker.booking_url.endswith("/book/marie-t"))
        self.assertTrue(self.broker.booking_noindex)

    def test_which_types(self):
        theirs = self.make_type("autre", broker_ids=[Command.set(self.paris.ids)])
        self.assertEqual(self.me.booking_type_ids, self.type | self.other)
        self.me.write({"booking_type_ids": [Command.set((self.other | theirs).ids)]})
        self.assertEqual(self.me.booking_type_ids, self.other)
        self.assertNotIn("Property visit", self.get("/book/marie-tremblay").text)
        for page in (self.page, "/book/marie-tremblay/autre"):
            self.assertEqual(self.get(page).status_code, 404)
        slots = self.get("/book/marie-tremblay/slots", type="visite")
        self.assertEqual(slots.status_code, 404)
        # A colleague's page is his own affair, and a type of the agency comes to all.
        self.assertEqual(self.get("/book/luc-moreau/visite").status_code, 200)
        new = self.make_type("signature")
        self.assertEqual(self.me.booking_type_ids, self.other | new)
        self.me.write({"booking_type_ids": [Command.link(self.type.id)]})
        self.assertEqual(self.me.booking_type_ids, self.type | self.other | new)
        self.assertEqual(self.get(self.page).status_code, 200)

    def test_one_s_own_page_alone(self):
        for values in (
            {"booking_noindex": True},
            {"booking_type_ids": [Command.clear()]},
            {"booking_published": False},
        ):
            with self.assertRaises(AccessError):
                self.paris.with_user(self.broker).write(values)

    def test_qr_code(self):
        picture = Image.open(BytesIO(base64.b64decode(self.me.booking_qr)))
        self.assertGreater(min(picture.size), 400)
        self.assertEqual(len(picture.convert("RGB").getcolors(1000)), 2)
        self.authenticate(self.broker.login, self.broker.login)
        download = self.url_open(self.me.action_download_booking_qr()["url"])
        self.assertEqual(download.status_code, 200)
        self.assertEqual(download.headers["Content-Type"], "image/png")
        self.assertIn("marie-tremblay.png", download.headers["Content-Disposition"])
        self.assertEqual(Image.open(BytesIO(download.content)).size, picture.size)

    def test_the_code_for_other_sites(self):
        self.assertFalse(self.me.booking_embed_allowed)
        self.website.booking_embed_hosts = "https://www.agency.example"
        self.me.invalidate_recordset()
        self.assertTrue(self.me.booking_embed_allowed)
        self.assertIn('src="', self.me.booking_embed_code)
