from odoo.tests import HttpCase, tagged

from .common import AgencyMixin


@tagged("post_install", "-at_install")
class TestTour(AgencyMixin, HttpCase):
    def test_broker_plans_an_appointment(self):
        self.make_agency()
        self.browser_size = "1366,900"
        self.start_tour(
            "/odoo/appointments", "immoassist_appointments_broker", login=self.broker.login
        )
        appointment = self.env["immoassist.appointment"].search(
            [("broker_id", "=", self.broker.id)]
        )
        self.assertEqual(appointment.name, "Visite du duplex")
        self.assertEqual(appointment.state, "confirmed")
        self.assertTrue(appointment.calendar_event_id)
