from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from odoo.addons.immoassist_appointments.tests.json2_case import Json2Case

from .common import BookingHttpCase, BookingMixin

MODELS = (
    "immoassist.appointment",
    "immoassist.appointment.attendee",
    "immoassist.appointment.type",
    "immoassist.availability.override",
    "immoassist.booking.alias",
    "immoassist.booking.block",
    "immoassist.booking.code",
    "immoassist.booking.hold",
    "immoassist.booking.limit",
    "immoassist.transaction",
)


@tagged("post_install", "-at_install")
class TestBookingAccess(BookingMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_pages()

    def test_public_user_reads_nothing(self):
        public = self.env.ref("base.public_user")
        for model in MODELS:
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(self.env[model].with_user(public).has_access(operation))
        with self.assertRaises(AccessError):
            self.broker.with_user(public).read(["booking_username"])
        with self.assertRaises(AccessError):
            self.broker.with_user(public).read(["name"])

    def test_pages_are_no_rpc(self):
        for model in ("page", "times", "form", "protection", "limit", "code"):
            for base in type(self.env[f"immoassist.booking.{model}"]).__mro__:
                if base.__module__.startswith("odoo.addons.immoassist_booking"):
                    methods = [name for name, value in vars(base).items() if callable(value)]
                    self.assertFalse([name for name in methods if not name.startswith("_")])


@tagged("post_install", "-at_install")
class TestBookingRpc(BookingHttpCase):
    def test_anonymous_rpc(self):
        for model, method in (
            ("immoassist.appointment.type", "search_read"),
            ("immoassist.appointment", "get_availability"),
            ("immoassist.booking.times", "_time_page"),
        ):
            with self.subTest(model=model):
                answer = self.url_open(
                    f"/web/dataset/call_kw/{model}/{method}",
                    json={
                        "jsonrpc": "2.0",
                        "method": "call",
                        "params": {"model": model, "method": method, "args": [], "kwargs": {}},
                    },
                )
                self.assertIn("error", answer.json())
            answer = self.url_open(f"/json/2/{model}/{method}", json={"domain": []})
            self.assertIn(answer.status_code, (401, 403))


@tagged("post_install", "-at_install")
class TestBookingJson2(BookingMixin, Json2Case):
    """What this addon adds, with API keys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_pages()
        cls.manager_key, cls.key = cls.make_key(cls.manager), cls.make_key(cls.broker)
        cls.colleague_key = cls.make_key(cls.paris)

    def test_pages_have_no_records(self):
        for model in ("page", "times", "form"):
            for method, body in (
                ("search", {"domain": []}),
                ("read", {"ids": [1]}),
                ("create", {"vals_list": [{}]}),
                ("write", {"ids": [1], "vals": {}}),
                ("unlink", {"ids": [1]}),
            ):
                for key, status in ((None, 401), (self.key, 403), (self.manager_key, 403)):
                    with self.subTest(model=model, method=method):
                        answer = self.call(key, f"immoassist.booking.{model}", method, **body)
                        self.assertEqual(answer.status_code, status)

    def test_page_name(self):
        """One's own alone; an address is refused in words."""

        def write(key, name):
            values = {"booking_username": name}
            return self.call(key, "res.users", "write", ids=self.broker.ids, vals=values)

        before = self.broker.booking_username
        for key, status in ((None, 401), (self.colleague_key, 403), (self.manager_key, 403)):
            self.assertEqual(write(key, "somebody-else").status_code, status)
        answer = write(self.key, "No Name!")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("lower-case letters", self.message(answer))
        self.assertEqual(self.broker.booking_username, before)
        self.assertEqual(write(self.key, "a-new-name").status_code, 200)
        self.assertEqual(self.broker.booking_username, "a-new-name")
