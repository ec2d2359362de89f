from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MONDAY, AppointmentCase

SECRETS = ("Zoé Roy", "zoe@client.example", "514 555-0199", "Saint-Denis")


@tagged("post_install", "-at_install")
class TestKnownRecords(AppointmentCase):
    """Who writes the number of a record that he may not read learns nothing of it by that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        person = {"name": SECRETS[0], "email": SECRETS[1], "phone": SECRETS[2]}
        cls.foreign = cls.env["res.partner"].create({**person, "company_id": cls.other_company.id})
        cls.colleagues = cls.make_transaction(broker_id=cls.paris.id)
        contact = {"transaction_id": cls.colleagues.id, "partner_id": cls.foreign.id}
        cls.env["immoassist.transaction.contact"].create({**contact, "role": "buyer"})
        cls.mine = cls.make_transaction("Mine", street="1, rue Autre")

    def links(self):
        """A model, and what makes a record of it that names what its broker may not read."""
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        person, property_ = {"partner_id": self.foreign.id}, {"transaction_id": self.colleagues.id}
        offer = {"type_id": self.type.id, "client_name": "x", "client_email": "x@client.example"}
        times = {"line_ids": [Command.create({"start": f"{MONDAY} 16:00:00"})]}
        yield (
            "immoassist.appointment.attendee",
            {"appointment_id": appointment.id, "email": "x@client.example", **person},
        )
        yield "immoassist.transaction.contact", {"transaction_id": self.mine.id, **person}
        yield "immoassist.propose.times", {**offer, **person}
        yield "immoassist.propose.times", {"type_id": self.type.id, **property_}
        yield "immoassist.appointment.proposal", {**offer, **times, **person}
        yield "immoassist.appointment.proposal", {**offer, **times, **property_}
        when = {"start": f"{MONDAY} 19:00:00", "stop": f"{MONDAY} 20:00:00"}
        yield "immoassist.appointment", {**when, **property_}

    def assert_untold(self, answer):
        for secret in SECRETS:
            self.assertNotIn(secret, str(answer))

    def told(self, act):
        """What he is told: the answer, or the refusal."""
        self.env.flush_all()
        self.env.invalidate_all()
        with self.cr.savepoint() as savepoint:
            try:
                return act()
            except (AccessError, UserError) as refusal:
                return refusal.args
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def test_create(self):
        for model, values in self.links():
            mine = self.env[model].with_user(self.broker)
            with self.subTest(model=model, values=values):
                plain = [name for name, field in mine._fields.items() if field.type == "char"]
                self.assert_untold(self.told(lambda m=mine, v=values, p=plain: m.create(v).read(p)))

    def test_write(self):
        for model, values in self.links():
            links = {"partner_id", "transaction_id"}
            named = {name: id_ for name, id_ in values.items() if name in links}
            if model in ("immoassist.appointment.proposal", "immoassist.transaction.contact"):
                continue  # nobody writes the first; of the second see `test_contact`
            first = {name: value for name, value in values.items() if name not in named}
            if model == "immoassist.appointment.attendee":
                first["name"] = "x"
            mine = self.env[model].with_user(self.broker).create(first)
            with self.subTest(model=model, values=values):

                def act(mine=mine, named=named):
                    mine.write(named)
                    plain = [n for n, field in mine._fields.items() if field.type == "char"]
                    return mine.read(plain)

                self.assert_untold(self.told(act))

    def test_contact(self):
        own = self.env["res.partner"].create({"name": "Own"})
        contacts = self.env["immoassist.transaction.contact"].with_user(self.broker)
        contact = contacts.create({"transaction_id": self.mine.id, "partner_id": own.id})
        with self.assertRaises(AccessError):
            contact.partner_id = self.foreign

    def test_form(self):
        """A form asks what follows from what was typed, and nothing is saved."""
        for model, values in self.links():
            mine = self.env[model].with_user(self.broker)
            names = [name for name, field in mine._fields.items() if field.type == "char"]
            spec = {name: {} for name in names if name != "display_name"}
            with self.subTest(model=model, values=values):
                self.assert_untold(self.told(lambda m=mine, v=values, s=spec: m.onchange(v, [], s)))

    def test_defaults(self):
        """Neither the context nor a personal default is a way around."""
        contacts = self.env["immoassist.transaction.contact"].with_user(self.broker)
        default = {"default_partner_id": self.foreign.id}
        values = {"transaction_id": self.mine.id}
        self.env["ir.default"].with_user(self.broker).set(
            "immoassist.propose.times", "transaction_id", self.colleagues.id, user_id=True
        )
        proposing = self.env["immoassist.propose.times"].with_user(self.broker)
        for act in (
            lambda: contacts.with_context(**default).create(values),
            lambda: contacts.with_context(**default).onchange({}, [], {"phone": {}}),
            lambda: proposing.create({"type_id": self.type.id}),
            lambda: proposing.onchange({}, [], {"client_phone": {}}),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_form_with_lines(self):
        line = [0, "virtual_1", {"partner_id": self.foreign.id}]
        for model, name in (
            ("immoassist.appointment", "attendee_ids"),
            ("immoassist.transaction", "contact_ids"),
        ):
            spec = {name: {"fields": {"phone": {}, "email": {}}}}
            mine = self.env[model].with_user(self.broker)
            with self.subTest(model=model), self.assertRaises(AccessError):
                mine.onchange({name: [line]}, [name], spec)

    def test_who_is_invited_is_not_to_be_tried_out(self):
        """Of a colleague's appointment nobody learns whether somebody comes to it."""
        appointment = self.plan(f"{MONDAY} 15:00", broker=self.paris)
        attendees = self.env["immoassist.appointment.attendee"]
        invited = {"appointment_id": appointment.id, "name": "x", "email": "ada@client.example"}
        attendees.create(invited)
        portal = self.make_user("portail", "base.group_portal")
        for user in (self.broker, self.internal, self.stranger, portal):
            for email in ("ada@client.example", "nobody@client.example"):
                with self.subTest(user=user.login, email=email), self.assertRaises(AccessError):
                    attendees.with_user(user).create({**invited, "email": email})

    def test_what_was_linked_by_others_stays(self):
        """The broker of an appointment on a colleague's transaction still works with it."""
        appointment = self.plan(f"{MONDAY} 10:00", transaction_id=self.colleagues.id)
        mine = appointment.with_user(self.broker)
        mine.write({"location": "Elsewhere", "transaction_id": self.colleagues.id})
        values = {"name": "Visit", "transaction_id": self.colleagues.id}
        found = mine.onchange(values, ["name"], {"name": {}, "transaction_id": {}})
        self.assertNotIn("warning", found)
