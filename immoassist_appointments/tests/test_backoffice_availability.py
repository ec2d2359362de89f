from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import MONDAY, TORONTO, AppointmentCase, day_after, utc

TUESDAY = day_after(MONDAY, 1)
SATURDAY = day_after(MONDAY, 5)


class AvailabilityCase(AppointmentCase):
    def hours_of(self, broker, user=None):
        lines = self.env["immoassist.availability.hours"].with_user(user or broker)
        return lines.search([("broker_id", "=", broker.id)])

    def monday(self, broker, user=None):
        return self.hours_of(broker, user).filtered(lambda line: line.dayofweek == "0")


@tagged("post_install", "-at_install")
class TestWeeklyHours(AvailabilityCase):
    def test_own_hours(self):
        self.assertEqual(len(self.hours_of(self.broker)), 5)
        self.monday(self.broker).write({"hour_from": 13, "hour_to": 15})
        self.assertEqual(self.hours(MONDAY), ["13:00", "14:00"])
        lines = self.env["immoassist.availability.hours"].with_user(self.broker)
        line = lines.create({"dayofweek": "5", "hour_from": 10, "hour_to": 11})
        self.assertEqual((line.broker_id, line.company_id), (self.broker, self.company))
        self.assertEqual(self.hours(SATURDAY), ["10:00"])
        line.unlink()
        self.assertEqual(self.hours(SATURDAY), [])

    def test_without_any_right_on_working_calendars(self):
        attendance = self.calendar_of(self.broker).attendance_ids[:1].with_user(self.broker)
        for operation in ("write", "create", "unlink"):
            self.assertFalse(attendance.has_access(operation))

    def test_colleague(self):
        line = self.monday(self.paris)
        self.assertFalse(self.hours_of(self.paris, self.broker))
        for attempt in (
            lambda: line.with_user(self.broker).write({"hour_to": 11}),
            lambda: line.with_user(self.broker).unlink(),
            lambda: line.with_user(self.broker).create(
                {"broker_id": self.paris.id, "dayofweek": "6", "hour_from": 1, "hour_to": 2}
            ),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attempt()
        self.assertEqual(line.hour_to, 12)

    def test_own_line_is_not_given_away(self):
        with self.assertRaises(UserError):
            self.monday(self.broker).write({"broker_id": self.paris.id})

    def test_manager(self):
        self.monday(self.paris, self.manager).hour_to = 11
        self.assertEqual(self.monday(self.paris).hour_to, 11)
        self.assertFalse(self.hours_of(self.stranger, self.manager))
        lines = self.env["immoassist.availability.hours"].with_user(self.manager)
        with self.assertRaises(AccessError), self.cr.savepoint():
            lines.create({"broker_id": self.stranger.id, "hour_from": 1, "hour_to": 2})

    def test_nobody_without_a_resource(self):
        lines = self.env["immoassist.availability.hours"].with_user(self.manager)
        with self.assertRaises(UserError), self.cr.savepoint():
            lines.create({"broker_id": self.internal.id, "hour_from": 1, "hour_to": 2})

    def test_bad_hours(self):
        line = self.monday(self.broker)
        for values in ({"hour_to": 8}, {"hour_from": -1}, {"hour_to": 25}):
            with self.subTest(values=values), self.assertRaises(UserError), self.cr.savepoint():
                line.write(values)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            line.create({"dayofweek": "0", "hour_from": 10, "hour_to": 14})

    def test_shared_calendar_becomes_own(self):
        shared = self.calendar_of(self.paris)
        self.broker.resource_ids.calendar_id = shared
        self.env.flush_all()
        self.assertFalse(self.hours_of(self.broker))
        lines = self.env["immoassist.availability.hours"].with_user(self.broker)
        lines.action_open()
        self.assertEqual(len(self.hours_of(self.broker)), 5)
        self.monday(self.broker).hour_to = 10
        self.assertEqual(self.monday(self.paris).hour_to, 12)
        self.assertNotEqual(self.calendar_of(self.broker), shared)

    def test_breaks_do_not_stand_in_the_way(self):
        calendar = self.calendar_of(self.broker)
        noon = {"name": "x", "dayofweek": "0", "hour_from": 12, "hour_to": 13}
        calendar.attendance_ids = [Command.create(noon | {"day_period": "lunch"})]
        self.assertEqual(len(self.monday(self.broker)), 1)
        self.monday(self.broker).hour_to = 14
        self.assertEqual(self.monday(self.broker).hour_to, 14)


@tagged("post_install", "-at_install")
class TestTimeOff(AvailabilityCase):
    def leave(self, user, broker=None, day=MONDAY):
        leaves = self.env["resource.calendar.leaves"].with_user(user)
        values = {
            "name": "Congé",
            "date_from": utc(f"{day} 00:00", TORONTO),
            "date_to": utc(f"{day} 23:59", TORONTO),
        }
        if broker:
            values["resource_id"] = broker.resource_ids.id
        return leaves.with_context(immoassist_time_off=True).create(values)

    def test_own(self):
        leave = self.leave(self.broker)
        self.assertEqual(leave.resource_id, self.broker.resource_ids)
        self.assertEqual(self.hours(MONDAY), [])
        leave.unlink()
        self.assertEqual(len(self.hours(MONDAY)), 3)

    def test_colleague(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.leave(self.broker, self.paris)

    def test_manager(self):
        self.leave(self.manager, self.broker)
        self.assertEqual(self.hours(MONDAY), [])
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.leave(self.manager, self.stranger)


@tagged("post_install", "-at_install")
class TestOutsideHours(AvailabilityCase):
    def outside(self, user=None):
        appointments = self.env["immoassist.appointment"].with_user(user or self.broker)
        return appointments.search([("outside_hours", "=", True)])

    def test_changing_hours_moves_nothing(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        kept = self.plan(f"{TUESDAY} 10:00", user=self.broker)
        self.assertFalse(self.outside())
        self.monday(self.broker).write({"hour_from": 13, "hour_to": 16})
        self.assertEqual(appointment.start, utc(f"{MONDAY} 10:00", TORONTO))
        self.assertEqual(self.outside(), appointment)
        self.assertTrue(appointment.outside_hours)
        self.assertFalse(kept.outside_hours)

    def test_closure_opening_and_time_off(self):
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        late = self.plan(f"{MONDAY} 20:00", user=self.broker)
        self.assertEqual(self.outside(), late)
        overrides = self.env["immoassist.availability.override"].with_user(self.broker)
        values = {"date": MONDAY, "kind": "opening", "hour_from": 19, "hour_to": 22}
        overrides.create(values)
        self.assertFalse(self.outside())
        overrides.create({"date": MONDAY})
        self.assertEqual(self.outside(), appointment | late)

    def test_only_what_still_matters(self):
        late = self.plan(f"{MONDAY} 20:00", user=self.broker)
        self.plan("2026-12-01 20:00", user=self.broker)
        self.plan(f"{TUESDAY} 10:00", user=self.broker, allday=True, exclusive=False)
        self.plan(f"{TUESDAY} 20:00", user=self.broker, source="google")
        self.assertEqual(self.outside(), late)
        late.action_cancel()
        self.assertFalse(self.outside())

    def test_team(self):
        late = self.plan(f"{MONDAY} 20:00", broker=self.paris)
        self.assertFalse(self.outside(self.broker))
        self.assertIn(late, self.outside(self.manager))


@tagged("post_install", "-at_install")
class TestCalendarGrey(AvailabilityCase):
    def ask(self, method, user, *days):
        appointments = self.env["immoassist.appointment"].with_user(user)
        return getattr(appointments.with_context(tz="America/Toronto"), method)(*days)

    def test_unusual_days(self):
        days = self.ask(
            "get_unusual_days", self.broker, "2027-03-01 05:00:00", "2027-03-08 04:59:59"
        )
        unusual = [day for day, strange in days.items() if strange]
        self.assertEqual(unusual, ["2027-03-06", "2027-03-07"])
        self.assertEqual(len(days), 7)

    def test_working_hours(self):
        hours = self.ask(
            "get_working_hours", self.broker, "2027-03-01 05:00:00", "2027-03-02 05:00:00"
        )
        self.assertEqual(hours, [["2027-03-01 14:00:00", "2027-03-01 17:00:00"]])

    def test_only_brokers_may_ask(self):
        for method in ("get_unusual_days", "get_working_hours"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                self.ask(method, self.internal, "2027-03-01", "2027-03-02")

    def test_bad_questions(self):
        for days in (("x", "y"), ("2027-03-01", "2037-03-01"), (None, 3), ([], {})):
            with self.subTest(days=days), self.assertRaises(UserError):
                self.ask("get_working_hours", self.broker, *days)
