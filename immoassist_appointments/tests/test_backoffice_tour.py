from datetime import datetime, timedelta, timezone

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import TORONTO, AgencyMixin


@tagged("post_install", "-at_install")
class TestBackofficeTour(AgencyMixin, HttpCase):
    """In a real browser, at the real time: a browser's clock cannot be frozen."""

    def setUp(self):
        super().setUp()
        self.make_agency()
        self.browser_size = "1366,900"

    def plan_monday(self, name, hour):
        """An appointment on the Monday of the week after next."""
        today = datetime.now(TORONTO).replace(hour=hour, minute=0, second=0, microsecond=0)
        monday = today + timedelta(days=14 - today.weekday())
        return self.env["immoassist.appointment"].create(
            {
                "name": name,
                "broker_id": self.broker.id,
                "company_id": self.company.id,
                "start": monday.astimezone(timezone.utc).replace(tzinfo=None),
                "duration": 0.5,
                "attendee_ids": [
                    Command.create(
                        {"name": "Zoé", "email": "zoe@x.example", "phone": "+1 514-555-0100"}
                    )
                ],
            }
        )

    def test_cancel_with_a_reason(self):
        appointment = self.plan_monday("Visite guidée", 10)
        self.start_tour("/odoo/agenda", "immoassist_appointments_cancel", login=self.broker.login)
        self.assertEqual(appointment.state, "cancelled")
        self.assertEqual(appointment.cancel_reason, "Le bien est vendu")
        self.assertEqual(appointment.attendee_ids.partner_id.email, "zoe@x.example")

    def test_change_the_hours(self):
        appointment = self.plan_monday("Trop tôt", 9)
        start = appointment.start
        self.start_tour(
            "/odoo/appointments",
            "immoassist_appointments_availability",
            login=self.broker.login,
        )
        lines = self.calendar_of(self.broker).attendance_ids.sorted("dayofweek")
        self.assertEqual(lines[:1].hour_from, 10)
        self.assertEqual(lines[-1:].dayofweek, "5")
        self.assertEqual(appointment.start, start)
        # A week later, where nothing is planned: what clients are offered follows.
        monday = start.date() + timedelta(days=7)
        self.assertEqual(self.free_hours(monday), ["10:00", "11:00"])
        self.assertTrue(self.free_hours(monday + timedelta(days=5)))

    def test_open_and_close_by_date(self):
        today = datetime.now(TORONTO).date()
        monday = today + timedelta(days=14 - today.weekday())
        saturday = monday + timedelta(days=5)
        self.assertEqual(self.free_hours(monday), ["09:00", "10:00", "11:00"])
        self.assertEqual(self.free_hours(saturday), [])
        self.start_tour(
            "/odoo/appointments", "immoassist_appointments_overrides", login=self.broker.login
        )
        overrides = self.env["immoassist.availability.override"].search(
            [("broker_id", "=", self.broker.id)], order="date"
        )
        self.assertEqual(
            overrides.mapped(lambda o: (o.date, o.kind, o.hour_from, o.hour_to)),
            [(monday, "closure", 10, 11), (saturday, "opening", 14, 16)],
        )
        self.assertEqual(self.free_hours(monday), ["09:00", "11:00"])
        self.assertEqual(self.free_hours(saturday), ["14:00", "15:00"])

    def free_hours(self, day):
        """The wall clocks at which a client may book on a date."""
        # As the public page asks: it shows nothing else.
        slots = self.env["immoassist.appointment"].get_availability(
            self.broker.id, day.isoformat(), day.isoformat(), type_id=self.type.id
        )
        return [slot["start"][11:16] for slot in slots]
