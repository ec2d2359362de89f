from . import (
    immoassist_appointment,
    immoassist_booking_alias,
    immoassist_booking_page,
    immoassist_booking_times,
    immoassist_booking_form,
    res_users,
)
