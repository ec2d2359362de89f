"""Without a mouse, on a screen of a desk or a phone, in English or French, with or without scripts.

Each combination is one client: books, moves, answers and cancels, by the links of his mails.
"""

from datetime import datetime, timedelta, timezone
from itertools import count, product

import pytest

from .axe import violations
from .conftest import DESKTOP, PHONE
from .keyboard import Keyboard
from .mailbox import event_of, invitation_of, link_of
from .test_booking_page import is_alive

SCREENS = {"desktop": DESKTOP, "phone": PHONE}
LANGUAGES = {"en": ("en-US", "", "en_US"), "fr": ("fr-CA", "/fr_CA", "fr_CA")}
NAMES = ["-".join(words) for words in product(SCREENS, LANGUAGES, ("script", "plain"))]
WORDS = {
    "en": {
        "confirmed": "It is confirmed",
        "accepted": "See you there",
        "tentative": "You may come",
        "declined": "You do not come",
        "cancel": "Cancel this appointment?",
        "cancelled": "This appointment is cancelled",
    },
    "fr": {
        "confirmed": "C’est confirmé",
        "accepted": "À bientôt",
        "tentative": "Vous viendrez peut-être",
        "declined": "Vous ne viendrez pas",
        "cancel": "Annuler ce rendez-vous",
        "cancelled": "Ce rendez-vous est annulé",
    },
}
MARIE = "marie.tremblay@agence.example"
REASON = "J'ai trouvé <b>autre</b> chose"
BUTTON = "form[method=post] button[type=submit]"
APPOINTMENT = "immoassist.appointment"
# In a year: neither the demo data nor another test.
NEXT_YEAR = datetime.now(timezone.utc).replace(hour=15, minute=0, second=0) + timedelta(days=364)


class Visit:
    """One client on one kind of screen; each step begins where the one before has ended."""

    def __init__(self, odoo, mailbox, page, picture, name):
        self.odoo, self.mailbox, self.page = odoo, mailbox, page
        _screen, language, script = name.split("-")
        self.script = script == "script"
        self.keys = Keyboard(page)
        self.name, self.email = name, f"keys-{name}@client.example"
        self.words, self.prefix = WORDS[language], LANGUAGES[language][1]
        self.picture = lambda step: picture(page, f"keyboard-{step}-{name}")

    def assert_heading(self, step):
        assert self.words[step] in self.page.inner_text("h1")
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    def open(self, mail, action):
        self.page.goto(link_of(mail, action))

    def book(self):
        """:return: the mail with the links"""
        self.page.goto(f"{self.odoo.url}{self.prefix}/book/marie-tremblay")
        self.keys.press("a[href$='/marie-tremblay/appel']", "/appel")
        if self.script:
            is_alive(self.page)
        self.keys.press("a[data-turn=next]", "month=")
        self.keys.press(".ib-days td > a", "date=")
        if self.script:
            self.page.wait_for_selector("#day_name:focus")
        self.picture("times")
        self.keys.press(".ib-list a", "slot=")
        self.keys.type("#name", f"Élion {self.email}")
        self.keys.type("#email", self.email)
        self.picture("form")
        self.keys.press("button.ib-button[type=submit]", "/confirmation")
        self.assert_heading("confirmed")
        self.picture("confirmation")
        return self.mailbox.wait(self.email)[0]

    def move(self, mail):
        self.open(mail, "move")
        self.keys.reach("input[type=radio][name=start]")
        self.page.keyboard.press("ArrowDown")
        assert self.page.locator("input[name=start]:checked").count() == 1
        self.picture("move")
        self.keys.press(BUTTON, "/answer")

    def answer(self, *answers):
        for answer in answers:
            self.keys.send(f"button[name=answer][value={answer}]")
            self.assert_heading(answer)
        self.picture(f"answer-{answers[-1]}")

    def cancel(self, mail):
        self.open(mail, "cancel")
        self.assert_heading("cancel")
        self.keys.type("#reason", REASON)
        self.picture("cancel")
        self.keys.press(BUTTON, "/answer")
        self.assert_heading("cancelled")


@pytest.fixture(scope="module")
def invite(marie, mailbox):
    """The mail with which the broker invites somebody to an appointment."""
    days = count()

    def send(email, language):
        start = NEXT_YEAR + timedelta(days=next(days))
        guest = {"name": "Ada Byron", "email": email, "lang": language}
        values = {
            "name": "At the notary's",
            "start": f"{start:%Y-%m-%d %H:%M:%S}",
            "stop": f"{start + timedelta(hours=1):%Y-%m-%d %H:%M:%S}",
            "attendee_ids": [(0, 0, guest)],
        }
        marie.call(APPOINTMENT, "create", [values])
        return mailbox.wait(email)[0]

    return send


@pytest.mark.parametrize("name", NAMES)
def test_the_whole_way(odoo, admin, mailbox, visit, invite, picture, name):
    screen, language, kind = name.split("-")
    locale, _prefix, code = LANGUAGES[language]
    script = kind == "script"
    page = visit(SCREENS[screen], locale=locale, java_script_enabled=script)
    client = Visit(odoo, mailbox, page, picture, name)

    def read():
        domain = [("attendee_ids.email_normalized", "=", client.email)]
        fields = ["display_name", "state", "start", "cancelled_by", "cancel_reason", "ical_uid"]
        (found,) = admin.call(APPOINTMENT, "search_read", domain, fields=fields)
        return found

    mail = client.book()
    booked = read()
    assert str(event_of(mail)["uid"]) == booked["ical_uid"]

    client.move(mail)
    assert read()["start"] != booked["start"]
    assert not script or not violations(page)
    client.answer("tentative", "accepted")

    client.open(invite(f"guest-{name}@client.example", code), "answer")
    client.answer("declined", "accepted")

    client.open(mail, "cancel")
    assert read()["state"] == "confirmed"  # GET only shows
    client.cancel(mail)
    ended = read()
    assert (ended["state"], ended["cancelled_by"]) == ("cancelled", "client")
    assert ended["cancel_reason"] == REASON
    *_before, last = mailbox.wait(client.email, 3)
    assert invitation_of(last)[1] == "CANCEL"
    assert mailbox.wait(MARIE, about=f"Cancelled: {ended['display_name']}")
