from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.intervals import Interval
from .common import MONDAY, NOW, PARIS, QUIET, TORONTO, AppointmentCase, aware, day_after, utc

SUNDAYS = {
    # (zone, day): the starts of 0:00-6:00, one an hour
    ("toronto", "2027-03-14"): "00-05 01-05 03-04 04-04 05-04",
    ("paris", "2027-03-14"): "00+01 01+01 02+01 03+01 04+01 05+01",
    ("toronto", "2027-03-28"): "00-04 01-04 02-04 03-04 04-04 05-04",
    ("paris", "2027-03-28"): "00+01 01+01 03+02 04+02 05+02",
    ("toronto", "2027-10-31"): "00-04 01-04 02-04 03-04 04-04 05-04",
    ("paris", "2027-10-31"): "00+02 01+02 02+02 02+01 03+01 04+01 05+01",
    ("toronto", "2027-11-07"): "00-04 01-04 01-05 02-05 03-05 04-05 05-05",
    ("paris", "2027-11-07"): "00+01 01+01 02+01 03+01 04+01 05+01",
}


@tagged("post_install", "-at_install")
class TestClocksChange(AppointmentCase):
    # freezegun's datetimes forget `fold`, the very thing these days are about: only Odoo's clock.
    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = datetime.fromisoformat(NOW)
        cls.startClassPatcher(patch.object(fields.Datetime, "now", staticmethod(lambda: now)))

    def test_sundays(self):
        brokers = {"toronto": self.broker, "paris": self.paris}
        for broker in brokers.values():
            self.set_hours(broker, {6: [(0, 6)]})
        for (place, day), hours in SUNDAYS.items():
            with self.subTest(place=place, day=day):
                expected = [f"{day}T{hour[:2]}:00:00{hour[2:]}:00" for hour in hours.split()]
                self.assertEqual(self.starts(day, broker=brokers[place]), expected)

    def test_length_is_real_time(self):
        self.set_hours(self.broker, {6: [(0, 6)]})
        two_hours = self.make_type("deux-heures", duration=120)
        rows = self.rows("2027-03-14", type_=two_hours)
        self.assertEqual(
            [(row["start"], row["stop"]) for row in rows[:2]],
            [
                ("2027-03-14T00:00:00-05:00", "2027-03-14T03:00:00-04:00"),
                ("2027-03-14T01:00:00-05:00", "2027-03-14T04:00:00-04:00"),
            ],
        )

    def test_answer_in_another_zone(self):
        self.set_hours(self.broker, {6: [(0, 6)]})
        # The days asked for are Parisian: Sunday there begins at 18:00 on Saturday in Toronto.
        self.assertEqual(
            self.starts("2027-03-28", tz="Europe/Paris"),
            [f"2027-03-28T{hour:02d}:00:00+02:00" for hour in range(6, 12)],
        )

    def test_day_after_the_change_is_on_the_grid(self):
        for broker in (self.broker, self.paris):
            for day in ("2027-03-15", "2027-03-29", "2027-11-01", "2027-11-08"):
                with self.subTest(broker=broker.login, day=day):
                    self.assertEqual(self.hours(day, broker=broker), ["09:00", "10:00", "11:00"])


@tagged("post_install", "-at_install")
class TestRules(AppointmentCase):
    """Notice, horizon, step, cap and buffers of the type."""

    def test_notice(self):
        # Now is 7:00 in Toronto.
        offered = {2: ["09:00", "10:00", "11:00"], 3: ["10:00", "11:00"], 5: []}
        for hours, expected in offered.items():
            with self.subTest(hours=hours):
                self.type.min_notice_hours = hours
                self.assertEqual(self.hours("2027-01-04"), expected)

    def test_past_is_never_offered(self):
        self.assertEqual(self.hours("2026-12-28", "2027-01-01"), [])

    def test_horizon(self):
        self.type.horizon_days = 7
        self.assertEqual(
            {start[:10] for start in self.starts("2027-01-08", "2027-01-20")},
            {"2027-01-08", "2027-01-11"},
        )

    def test_cap(self):
        self.type.max_per_day = 1
        self.plan(f"{MONDAY} 09:00", type_id=self.type.id)
        self.assertEqual(self.hours(MONDAY), [])
        self.assertEqual(len(self.hours(day_after(MONDAY, 1))), 3)
        other = self.make_type("autre")
        self.assertEqual(self.hours(MONDAY, type_=other), ["10:00", "11:00"])

    def test_buffers_of_both_neighbours(self):
        buffered = self.make_type("tampons", duration=30, slot_step=15, buffer_after=15)
        self.plan(f"{MONDAY} 10:00", type_id=buffered.id, hours=0.5)
        self.assertEqual(
            self.hours(MONDAY, type_=buffered),
            ["09:00", "09:15", "10:45", "11:00", "11:15", "11:30"],
        )

    def test_no_drift(self):
        """The grid stays on the clock, whenever the last appointment ends."""
        half = self.make_type("demi", duration=30, slot_step=30)
        self.plan(f"{MONDAY} 09:07", hours=0.25)
        expected = ["09:30", "10:00", "10:30", "11:00", "11:30"]
        self.assertEqual(self.hours(MONDAY, type_=half), expected)

    def test_duration_instead_of_the_types(self):
        self.assertEqual(self.hours(MONDAY, duration=120), ["09:00", "10:00"])
        row = self.rows(MONDAY, duration=90)[0]
        self.assertEqual(row["stop"], f"{MONDAY}T10:30:00-05:00")

    def test_without_type(self):
        """The defaults of a type: an hour, every half hour, up to 60 days ahead."""
        hours = ["09:00", "09:30", "10:00", "10:30", "11:00"]
        self.assertEqual(self.hours("2027-03-05", "2027-03-12", type_=False), hours)
        self.assertEqual(self.rows("2027-03-05", type_=False)[0]["stop"][11:16], "10:00")

    def test_row(self):
        (row, *_others) = self.rows(MONDAY)
        self.assertEqual(set(row), {"start", "stop", "score", "reasons"})
        self.assertTrue(0 <= row["score"] <= 100)
        self.assertLessEqual(len(row["reasons"]), 2)
        self.assertTrue(all(isinstance(reason, str) for reason in row["reasons"]))

    def test_travel(self):
        visit = self.make_type("visite-loin", location_kind="property", slot_step=15, duration=30)
        here = self.make_transaction("Ici")
        # 10 km as the crow flies: 26 minutes of driving and 5 to park.
        there = self.make_transaction("Là-bas", property_latitude=45.5247 + 0.0899)
        self.plan(f"{MONDAY} 09:00", 0.5, type_id=visit.id, transaction_id=here.id)
        for transaction, first in ((here, "09:30"), (there, "10:15")):
            with self.subTest(transaction=transaction.name):
                hours = self.hours(MONDAY, type_=visit, transaction_id=transaction.id)
                self.assertEqual(hours[0], first)
        self.assertEqual(self.hours(MONDAY)[0], "10:00", "nobody drives to a call")


@tagged("post_install", "-at_install")
class TestArguments(AppointmentCase):
    """A program that asks wrongly is told what is wrong."""

    def refused(self, words, broker_id=None, first=MONDAY, last=MONDAY, **arguments):
        appointments = self.env["immoassist.appointment"].with_user(self.broker)
        broker_id = self.broker.id if broker_id is None else broker_id
        with (
            self.subTest(broker_id=broker_id, first=first, last=last, **arguments),
            self.assertRaises(UserError) as caught,
        ):
            appointments.get_availability(broker_id, first, last, **arguments)
        if hasattr(caught, "exception"):
            self.assertIs(type(caught.exception), UserError)
            self.assertIn(words, str(caught.exception))

    def test_broker(self):
        self.refused("99999999", broker_id=99999999)
        self.refused(str(self.internal.id), broker_id=self.internal.id)
        self.refused(str(self.stranger.id), broker_id=self.stranger.id)
        for garbage in ("x", str(self.broker.id), -1, 0, 2**40, 1.5, [self.broker.id], {}, True):
            self.refused("broker", broker_id=garbage)

    def test_days(self):
        self.refused("2027-13-01", first="2027-13-01")
        self.refused("9999-12-31", last="9999-12-31")
        self.refused("9999-12-31", first="9999-12-31", last="9999-12-31")
        self.refused("0001-01-01", first="0001-01-01")
        self.refused("2027-02-30", first="2027-02-30")
        for garbage in ("", "demain", 20270301, None, ["2027-03-01"], "2027-03-01T10:00:00", {}):
            self.refused("2027-03-14", first=garbage)
        self.refused("date_to", last="2027-02-28")
        self.refused("100", last=day_after(MONDAY, 200))

    def test_zone(self):
        for garbage in (
            "Mars/Olympus",
            "../etc/passwd",
            "/etc/passwd",
            "America",
            "a\0b",
            "é",
            "x" * 5000,
            5,
            ["UTC"],
            {"a": 1},
        ):
            self.refused("time zone", tz=garbage)

    def test_duration(self):
        for garbage in (0, -30, 4, 1441, "60", 60.5, [60], True, 10**30):
            self.refused("duration", duration=garbage)

    def test_type_and_transaction(self):
        foreign = self.make_type("leur-type", company_id=self.other_company.id)
        archived = self.make_type("archive", active=False)
        for type_id in (99999999, foreign.id, archived.id, "x", -1, [1], 2**40):
            self.refused("There is no appointment type", type_id=type_id)
        theirs = self.make_transaction("De Luc", broker_id=self.paris.id)
        for transaction_id in (99999999, theirs.id, "x", -1, [1], 2**40):
            self.refused("There is no transaction", transaction_id=transaction_id)

    def test_hundred_days_are_answered(self):
        self.assertTrue(self.rows("2027-03-01", day_after("2027-03-01", 100)))

    def test_who_may_ask(self):
        ask = self.env["immoassist.appointment"].get_availability
        self.assertTrue(self.rows(MONDAY, user=self.manager))
        self.assertTrue(self.rows(MONDAY, user=self.paris))
        portal = new_test_user(self.env, "appt_portail", "base.group_portal", context=QUIET)
        for user in (self.internal, portal, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                ask.__self__.with_user(user).get_availability(self.broker.id, MONDAY, MONDAY)

    def test_reasons_follow_the_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        ask = self.env["immoassist.appointment"].with_user(self.broker)
        english, french = (
            ask.with_context(lang=lang).get_availability(self.broker.id, "2027-01-05", "2027-01-05")
            for lang in ("en_US", "fr_FR")
        )
        self.assertIn("Tomorrow", english[0]["reasons"])
        self.assertIn("Demain", french[0]["reasons"])


@tagged("post_install", "-at_install")
class TestStatements(AppointmentCase):
    """The database is asked as often for 20 brokers with full agendas as for one without."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.broker
        for number in range(19):
            cls.team |= cls.make_user(
                f"equipe{number}", "immoassist_appointments.group_broker", tz="America/Toronto"
            )

    def ask(self, brokers, warm=False):
        month = Interval(aware("2027-03-01 00:00"), aware("2027-03-31 00:00"))
        availability = self.env["immoassist.availability"]

        def question():
            return availability._ranked_slots(brokers, month, self.type)

        question()
        if not warm:
            self.env.flush_all()
            self.env.invalidate_all()
        return self.statements(question)

    def fill(self):
        begin = utc("2027-03-01 00:00", TORONTO)
        hours = [begin + timedelta(hours=number) for number in range(0, 500)]
        common = {"name": "x", "broker_id": self.broker.id, "type_id": self.type.id}
        self.env["immoassist.appointment"].create(
            [{**common, "start": hour, "stop": hour + timedelta(minutes=30)} for hour in hours]
        )
        self.env["calendar.event"].with_context(no_mail_to_attendees=True, dont_notify=True).create(
            [
                {
                    "name": "x",
                    "start": hour + timedelta(minutes=30),
                    "stop": hour + timedelta(minutes=60),
                    "user_id": self.internal.id,
                    "partner_ids": [(6, 0, self.broker.partner_id.ids)],
                }
                for hour in hours
            ]
        )

    def test_busy_events(self):
        cold, warm = self.ask(self.broker), self.ask(self.broker, warm=True)
        self.assertEqual(self.hours("2027-03-02"), ["09:00", "10:00", "11:00"])
        self.fill()
        self.assertEqual(self.hours("2027-03-02"), [])
        self.assertEqual(self.ask(self.broker), cold)
        self.assertEqual(self.ask(self.broker, warm=True), warm)

    def test_brokers(self):
        self.assertEqual(self.ask(self.team), self.ask(self.broker))
        self.assertEqual(self.ask(self.team, warm=True), self.ask(self.broker, warm=True))

    def test_few(self):
        self.assertLessEqual(self.ask(self.team, warm=True), 5)

    def test_paris_and_toronto_together(self):
        day = Interval(aware("2027-03-01 00:00"), aware("2027-03-02 00:00"))
        both = self.broker | self.paris
        slots = self.env["immoassist.availability"]._ranked_slots(both, day, self.type)
        for broker, zone in ((self.broker, TORONTO), (self.paris, PARIS)):
            starts = [slot.start.astimezone(zone).hour for slot in slots[broker.id]]
            self.assertEqual(starts, [9, 10, 11])
