import re
from urllib.parse import parse_qs, urlsplit

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..providers import memory
from .common import SyncMixin

BASE = "/calendar/connections/oauth/google"


@tagged("post_install", "-at_install")
class TestOAuth(SyncMixin, HttpCase):
    """The way to the provider and back, as a browser goes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_sync()

    def setUp(self):
        super().setUp()
        memory.ACCOUNTS["marie"] = memory.MemoryAccount()
        self.addCleanup(memory.ACCOUNTS.pop, "marie")
        self.sign_in(self.broker)

    def sign_in(self, user):
        user.password = "a password of this test"
        self.authenticate(user.login, "a password of this test")

    def begin(self):
        """Press the button of the page; the state that the provider gets."""
        page = self.url_open(BASE)
        self.assertEqual(page.status_code, 200)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        answer = self.url_open(BASE, data={"csrf_token": token}, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        address = answer.headers["Location"]
        self.assertTrue(address.startswith("https://consent.example/"))
        return parse_qs(urlsplit(address).query)["state"][0]

    def back(self, **params):
        return self.url_open(f"{BASE}/callback", params=params, allow_redirects=False)

    def flows(self):
        return self.env["immoassist.calendar.oauth.flow"].search_count([])

    def connection(self):
        return self.env["immoassist.calendar.connection"].search([("user_id", "=", self.broker.id)])

    def test_there_and_back(self):
        answer = self.back(code="marie", state=self.begin())
        self.assertEqual(answer.status_code, 303)
        connection = self.connection()
        self.assertEqual(connection.account_email, "marie@memory.example")
        self.assertTrue(answer.headers["Location"].endswith(f"/odoo/my-calendars/{connection.id}"))
        self.assertFalse(self.flows())

    def test_a_get_begins_nothing(self):
        self.url_open(BASE)
        self.assertFalse(self.flows())

    @mute_logger("odoo.http")  # it warns of what is tried here
    def test_a_post_from_elsewhere_begins_nothing(self):
        answer = self.url_open(BASE, data={"x": "y"}, allow_redirects=False)
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.flows())

    def test_what_went_wrong_is_told_with_a_way_back(self):
        answers = (
            ({"error": "access_denied"}, "You declined"),
            ({"code": "unticked"}, "see and change events"),
        )
        for params, words in answers:
            with self.subTest(words=words):
                answer = self.back(**params, state=self.begin())
                self.assertEqual(answer.status_code, 400)
                self.assertIn(words, answer.text)
                self.assertIn('href="/odoo/my-calendars"', answer.text)
        self.assertFalse(self.connection())

    def test_an_invented_state(self):
        for params in ({"code": "marie", "state": "invented"}, {"code": "marie"}, {}):
            with self.subTest(params=params):
                answer = self.back(**params)
                self.assertEqual(answer.status_code, 400)
                self.assertNotIn("marie", answer.text.split("<article")[1].split("</article")[0])
        self.assertFalse(self.connection())

    def test_a_stranger_is_asked_to_sign_in_first(self):
        state = self.begin()
        self.logout()
        answer = self.back(code="marie", state=state)
        self.assertIn("/web/login", answer.headers["Location"])
        self.assertEqual(self.flows(), 1)

    def test_brokers_alone(self):
        self.sign_in(self.internal)
        self.assertEqual(self.url_open(BASE).status_code, 403)
        self.assertEqual(self.back(code="marie", state="x").status_code, 403)

    def test_the_address_is_kept_from_other_sites(self):
        answer = self.back(code="marie", state="invented")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
