import re

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.immoassist_appointments.tests.mailbox import MailboxMixin, body_of

from .common import BookingHttpCase

EVIL = '<script>alert("x")</script>{{7*7}}'


@tagged("post_install", "-at_install")
class TestBookingQuestions(MailboxMixin, BookingHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "agence@agency.example"
        cls.type.location_kind = "phone"
        cls.prequalified = cls.ask("Are you prequalified?", "yes_no", required=True, sequence=1)
        cls.when = cls.ask("When?", "choice", choices=("Soon", "Later"), sequence=2)
        cls.about = cls.ask("About <b>you</b>", "long", sequence=3)
        cls.source = cls.ask("Who sent you?", "text", sequence=4)
        cls.soon, cls.later = cls.when.choice_ids
        cls.translate(cls.prequalified, "Êtes-vous préqualifié ?")
        cls.translate(cls.soon, "Bientôt")

    @classmethod
    def ask(cls, name, kind, choices=(), **values):
        values = {
            "type_id": cls.type.id,
            "name": name,
            "kind": kind,
            "choice_ids": [(0, 0, {"name": choice}) for choice in choices],
            **values,
        }
        return cls.env["immoassist.booking.question"].create(values)

    @classmethod
    def translate(cls, record, text):
        record.update_field_translations("name", {"fr_CA": text, "fr_FR": text})

    def answer(self, guest=None, **answers):
        """Submit the form; the questions by the names of the attributes of this test."""
        form = {getattr(self, name)._field(): value for name, value in answers.items()}
        return self.post(**form, **(guest or {}))

    def said(self, lang="en_US"):
        found = self.appointments().booking_answer_ids.with_context(lang=lang)
        return [(one.question, one.answer) for one in found]

    def test_asked_in_order_and_language(self):
        page = self.get(self.page, slot=self.slot).text
        labels = ["Are you prequalified?", "When? (optional)", "About &lt;b&gt;you", "Who sent"]
        places = [page.index(label) for label in labels]
        self.assertEqual(places, sorted(places))
        field = self.prequalified._field()
        self.assertEqual(len(re.findall(rf'type="radio"[^>]*name="{field}"', page)), 2)
        self.assertIn(f'<label for="{self.when._field()}"', page)
        self.assertIn(
            "Êtes-vous préqualifié ?", self.get("/fr_CA" + self.page, slot=self.slot).text
        )

    def test_kept_for_the_broker(self):
        answer = self.answer(
            prequalified="yes", when=str(self.soon.id), about="A\r\ndog", source=" Anne  Roy "
        )
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(
            self.said(),
            [
                ("Are you prequalified?", "Yes"),
                ("When?", "Soon"),
                ("About <b>you</b>", "A\ndog"),
                ("Who sent you?", "Anne Roy"),
            ],
        )
        self.assertEqual(
            self.said("fr_CA")[:2], [("Êtes-vous préqualifié ?", "Oui"), ("When?", "Bientôt")]
        )
        (mail,) = [mail for to, mail in self.deliver() if "marie" in to]
        text = body_of(mail)
        self.assertLess(text.index("Are you prequalified?"), text.index("Soon"))
        self.assertNotIn("<b>you</b>", text)

    def test_what_the_client_gets_does_not_repeat_it(self):
        self.answer(prequalified="no", source="A secret")
        (mail,) = [mail for to, mail in self.deliver() if "claire" in to]
        self.assertNotIn("A secret", body_of(mail))

    def test_asked_in_french_read_in_english(self):
        self.page = "/fr_CA" + self.page
        self.assertEqual(self.answer(prequalified="no", when=str(self.soon.id)).status_code, 303)
        self.assertEqual(self.said(), [("Are you prequalified?", "No"), ("When?", "Soon")])

    def test_stays_readable(self):
        self.answer(prequalified="yes", when=str(self.soon.id))
        before = self.said()
        self.prequalified.write({"name": "Do you have a dog?", "active": False})
        self.soon.name = "Never"
        self.assertEqual(self.said(), before)
        self.when.unlink()
        self.assertEqual(self.said(), before)
        page = self.get(self.page, slot=self.slot).text
        self.assertNotIn("dog", page)

    def test_refused(self):
        wrong = {
            "required": ({}, "Answer this question, please."),
            "no answer": ({"prequalified": "maybe"}, "Choose one of the answers."),
            "made up": ({"prequalified": "yes", "when": "0"}, "Choose one of the answers."),
            "of another": ({"prequalified": "yes", "when": "'; --"}, "Choose one of the answers."),
            "long": ({"prequalified": "yes", "source": "x" * 201}, "This answer is too long."),
            "huge": ({"prequalified": "yes", "about": "x" * 500_000}, "This answer is too long."),
            "null": ({"prequalified": "yes", "source": "a\x00b"}, "characters that cannot be used"),
            "lines": ({"prequalified": "yes", "source": "a\r\nBcc: b"}, "characters that cannot"),
        }
        for name, (answers, message) in wrong.items():
            with self.subTest(name):
                answer = self.answer(**answers)
                self.assert_refused(answer, 422)
                self.assertIn(message, answer.text)
                self.assertIn('value="claire@example.com"', answer.text)
                self.assertIn("<title>Error: ", answer.text)
        field = self.prequalified._field()
        refused = self.answer().text
        self.assertIn(f'href="#{field}"', refused)
        self.assertIn(f'aria-describedby="{field}_error"', refused)
        self.assert_refused(self.post(**{field: ["yes", "no"]}), 400)

    def test_hostile(self):
        self.assertEqual(self.answer(prequalified="yes", source=EVIL, about=EVIL).status_code, 303)
        self.assertEqual([answer for _question, answer in self.said()][1:], [EVIL, EVIL])
        for _to, mail in self.deliver():
            self.assertNotIn("<script>", body_of(mail))
        kept = self.answer(prequalified="nonsense", source=EVIL).text
        self.assertNotIn("<script>alert", kept)
        self.assertIn("{{7*7}}", kept)

    def test_typed_answers_survive_a_lost_time(self):
        self.answer(prequalified="yes")
        # Somebody else: the same form again would be the same booking.
        lost = self.answer(
            {"email": "second@example.com"},
            prequalified="no",
            when=str(self.later.id),
            source="Typed",
        )
        self.assertEqual(lost.status_code, 409)
        chosen = re.search(r'<input[^>]*type="radio"[^>]*checked[^>]*>', lost.text)[0]
        self.assertIn('value="no"', chosen)
        self.assertRegex(lost.text, rf'value="{self.later.id}"[^>]*selected')
        self.assertIn('value="Typed"', lost.text)

    def test_another_type_does_not_ask(self):
        self.make_type("autre")
        self.page = "/book/marie-tremblay/autre"
        self.assertNotIn("prequalified", self.get(self.page, slot=self.slot).text)
        self.assertEqual(self.post(**{self.prequalified._field(): "yes"}).status_code, 303)
        self.assertFalse(self.said())

    def test_rights(self):
        self.answer(prequalified="yes")
        answer = self.appointments().booking_answer_ids
        for user in (self.broker, self.manager):
            self.assertEqual(answer.with_user(user).answer, "Yes")
            with self.assertRaises(AccessError):
                answer.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.when.with_user(user).name = "x"
        for user in (self.paris, self.stranger, self.internal, self.env.ref("base.public_user")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                answer.with_user(user).read(["answer"])

    def test_a_choice_needs_choices(self):
        with self.assertRaisesRegex(ValidationError, "two choices"):
            self.ask("Which?", "choice", choices=("One",))

    def test_forgotten_with_the_guest(self):
        self.answer(prequalified="yes", source="Anne")
        self.appointments().attendee_ids._anonymise()
        self.assertFalse(self.said())
