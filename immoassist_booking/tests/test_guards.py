from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged

from odoo.addons.immoassist_appointments.tests.common import QUIET
from odoo.addons.immoassist_appointments.tests.guards_case import GuardsMixin

from .common import NOW
from .guards import CALLS, DOORS
from .test_booking_link import LinkMixin

# What each may do with a record of the broker's (of his appointment, his type, his company);
# everybody who is not named may do nothing.
RIGHTS = {
    "immoassist.booking.alias": {},
    "immoassist.booking.answer": {"broker": "r", "manager": "r"},
    "immoassist.booking.block": {"manager": "rwd"},
    "immoassist.booking.code": {},
    "immoassist.booking.event": {"broker": "r", "manager": "r"},
    "immoassist.booking.limit": {},
    "immoassist.booking.link": {"broker": "rwd", "manager": "rwd"},
    "immoassist.booking.question": dict.fromkeys(("colleague", "broker", "manager"), "r"),
    "immoassist.booking.question.choice": dict.fromkeys(("colleague", "broker", "manager"), "r"),
}


class GuardsCase(LinkMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_pages()
        cls.make_links()
        cls.portal = new_test_user(cls.env, "book_portal", "base.group_portal", context=QUIET)

    def guest(self):
        """Somebody who comes to an appointment of the broker's."""
        values = {"name": "Ada", "email": "ada@client.example"}
        appointment = self.env["immoassist.appointment"].create(
            {
                "start": "2027-03-01 15:00:00",
                "broker_id": self.broker.id,
                "type_id": self.type.id,
                "attendee_ids": [(0, 0, values)],
            }
        )
        return appointment.attendee_ids


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestGuards(GuardsMixin, GuardsCase):
    addon = "immoassist_booking"
    doors = DOORS
    calls = CALLS

    def subject(self, model):
        return {
            "immoassist.appointment.attendee": self.guest,
            "immoassist.booking.link": self.make_link,
            "mail.mail": lambda: self.env["mail.mail"].create({"email_to": "ada@client.example"}),
            "immoassist.transaction": lambda: self.transaction,
            "immoassist.transaction.contact": lambda: self.transaction.contact_ids,
            "res.users": lambda: self.broker,
            "website": lambda: self.website,
        }[model]()


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestRights(GuardsMixin, GuardsCase):
    allow_inherited_tests_method = False

    def records(self):
        env, later = self.env, "2027-03-01 15:00:00"
        question = env["immoassist.booking.question"].create(
            {"name": "Why?", "type_id": self.type.id, "kind": "text"}
        )
        of_whom = {"broker_id": self.broker.id, "company_id": self.company.id}
        answered = {"question_id": question.id, "question": "Why?", "answer": "So."}
        values = {
            "immoassist.booking.alias": {"username": "marie", "user_id": self.broker.id},
            "immoassist.booking.answer": {
                **answered,
                "appointment_id": self.guest().appointment_id.id,
            },
            "immoassist.booking.block": {
                "value": "eve@client.example",
                "company_id": self.company.id,
            },
            "immoassist.booking.code": {
                **of_whom,
                **dict.fromkeys(("lang", "key", "digest"), "x"),
                "expires_at": later,
            },
            "immoassist.booking.event": {"date": "2027-03-01", **of_whom},
            "immoassist.booking.limit": {"key": "k", "used": 1, "expires_at": later},
            "immoassist.booking.question.choice": {"name": "x", "question_id": question.id},
        }
        made = {model: env[model].create(each) for model, each in values.items()}
        made["immoassist.booking.link"] = self.make_link()
        return {**made, "immoassist.booking.question": question}

    def test_who_has_which_right(self):
        records = self.records()
        self.assertEqual(set(RIGHTS), set(records))
        letters = {"r": "read", "w": "write", "d": "unlink"}
        for model, record in records.items():
            for caller, user in self.callers().items():
                for letter, operation in letters.items():
                    with self.subTest(model=model, caller=caller, operation=operation):
                        self.env.invalidate_all()
                        mine = record.with_user(user)
                        wanted = letter in RIGHTS[model].get(caller, "")
                        self.assertEqual(mine.has_access(operation), wanted)
                        if letter == "r" and not wanted:
                            with self.assertRaises(AccessError):
                                mine.read(["display_name"])

    def test_every_model_has_rights(self):
        ours = self.env["ir.model"].search([("model", "=like", "immoassist.%")])
        mine = ours.filtered(
            lambda m: (
                m.modules.split(", ")[0] == "immoassist_booking" and not self.env[m.model]._abstract
            )
        )
        self.assertEqual(set(mine.mapped("model")), set(RIGHTS))
