from . import (
    test_booking_availability,
    test_booking_bad_input,
    test_booking_confirmation,
    test_booking_core,
    test_booking_once,
    test_booking_pages,
    test_booking_security,
    test_booking_submit,
    test_booking_tour,
    test_booking_username,
    test_booking_zones,
)
