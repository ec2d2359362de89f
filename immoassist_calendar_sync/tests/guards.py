"""The guard of each route and public method of this addon; see `surface`."""

from odoo.addons.immoassist_appointments.tests.guards import ODOO, READ, WINDOW, crud
from odoo.addons.immoassist_appointments.tests.surface import CALLERS, OWN, Call, Door

OAUTH = "/calendar/connections/oauth"
ONCE = "signed in, broker; random state of a flow that he began, once, 10 minutes"
SECRET = "random secret of a channel, kept as a hash"
DOORS = {
    **{
        f"GET, POST {OAUTH}/{name}": Door("signed in, broker", "POST: begins a flow")
        for name in ("google", "outlook")
    },
    **{
        f"GET {OAUTH}/{name}/callback": Door(ONCE, "the tokens, encrypted")
        for name in ("google", "outlook")
    },
    **{
        f"POST /webhooks/{name}": Door(SECRET, "that the calendar changed", "256 KiB, one row each")
        for name in ("google/calendar", "microsoft/calendar", "microsoft/calendar/lifecycle")
    },
}

HIMSELF = "its broker himself, managers too are refused"
CALLS = {
    "immoassist.appointment": crud("create", "write", "unlink"),
    "immoassist.appointment.attendee": crud("create", "write", "unlink"),
    "immoassist.calendar.connection": crud("write")
    | {
        "action_open_mine": Call(CALLERS, f"{WINDOW}; for a broker", "his own two cards"),
        "action_connect": Call(("broker",), HIMSELF, "begins a flow"),
        "action_start": Call(("broker",), HIMSELF, "state, wakes the worker"),
        "action_use_new_account": Call(("broker",), HIMSELF, "account, forgets the old one"),
        "action_keep_account": Call(("broker",), HIMSELF, "forgets the new account"),
        "action_sync_now": Call(("broker",), HIMSELF, "wakes the worker"),
        "action_pause": Call(("broker",), HIMSELF, "state"),
        "action_resume": Call(("broker",), HIMSELF, "state, wakes the worker"),
        "action_confirm_emptied": Call(("broker",), HIMSELF, "lets deletions through"),
        "action_stop_odoo_sync": Call(("broker",), HIMSELF, "stops Odoo's own sync of the user"),
        "action_disconnect": Call(OWN, "its broker himself, or a manager of the company"),
        "action_view_failed": Call(("broker",), READ),
        "action_view_waiting": Call(("broker",), READ),
    },
    "immoassist.calendar.disconnect": {
        "action_disconnect": Call(
            ("broker",), "rule: of who opened it; as the button", "tokens go, channels stop"
        )
    },
    "immoassist.calendar.link": {
        "action_retry": Call(("broker",), HIMSELF, "wakes the worker"),
        "action_ignore": Call(("broker",), HIMSELF, "forgets the error"),
    },
    "immoassist.calendar.source": crud("write"),
    "ir.config_parameter": {
        "create": Call((), ODOO, "refuses bad addresses", ([{"key": "x", "value": "y"}],)),
        "write": Call((), ODOO, "refuses bad addresses", ({"value": "y"},)),
    },
    "ir.http": {
        "session_info": Call((), "of a session: about its user himself", arguments=None),
    },
    "res.config.settings": {
        "get_values": Call(CALLERS, "nothing to protect: the number of workers"),
        "set_values": Call((), ODOO, "the settings"),
        "action_test_calendar_sync": Call((), ODOO, "asks the providers"),
    },
    "res.users": {
        "write": Call(("broker",), ODOO, "warns of two syncs", ({"tz": "UTC"},)),
    },
    "res.users.settings": {
        "write": Call(
            ("broker",),
            f"{ODOO}: one's own",
            "warns of two syncs",
            ({"is_discuss_sidebar_category_channel_open": False},),
        ),
    },
}
