"""What a request asks for, by its method and path."""

from __future__ import annotations

from ..call import Call

FIXED = {
    ("GET", "o/oauth2/v2/auth"): "google.auth",
    ("POST", "o/oauth2/v2/auth"): "google.auth.decide",
    ("POST", "revoke"): "google.revoke",
    ("GET", "oauth2/v2/userinfo"): "google.userinfo",
    ("POST", "batch/calendar/v3"): "google.batch",
    ("GET", "calendar/v3/users/me/calendarList"): "google.calendarList.list",
    ("GET", "calendar/v3/users/me/settings/timezone"): "google.settings.get",
    ("POST", "calendar/v3/freeBusy"): "google.freebusy.query",
    ("POST", "calendar/v3/channels/stop"): "google.channels.stop",
}
EVENTS = {"GET": "list", "POST": "insert"}
ACTIONS = {"import": "import", "watch": "watch"}
EVENT = {"GET": "get", "PATCH": "patch", "PUT": "update", "DELETE": "delete"}
TOKENS = {"authorization_code": "google.token.code", "refresh_token": "google.token.refresh"}
UNKNOWN = "google.unknown"


def find_kind(call: Call) -> str:
    """Return what a request asks for; ``google.unknown`` if it is not simulated."""
    path, method = call.segments, call.method
    if path == ["token"] and method == "POST":
        return TOKENS.get(call.form.get("grant_type", ""), "google.token")
    fixed = FIXED.get((method, "/".join(path)))
    if fixed:
        return fixed
    if path[:3] != ["calendar", "v3", "calendars"]:
        return UNKNOWN
    return _in_calendar(method, path[4:])


def _in_calendar(method: str, rest: list[str]) -> str:
    name = None
    if not rest:
        return "google.calendars.get" if method == "GET" else UNKNOWN
    if rest[0] != "events":
        return UNKNOWN
    if len(rest) == 1:
        name = EVENTS.get(method)
    elif len(rest) == 2:
        name = ACTIONS.get(rest[1]) if method == "POST" else EVENT.get(method)
    return f"google.events.{name}" if name else UNKNOWN
