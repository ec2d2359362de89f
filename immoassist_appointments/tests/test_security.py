from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MONDAY, TORONTO, AppointmentCase, utc
from .rights_case import FIELDS, MATRIX, RightsMixin


class SecurityCase(RightsMixin, AppointmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_people()


@tagged("post_install", "-at_install")
class TestMatrix(SecurityCase):
    def allowed(self, operation, model, person, subject):
        """Really do it, as this person; whether Odoo let him."""
        self.env.flush_all()
        self.env.invalidate_all()
        mine, field = self.env[model].with_user(person), FIELDS[model]
        record = mine if operation == "create" else subject.with_user(person)
        try:
            match operation:
                case "create":
                    mine.create(subject)
                case "read":
                    record.read([field])
                    self.assertIn(record, mine.with_context(active_test=False).search([]))
                case "write":
                    record.write({field: subject[field]})
                case "unlink":
                    record.unlink()
            self.env.flush_all()
        except AccessError:
            return False
        return True

    def test_matrix(self):
        for model in MATRIX:
            for role, relation, operation, expected, subject in self.tries(model):
                with self.subTest(model=model, role=role, relation=relation, op=operation):
                    person = self.people[role]
                    self.assertEqual(self.allowed(operation, model, person, subject), expected)

    def test_every_model_is_in_the_matrix(self):
        ours = self.env["ir.model"].search([("model", "=like", "immoassist.%")])
        mine = ours.filtered(
            lambda m: (
                "immoassist_appointments" in m.modules.split(", ")
                and not self.env[m.model]._abstract
            )
        )
        self.assertEqual(set(mine.mapped("model")), set(MATRIX))


@tagged("post_install", "-at_install")
class TestSurface(SecurityCase):
    def test_booking_cannot_be_called(self):
        for method in ("_book", "_ranked_slots", "_take"):
            for model in (
                "immoassist.appointment", "immoassist.availability", "immoassist.booking.guard"
            ):  # fmt: skip
                with self.subTest(model=model, method=method), self.assertRaises(AccessError):
                    self.rpc(self.admin, model, method, [])


@tagged("post_install", "-at_install")
class TestNoWayAround(SecurityCase):
    """What links two records is no ladder from the one that is ours to the one that is not."""

    def private_meeting(self):
        return self.meet(
            f"{MONDAY} 15:00",
            attendees=[self.manager],
            user_id=self.manager.id,
            name="Secret",
            privacy="private",
        )

    def test_meeting_of_somebody_else_as_mirror(self):
        meeting = self.private_meeting()
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        with suppress(AccessError, UserError):
            appointment.write({"calendar_event_id": meeting.id})
            appointment.write({"location": "Ailleurs", "start": utc(f"{MONDAY} 11:00", TORONTO)})
        self.env.invalidate_all()
        self.assertEqual(meeting.name, "Secret")
        self.assertEqual(meeting.user_id, self.manager)
        self.assertEqual(meeting.start, utc(f"{MONDAY} 15:00", TORONTO))

    def test_meeting_of_somebody_else_as_mirror_from_the_start(self):
        meeting = self.private_meeting()
        with suppress(AccessError, UserError):
            appointment = self.plan(
                f"{MONDAY} 10:00", user=self.broker, calendar_event_id=meeting.id
            )
            appointment.action_cancel()
        self.env.invalidate_all()
        self.assertTrue(meeting.active)
        self.assertEqual(meeting.name, "Secret")

    def test_own_meeting_tied_to_somebody_elses_appointment(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        for values in ({"start": utc(f"{MONDAY} 16:00")}, {"active": False}):
            with self.subTest(values=values):
                meeting = self.meet(f"{MONDAY} 15:00", attendees=[self.internal])
                meeting = meeting.with_user(self.internal).with_context(dont_notify=True)
                with suppress(AccessError, UserError):
                    meeting.write({"immoassist_appointment_id": appointment.id})
                    meeting.write(values)
                self.env.invalidate_all()
                self.assertEqual(appointment.state, "confirmed")
                self.assertEqual(appointment.start, utc(f"{MONDAY} 10:00", TORONTO))

    def test_address_of_another_company_does_not_leak(self):
        foreign = self.make_transaction(
            "Confidentiel", broker_id=self.stranger.id, company_id=self.other_company.id
        )
        try:
            appointment = self.plan(f"{MONDAY} 10:00", user=self.broker, transaction_id=foreign.id)
            row = appointment.read(["name", "location"])
        except (AccessError, UserError):
            return
        self.assertNotIn("Confidentiel", str(row))
        self.assertNotIn("Saint-Denis", str(row))

    def test_broker_cannot_plan_for_a_colleague(self):
        with self.assertRaises(AccessError):
            self.plan(f"{MONDAY} 10:00", user=self.broker, broker=self.paris)

    def test_message_of_a_conflict_does_not_tell_what_it_is(self):
        """A manager of two companies plans over what he may not see."""
        self.plan(f"{MONDAY} 10:00", name="Chez le notaire", user=self.env.user)
        self.env.flush_all()
        self.stranger.write({"company_ids": [Command.link(self.company.id)]})
        with self.assertRaises(Exception) as caught:
            self.plan(f"{MONDAY} 10:00", user=self.stranger)
            self.env.flush_all()
        self.assertNotIn("Chez le notaire", str(caught.exception))

    def test_busy_range_is_not_written_by_hand(self):
        first = self.plan(f"{MONDAY} 10:00", user=self.broker)
        with suppress(AccessError, UserError):
            first.write({"busy_start": "2030-01-01 00:00:00", "busy_stop": "2030-01-01 01:00:00"})
        self.env.flush_all()
        self.assertEqual(self.hours(MONDAY), ["09:00", "11:00"])

    def test_a_program_skips_nothing_by_its_context(self):
        """What the sync does once for many writes is not left out of a single one."""
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        mine = appointment.with_user(self.broker).with_context(immoassist_batch=True)
        mine.start = utc(f"{MONDAY} 11:00", TORONTO)
        self.assertEqual(appointment.calendar_event_id.start, appointment.start)

    def test_where_a_broker_sets_out_is_his_own_business(self):
        """His home: it ranks his times, and is shown to nobody."""
        axes = ("latitude", "longitude")
        names = [f"day_{end}_{axis}" for end in ("start", "end") for axis in axes]
        mine = self.broker.with_user(self.broker)
        mine.write(dict(zip(names, (45.5, -73.6, 45.4, -73.7), strict=True)))
        self.assertEqual(mine.read(names)[0][names[0]], 45.5)
        for somebody in (self.internal, self.paris, self.manager, self.admin):
            theirs = self.broker.with_user(somebody)
            for name in names:
                with self.subTest(user=somebody.login, field=name):
                    self.env.invalidate_all()
                    with self.assertRaises(AccessError):
                        theirs.read([name])
                    with self.assertRaises(AccessError):
                        theirs.search([(name, ">", 45.1)])
