from . import (
    immoassist_appointment,
    immoassist_appointment_attendee,
    immoassist_booking_alias,
    immoassist_booking_page,
    immoassist_booking_zone,
    immoassist_booking_zone_choice,
    immoassist_booking_times,
    immoassist_booking_once,
    immoassist_booking_form,
    res_company,
    res_config_settings,
    res_users,
)
