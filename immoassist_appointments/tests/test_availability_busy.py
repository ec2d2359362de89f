from datetime import date

from odoo import Command
from odoo.tests import tagged

from ..core.intervals import Interval
from .common import MONDAY, PARIS, TORONTO, AppointmentCase, aware, day_after, utc

FREE = ["09:00", "10:00", "11:00"]
TUESDAY = day_after(MONDAY, 1)


@tagged("post_install", "-at_install")
class TestMeetings(AppointmentCase):
    """Which meetings of Odoo's Calendar take the broker's time."""

    def assert_taken(self, taken=True, broker=None):
        expected = ["09:00", "11:00"] if taken else FREE
        self.assertEqual(self.hours(MONDAY, broker=broker), expected)

    def test_attendee(self):
        answers = {"needsAction": True, "accepted": True, "tentative": True, "declined": False}
        for answer, taken in answers.items():
            with self.subTest(answer=answer):
                meeting = self.meet(f"{MONDAY} 10:00", attendees=[self.broker], answer=answer)
                self.assert_taken(taken)
                meeting.unlink()

    def test_organiser(self):
        for answer, taken in {None: True, "accepted": True, "declined": False}.items():
            with self.subTest(answer=answer):
                attendees = [self.broker] if answer else []
                meeting = self.meet(
                    f"{MONDAY} 10:00", attendees=attendees, answer=answer, user_id=self.broker.id
                )
                self.assert_taken(taken)
                meeting.unlink()

    def test_somebody_elses(self):
        self.meet(f"{MONDAY} 10:00", attendees=[self.paris, self.internal])
        self.assert_taken(False)

    def test_shown_as_free(self):
        self.meet(f"{MONDAY} 10:00", attendees=[self.broker], show_as="free")
        self.assert_taken(False)

    def test_archived(self):
        meeting = self.meet(f"{MONDAY} 10:00", attendees=[self.broker])
        self.assert_taken()
        meeting.active = False
        self.assert_taken(False)

    def test_private_counts_and_stays_private(self):
        self.meet(f"{MONDAY} 10:00", attendees=[self.broker], privacy="private", name="Secret")
        self.assert_taken()
        self.assertNotIn("Secret", str(self.rows(MONDAY, user=self.paris)))

    def test_all_day_is_a_day_of_the_broker(self):
        for broker, zone in ((self.broker, TORONTO), (self.paris, PARIS)):
            self.set_hours(broker, {day: [(0, 3), (21, 24)] for day in range(7)})
            self.meet(
                f"{MONDAY} 12:00",
                zone=zone,
                attendees=[broker],
                allday=True,
                start_date=date.fromisoformat(MONDAY),
                stop_date=date.fromisoformat(MONDAY),
            )
            with self.subTest(broker=broker.login):
                self.assertEqual(self.hours(MONDAY, broker=broker), [])
                around = [day_after(MONDAY, -1), TUESDAY]
                for day in around:
                    hours = self.hours(day, broker=broker)
                    self.assertEqual(hours, ["00:00", "01:00", "02:00", "21:00", "22:00", "23:00"])

    def test_recurring(self):
        self.meet(
            f"{MONDAY} 10:00",
            attendees=[self.broker],
            recurrency=True,
            rrule_type="weekly",
            mon=True,
            end_type="count",
            count=3,
            event_tz="America/Toronto",
        )
        # The clocks change between the second and the third: it stays at 10:00.
        for weeks, expected in ((0, True), (1, True), (2, True), (3, False)):
            day = day_after(MONDAY, 7 * weeks)
            with self.subTest(day=day):
                self.assertEqual(self.hours(day), ["09:00", "11:00"] if expected else FREE)

    def test_long_meeting(self):
        self.meet(f"{day_after(MONDAY, -20)} 10:00", 24 * 40, attendees=[self.broker])
        self.assertEqual(self.hours(MONDAY), [])


@tagged("post_install", "-at_install")
class TestAppointments(AppointmentCase):
    """Which appointments take the broker's time, once."""

    def test_states(self):
        taken = {"pending": ["09:00", "11:00"], "confirmed": ["09:00", "11:00"], "cancelled": FREE}
        appointment = self.plan(f"{MONDAY} 10:00")
        for state, expected in taken.items():
            with self.subTest(state=state):
                appointment.state = state
                self.assertEqual(self.hours(MONDAY), expected)

    def test_not_exclusive_still_takes_time(self):
        self.plan(f"{MONDAY} 10:00", exclusive=False)
        self.assertEqual(self.hours(MONDAY), ["09:00", "11:00"])

    def test_all_day(self):
        self.plan(f"{MONDAY} 10:00", allday=True)
        self.assertEqual(self.hours(MONDAY), [])
        self.assertEqual(self.hours(TUESDAY), FREE)

    def test_moved_away(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        appointment.start = utc(f"{TUESDAY} 09:00", TORONTO)
        self.assertEqual(self.hours(MONDAY), FREE)
        self.assertEqual(self.hours(TUESDAY), ["10:00", "11:00"])

    def test_given_to_a_colleague(self):
        self.set_hours(self.manager, {0: [(9, 12)]})
        appointment = self.plan(f"{MONDAY} 10:00")
        appointment.broker_id = self.manager
        self.assertEqual(self.hours(MONDAY), FREE)
        self.assertEqual(self.hours(MONDAY, broker=self.manager), ["09:00", "11:00"])

    def test_deleted(self):
        self.plan(f"{MONDAY} 10:00").unlink()
        self.assertEqual(self.hours(MONDAY), FREE)

    def test_mirror_is_counted_once(self):
        """A seat of an open house blocks others, its meeting must not block the house itself."""
        house = self.make_type("portes", capacity=3)
        self.plan(f"{MONDAY} 10:00", type_id=house.id)
        self.assertEqual(self.hours(MONDAY, type_=house), FREE)
        self.plan(f"{MONDAY} 10:00", type_id=house.id)
        self.assertEqual(self.hours(MONDAY, type_=house), FREE)
        self.plan(f"{MONDAY} 10:00", type_id=house.id)
        self.assertEqual(self.hours(MONDAY, type_=house), ["09:00", "11:00"])
        self.assertEqual(self.hours(MONDAY), ["09:00", "11:00"])

    def test_time_of_the_moved_one_is_free_for_it(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        day = Interval(aware(f"{MONDAY} 00:00"), aware(f"{TUESDAY} 00:00"))
        availability = self.env["immoassist.availability"]
        slots = availability._ranked_slots(self.broker, day, self.type, ignored=appointment)
        starts = [slot.start.astimezone(TORONTO).hour for slot in slots[self.broker.id]]
        self.assertEqual(starts, [9, 10, 11])

    def attended_by_colleague(self, **values):
        guest = {"partner_id": self.manager.partner_id.id, **values}
        return self.plan(f"{MONDAY} 10:00", attendee_ids=[Command.create(guest)])

    def test_appointment_of_a_colleague_that_one_attends(self):
        self.set_hours(self.manager, {0: [(9, 12)]})
        appointment = self.attended_by_colleague()
        self.assertEqual(self.hours(MONDAY, broker=self.manager), ["09:00", "11:00"])
        appointment.action_cancel()
        self.assertEqual(self.hours(MONDAY, broker=self.manager), FREE)

    def test_appointment_of_a_colleague_that_one_declined(self):
        self.set_hours(self.manager, {0: [(9, 12)]})
        appointment = self.attended_by_colleague()
        appointment.attendee_ids.state = "declined"
        self.assertEqual(self.hours(MONDAY, broker=self.manager), FREE)

    def test_mirror_of_the_colleague_counts_when_it_moves(self):
        self.set_hours(self.manager, {0: [(9, 12)]})
        appointment = self.attended_by_colleague()
        appointment.start = utc(f"{MONDAY} 11:00", TORONTO)
        self.assertEqual(self.hours(MONDAY, broker=self.manager), ["09:00", "10:00"])
        appointment.attendee_ids.unlink()
        self.assertEqual(self.hours(MONDAY, broker=self.manager), FREE)
