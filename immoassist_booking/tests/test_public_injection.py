import csv
import io
import json
from urllib.parse import urlencode, urljoin, urlsplit

from openpyxl import load_workbook

from odoo.tests import tagged

from odoo.addons.immoassist_appointments.tests.mailbox import (
    MailboxMixin,
    body_of,
    invitation_of,
)

from .public_routes import PublicRoutesCase

# Free at nine in the morning, but for the weekend between them.
DAYS = ("09", "10", "11", "12", "15", "16")
FORMULAS = ('=HYPERLINK("http://evil.example","x")', "=1+1", "@SUM(1+1)", "+1+1", "-1+1", "\t=1+1")
CRLF = ("\r\nX-Evil: 1", "\nX-Evil: 1", "\r\n\r\n<b>", "%0d%0aX-Evil: 1", "\u2028X-Evil: 1")
EVIL = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
ELSEWHERE = (
    "//evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "%2F%2Fevil.example",
    "%5C%5Cevil.example",
    "/%09/evil.example",
    "http://127.0.0.1@evil.example",
)
NAMES = (
    "redirect",
    "next",
    "url",
    "r",
    "return",
    "back",
    "token",
    "month",
    "date",
    "first",
    "lang",
)


@tagged("post_install", "-at_install")
class TestRedirects(PublicRoutesCase):
    def assert_stays_here(self, answer):
        """Where a browser goes, which takes a backslash for a slash."""
        target = answer.headers.get("Location", "").replace("\\", "/")
        self.assertEqual(urlsplit(urljoin(answer.url, target))[:2], urlsplit(answer.url)[:2])

    def test_no_parameter_leads_elsewhere(self):
        for target in ELSEWHERE:
            query = dict.fromkeys(NAMES, target)
            for path in self.good_addresses():
                self.assert_stays_here(self.get(path.partition("?")[0], **query))
            self.assert_stays_here(self.post(**query, website=target))

    def test_after_a_booking(self):
        """It leads to the confirmation, whatever the form says."""
        for target in ELSEWHERE:
            form = dict.fromkeys(NAMES[:-5], target)
            path = f"{self.page}?{urlencode(form)}"
            answer = self.post(path, slot="2027-03-09T14:00:00Z", **form)
            self.assertEqual(answer.status_code, 303)
            self.assert_stays_here(answer)
            self.assertNotIn("evil", answer.headers["Location"])
            self.appointments().filtered(lambda a: a.start.day == 9).unlink()

    def test_a_former_name_leads_here(self):
        self.broker.booking_username = "marie-roy"
        for target in ELSEWHERE:
            for path in ("", "/visite", f"/{target}", "/visite/" + target, "/" + target + "/.."):
                with self.subTest(path=path):
                    self.assert_stays_here(self.get(f"/book/marie-tremblay{path}", next=target))

    def test_after_a_button(self):
        """Where a button leads is written by us alone."""
        token = self.csrf()
        for purpose, link in self.links().items():
            if purpose in ("pick", "approve", "move", "answer", "cancel"):
                form = dict.fromkeys(NAMES[:-5], "//evil.example") | {
                    "csrf_token": token,
                    "answer": "declined",
                    "start": "2027-03-10T09:00-05:00",
                }
                answer = self.url_open(link, data=form, allow_redirects=False)
                self.assertEqual(answer.status_code, 303, purpose)
                self.assert_stays_here(answer)
                self.assertNotIn("evil", answer.headers["Location"])


@tagged("post_install", "-at_install")
class TestHeaders(MailboxMixin, PublicRoutesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "agence@agence.example.com"
        cls.mine = cls.appointments()

    def test_no_parameter_makes_a_header(self):
        for text in CRLF:
            for path in self.good_addresses():
                query = dict.fromkeys((*NAMES, "type", "slot", "x" + text), text)
                answer = self.get(path.partition("?")[0], **query)
                self.assertNotIn("X-Evil", answer.headers)
            answer = self.post(**dict.fromkeys(NAMES, text))
            self.assertNotIn("X-Evil", answer.headers)

    def test_mails_and_their_files_have_no_line_of_the_client(self):
        """In each field what is refused, or comes out as text of that field."""
        self.deliver()
        booked = set()
        for field in ("name", "email", "phone", "note"):
            for number, text in enumerate(CRLF):
                slot = f"2027-03-{DAYS[number]}T14:00:00Z"
                address = f"{field}{number}@client.example"
                form = {"slot": slot, "name": "Claire", "email": address, field: "ok" + text}
                answer = self.post(**form)
                self.assertIn(answer.status_code, (303, 422))
                if answer.status_code == 303:
                    booked.add(field)
                mails = self.deliver()
                self.assertEqual(len(mails), 2 if answer.status_code == 303 else 0)
                for _to, mail in mails:
                    self.assert_ours_alone(mail)
                (self.appointments() - self.mine).unlink()
                self.deliver()  # that it is cancelled
        # A note has lines, and "%0d" is no line end in a name; anything else is refused.
        self.assertEqual(booked, {"name", "note"})

    def assert_ours_alone(self, mail):
        for part in mail.walk():
            self.assertFalse([name for name in part if name.lower().startswith("x-evil")])
            if part.get_content_type() == "text/calendar":
                lines = part.get_payload(decode=True).decode().split("\r\n")
                self.assertFalse([line for line in lines if line.startswith("X-EVIL")])
                self.assertFalse([line for line in lines if line.startswith("X-Evil")])
        if any(part.get_content_type() == "text/calendar" for part in mail.walk()):
            invitation_of(mail)
        self.assertNotIn("<script", body_of(mail))

    def test_script_in_every_field(self):
        self.deliver()
        form = {"name": EVIL[:90], "note": EVIL, "email": "eve@client.example"}
        answer = self.post(slot="2027-03-09T14:00:00Z", **form)
        self.assertEqual(answer.status_code, 303)
        for _to, mail in self.deliver():
            self.assertNotIn("<img src=x", body_of(mail))
            self.assert_ours_alone(mail)
        answer = self.get(answer.headers["Location"])
        self.assertNotIn("<img src=x", answer.text)
        for field in ("name", "email", "phone", "note"):
            form = {"name": "", "email": "x", field: EVIL}
            self.assertNotIn("<img src=x", self.post(**form).text)


@tagged("post_install", "-at_install")
class TestFormulas(PublicRoutesCase):
    """What a client typed is opened by his broker in a spreadsheet: it must stay a text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("base.group_allow_export")
        for number, formula in enumerate(FORMULAS):
            appointment = cls.book(
                f"2027-03-{DAYS[number]}T14:00:00Z", cls.type, f"f{number}@client.example"
            )
            # Past what the form refuses: an import, or a program, may write it.
            appointment.attendee_ids.name = appointment.attendee_ids.phone = formula
            appointment.write({"description": formula, "cancel_reason": formula, "name": formula})
        cls.env.flush_all()

    def export(self, kind, model, *fields):
        data = {
            "model": model,
            "fields": [{"name": name, "label": name, "type": "char"} for name in fields],
            "ids": self.env[model].search([]).ids,
            "domain": [],
            "import_compat": False,
        }
        self.authenticate("appt_gerante", "appt_gerante")
        form = {"data": json.dumps(data), "csrf_token": self.csrf()}
        answer = self.url_open(f"/web/export/{kind}", data=form)
        self.assertEqual(answer.status_code, 200, answer.text[:300])
        return answer.content

    def exports(self, kind):
        names = ("name", "description", "cancel_reason")
        people = ("name", "phone", "appointment_id", "appointment_id/name")
        nested = ("attendee_ids/name", "attendee_ids", "attendee_ids/phone")
        yield self.export(kind, "immoassist.appointment", *names, *nested)
        yield self.export(kind, "immoassist.appointment.attendee", *people)

    def test_xlsx(self):
        for content in self.exports("xlsx"):
            cells = [c for row in load_workbook(io.BytesIO(content)).active for c in row]
            texts = {str(cell.value).lstrip("'") for cell in cells}
            self.assertTrue(texts & {*FORMULAS})
            self.assertFalse([cell.value for cell in cells if cell.data_type == "f"])

    def test_csv(self):
        for content in self.exports("csv"):
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
            self.assertGreater(len(rows), len(FORMULAS))
            cells = [cell for row in rows for cell in row]
            self.assertFalse([cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@")])
