from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import BookingHttpCase, BookingMixin

MODELS = (
    "immoassist.appointment",
    "immoassist.appointment.attendee",
    "immoassist.appointment.type",
    "immoassist.availability.override",
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
        for model in ("page", "times", "form"):
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
