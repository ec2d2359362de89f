import base64
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from odoo import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.immoassist_appointments.signing import KEPT

from .public_routes import PURPOSES, PublicRoutesCase, other_purpose

REFUSED = {"answer": 403, "move": 403, "cancel": 403, "ics": 403, "approve": 403, "refuse": 403}
REFUSED |= {"pick": 404, "confirmation": 404}
POSTED = sorted({*REFUSED} - {"ics", "confirmation"})
ORDER = {"answer": "declined", "reason": "x", "start": "2027-03-10T09:00-05:00"}
SECOND = timedelta(seconds=1)


def token_of(address):
    return parse_qs(urlsplit(address).query)["token"][0]


def with_token(address, token):
    return f"{address.partition('?')[0]}?{urlencode({'token': token})}"


def damaged(token):
    """What becomes of a token in mails, and what somebody makes of it who wants in."""
    flip = {number: chr(ord(token[number]) ^ 1) for number in (0, 5, 20, 40, len(token) - 2)}
    yield from ("", "x", "null", "\x00", "é", "AAAA" * 5000, token[:-3], token[1:], token + "AA")
    yield from (token[:number] + char + token[number + 1 :] for number, char in flip.items())
    yield base64.urlsafe_b64encode(b'\x01{"appointment": 1}').decode()
    yield token.swapcase()


@tagged("post_install", "-at_install")
class TestPublicLinks(PublicRoutesCase):
    def answers(self, address):
        """The answers to a link that is opened and, where there is a button, pressed."""
        yield self.get(address)
        path, _mark, query = address.partition("?")
        if path.rsplit("/", 1)[1] in POSTED:
            form = {"csrf_token": self.token, **ORDER}
            yield self.url_open(f"{path}?{query}", data=form, allow_redirects=False)
            form["token"] = parse_qs(query).get("token", [""])[0]
            yield self.url_open(path, data=form, allow_redirects=False)

    def setUp(self):
        super().setUp()
        self.token = self.csrf()

    def assert_dead(self, purpose, *addresses):
        """Each is refused in the very same words, and changes nothing."""
        before, texts = self.content(), set()
        for address in addresses:
            for answer in self.answers(address):
                self.assertEqual(answer.status_code, REFUSED[purpose], (purpose, address[:200]))
                self.assertIn("no-store", answer.headers["Cache-Control"])
                texts.add(_words(answer.text))
        self.assertEqual(len(texts), 1, purpose)
        self.assertEqual(self.content(), before)

    def test_damaged(self):
        for purpose, address in self.links().items():
            if purpose in REFUSED:
                tokens = damaged(token_of(address))
                self.assert_dead(purpose, *(with_token(address, token) for token in tokens))

    def test_of_another_purpose(self):
        """The same values, really signed, but for something else."""
        until = self.booked.stop
        for purpose, address in self.links().items():
            if purpose in REFUSED:
                others = other_purpose(self.env, purpose, token_of(address), until)
                self.assertEqual(len(others), len(PURPOSES) - 1)
                self.assert_dead(purpose, *(with_token(address, t) for t in others.values()))

    def test_of_another_appointment(self):
        """A number of the address is changed, the token is good: for its own appointment."""
        other = self.other.id
        for purpose, address in self.links().items():
            if purpose in REFUSED and purpose != "confirmation":
                numbers = (other, 0, 2**31 - 1, 2**31, 2**63, 10**40)
                self.assert_dead(
                    purpose, *(re.sub(r"/\d+/", f"/{number}/", address) for number in numbers)
                )

    def test_confirmation_of_another_broker(self):
        self.publish(self.stranger, "ailleurs")
        address = self.links()["confirmation"]
        names = ("luc-moreau", "ailleurs", "nobody-here", "slots", "x" * 300)
        self.assert_dead(
            "confirmation", *(address.replace("marie-tremblay", name) for name in names)
        )

    def test_of_another_attendee(self):
        """Each has links of his own; who was taken off the appointment has none any more."""
        values = {"name": "Grace", "email": "grace@client.example"}
        self.booked.attendee_ids = [Command.create(values)]
        ada, grace = self.booked.attendee_ids
        _page, pressed, _again = self.answers(grace._link("answer"))
        self.assertEqual(pressed.status_code, 303)
        self.assertEqual((ada.state, grace.state), ("accepted", "declined"))
        gone = [grace._link(action) for action in ("answer", "cancel", "move", "ics")]
        grace.unlink()
        for address in gone:
            parts = urlsplit(address)
            purpose = parts.path.rsplit("/", 1)[1]
            self.assert_dead(purpose, f"{parts.path}?{parts.query}")

    def test_after_the_address_was_corrected(self):
        links = self.links()
        self.booked.attendee_ids.email = "ada.byron@client.example"
        for purpose in ("answer", "move", "cancel", "ics", "confirmation"):
            self.assert_dead(purpose, links[purpose])

    def test_after_the_broker_changed(self):
        links = self.links()
        self.asked.broker_id = self.paris
        self.assert_dead("approve", links["approve"])
        self.assert_dead("refuse", links["refuse"])

    def test_after_the_broker_left(self):
        links = self.links()
        self.broker.active = False
        self.assert_dead("approve", links["approve"])

    def test_of_another_database(self):
        links = self.links()
        self.env["ir.config_parameter"].set_param("database.secret", "that of another one")
        self.token = self.csrf()
        for purpose in REFUSED:
            self.assert_dead(purpose, links[purpose])

    def test_expired(self):
        ends = {"pick": self.proposal.expires_at, "approve": self.asked.stop}
        ends["refuse"] = self.asked.stop
        links = self.links()
        for purpose in REFUSED:
            until = ends.get(purpose, self.booked.stop) + KEPT
            with freeze_time(until - SECOND):
                self.assertNotEqual(self.get(links[purpose]).status_code, REFUSED[purpose])
            with freeze_time(until + SECOND):
                self.token = self.csrf()
                self.assert_dead(purpose, links[purpose])

    def test_feed(self):
        address = self.links()["feed"]
        secret = address.rsplit("/", 1)[1][: -len(".ics")]
        self.broker.with_user(self.broker).action_renew_appointment_feed()
        before = self.content()
        for guess in (secret, "%00", "x", "%ff", secret + "%00", "A" * 2000, "%25", "_" * 43):
            answer = self.get(f"/immoassist/feed/{guess}.ics")
            self.assertEqual(answer.status_code, 404, guess)
            self.assertNotIn("BEGIN:VCALENDAR", answer.text)
        self.assertEqual(self.content(), before)

    def test_replayed(self):
        """A button pressed twice acts once: the second time nothing is written."""
        links = self.links()
        for purpose in ("pick", "approve", "move", "answer", "cancel"):
            path, _mark, query = links[purpose].partition("?")
            form = {"csrf_token": self.token, **ORDER, "token": parse_qs(query)["token"][0]}
            states = []
            for _click in range(2):
                answer = self.url_open(f"{path}?{query}", data=form, allow_redirects=False)
                self.assertEqual(answer.status_code, 303, purpose)
                states.append(self.content())
            self.assertEqual(*states, purpose)


def _words(page):
    """What the page says, without the menu, whose links repeat the address."""
    return re.sub(r"<[^>]*>|\s+", " ", page[page.index("<main") : page.index("</main>")])
