import threading

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.immoassist_appointments.tests.test_concurrency import CommittedCase

from ..core.guest import read_guest
from ..core.query import TimesQuery

CLIENTS, ROUNDS = 10, 3


@tagged("post_install", "-at_install")
class TestBookingTeamRace(CommittedCase):
    """Ten clients want one time of a team of two: both brokers get one, eight are refused."""

    def book(self, env):
        """As one of the clients, each with a session of his own."""
        number = threading.get_ident()
        form = read_guest({"name": "Ada Byron", "email": f"ada{number}@example.com"})
        appointment = env["immoassist.booking.form"]._book(
            env["res.users"].browse(self.brokers),
            env["immoassist.appointment.type"].browse(self.type_id),
            TimesQuery(slot=self.start),
            form,
            f"session {number}",
        )
        env.cr.flush()
        return appointment

    @mute_logger("odoo.sql_db")
    def test_each_broker_once(self):
        refused = ["SlotNotAvailable"] * (CLIENTS - 2)
        for number in range(ROUNDS):
            with self.subTest(round=number):
                self.assertEqual(self.race(CLIENTS), [*refused, "booked", "booked"])
                self.assertEqual(self.brokers_booked(), sorted(self.brokers))
                self.remove_appointments()

    def brokers_booked(self):
        with self.connection.cursor() as cr:
            cr.execute(
                "SELECT broker_id FROM immoassist_appointment WHERE broker_id = ANY(%s) ORDER BY 1",
                [self.brokers],
            )
            return [broker for (broker,) in cr.fetchall()]
