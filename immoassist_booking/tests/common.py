"""What the tests of the public pages share: a published broker and somebody who books."""

import re
from urllib.parse import urlencode

from odoo.tests import HttpCase, freeze_time

from odoo.addons.immoassist_appointments.tests.common import NOW, AgencyMixin

__all__ = ["NOW", "BookingClient", "BookingHttpCase", "BookingMixin"]

GUEST = {"name": "Claire Dubois", "email": "claire@example.com", "phone": "", "note": ""}


class BookingMixin(AgencyMixin):
    @classmethod
    def make_pages(cls):
        cls.make_agency()
        # The tests come from one address, and the clock of most of them stands still.
        limits = ("booking_fill_seconds", "booking_limit_address")
        limits += ("booking_limit_email", "booking_limit_open")
        cls.company.write(dict.fromkeys(limits, 0))
        cls.website = cls.env.ref("website.default_website")
        cls.website.company_id = cls.company
        languages = cls.env["res.lang"].with_context(active_test=False)
        for code in ("fr_CA", "fr_FR"):
            cls.env["res.lang"]._activate_lang(code)
        cls.website.language_ids |= languages.search([("code", "in", ["en_US", "fr_CA", "fr_FR"])])
        cls.website.default_lang_id = cls.env.ref("base.lang_en")
        cls.env["immoassist.appointment.type"].search([]).active = False
        cls.type = cls.make_type("visite", name="Property visit", location_kind="property")
        # Whoever the database already has (demo data) leaves the names to us.
        others = cls.env["res.users"].with_context(active_test=False)
        others.search([("booking_username", "!=", False)]).write(
            {"booking_username": False, "booking_published": False}
        )
        cls.env.flush_all()
        cls.publish(cls.broker, "marie-tremblay")
        cls.publish(cls.paris, "luc-moreau")

    @classmethod
    def publish(cls, broker, username):
        broker.write({"booking_username": username, "booking_published": True})

    @classmethod
    def appointments(cls):
        return cls.env["immoassist.appointment"].search([("company_id", "=", cls.company.id)])


class BookingClient(BookingMixin):
    """Anonymous requests; for `HttpCase`."""

    page = "/book/marie-tremblay/visite"
    # Monday, 9:00 in Toronto.
    slot = "2027-03-01T14:00:00Z"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_pages()

    def get(self, path, **query):
        """The answer to a GET; a value that is a list is a repeated parameter."""
        url = path + ("?" + urlencode(query, doseq=True) if query else "")
        return self.url_open(url, allow_redirects=False)

    def csrf(self):
        return self.hidden()["csrf_token"]

    def hidden(self, page=None):
        """What the form carries besides what is typed: name to value."""
        if page is None:
            page = self.get(self.page, slot="2027-03-02T14:00:00Z")
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        return {name: value for name, value in found if name not in ("slot", "notice")}

    def post(self, path=None, **form):
        """The answer to the form, filled in by `GUEST` for the free time `slot`."""
        form = {**self.hidden(), "slot": self.slot, **GUEST, **form}
        given = {name: value for name, value in form.items() if value is not None}
        body = urlencode(given, doseq=True)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.url_open(
            path or self.page, data=body.encode(), headers=headers, allow_redirects=False
        )

    def assert_refused(self, answer, *statuses, before=0):
        """It is refused with one of `statuses`, says so on a page, and wrote nothing."""
        self.assertIn(answer.status_code, statuses, answer.text[:300])
        self.assertNotIn("Traceback", answer.text)
        self.assertEqual(len(self.appointments()), before)

    def page_slots(self, path, day):
        """The times that the page offers on `day`, as the address writes them."""
        page = self.get(path, month=day[:7], date=day)
        self.assertEqual(page.status_code, 200)
        times = page.text[page.text.index('id="times"') :]
        return re.findall(r"slot=([0-9TZ:-]+)", times)


@freeze_time(NOW)
class BookingHttpCase(BookingClient, HttpCase):
    """Requests made in January 2027, on a Monday."""
