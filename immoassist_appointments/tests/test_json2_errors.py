from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AgencyMixin, utc
from .json2_case import Json2Case

APPOINTMENT = "immoassist.appointment"


@tagged("post_install", "-at_install")
class TestJson2Errors(AgencyMixin, Json2Case):
    """What is wrong is said, with a status that blames the caller, and nothing is half written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()
        cls.day = cls.monday()
        cls.key = cls.make_key(cls.broker)

    def setUp(self):
        super().setUp()
        # A row that the database refuses.
        self.enterContext(mute_logger("odoo.sql_db"))

    def count(self):
        models = (APPOINTMENT, f"{APPOINTMENT}.attendee", "calendar.event", "mail.mail")
        return [self.env[model].sudo().search_count([]) for model in models]

    def assert_refused(self, answer, words, status=422):
        self.assertEqual(answer.status_code, status, answer.text)
        self.assertIn(words, self.message(answer))

    def values(self, **values):
        guest = {"name": "Ada", "email": "ada@client.example"}
        return {
            "name": "Visit",
            "start": f"{self.day} 15:00:00",
            "duration": 1,
            "attendee_ids": [Command.create(guest)],
            **values,
        }

    def plan(self, **values):
        return self.call(self.key, APPOINTMENT, "create", vals_list=[self.values(**values)])

    def test_create(self):
        nameless, mistyped = {"email": "ada@client.example"}, {"name": "x", "email": "nonsense"}
        wrong = {
            "stop before start": ({"stop": f"{self.day} 14:00:00"}, "end after it starts"),
            "no duration": ({"duration": -1}, "end after it starts"),
            "duration in words": ({"duration": "long"}, "duration"),
            "unknown field": ({"colour": 1}, "colour"),
            "unknown state": ({"state": "perhaps"}, "perhaps"),
            "no moment": ({"start": "tomorrow"}, "tomorrow"),
            "no such day": ({"start": "2027-02-30 10:00:00"}, "2027-02-30"),
            "number as moment": ({"start": 5}, "5"),
            "name as broker": ({"broker_id": "marie"}, "broker_id"),
            "nameless attendee": ({"attendee_ids": [[0, 0, nameless]]}, "Name"),
            "mistyped attendee": ({"attendee_ids": [[0, 0, mistyped]]}, "nonsense"),
            "attendee as object": ({"attendee_ids": [{"name": "Ada"}]}, "attendee_ids"),
            "attendees in words": ({"attendee_ids": "Ada"}, "attendee_ids"),
        }
        before = self.count()
        for name, (values, words) in wrong.items():
            with self.subTest(name):
                self.assert_refused(self.plan(**values), words)
                self.assertEqual(self.count(), before)

    def test_create_with_what_does_not_exist(self):
        before = self.count()
        for name in ("broker_id", "type_id", "transaction_id"):
            with self.subTest(name):
                self.assert_refused(self.plan(**{name: 99999999}), "99999999", 404)
                self.assertEqual(self.count(), before)

    def test_overlap_undoes_the_whole_call(self):
        before = self.count()
        answer = self.call(
            self.key,
            APPOINTMENT,
            "create",
            vals_list=[self.values(), self.values(start=f"{self.day} 15:30:00")],
        )
        self.assert_refused(answer, "Marie Tremblay is already taken: Visit")
        self.assertEqual(self.count(), before)

    def test_move(self):
        (first,) = self.plan().json()
        (second,) = self.plan(start=f"{self.day} 17:00:00").json()
        wrong = {
            f"{self.day} 15:30:00": "already taken",
            "soon": "soon",
            f"{self.day}T11:00:00-99:00": "-99:00",
        }
        for start, words in wrong.items():
            with self.subTest(start):
                answer = self.call(
                    self.key, APPOINTMENT, "write", ids=[second], vals={"start": start, "name": "x"}
                )
                self.assert_refused(answer, words)
                moved = self.env[APPOINTMENT].browse(second)
                self.assertEqual(moved.start, utc(f"{self.day} 17:00"))
                self.assertEqual(moved.name, "Visit")
        self.assertTrue(first)

    def test_moments_with_an_offset(self):
        """What `get_availability` answers can be booked as it stands."""
        slot, *_more = self.call(
            self.key,
            APPOINTMENT,
            "get_availability",
            broker_id=self.broker.id,
            date_from=self.day,
            date_to=self.day,
            type_id=self.type.id,
        ).json()
        self.assertRegex(slot["start"], r"T09:00:00-0[45]:00$")
        (new,) = self.plan(start=slot["start"], stop=slot["stop"]).json()
        made = self.env[APPOINTMENT].browse(new)
        self.assertEqual(made.start, utc(slot["start"][:16], self.broker._broker_zone()))
        self.assertEqual(made.duration, 1)
        answer = self.call(
            self.key, APPOINTMENT, "write", ids=[new], vals={"start": f"{self.day}T20:00:00Z"}
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(made.start, utc(f"{self.day} 20:00"))
        self.assertEqual(made.duration, 1)

    def test_filter(self):
        for body, words in (
            ({"domain": [["colour", "=", 1]]}, "colour"),
            ({"domain": [], "fields": ["colour"]}, "colour"),
            ({"domain": [], "order": "colour"}, "colour"),
            ({"domain": [["start", ">=", "soonish"]]}, "soonish"),
        ):
            with self.subTest(body=body):
                self.assert_refused(self.call(self.key, APPOINTMENT, "search_read", **body), words)

    def test_what_is_not_there(self):
        for method, body in (("write", {"vals": {"name": "x"}}), ("action_cancel", {})):
            with self.subTest(method):
                answer = self.call(self.key, APPOINTMENT, method, ids=[99999999], **body)
                self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.call(self.key, APPOINTMENT, "nothing").status_code, 404)
        self.assertEqual(self.call(self.key, "immoassist.nothing", "read").status_code, 404)
        self.assert_refused(self.call(self.key, APPOINTMENT, "create"), "vals_list")
