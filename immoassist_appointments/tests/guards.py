"""The guard of each route and public method of this addon; see `surface`."""

from .surface import CALLERS, OWN, STAFF, Call, Door

APPOINTMENT = "/immoassist/appointment/<int:appointment_id>"
LINK = "signed link of one attendee and purpose, until 30 days after the end"
BROKER_LINK = "signed link of the broker, in whose name and rights it acts"
DOORS = {
    f"GET, POST {APPOINTMENT}/answer": Door(LINK, "POST: the answer", "reason: 500 characters"),
    f"GET, POST {APPOINTMENT}/cancel": Door(LINK, "POST: cancels", "reason: 500 characters"),
    f"GET, POST {APPOINTMENT}/move": Door(LINK, "POST: moves to a free time", "a free time only"),
    f"GET {APPOINTMENT}/ics": Door(LINK),
    f"GET, POST {APPOINTMENT}/approve": Door(BROKER_LINK, "POST: confirms"),
    f"GET, POST {APPOINTMENT}/refuse": Door(BROKER_LINK, "POST: cancels", "reason: 500 characters"),
    "GET /immoassist/appointment/<int:line_id>/pick": Door("signed link of one proposed time"),
    "POST /immoassist/appointment/<int:line_id>/pick": Door(
        "signed link of one proposed time", "books it", "one of the proposal, once"
    ),
    "GET /immoassist/feed/<string:token>.ics": Door("secret of 256 bits, which its broker renews"),
    "POST /json/2/<__model__>/<__method__>": Door(
        "API key (Odoo's route; ours only words errors)", "what the method writes"
    ),
}

READ, WRITE, CREATE, UNLINK = (
    f"rights and record rule, {name}" for name in ("read", "write", "create", "unlink")
)
MATRIX = "rights and record rules, as Odoo's own method (`TestMatrix`)"
ODOO = "Odoo's rights of the model"
WINDOW = "nothing to protect: opens a window, whose content has its own guard"


def crud(*names):
    """What we override of the ORM, behind its own check of the rights."""
    return {name: Call((), MATRIX, arguments=None) for name in names}


COLLEAGUES = ("internal", "colleague", "broker", "manager")
CALLS = {
    "calendar.event": {
        "write": Call(
            COLLEAGUES,
            f"{ODOO}: employees edit meetings that are not private; here of their companies",
            "of a mirror: moves, cancels or restores its appointment",
            ({"show_as": "free"},),
        ),
        "unlink": Call(
            COLLEAGUES,
            f"{ODOO}: employees edit meetings that are not private; here of their companies",
            "of a mirror: cancels its appointment",
        ),
    },
    "immoassist.appointment": crud("create", "write", "unlink")
    | {
        "default_get": Call(CALLERS, "tells the defaults alone", arguments=(["name"],)),
        "copy_data": Call(OWN, READ),
        "get_availability": Call(STAFF, "rights, read; the broker is of the user's companies"),
        "get_unusual_days": Call(STAFF, "rights, read; about the user himself"),
        "get_working_hours": Call(STAFF, "rights, read; about the user himself"),
        "action_approve": Call(OWN, WRITE, "confirms a request, mails"),
        "action_confirm": Call(OWN, WRITE, "confirms or restores, mails"),
        "action_cancel": Call(OWN, WRITE, "cancels, mails"),
        "action_mark_attended": Call(OWN, WRITE, "outcome"),
        "action_mark_no_show": Call(OWN, WRITE, "outcome"),
        "action_clear_outcome": Call(OWN, WRITE, "outcome"),
        "action_open_mirror": Call(OWN, READ),
        "action_ask_cancel": Call(OWN, READ),
        "action_open_map": Call(OWN, READ),
        "action_remind_now": Call(OWN, WRITE, "mails a reminder"),
        "action_propose_times": Call(OWN, READ),
        "action_send_invitation": Call(OWN, WRITE, "mails the invitation again"),
        "action_view_session": Call(OWN, READ),
    },
    "immoassist.appointment.attendee": crud("create", "write", "unlink")
    | {"action_make_contact": Call(OWN, WRITE, "a contact with what the guest typed")},
    "immoassist.appointment.cancel": {
        "action_cancel": Call(("broker",), "rule: of who opened it", "cancels, as its button")
    },
    "immoassist.appointment.proposal": crud("create")
    | {
        "action_view_appointment": Call(OWN, READ),
        "action_withdraw": Call(OWN, READ, "takes it back, frees the held times"),
    },
    "immoassist.appointment.type": crud("write"),
    "immoassist.availability.hours": crud("create", "write", "unlink")
    | {"action_open": Call(STAFF, "rights, read; about the user himself")},
    "immoassist.booking.hold": crud("create"),
    # Of all the models that inherit it.
    "immoassist.known.records": crud("create", "write")
    | {"onchange": Call((), "rights, read; links to what one may not read", arguments=None)},
    "immoassist.propose.times": {
        "action_send": Call(("broker",), "rule: of who opened it", "a proposal, mails it")
    },
    "immoassist.reminder.rule": crud("write", "unlink"),
    "immoassist.transaction": crud("create")
    | {
        "action_view_appointments": Call(OWN, READ),
        "action_geolocalize": Call(OWN, WRITE, "coordinates, by Odoo's geocoder"),
        "action_new_appointment": Call(OWN, READ),
    },
    "mail.mail": {
        "process_email_queue": Call((), ODOO, "sends what waits, and ours that failed again")
    },
    "res.groups": {
        "create": Call((), ODOO, "hours for new brokers", ([{"name": "x"}],)),
        "write": Call((), ODOO, "hours for new brokers", ({"name": "x"},)),
    },
    "res.partner": {"action_view_immoassist_appointments": Call(CALLERS, WINDOW)},
    "res.users": {
        "create": Call((), ODOO, "hours for a new broker", ([{"name": "x", "login": "x"}],)),
        "write": Call(("broker",), f"{ODOO}: one's own preferences", arguments=({"tz": "UTC"},)),
        "action_view_appointments": Call(CALLERS, WINDOW),
        "action_renew_appointment_feed": Call(("broker",), "the user himself", "a new secret"),
        "action_stop_appointment_feed": Call(("broker",), "the user himself", "no secret"),
    },
    "resource.calendar.leaves": {
        "default_get": Call(CALLERS, "tells the defaults alone", arguments=(["name"],))
    },
}
