from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import SQL

from .common import NOW, AgencyMixin, utc
from .rows_read import copy_row, rows_read

PAST = 5_000


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestHistory(AgencyMixin, TransactionCase):
    """What is read for a month to come does not grow with the years that are past."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()
        values = {"name": "Visit", "broker_id": cls.broker.id, "exclusive": False}
        cls.coming = cls.env["immoassist.appointment"].create(
            [{**values, "start": utc(f"2027-03-0{day} 15:00")} for day in range(1, 6)]
        )
        cls.coming[0].start = "2026-12-01 15:00:00"
        cls.remember(cls.coming[0])

    @classmethod
    def remember(cls, appointment):
        """Years of appointments such as this one, and of other meetings at the same times."""
        meeting = appointment.calendar_event_id
        attendee = meeting.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == cls.broker.partner_id
        )
        names = ("start", "stop", "busy_start", "busy_stop")
        past = {name: SQL("%s - n * interval '7 hours'", SQL.identifier(name)) for name in names}
        copy_row(cls.env, appointment, PAST, **past, calendar_event_id=SQL("NULL"))
        past = {name: past[name] for name in ("start", "stop")}
        last = copy_row(cls.env, meeting, PAST, **past, immoassist_appointment_id=SQL("NULL"))
        copy_row(cls.env, attendee, PAST, event_id=SQL("%s + n", last))

    def test_the_busy_times_of_a_month_to_come(self):
        availability = self.env["immoassist.availability"]
        for brokers in (self.broker, self.broker | self.paris):
            people = SQL(
                "(SELECT id AS broker_id, partner_id FROM res_users WHERE id = ANY(%s))",
                brokers.ids,
            )
            bounds = utc("2027-03-01 00:00"), utc("2027-04-01 00:00")
            for query in availability._busy_queries(people, *bounds, []):
                self.assertLess(rows_read(self.env, query), 500, query)

    def test_the_calendar_of_a_week_to_come(self):
        domain = [("start", "<=", utc("2027-03-08 00:00")), ("stop", ">=", utc("2027-03-01 00:00"))]
        for reader in (self.broker, self.manager):
            appointments = self.env["immoassist.appointment"].with_user(reader)
            found = appointments._search(domain)
            self.assertLess(rows_read(self.env, found.select()), 200, reader.name)
            self.assertEqual(appointments.search_count(domain), 4)
