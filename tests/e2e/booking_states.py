"""Every page that a client can see, in each of its states, by a name."""

import re
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from .client import Client, offered_times
from .races import until

PAUL = "/book/paul-martin"
CALL, SIGNING, VISIT = f"{PAUL}/appel", f"{PAUL}/signature", f"{PAUL}/visite"
VALUATION = f"{PAUL}/estimation"
TEAM = "/book/team"
# The month after the next: nothing of the demo data, and within every horizon.
LATER = (datetime.now(timezone.utc).date().replace(day=1) + timedelta(days=32)).replace(day=1)
SUNDAY = LATER + timedelta(days=6 - LATER.weekday())
# In hours: beyond this month, or beyond the horizon.
NOTICE = "UPDATE immoassist_appointment_type SET min_notice_hours = %s WHERE slug = 'appel'"
USUAL_NOTICE = "SELECT min_notice_hours FROM immoassist_appointment_type WHERE slug = 'appel'"
NEXT_MONTH, NEVER = 32 * 24, 365 * 24
ASK_CODE = "UPDATE immoassist_appointment_type SET verify_email = %s WHERE slug = 'estimation'"
HELD = """
    SELECT count(*) FROM immoassist_booking_hold
     WHERE purpose = 'form' AND expires_at > now() AT TIME ZONE 'UTC'
"""
EXPIRE = """
    UPDATE immoassist_booking_hold
       SET expires_at = now() AT TIME ZONE 'UTC' - interval '1 minute'
     WHERE purpose = 'form'
"""


class States:
    """Leads a page to a state; each has an address of its own or is come to by a form.

    :param str prefix: "" or the language of the address, "/fr_CA"
    """

    def __init__(self, odoo, page, prefix):
        self.odoo, self.page, self.url = odoo, page, odoo.url + prefix
        self.prefix = prefix
        self.email = f"axe{prefix.strip('/').lower()}@client.example"

    def go(self, path):
        self.page.goto(self.url + path)

    def slot(self, page):
        return offered_times(self.odoo.url, page=page)[-1]

    def form(self, page=CALL):
        slot = self.slot(page)
        self.go(f"{page}?slot={slot.replace('+', '%2B')}")
        return slot

    def fill(self):
        self.page.fill("#name", "Ada Byron")
        self.page.fill("#email", self.email)

    def send(self):
        self.page.click("button.ib-button[type=submit]")

    def walk(self):
        """Yield the name of each state, with the page in it."""
        yield from self.before()
        yield from self.empty()
        yield from self.refused()
        yield from self.asked()
        yield from self.booked()
        yield from self.nothing()

    def before(self):
        for name, path in (
            ("brokers", "/book"),
            ("broker", PAUL),
            ("times", CALL),
            ("day", f"{CALL}?month={LATER:%Y-%m}"),
            ("no-times", f"{CALL}?month={LATER:%Y-%m}&date={SUNDAY}"),
            ("zones", f"{CALL}?show=zones"),
            ("embedded", f"{CALL}?embed=1"),
            ("open-house", f"{PAUL}/portes-ouvertes"),
            ("team", TEAM),
            ("team-times", f"{TEAM}/appel"),
            ("dead-link", f"{CALL}/link/x"),
        ):
            self.go(path)
            yield name
        self.form()
        yield "form"
        # The demo asks a question of each kind about visits and valuations.
        self.form(VISIT)
        yield "questions"

    def empty(self):
        """A month in which nothing is free, and a type of which nothing is."""
        ((usual,),) = self.odoo.sql(USUAL_NOTICE)
        for hours, name, words in (
            (NEXT_MONTH, "empty-month", ".ib-empty .ib-note a"),
            (NEVER, "nothing", ".ib-nothing a[href^='tel:']"),
        ):
            self.odoo.sql(NOTICE, (hours,))
            self.go(f"{CALL}?month={datetime.now(timezone.utc):%Y-%m}")
            self.page.wait_for_selector(words)
            yield name
        self.odoo.sql(NOTICE, (usual,))

    def refused(self):
        self.form()
        # The server's answer, not the browser's: so it comes to whoever has an old browser.
        self.page.evaluate("document.querySelector('form.ib-form').noValidate = true")
        self.page.fill("#email", "nonsense")
        with self.page.expect_navigation():
            self.send()
        yield "form-errors"
        self.odoo.sql(EXPIRE)  # what this and former pages hold
        slot = self.form()
        self.fill()
        until(lambda: self.odoo.sql(HELD)[0][0], "the page to hold its time")
        # What the page of this client holds has expired: another one is quicker.
        self.odoo.sql(EXPIRE)
        first = Client(self.odoo.url, f"First{len(self.prefix)}", CALL)
        first.open_form(slot)
        assert first.submit().status_code == 303
        with self.page.expect_navigation():
            self.send()
        yield "lost"

    def asked(self):
        self.odoo.sql(ASK_CODE, (True,))
        self.form(VALUATION)
        self.fill()
        self.send()
        self.page.wait_for_selector("input[name=code]")
        yield "code"
        self.page.fill("input[name=code]", "000000")
        with self.page.expect_navigation():
            self.page.click("button.ib-button[type=submit]")
        yield "wrong-code"
        self.odoo.sql(ASK_CODE, (False,))

    def booked(self):
        self.form()
        self.fill()
        self.send()
        self.page.wait_for_url(re.compile("/confirmation"))
        confirmation = self.page.url
        yield "confirmation"
        links = {
            action: self.page.get_attribute(f"a[href*='/{action}?token=']", "href")
            for action in ("move", "cancel")
        }
        for action, link in links.items():
            self.page.goto(self.here(link))
            yield action
        self.page.click("form[method=post] button[type=submit]")
        self.page.wait_for_url(re.compile("/answer"))
        yield "answer-cancelled"
        self.page.goto(confirmation)
        yield "cancelled"
        self.form(SIGNING)
        self.fill()
        self.send()
        self.page.wait_for_url(re.compile("/confirmation"))
        yield "requested"

    def here(self, link):
        parts = urlsplit(link)
        return f"{self.odoo.url}{parts.path}?{parts.query}"

    def nothing(self):
        for name, path in (
            ("expired-link", "/immoassist/appointment/1/cancel?token=x"),
            ("expired-proposal", "/immoassist/appointment/1/pick?token=x"),
            ("expired-confirmation", f"{PAUL}/confirmation?token=x"),
            ("nobody", "/book/nobody-here"),
            ("nonsense", f"{CALL}?month=soon"),
        ):
            self.go(path)
            yield name
