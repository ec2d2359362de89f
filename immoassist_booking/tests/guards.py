"""The guard of each route and public method of this addon; see `surface`."""

from odoo.addons.immoassist_appointments.tests.guards import ODOO, READ, WINDOW, WRITE, crud
from odoo.addons.immoassist_appointments.tests.surface import ALL, CALLERS, OWN, STAFF, Call, Door

BROKER = "/book/<string:username>"
TYPE = f"{BROKER}/<string:type_slug>"
LINK = "link/<string:token>"
SIGNED = "everybody; the property: who has the signed link"
# What keeps robots and crowds off, in the order in which it is asked.
BOOKING = (
    "blocked clients, honeypot, fill time, captcha, 20 an hour of an address, code by mail, "
    "open bookings of an e-mail"
)
HOLDS = "one of a session, 30 an hour of an address"
BOOKS = "an appointment, mails; or a code by mail"
DOORS = {
    "GET /book": Door(ALL),
    f"GET {BROKER}": Door(ALL),
    "GET /book/photo/<string:username>": Door(ALL),
    f"GET {TYPE}": Door(ALL),
    f"GET {BROKER}/slots": Door(ALL),
    f"POST {TYPE}": Door(ALL, BOOKS, BOOKING),
    f"POST {TYPE}/hold": Door(ALL, "a held time", HOLDS),
    f"POST {BROKER}/seen": Door(
        "everybody whose page is ours (Origin)",
        "a figure about nobody",
        "200 an hour of an address",
    ),
    f"GET {BROKER}/confirmation": Door("signed link of one attendee"),
    f"GET {BROKER}/{LINK}": Door(SIGNED),
    f"GET {TYPE}/{LINK}": Door(SIGNED),
    f"GET {BROKER}/slots/{LINK}": Door(SIGNED),
    f"POST {TYPE}/{LINK}": Door(SIGNED, BOOKS, BOOKING),
    f"POST {TYPE}/{LINK}/hold": Door(SIGNED, "a held time", HOLDS),
}

EMPLOYEES = ("internal", *STAFF)
CALLS = {
    "immoassist.appointment.attendee": {
        "action_block": Call(
            ("manager",), "rights on the list of blocked clients", "an entry of it"
        )
    },
    "immoassist.booking.answer": crud("create"),
    "immoassist.booking.block": crud("create", "write"),
    "immoassist.booking.link": {
        "action_create_link": Call(OWN, READ),
        "action_revoke": Call(OWN, WRITE, "the link is dead"),
        "action_send": Call(OWN, READ),
    },
    "immoassist.transaction": {"action_booking_link": Call(CALLERS, WINDOW)},
    "immoassist.transaction.contact": {"action_booking_link": Call(OWN, READ)},
    "mail.mail": {"send": Call((), ODOO, "sends it; of a code, perhaps what is open instead")},
    "res.users": {
        "create": Call((), ODOO, arguments=([{"name": "x", "login": "x"}],)),
        "write": Call(
            ("broker",),
            f"{ODOO}: one's own page; checked that he is a broker",
            "keeps the former name of the page",
            ({"booking_username": "a-new-name"},),
        ),
        "action_my_booking_page": Call(CALLERS, WINDOW),
        "action_preview_booking_page": Call(EMPLOYEES, f"{ODOO}: employees read users"),
        "action_download_booking_qr": Call(EMPLOYEES, f"{ODOO}: employees read users"),
    },
    "website": {
        "create": Call((), ODOO, arguments=([{"name": "x"}],)),
        "write": Call((), ODOO, "keeps the former address", ({"booking_prefix": "rendez-vous"},)),
    },
}
