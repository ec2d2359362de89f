import re

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.immoassist_appointments.tests.json2_case import Json2Case

from .common import GUEST
from .public_routes import PublicRoutesCase, public_routes


@tagged("post_install", "-at_install")
class TestEnumeration(PublicRoutesCase):
    """Nobody learns who exists: neither from an answer nor from how long it takes.

    Time is counted in SQL statements: they are the same on a busy machine.
    """

    def measure(self, function):
        """Status, words and SQL statements of an answer, and where it leads."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        answer = function()
        statements = self.env.cr.sql_log_count - before
        words = re.sub(r"[A-Za-z0-9_-]{40,}|csrf_token[^,>]*", "", answer.text)
        location = answer.headers.get("Location", "").partition("?")[0]
        return answer.status_code, words, location, statements

    def assert_same(self, *answers):
        first = answers[0]
        for other in answers[1:]:
            self.assertEqual(first, other)

    def test_brokers(self):
        """Unknown, not published, archived, of another company, no broker any more."""
        names = {"not-published": "nobody", "gone-away": "gone", "elsewhere-x": "other"}
        for name, login in names.items():
            company = self.other_company if login == "other" else self.company
            user = self.make_user(login, "immoassist_appointments.group_broker", company=company)
            self.publish(user, name)
            if login == "nobody":
                user.booking_published = False
            if login == "gone":
                user.active = False
        types = self.env["immoassist.appointment.type"]
        self.assertTrue(types._offered_by(self.broker))
        routes = [
            route
            for route in public_routes(self.env)
            if "GET" in route.methods and "username" in dict(route.parts)
        ]
        self.assertGreaterEqual(len(routes), 4)
        for route in routes:
            with self.subTest(route=route.rule):
                answers = []
                paths = {name: _path(route, name) for name in ("unknown-one", *names)}
                for path in paths.values():
                    self.get(path, type="visite")  # what Odoo caches
                for name, path in paths.items():
                    asked = self.measure(lambda p=path: self.get(p, type="visite"))
                    status, words, location, statements = asked
                    answers.append((status, words.replace(name, ""), location, statements))
                self.assertEqual(answers[0][0], 404)
                self.assert_same(*answers)

    def test_addresses(self):
        """Of a contact, of a user, of a client who books often, of nobody: the answer is one."""
        contact = {"name": "Known", "email": "known@client.example", "lang": "fr_FR"}
        self.env["res.partner"].create({**contact, "phone": "514 555-0123"})
        self.manager.email = "manager@agence.example.com"
        addresses = (
            "nobody@client.example",
            "known@client.example",
            "manager@agence.example.com",
            "ada@client.example",
        )
        answers, pages = [], []
        for address in ("warm@client.example", *addresses):
            # The same time each time: what differs is the address alone.
            form = {"slot": "2027-03-09T14:00:00Z", "email": address, "csrf_token": self.csrf()}
            status, _words, location, statements = self.measure(lambda f=form: self.post(**f))
            answers.append((status, location, statements))
            booked = self.appointments().filtered(lambda a: a.start.day == 9)
            page = self.get(booked._confirmation_url(booked.attendee_ids)).text
            card = re.sub(r"<[^>]*>|\s+", " ", page[page.index("<main") : page.index("</main>")])
            pages.append(card.replace(address, ""))
            self.assertNotIn("514 555-0123", page)
            booked.unlink()
        self.assertEqual(answers[0][0], 303)
        # The first one fills what Odoo caches.
        self.assert_same(*answers[1:])
        self.assert_same(*pages)

    def test_wrong_forms(self):
        """A form that is refused does not look anything up: each address costs the same."""
        answers = []
        token = self.csrf()
        for address in ("nobody@client.example", "ada@client.example"):
            self.post(email=address, name="", csrf_token=token)
            asked = self.measure(lambda a=address: self.post(email=a, name="", csrf_token=token))
            status, words, location, statements = asked
            answers.append((status, words.replace(address, ""), location, statements))
        self.assertEqual(answers[0][0], 422)
        self.assert_same(*answers)


def _path(route, username):
    values = dict.fromkeys(dict(route.parts), "x") | {"type_slug": "visite"}
    return route.path(values | {"username": username})


@tagged("post_install", "-at_install")
class TestPortalUser(PublicRoutesCase, Json2Case):
    """Who has an account as a client reaches what his own links show, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "appt_portal", "base.group_portal")
        cls.key = cls.make_key(cls.portal)
        cls.env.flush_all()

    def test_records(self):
        models = [name for name in self.env if name.startswith("immoassist.")]
        self.assertGreater(len(models), 10)
        for name in models:
            model = self.env[name].with_user(self.portal)
            if not model._abstract and not model._transient:
                for operation in ("read", "write", "create", "unlink"):
                    with self.subTest(model=name, operation=operation):
                        self.assertFalse(model.has_access(operation))

    def test_programs(self):
        for model, method, body in (
            ("immoassist.appointment", "read", {"ids": self.booked.ids, "fields": ["name"]}),
            ("immoassist.appointment", "search_read", {"domain": []}),
            ("immoassist.appointment", "action_cancel", {"ids": self.booked.ids}),
            ("immoassist.appointment.attendee", "search_read", {"domain": []}),
            ("immoassist.appointment.proposal", "search_read", {"domain": []}),
            ("immoassist.transaction", "search_read", {"domain": []}),
        ):
            with self.subTest(model=model, method=method):
                answer = self.call(self.key, model, method, **body)
                self.assertEqual(answer.status_code, 403)
                self.assertNotIn("Ada", answer.text)

    def test_pages_and_downloads(self):
        self.authenticate("appt_portal", "appt_portal")
        appointment, event = self.booked.id, self.booked.calendar_event_id.id
        attendee = self.booked.attendee_ids.id
        before = self.content()
        for path in (
            f"/mail/view?model=immoassist.appointment&res_id={appointment}",
            f"/odoo/immoassist.appointment/{appointment}",
            f"/my/appointments/{appointment}",
            f"/web/content/immoassist.appointment/{appointment}/name",
            f"/web/content?model=immoassist.appointment.attendee&id={attendee}&field=email",
            f"/web/content/calendar.event/{event}/name",
            f"/web/image/immoassist.appointment/{appointment}/name",
            f"/mail/thread/data?thread_model=immoassist.appointment&thread_id={appointment}",
        ):
            with self.subTest(path=path), mute_logger("odoo.http"):
                answer = self.url_open(path)
                self.assertNotIn("ada@client.example", answer.text)
                self.assertNotIn("Ada Byron", answer.text)
        for action in ("answer", "move", "cancel", "ics", "approve", "refuse", "pick"):
            answer = self.get(f"/immoassist/appointment/{appointment}/{action}")
            self.assertIn(answer.status_code, (403, 404))
        # A good link, but of another appointment.
        for action in ("answer", "move", "cancel", "ics"):
            own = self.other.attendee_ids._link(action)
            answer = self.url_open(own.replace(f"/{self.other.id}/", f"/{appointment}/"))
            self.assertEqual(answer.status_code, 403)
            self.assertNotIn("Ada", answer.text)
        self.assertEqual(self.content(), before)

    def test_booking_with_an_account_uses_the_form_alone(self):
        """The session adds nothing: not the name, not the contact, no right."""
        self.authenticate("appt_portal", "appt_portal")
        form = self.get(self.page, slot="2027-03-09T14:00:00Z")
        self.assertEqual(form.status_code, 200)
        self.assertEqual(self.post(slot="2027-03-09T14:00:00Z").status_code, 303)
        booked = self.appointments().filtered(lambda a: a.start.day == 9)
        self.assertEqual(booked.attendee_ids.email, GUEST["email"])
        self.assertFalse(booked.attendee_ids.partner_id)
