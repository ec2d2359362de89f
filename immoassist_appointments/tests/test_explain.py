from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, TransactionCase, freeze_time, tagged

from .common import NOW, AgencyMixin

DAY = date(2027, 3, 1)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestExplain(AgencyMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()
        cls.set_hours(cls.broker, {day: [(9, 12), (13, 17)] for day in range(5)})

    def ask(self, user=None, **values):
        values = {
            "broker_id": self.broker.id,
            "type_id": self.type.id,
            "date": DAY,
            "hour": 10.0,
            **values,
        }
        wizard = self.env["immoassist.explain.time"].with_user(user or self.broker)
        question = wizard.create(values)
        # Published or not is the website's affair.
        reasons = [text for text in question._reasons() if "page is not public" not in text]
        if not question.is_free:
            self.assertIn("<li>", question.answer)
        return reasons

    def appointment(self, start="2027-03-01 15:00", **values):
        values = {"broker_id": self.broker.id, "name": "Visit of the duplex", **values}
        return self.env["immoassist.appointment"].create({"start": start, **values})

    def test_free(self):
        self.assertEqual(self.ask(), [])

    def test_hours(self):
        (reason,) = self.ask(hour=11.5, type_id=self.make_type("long", slot_step=30).id)
        self.assertIn("Outside of the working hours of this day: 9:00 AM – 12:00 PM, ", reason)
        (reason,) = self.ask(date=DAY - timedelta(days=1))
        self.assertIn("none on this day", reason)

    def test_time_off_and_closures(self):
        self.calendar_of(self.broker).leave_ids = [
            Command.create({"name": "x", "date_from": "2027-03-01", "date_to": "2027-03-03"})
        ]
        self.env["immoassist.availability.override"].create(
            {
                "broker_id": self.broker.id,
                "date": DAY,
                "hour_from": 10,
                "hour_to": 11,
                "kind": "closure",
            }
        )
        off, closed = self.ask()
        self.assertIn("Time off from Sunday, February 28, 2027, 7:00 PM", off)
        self.assertIn("Closed on this day (10:00 AM – 11:00 AM)", closed)

    def test_busy_is_named_to_who_may_read_it(self):
        self.appointment()
        (mine,) = self.ask()
        self.assertIn("Taken: ", mine)
        self.assertIn("Visit of the duplex", mine)
        self.assertIn("(10:00 AM – 11:00 AM)", mine)
        self.assertIn("Visit of the duplex", self.ask(user=self.manager)[0])

    def test_what_is_private_is_not_named(self):
        self.appointment(source="google", name="Doctor")
        (mine,) = self.ask()
        self.assertIn("Doctor", mine)
        (theirs,) = self.ask(user=self.manager)
        self.assertEqual(theirs, "Taken: busy (10:00 AM – 11:00 AM).")

    def test_a_private_meeting(self):
        meetings = self.env["calendar.event"].with_user(self.broker)
        meetings.create(
            {
                "name": "Dentist",
                "start": "2027-03-01 15:00:00",
                "stop": "2027-03-01 16:00:00",
                "privacy": "private",
                "partner_ids": [Command.set(self.broker.partner_id.ids)],
            }
        )
        self.assertIn("Dentist", self.ask()[0])
        self.assertEqual(self.ask(user=self.manager), ["Taken: busy (10:00 AM – 11:00 AM)."])

    def test_a_time_kept_for_a_client(self):
        self.env["immoassist.booking.hold"].create(
            {
                "broker_id": self.broker.id,
                "start": "2027-03-01 15:00:00",
                "stop": "2027-03-01 16:00:00",
                "expires_at": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        self.assertIn("a time that is kept for a client", self.ask()[0])

    def test_the_rules_of_the_type(self):
        strict = self.make_type("strict", min_notice_hours=48, buffer_after=30, max_per_day=1)
        self.appointment("2027-03-01 16:00:00", type_id=strict.id)
        close, full, grid = self.ask(type_id=strict.id, hour=10.25)[-3:]
        self.assertIn("Taken: ", close)
        self.assertIn("at most 1 of this type", full)
        self.assertIn("The nearest ones: 10:00 AM, 11:00 AM", grid)
        (close, _full) = self.ask(type_id=strict.id)
        self.assertIn("Too close to: ", close)
        today = fields.Date.to_date("2027-01-05")
        (soon,) = self.ask(type_id=strict.id, date=today)
        self.assertIn("from Wednesday, January 6, 2027, 7:00 AM on", soon)
        near = self.make_type("near", horizon_days=1)
        self.assertIn("the last day that is offered is Tuesday, Jan", self.ask(type_id=near.id)[0])

    def test_the_way(self):
        home = self.make_transaction()
        away = self.make_transaction("Away", property_latitude=46.8139, property_longitude=-71.208)
        visit = self.make_type("visit", location_kind="property")
        self.appointment("2027-03-01 14:00:00", type_id=visit.id, transaction_id=away.id)
        self.appointment("2027-03-01 18:00:00", type_id=visit.id, transaction_id=away.id)
        before, after = self.ask(type_id=visit.id, transaction_id=home.id, hour=11)
        self.assertRegex(before, r"Too far from: .* can be there at \d+:\d\d PM")
        self.assertRegex(after, r"Too far from: .* would have to leave at \d+:\d\d AM")

    def test_a_time_that_does_not_exist(self):
        (reason,) = self.ask(date=date(2027, 3, 14), hour=2.5)
        self.assertIn("The next one is Sunday, March 14, 2027, 3:00 AM", reason)

    def test_a_type_of_somebody_else(self):
        other = self.make_type("autre", broker_ids=[Command.set(self.paris.ids)])
        self.assertIn("does not offer “autre” to clients", self.ask(type_id=other.id)[0])

    def test_it_agrees_with_what_is_offered(self):
        """On a day of several kinds of trouble, each quarter of an hour."""
        self.appointment()
        self.appointment("2027-03-01 18:30:00", type_id=self.type.id)
        offered = self.env["immoassist.appointment"].get_availability(
            self.broker.id, "2027-03-01", "2027-03-01", type_id=self.type.id
        )
        starts = {slot["start"][11:16] for slot in offered}
        self.assertGreater(len(starts), 2)
        for quarter in range(96):
            hour, minute = divmod(quarter * 15, 60)
            free = not self.ask(hour=quarter / 4)
            self.assertEqual(free, f"{hour:02d}:{minute:02d}" in starts, (hour, minute))

    def test_who_may_ask(self):
        self.ask(user=self.manager)
        for user, broker in ((self.broker, self.paris), (self.manager, self.stranger)):
            with self.assertRaises(AccessError):
                self.ask(user=user, broker_id=broker.id)
        with self.assertRaises(AccessError):
            self.ask(user=self.internal, broker_id=self.internal.id)

    def test_in_the_dialog(self):
        with Form(self.env["immoassist.explain.time"].with_user(self.broker)) as dialog:
            dialog.type_id = self.type
            dialog.date = DAY
            dialog.hour = 8
            self.assertIn("Outside of the working hours", dialog.answer)
            self.assertFalse(dialog.is_free)

    def test_statements(self):
        """They do not grow with what is in the agenda."""
        counts = []
        for month in (2, 4):
            self.ask()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.ask(hour=8)
            counts.append(self.cr.sql_log_count - before)
            for day in range(2, 12):
                self.appointment(f"2027-{month:02d}-{day:02d} 15:00:00")
        self.assertLessEqual(counts[1], counts[0])
