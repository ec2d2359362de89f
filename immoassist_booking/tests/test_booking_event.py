from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.immoassist_booking_event import KINDS, MAX_PER_HOUR
from .common import BookingHttpCase

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@tagged("post_install", "-at_install")
class TestBookingEvent(BookingHttpCase):
    def seen(self, username="marie-tremblay", origin=None, agent=BROWSER, **form):
        form = {"kind": "view", "type": "visite", **form}
        headers = {"Origin": self.base_url() if origin is None else origin, "User-Agent": agent}
        answer = self.url_open(f"/book/{username}/seen", data=form, headers=headers)
        self.assertEqual((answer.status_code, answer.content), (204, b""))
        return self.figures()

    def figures(self, **domain):
        self.env.flush_all()
        domain = [(name, "=", value) for name, value in domain.items()]
        aggregates = [f"{kind}:sum" for kind in KINDS]
        events = self.env["immoassist.booking.event"]
        return tuple(number or 0 for number in events._read_group(domain, [], aggregates)[0])

    def test_the_pages_tell_what_they_are(self):
        for path, kind, type_ in (
            ("/book/marie-tremblay", "view", ""),
            (self.page, "view", "visite"),
            (f"{self.page}?slot={self.slot}", "start", "visite"),
        ):
            page = self.url_open(path).text
            self.assertIn('data-seen="/book/marie-tremblay/seen"', page)
            self.assertIn(f'data-kind="{kind}"', page)
            self.assertEqual(f'data-type="{type_}"' in page, bool(type_))
        self.assertNotIn("data-seen", self.get("/book").text)
        self.assertNotIn("data-seen", self.get(self.page, month="1999-01").text)
        self.assertEqual(self.figures(), (0, 0, 0, 0))  # looking alone writes nothing

    def test_views_and_starts(self):
        self.assertEqual(self.seen(), (1, 0, 0, 0))
        self.assertEqual(self.seen(kind="start"), (1, 1, 0, 0))
        self.assertEqual(self.seen(type=""), (2, 1, 0, 0))
        events = self.env["immoassist.booking.event"].search([])
        self.assertEqual(events.broker_id, self.broker)
        self.assertEqual(events.type_id, self.type)
        self.assertEqual(set(events.mapped("date")), {date(2027, 1, 4)})

    def test_who_is_not_counted(self):
        for options in (
            {"agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
            {"origin": "https://evil.example"},
            {"origin": ""},
            {"username": "nobody-here"},
            {"type": "unknown"},
            {"kind": "bookings"},
            {"kind": ""},
            {"kind": ["view", "view"]},
        ):
            with self.subTest(options=options):
                self.assertEqual(self.seen(**options), (0, 0, 0, 0))

    def test_one_address_adds_so_much_and_no_more(self):
        limits = self.env["immoassist.booking.limit"]
        events = self.env["immoassist.booking.event"]
        for _time in range(MAX_PER_HOUR):
            limits._use("seen", "192.0.2.7", timedelta(hours=1))
        events._note_visit("views", self.broker, self.type, "192.0.2.7")
        self.assertEqual(self.figures(), (0, 0, 0, 0))
        events._note_visit("views", self.broker, self.type, "192.0.2.8")
        self.assertEqual(self.figures(), (1, 0, 0, 0))

    def test_bookings_and_lost_times(self):
        self.assertEqual(self.post().status_code, 303)
        self.assertEqual(self.figures(), (0, 0, 1, 0))
        self.assertEqual(self.post(email="late@example.com").status_code, 409)
        self.assertEqual(self.figures(), (0, 0, 1, 1))
        self.assertEqual(self.post(email="x", slot="2027-03-02T14:00:00Z").status_code, 422)
        self.assertEqual(self.figures(), (0, 0, 1, 1))

    def test_what_others_write_down_is_no_booking_of_the_page(self):
        self.env["immoassist.appointment"].create(
            {"broker_id": self.broker.id, "start": "2027-03-01 14:00:00"}
        )
        self.assertEqual(self.figures(), (0, 0, 0, 0))

    def test_conversion(self):
        events = self.env["immoassist.booking.event"]
        for kind, number in (("views", 8), ("bookings", 2)):
            for _time in range(number):
                events._note(kind, self.broker, self.type)
        ((figure,),) = events._read_group([], [], ["conversion:avg"])
        self.assertEqual(figure, 25)

    def test_past_days_are_added_up(self):
        events = self.env["immoassist.booking.event"]
        for type_ in (self.type, self.type.browse()):
            for kind in (*KINDS, "views"):
                events._note(kind, self.broker, type_)
        events._note("views", self.paris, self.type)
        for _twice in range(2):
            events._note("views", self.broker | self.paris, self.type)
        before = self.figures(broker_id=self.broker.id)
        events._gc_add_up()
        self.assertEqual(events.search_count([]), 13)  # today is not over
        events.search([]).write({"date": fields.Date.today() - timedelta(days=3)})
        for _again in range(2):
            events._gc_add_up()
            self.assertEqual(events.search_count([]), 4)
            self.assertEqual(self.figures(broker_id=self.broker.id), before)
            self.assertEqual(self.figures(type_id=self.type.id), (5, 1, 1, 1))

    def test_who_reads_them(self):
        events = self.env["immoassist.booking.event"]
        for broker in (self.broker, self.paris, self.stranger):
            events._note("views", broker, self.type.browse())
        mine = events.with_user(self.broker)
        self.assertEqual(mine.search([]).broker_id, self.broker)
        team = events.with_user(self.manager).search([])
        self.assertEqual(team.broker_id, self.broker | self.paris)
        for user in (self.internal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                events.with_user(user).search([])
        for user in (self.broker, self.manager):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(events.with_user(user).has_access(operation))
