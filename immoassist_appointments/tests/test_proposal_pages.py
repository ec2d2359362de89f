import re
from urllib.parse import urlsplit

from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import SQL
from odoo.tools.misc import hash_sign

from .common import MONDAY, NOW, TORONTO, utc
from .proposal_common import NINE, ProposalMixin

WRITTEN = (
    "immoassist_appointment",
    "immoassist_appointment_attendee",
    "immoassist_appointment_proposal",
    "immoassist_appointment_proposal_line",
    "immoassist_booking_hold",
    "immoassist_booking_guard",
)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestProposalPages(ProposalMixin, HttpCase):
    """What the client sees, in a browser without any account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()

    def plan(self, start, **values):
        return self.env["immoassist.appointment"].create(
            {"name": "x", "broker_id": self.broker.id, "start": utc(start, TORONTO), **values}
        )

    def path(self, proposal, number=0):
        address = urlsplit(proposal.line_ids[number]._pick_url())
        return f"{address.path}?{address.query}"

    def get(self, path):
        return self.url_open(path, allow_redirects=False)

    def post(self, path, token=None):
        form = {"csrf_token": token or self.csrf(path)}
        return self.url_open(path, data=form, allow_redirects=False)

    def links(self, page):
        """How many times are offered as links; the layout has links of its own."""
        card = page.text[page.text.index("<article") : page.text.index("</article>")]
        return card.count("/pick?token=")

    def csrf(self, path):
        return re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)[1]

    def state_of_everything(self):
        """Every row that the pages could write, with the version that PostgreSQL gave it."""
        self.env.flush_all()
        tables = (*WRITTEN, "mail_mail", "calendar_event")
        query = SQL(" UNION ALL ").join(
            SQL("SELECT %s, md5(x::text), xmin::text FROM %s x", name, SQL.identifier(name))
            for name in tables
        )
        return sorted(self.env.execute_query(query))

    def test_get_shows_and_changes_nothing(self):
        path = self.path(self.propose())
        before = self.state_of_everything()
        for _time in range(2):
            page = self.get(path)
            self.assertEqual(page.status_code, 200)
        self.url_open(path, method="HEAD")
        self.assertEqual(self.state_of_everything(), before)
        self.assertIn("Monday, March 1, 2027", page.text)
        self.assertIn("9:00 AM", page.text)
        self.assertIn("Toronto time", page.text)
        self.assertIn("Marie Tremblay", page.text)
        self.assertIn("514 555-0100", page.text)
        self.assertIn("held for you until Tuesday, January 5, 2027, 7:00 AM", page.text)
        self.assertEqual(self.links(page), 2)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", page.headers["X-Robots-Tag"])

    def test_post_books_once(self):
        proposal = self.propose()
        path, other = self.path(proposal), self.path(proposal, 1)
        token = self.csrf(path)
        mails = self.env["mail.mail"].search_count([])
        answer = self.post(path, token)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.appointments().start, utc(NINE[0], TORONTO))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails + 2)
        shown = self.get(answer.headers["Location"])
        self.assertEqual(shown.status_code, 200)
        self.assertIn("It is confirmed", shown.text)
        # A second click, and another link of the mail: what was chosen, nothing more.
        self.assertEqual(self.post(path, token).status_code, 303)
        self.assertEqual(self.post(other, token).status_code, 303)
        page = self.get(other).text
        self.assertIn("You have already chosen a time", page)
        self.assertIn("Monday, March 1, 2027", page)
        self.assertNotIn("Tuesday, March 2", page)
        self.assertEqual(len(self.appointments()), 1)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails + 2)

    def test_moved_and_cancelled(self):
        proposal = self.propose()
        path = self.path(proposal)
        self.post(path)
        appointment = self.appointments()
        appointment.start = utc(f"{MONDAY} 11:00", TORONTO)
        self.assertIn("11:00 AM", self.get(path).text)
        appointment.action_cancel()
        self.assertIn("This appointment is cancelled", self.get(path).text)
        appointment.unlink()
        self.assertIn("This appointment is cancelled", self.get(path).text)

    def test_lost(self):
        proposal = self.propose()
        path, token = self.path(proposal), self.csrf(self.path(proposal))
        self.plan(NINE[0])
        self.env.cr.flush()  # its invitations are queued at the end of its transaction
        before = self.state_of_everything()
        for answer in (self.get(path), self.post(path, token)):
            self.assertEqual(answer.status_code, 409)
            self.assertIn("This time is not free any more", answer.text)
            self.assertIn("Still held for you", answer.text)
            self.assertEqual(self.links(answer), 2 + 3)
        self.assertEqual(self.state_of_everything(), before)
        # One of the nearest, which the broker did not propose, can be taken.
        nearest = answer.text[answer.text.index("The nearest free times") :]
        found = urlsplit(re.search(r'href="([^"]+/pick\?token=[^"]+)"', nearest)[1])
        self.assertEqual(self.post(f"{found.path}?{found.query}").status_code, 303)
        self.assertIn(utc(f"{MONDAY} 10:00", TORONTO), self.appointments().mapped("start"))
        self.assertEqual(proposal.state, "chosen")
        self.assertFalse(proposal.hold_ids)

    def test_expired(self):
        proposal = self.propose()
        path = self.path(proposal)
        with self.later():
            self.assertIn("but not held for you", self.get(path).text)
            self.plan(NINE[0])
            page = self.get(path)
            self.assertEqual(page.status_code, 409)
            self.assertNotIn("Still held", page.text)
            self.assertEqual(self.links(page), 3)
        with freeze_time("2027-02-05 12:00:00"):
            self.assertEqual(self.get(path).status_code, 404)

    def test_nothing_else_is_free(self):
        path = self.path(self.propose(NINE[0]))
        self.set_hours(self.broker, {})
        page = self.get(path)
        self.assertEqual(page.status_code, 409)
        self.assertIn("Marie Tremblay finds another time with you", " ".join(page.text.split()))
        self.assertIn("tel:514555-0100", page.text)

    def test_withdrawn(self):
        proposal = self.propose()
        path, token = self.path(proposal), self.csrf(self.path(proposal))
        proposal.with_user(self.broker).action_withdraw()
        for answer in (self.get(path), self.post(path, token)):
            self.assertEqual(answer.status_code, 410)
            self.assertIn("has taken them back", answer.text)
        self.assertFalse(self.appointments())

    def test_in_the_clients_language(self):
        page = self.get(self.path(self.propose(lang="fr_FR", tz="Europe/Paris")))
        self.assertIn("lundi 1 mars 2027", page.text)
        self.assertIn("15:00", page.text)
        self.assertIn('lang="fr-FR"', page.text)

    def test_scripts_are_text(self):
        self.type.name = "<script>x</script>"
        page = self.get(self.path(self.propose(client_email="ada+<b>@client.example")))
        self.assertIn("&lt;script&gt;x&lt;/script&gt;", page.text)

    def test_bad_tokens(self):
        first, second = self.propose(NINE[0]), self.propose(NINE[1])
        line = first.line_ids.id
        good, foreign = self.path(first), self.path(second)
        token, other = (path.partition("token=")[2] for path in (good, foreign))
        env = self.env(su=True)
        bad = {
            "none": "",
            "empty": "?token=",
            "foreign": f"?token={other}",
            "cut": f"?token={token[:-3]}",
            "changed": f"?token={token[:-3]}AAA",
            "long": f"?token={'A' * 5000}",
            "not base64": "?token=%C3%A9%C3%A9%00",
            "another purpose": "?token="
            + hash_sign(env, "immoassist_appointments.other", {"line": line}),
            "not a dict": "?token=" + hash_sign(env, "immoassist_appointments.pick", [line]),
        }
        csrf = self.csrf(good)
        before = self.state_of_everything()
        for name, query in bad.items():
            with self.subTest(token=name):
                path = f"/immoassist/appointment/{line}/pick{query}"
                for answer in (self.get(path), self.post(path, csrf)):
                    self.assertEqual(answer.status_code, 404)
                    self.assertIn("This link does not work", answer.text)
                    self.assertNotIn("Traceback", answer.text)
        for number in (0, 2**31, 10**30):
            with self.subTest(line=number):
                path = f"/immoassist/appointment/{number}/pick?token={token}"
                self.assertEqual(self.get(path).status_code, 404)
        self.assertEqual(self.state_of_everything(), before)
        first.unlink()
        self.assertEqual(self.get(good).status_code, 404)

    def test_without_csrf_token(self):
        path = self.path(self.propose())
        with self.assertLogs("odoo.http", "WARNING"):
            answer = self.post(path, "made-up")
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.appointments())
