from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import NOW, BookingHttpCase
from .test_booking_link import LinkMixin


class VisitorsCase(BookingHttpCase):
    """Two visitors, each with a session of his own."""

    def setUp(self):
        super().setUp()
        self.sessions = {"ada": self.opener, "bob": self.make_opener()}

    def make_opener(self):
        kept, self.opener = self.opener, None
        self.authenticate(None, None)
        made, self.opener = self.opener, kept
        return made

    def be(self, name):
        self.opener = self.sessions[name]

    def hold(self, slot=None, **values):
        values = {"csrf_token": self.csrf(), "slot": slot or self.slot, **values}
        return self.url_open(f"{self.page}/hold", data=values, allow_redirects=False)

    def holds(self):
        return self.env["immoassist.booking.hold"].search([("broker_id", "=", self.broker.id)])

    def later(self, **time):
        return freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(**time))


@tagged("post_install", "-at_install")
class TestHold(VisitorsCase):
    def test_get_holds_nothing(self):
        self.assertEqual(self.get(self.page, slot=self.slot).status_code, 200)
        self.assertIn(self.get(f"{self.page}/hold", slot=self.slot).status_code, (404, 405))
        self.assertFalse(self.holds())

    def test_busy_for_everybody_else(self):
        self.assertEqual(self.hold().json(), {"held": True})
        self.assertEqual(self.get(self.page, slot=self.slot).status_code, 200)
        self.assertIn(self.slot, self.page_slots(self.page, "2027-03-01"))
        self.be("bob")
        self.assertNotIn(self.slot, self.page_slots(self.page, "2027-03-01"))
        self.assert_refused(self.get(self.page, slot=self.slot), 409)
        answer = self.hold()
        self.assertEqual(answer.status_code, 409)
        self.assertEqual(answer.json()["title"], "Somebody else is booking this time")
        self.assertEqual(len(answer.json()["alternatives"]), 3)
        answer = self.post(note="typed with care")
        self.assert_refused(answer, 409)
        self.assertIn("typed with care", answer.text)
        self.assertEqual(len(self.holds()), 1)

    def test_booking_takes_it(self):
        self.hold()
        self.assertEqual(self.post().status_code, 303)
        self.assertFalse(self.holds())

    def test_booking_that_fails_keeps_it(self):
        self.hold()
        self.assert_refused(self.post(slot="2027-03-06T14:00:00Z"), 409)
        self.assertEqual(len(self.holds()), 1)

    def test_wrong_data_keep_it_too(self):
        self.hold()
        answer = self.post(email="nobody")
        self.assert_refused(answer, 422)
        self.assertNotIn("This time is not free any more", answer.text)

    def test_one_for_each(self):
        self.hold()
        self.hold("2027-03-02T14:00:00Z")
        self.assertEqual(str(self.holds().start), "2027-03-02 14:00:00")
        self.be("bob")
        self.assertEqual(self.hold().json(), {"held": True})
        self.assertEqual(len(self.holds()), 2)

    def test_released(self):
        self.hold()
        self.be("bob")
        self.hold(release="1")
        self.assertEqual(len(self.holds()), 1, "one's own alone")
        self.be("ada")
        self.assertEqual(self.hold(release="1").json(), {"released": True})
        self.assertFalse(self.holds())

    def test_reload(self):
        """What the page before lets go may arrive after the new page has held it."""
        self.hold(page="one")
        self.hold(page="two")
        self.hold(page="one", release="1")
        self.assertEqual(len(self.holds()), 1)
        self.hold(page="two", release="1")
        self.assertFalse(self.holds())

    def test_ends_by_itself(self):
        self.hold()
        self.be("bob")
        with self.later(minutes=4):
            self.assert_refused(self.get(self.page, slot=self.slot), 409)
        with self.later(minutes=5, seconds=1):
            self.assertEqual(self.get(self.page, slot=self.slot).status_code, 200)
            self.assertEqual(self.post().status_code, 303)

    def test_prolonged_up_to_a_maximum(self):
        for minutes in (0, 4, 8, 12, 16, 19):
            with self.later(minutes=minutes):
                self.assertEqual(self.hold().json(), {"held": True})
        self.assertEqual(
            self.holds().expires_at, fields.Datetime.to_datetime("2027-01-04 12:20:00")
        )

    def test_place_of_an_open_house(self):
        self.type.capacity = 2
        self.hold()
        self.be("bob")
        self.assertEqual(self.hold().json(), {"held": True})
        self.assertEqual(self.post().status_code, 303)
        self.be("ada")
        self.assertEqual(self.post(email="ada@example.com").status_code, 303)
        self.assertEqual(self.post(email="third@example.com").status_code, 409)

    def test_too_many(self):
        self.company.booking_limit_address = 1
        for _round in range(15):
            self.hold()
            self.hold("2027-03-02T14:00:00Z")
        answer = self.hold("2027-03-03T14:00:00Z")
        self.assertEqual(answer.status_code, 429)
        self.assertIn("Retry-After", answer.headers)
        self.assertTrue(answer.json()["error"])

    def test_nonsense(self):
        for slot, status in ((" ", 400), ("x", 400), ("2027-03-06T14:00:00Z", 409)):
            self.assertEqual(self.hold(slot).status_code, status)
        token = self.csrf()
        for path in ("/book/nobody/visite/hold", "/book/marie-tremblay/nothing/hold"):
            answer = self.url_open(path, data={"csrf_token": token, "slot": self.slot})
            self.assertEqual(answer.status_code, 404)
        with self.assertLogs("odoo.http", "WARNING"):
            self.assertEqual(self.hold(csrf_token="made-up").status_code, 400)
        self.assertFalse(self.holds())


@tagged("post_install", "-at_install")
class TestHoldOfTeam(VisitorsCase):
    page = "/book/team/visite"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paris.booking_published = False
        group = "immoassist_appointments.group_broker"
        cls.anne = cls.make_user("anne", group, tz="America/Toronto", name="Anne Roy")
        cls.set_hours(cls.anne, {day: [(9, 12)] for day in range(5)})
        cls.publish(cls.anne, "anne-roy")

    def test_one_of_them_is_held(self):
        self.sessions["eve"] = self.make_opener()
        for name in ("ada", "bob"):
            self.be(name)
            self.assertEqual(self.hold().json(), {"held": True})
            self.assertEqual(self.hold().json(), {"held": True}, "once more: prolonged")
        holds = self.env["immoassist.booking.hold"].search([])
        self.assertEqual(holds.broker_id, self.broker | self.anne)
        self.be("eve")
        self.assertEqual(self.hold().status_code, 409)
        self.assert_refused(self.post(email="eve@example.com"), 409)
        for number, name in enumerate(("ada", "bob"), start=1):
            self.be(name)
            self.assertEqual(self.post(email=f"{name}@example.com").status_code, 303)
            self.assertEqual(len(self.appointments()), number)

    def test_code(self):
        self.type.verify_email = True
        self.assertIn("Look at your mails", self.post().text)
        self.assertEqual(len(self.env["immoassist.booking.hold"].search([])), 1)


@tagged("post_install", "-at_install")
class TestHoldOfLink(LinkMixin, VisitorsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_links()

    def test_property_is_known(self):
        self.page = urlsplit(self.make_link().url).path
        page = self.get(self.page, slot=self.slot).text
        # The script asks at the address of the form.
        self.assertIn(f'action="{self.page}#result"', page)
        self.assertIn('data-hold="yes"', page)
        self.assertEqual(self.hold().json(), {"held": True})
        hold = self.env["immoassist.booking.hold"].search([])
        self.assertEqual(hold.transaction_id, self.transaction)
        self.assertEqual(self.post().status_code, 303)
        self.assertEqual(self.appointments().transaction_id, self.transaction)
