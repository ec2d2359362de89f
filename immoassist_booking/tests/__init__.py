from . import (
    test_booking_availability,
    test_booking_bad_input,
    test_booking_block,
    test_booking_confirmation,
    test_booking_core,
    test_booking_limit,
    test_booking_pages,
    test_booking_protection,
    test_booking_security,
    test_booking_submit,
    test_booking_tour,
    test_booking_username,
)
