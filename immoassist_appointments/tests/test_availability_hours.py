import random
from datetime import datetime, timedelta, timezone

from odoo.tests import tagged

from .common import MONDAY, TORONTO, AppointmentCase, day_after, utc

FREE = ["09:00", "10:00", "11:00"]
TUESDAY = day_after(MONDAY, 1)


@tagged("post_install", "-at_install")
class TestTimeOff(AppointmentCase):
    def leave(self, start, stop, **values):
        values = {
            "name": "Congé",
            "date_from": utc(start, TORONTO),
            "date_to": utc(stop, TORONTO),
            **values,
        }
        leaves = self.env["resource.calendar.leaves"].with_company(self.company)
        return leaves.create(values)

    def monday(self, **values):
        return self.leave(f"{MONDAY} 09:00", f"{MONDAY} 11:00", **values)

    def test_own(self):
        self.monday(resource_id=self.broker.resource_ids.id)
        self.assertEqual(self.hours(MONDAY), ["11:00"])
        self.assertEqual(self.hours(TUESDAY), FREE)

    def test_of_his_calendar(self):
        self.monday(calendar_id=self.calendar_of(self.broker).id)
        self.assertEqual(self.hours(MONDAY), ["11:00"])
        self.assertEqual(self.hours(MONDAY, broker=self.paris), FREE)

    def test_of_the_whole_company(self):
        # 9:00 to 17:00 in Paris
        self.leave(f"{MONDAY} 03:00", f"{MONDAY} 11:00", calendar_id=False)
        self.assertEqual(self.hours(MONDAY), ["11:00"])
        self.assertEqual(self.hours(MONDAY, broker=self.paris), [])
        self.assertIn("10:00", self.hours("2027-03-01", broker=self.stranger, type_=False))

    def test_of_another_broker(self):
        self.monday(resource_id=self.paris.resource_ids.id)
        self.assertEqual(self.hours(MONDAY), FREE)

    def test_counted_as_work(self):
        self.monday(resource_id=self.broker.resource_ids.id, time_type="other")
        self.assertEqual(self.hours(MONDAY), FREE)

    def test_to_the_last_second_of_the_day(self):
        """Odoo's own form ends a day off at 23:59:59."""
        self.set_hours(self.broker, {day: [(0, 24)] for day in range(7)})
        self.leave(
            f"{MONDAY} 00:00:00", f"{MONDAY} 23:59:59", resource_id=self.broker.resource_ids.id
        )
        self.assertEqual(self.hours(MONDAY), [])
        self.assertEqual(len(self.hours(TUESDAY)), 24)

    def test_long(self):
        self.leave("2027-02-01 00:00", "2027-04-01 00:00", resource_id=self.broker.resource_ids.id)
        self.assertEqual(self.hours(MONDAY), [])


@tagged("post_install", "-at_install")
class TestOverrides(AppointmentCase):
    def override(self, kind, hour_from, hour_to, day=MONDAY, broker=None):
        broker = broker or self.broker
        return (
            self.env["immoassist.availability.override"]
            .with_user(broker)
            .create({"date": day, "kind": kind, "hour_from": hour_from, "hour_to": hour_to})
        )

    def test_opening(self):
        self.override("opening", 18, 20)
        self.assertEqual(self.hours(MONDAY), [*FREE, "18:00", "19:00"])
        self.assertEqual(self.hours(TUESDAY), FREE)

    def test_opening_on_a_day_off(self):
        self.override("opening", 9.5, 12, day="2027-03-06")
        self.assertEqual(self.hours("2027-03-06"), ["10:00", "11:00"])

    def test_closure(self):
        self.override("closure", 0, 10)
        self.assertEqual(self.hours(MONDAY), ["10:00", "11:00"])

    def test_closed_day(self):
        self.override("closure", 0, 24)
        self.assertEqual(self.hours(MONDAY), [])
        self.assertEqual(self.hours(MONDAY, broker=self.paris), FREE)

    def test_time_off_wins_over_an_opening(self):
        self.override("opening", 18, 20)
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": self.broker.resource_ids.id,
                "date_from": utc(f"{MONDAY} 00:00", TORONTO),
                "date_to": utc(f"{TUESDAY} 00:00", TORONTO),
            }
        )
        self.assertEqual(self.hours(MONDAY), [])

    def test_day_is_the_brokers(self):
        self.override("closure", 0, 24, broker=self.paris)
        self.set_hours(self.paris, {day: [(0, 24)] for day in range(7)})
        starts = self.starts(MONDAY, TUESDAY, broker=self.paris, tz="America/Toronto")
        self.assertEqual(starts[0], f"{MONDAY}T18:00:00-05:00")


@tagged("post_install", "-at_install")
class TestWeeklyHours(AppointmentCase):
    def add_line(self, **values):
        values = {"name": "x", "dayofweek": "0", **values}
        self.calendar_of(self.broker).attendance_ids = [(0, 0, values)]

    def test_lunch_is_no_working_time(self):
        self.set_hours(self.broker, {0: [(9, 12), (13, 15)]})
        self.add_line(hour_from=12, hour_to=13, day_period="lunch")
        self.assertEqual(self.hours(MONDAY), [*FREE, "13:00", "14:00"])

    def test_lines_that_touch_are_one(self):
        self.set_hours(self.broker, {0: [(9, 10), (10, 11)]})
        two_hours = self.make_type("deux-heures", duration=120)
        self.assertEqual(self.hours(MONDAY, type_=two_hours), ["09:00"])

    def test_night_shift(self):
        self.set_hours(self.broker, {0: [(22, 24)], 1: [(0, 2)]})
        two_hours = self.make_type("deux-heures", duration=120)
        self.assertEqual(self.hours(MONDAY, type_=two_hours), ["22:00", "23:00"])
        self.assertEqual(self.hours(TUESDAY, type_=two_hours), ["00:00"])

    def test_two_weeks(self):
        calendar = self.calendar_of(self.broker)
        calendar.switch_calendar_type()
        calendar.attendance_ids.filtered(lambda line: not line.display_type).unlink()
        week = calendar.attendance_ids.get_week_type(datetime.fromisoformat(MONDAY).date())
        self.add_line(hour_from=9, hour_to=10, week_type=str(week))
        self.add_line(hour_from=14, hour_to=15, week_type=str(1 - week))
        expected = ["09:00", "14:00", "09:00", "14:00"]
        mondays = [day_after(MONDAY, 7 * number) for number in range(4)]
        self.assertEqual([hour for day in mondays for hour in self.hours(day)], expected)

    def test_no_hours_at_all(self):
        self.set_hours(self.broker, {})
        self.assertEqual(self.hours(MONDAY, day_after(MONDAY, 30)), [])


@tagged("post_install", "-at_install")
class TestOdooAsOracle(AppointmentCase):
    """On random calendars, our working time is Odoo's own."""

    def random_calendar(self, rng):
        calendar = self.calendar_of(self.broker)
        if calendar.two_weeks_calendar != (two_weeks := rng.random() < 0.5):
            calendar.switch_calendar_type()
        calendar.attendance_ids.filtered(lambda line: not line.display_type).unlink()
        lines = []
        for week in ("0", "1") if two_weeks else (False,):
            for day in rng.sample(range(7), rng.randint(1, 7)):
                ends = sorted(rng.sample(range(0, 97), 2 * rng.randint(1, 3)))
                for begin, end in zip(ends[::2], ends[1::2], strict=True):
                    lines.append(
                        {
                            "name": "x",
                            "dayofweek": str(day),
                            "hour_from": begin / 4,
                            "hour_to": end / 4,
                            "week_type": week,
                            "day_period": rng.choice(["morning", "morning", "lunch"]),
                        }
                    )
        calendar.attendance_ids = [(0, 0, line) for line in lines]

    def random_leaves(self, rng):
        resource, other = self.broker.resource_ids, self.paris.resource_ids
        owners = [
            {"resource_id": resource.id},
            {"resource_id": other.id},
            {"calendar_id": resource.calendar_id.id},
            {"calendar_id": other.calendar_id.id},
            {"calendar_id": False},
        ]
        leaves = self.env["resource.calendar.leaves"].with_company(self.company)
        leaves.search([("company_id", "=", self.company.id)]).unlink()
        for _number in range(rng.randint(0, 6)):
            begin = utc("2027-04-05 00:00", TORONTO) + timedelta(hours=rng.randint(0, 14 * 24))
            leaves.create(
                {
                    "date_from": begin,
                    "date_to": begin + timedelta(hours=rng.randint(1, 40)),
                    "time_type": rng.choice(["leave", "leave", "other"]),
                    **rng.choice(owners),
                }
            )

    def odoo_says(self, start, stop):
        resource = self.broker.resource_ids
        intervals = resource.calendar_id._work_intervals_batch(start, stop, resources=resource)
        # Odoo's midnight at the end of a day is 23:59:59.999999.
        breath = timedelta(microseconds=1)
        moments = [
            (
                begin.astimezone(timezone.utc),
                (end + breath).astimezone(timezone.utc).replace(microsecond=0),
            )
            for begin, end, _lines in intervals[resource.id]
        ]
        return merged(moments)

    def test_twenty_five_calendars(self):
        quarter = self.make_type("quart", duration=15, slot_step=15)
        start = utc("2027-04-05 00:00", TORONTO).replace(tzinfo=timezone.utc)
        stop = start + timedelta(days=14)
        rng = random.Random(19)  # noqa: S311 - the same calendars every time
        for number in range(25):
            self.random_calendar(rng)
            self.random_leaves(rng)
            self.env.flush_all()
            rows = self.rows("2027-04-05", "2027-04-18", type_=quarter)
            ours = [tuple(map(datetime.fromisoformat, (r["start"], r["stop"]))) for r in rows]
            with self.subTest(number=number):
                self.assertEqual(merged(ours), self.odoo_says(start, stop))


def merged(intervals):
    """The union; intervals that touch become one."""
    union = []
    for begin, end in sorted(intervals):
        if union and begin <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((begin, end))
    return union
