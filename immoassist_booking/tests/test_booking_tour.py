from odoo.tests import HttpCase, tagged

from .common import BookingMixin


@tagged("post_install", "-at_install")
class TestBookingTour(BookingMixin, HttpCase):
    """In a real browser, at the real time: a browser's clock cannot be frozen."""

    def test_tour(self):
        self.make_pages()
        self.set_hours(self.broker, {day: [(8, 18)] for day in range(7)})
        self.start_tour("/book", "immoassist_booking")
        appointment = self.appointments()
        self.assertEqual(appointment.attendee_ids.email, "tour@example.com")
        self.assertEqual(appointment.source, "website")
