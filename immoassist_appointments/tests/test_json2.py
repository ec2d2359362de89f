import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import AgencyMixin

ROUTE = "/json/2/immoassist.appointment/get_availability"


@tagged("post_install", "-at_install")
class TestJson2(AgencyMixin, HttpCase):
    """The API of the outside world: Odoo's JSON-2 with an API key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()
        keys = cls.env["res.users.apikeys"].with_user(cls.broker).sudo()
        cls.key = keys._generate("rpc", "Site de l'agence", None)
        # Over HTTP nothing is frozen: the days to come.
        today = fields.Date.today()
        cls.arguments = {
            "broker_id": cls.broker.id,
            "date_from": (today + timedelta(days=7)).isoformat(),
            "date_to": (today + timedelta(days=21)).isoformat(),
            "type_id": cls.type.id,
        }

    def setUp(self):
        super().setUp()
        # Refusals are the subject here, not news for the log.
        self.enterContext(mute_logger("odoo.http"))

    def post(self, key=None, **arguments):
        return self.url_open(
            ROUTE,
            data=json.dumps(self.arguments | arguments),
            headers={
                "Authorization": f"Bearer {key or self.key}",
                "Content-Type": "application/json",
            },
        )

    def test_same_answer_as_the_method(self):
        answer = self.post()
        self.assertEqual(answer.status_code, 200)
        appointments = self.env["immoassist.appointment"].with_user(self.broker)
        rows = appointments.get_availability(**self.arguments)
        self.assertEqual(answer.json(), rows)
        self.assertGreaterEqual(len(rows), 3 * 10)

    def test_needs_no_write(self):
        """It runs on a read-only connection, also for who asks the very first time."""
        self.env["immoassist.booking.guard"].search([]).unlink()
        self.assertEqual(self.post(tz="Europe/Paris").status_code, 200)

    def test_reasons_in_the_language_of_the_caller(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        answer = self.post(context={"lang": "fr_FR"})
        reasons = {reason for row in answer.json() for reason in row["reasons"]}
        self.assertIn("Premier rendez-vous de la journée", reasons)

    def test_wrong_key(self):
        for key in ("x", self.key[:-1], "0" * 40):
            answer = self.post(key=key)
            self.assertEqual(answer.status_code, 401)
            self.assertNotIn("broker", answer.text.lower())

    def test_without_key(self):
        answer = self.url_open(
            ROUTE, data="{}", headers={"Content-Type": "application/json"}, allow_redirects=False
        )
        self.assertIn(answer.status_code, (401, 403))

    def test_wrong_arguments_are_explained(self):
        wrong = {
            "broker_id": (99999999, "99999999"),
            "date_from": ("2027-13-01", "2027-13-01"),
            "tz": ("Mars/Olympus", "Mars/Olympus"),
            "duration": ("60", "duration"),
            "type_id": (True, "appointment type"),
            "transaction_id": (99999999, "99999999"),
            "unknown": (1, "unknown"),
        }
        for name, (value, words) in wrong.items():
            with self.subTest(name=name):
                answer = self.post(**{name: value})
                self.assertIn(answer.status_code, range(400, 500))
                self.assertIn(words, answer.json()["message"])

    def test_no_rights(self):
        keys = self.env["res.users.apikeys"].with_user(self.internal).sudo()
        answer = self.post(key=keys._generate("rpc", "Adjointe", None))
        self.assertEqual(answer.status_code, 403)

    def test_private_methods(self):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        for method in ("_book", "_take_guard", "_ranked_slots"):
            route = f"/json/2/immoassist.appointment/{method}"
            answer = self.url_open(route, data="{}", headers=headers)
            self.assertIn(answer.status_code, (403, 404))

    def test_create_search_read_write(self):
        """What the README maps the operations of the specification to."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

        def call(method, **body):
            answer = self.url_open(
                f"/json/2/immoassist.appointment/{method}", data=json.dumps(body), headers=headers
            )
            self.assertEqual(answer.status_code, 200, answer.text)
            return answer.json()

        start = f"{self.arguments['date_from']} 15:00:00"
        (new,) = call("create", vals_list=[{"name": "Par l'API", "start": start, "duration": 0.5}])
        call("action_cancel", ids=[new])
        rows = call("search_read", domain=[["id", "=", new]], fields=["state", "broker_id"])
        self.assertEqual(rows[0]["state"], "cancelled")
        self.assertEqual(rows[0]["broker_id"][0], self.broker.id)
