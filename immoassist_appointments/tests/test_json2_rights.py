import re

from odoo import Command
from odoo.tests import tagged

from .guards import CALLS
from .json2_case import Json2Case
from .rights_case import FIELDS, MATRIX, RightsMixin

# They answer about the user or the model, whatever the record.
ABOUT_NOBODY = {"default_get", "get_availability", "get_unusual_days", "get_working_hours"}


class Json2RightsCase(RightsMixin, Json2Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls.monday()
        cls.make_agency()
        cls.make_people()
        cls.keys = {role: cls.make_key(user) for role, user in cls.people.items()}
        cls.keys["public"] = None
        cls.keys["colleague"] = cls.make_key(cls.paris)
        cls.keys["stranger"] = cls.make_key(cls.stranger)


@tagged("post_install", "-at_install")
class TestJson2Matrix(Json2RightsCase):
    """The table of the rights again, by HTTP with a key of each."""

    def answers(self, role, model, operation, subject):
        """The answers to doing it, and whether it has happened."""
        key, field = self.keys[role], FIELDS[model]
        if operation == "create":
            before = self.env[model].sudo().search_count([])
            answer = self.call(key, model, "create", vals_list=[subject])
            return [answer], self.env[model].sudo().search_count([]) == before + 1
        ids = subject.ids
        if operation == "read":
            read = self.call(key, model, "read", ids=ids, fields=[field])
            found = self.call(
                key,
                model,
                "search",
                domain=[("id", "in", ids)],
                context={"active_test": False},
            )
            return [read], found.status_code == 200 and found.json() == ids
        if operation == "write":
            answer = self.call(key, model, "write", ids=ids, vals={field: subject[field]})
            return [answer], answer.status_code == 200
        answer = self.call(key, model, "unlink", ids=ids)
        return [answer], not subject.exists()

    def check(self, model):
        for role, relation, operation, expected, subject in self.tries(model):
            with self.subTest(model=model, role=role, relation=relation, op=operation):
                refused = 403 if self.keys[role] else 401
                (answer,), happened = self.answers(role, model, operation, subject)
                self.assertEqual(answer.status_code, 200 if expected else refused, answer.text)
                self.assertEqual(happened, expected)

    def test_matrix(self):
        for model in MATRIX:
            self.check(model)


@tagged("post_install", "-at_install")
class TestJson2Surface(Json2RightsCase):
    """What can be called and read at all."""

    def our_methods(self):
        """Model and name of each method that our addons define."""
        for model, class_ in self.env.registry.items():
            for base in class_.mro():
                if base.__module__.startswith("odoo.addons.immoassist_"):
                    for name, value in vars(base).items():
                        if callable(value) and not name.startswith("__"):
                            yield model, name

    def test_private_methods(self):
        private = {(model, name) for model, name in self.our_methods() if name.startswith("_")}
        self.assertGreater(len(private), 200)
        for model, name in sorted(private):
            if model == "base":
                continue
            with self.subTest(model=model, method=name):
                self.assertEqual(
                    self.call(self.keys["administrator"], model, name).status_code, 403
                )

    def test_public_methods_of_somebody_elses(self):
        """They change nothing, send nothing and tell nothing."""
        for model, calls in CALLS.items():
            if model not in MATRIX:
                continue
            record = self.make_record(model, "own", "broker")
            if model == "immoassist.appointment":
                guest = {"name": "Ada", "email": "ada@client.example"}
                record.write(
                    {"attendee_ids": [Command.create(guest)], "start": f"{self.day} 19:00:00"}
                )
            self.env.cr.flush()  # the chatter about what was just made
            for name in sorted(set(calls) - {"create", "write", "unlink", *ABOUT_NOBODY}):
                for who in ("public", "portal", "internal", "colleague", "stranger"):
                    with self.subTest(model=model, method=name, who=who):
                        before = self.state(record)
                        answer = self.call(self.keys[who], model, name, ids=record.ids)
                        self.assertEqual(self.state(record), before)
                        self.assertNotIn("ada@client", answer.text)
                        if not self.keys[who]:
                            self.assertEqual(answer.status_code, 401)

    def state(self, record):
        self.env.flush_all()
        self.env.invalidate_all()
        counted = ("mail.mail", "mail.message", "immoassist.appointment.reminder")
        stored = [name for name, field in record._fields.items() if field.store]
        rows = record.sudo().read(stored, load=None)
        return rows, [self.env[name].sudo().search_count([]) for name in counted]

    def test_secrets(self):
        self.broker.with_user(self.broker).action_renew_appointment_feed()
        secret = self.broker.sudo().appointment_feed_secret
        field = "appointment_feed_secret"
        for who in ("public", "portal", "internal", "broker", "colleague", "administrator"):
            for method, body in (
                ("read", {"ids": self.broker.ids, "fields": [field]}),
                ("search", {"domain": [(field, "=like", f"{secret[:3]}%")]}),
                ("search_read", {"domain": [], "fields": [field]}),
                ("search_read", {"domain": [], "fields": ["id"], "order": field}),
                (
                    "formatted_read_group",
                    {"domain": [], "groupby": [field], "aggregates": ["__count"]},
                ),
                ("write", {"ids": self.broker.ids, "vals": {field: "known"}}),
            ):
                with self.subTest(who=who, method=method):
                    answer = self.call(self.keys[who], "res.users", method, **body)
                    self.assertIn(answer.status_code, (401, 403), answer.text)
                    self.assertNotIn(secret, answer.text)
            with self.subTest(who=who, field="appointment_feed_url"):
                answer = self.call(
                    self.keys[who],
                    "res.users",
                    "read",
                    ids=self.broker.ids,
                    fields=["appointment_feed_url"],
                )
                self.assertEqual(secret in answer.text, who == "broker")
        self.assertEqual(self.broker.sudo()[field], secret)

    def test_links_of_the_clients(self):
        """They are in the mails alone, which nobody reads but who gets or sends them."""
        self.env["immoassist.appointment"].with_user(self.broker).create(
            {
                "start": f"{self.day} 19:00:00",
                "type_id": self.type.id,
                "attendee_ids": [
                    Command.create({"name": "Ada", "email": "ada@client.example"}),
                    Command.create({"partner_id": self.paris.partner_id.id}),
                ],
            }
        )
        self.env.cr.flush()
        mails = self.env["mail.mail"].sudo().search([("email_to", "like", "ada@client")])
        secret = re.search(r"token=([^&\"]+)", mails.body_html)[1]
        for who in ("portal", "internal", "colleague", "stranger", "manager"):
            for model, field in (("mail.mail", "body_html"), ("mail.message", "body")):
                with self.subTest(who=who, model=model):
                    answer = self.call(
                        self.keys[who],
                        model,
                        "search_read",
                        domain=[(field, "ilike", "/immoassist/")],
                        fields=[field],
                    )
                    self.assertNotIn(secret, answer.text)
