"""Who may do what with which scope (from the discovery document, calendar v3)."""

from __future__ import annotations

from .errors import no_scope

PREFIX = "https://www.googleapis.com/auth/"
CALENDAR = {
    "calendar": "See, edit, share and delete all the calendars",
    "calendar.readonly": "See all calendars",
    "calendar.events": "See and edit events on all calendars",
    "calendar.events.owned": "See and edit events on the calendars that you own",
    "calendar.events.readonly": "See events on all calendars",
    "calendar.events.owned.readonly": "See events on the calendars that you own",
    "calendar.events.freebusy": "See when you are busy, per event",
    "calendar.freebusy": "See when you are busy",
    "calendar.calendarlist": "See, add and remove calendars that you are subscribed to",
    "calendar.calendarlist.readonly": "See the list of your calendars",
    "calendar.settings.readonly": "See your calendar settings",
    "calendar.calendars.readonly": "See title, description and time zone of your calendars",
}
IDENTITY = frozenset({"openid", PREFIX + "userinfo.email", PREFIX + "userinfo.profile"})
ALIASES = {"email": PREFIX + "userinfo.email", "profile": PREFIX + "userinfo.profile"}
KNOWN = IDENTITY | {PREFIX + name for name in CALENDAR}

_EVERYTHING = {"calendar"}
_READ = {"calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly"}
_READ_OWNED = {"calendar.events.owned", "calendar.events.owned.readonly"}
_ALLOWED = {
    "google.events.list": _READ | {"calendar.events.freebusy"},
    "google.events.watch": _READ | {"calendar.events.freebusy"},
    "google.channels.stop": _READ | _READ_OWNED | {"calendar.events.freebusy"},
    "google.events.get": _READ,
    "google.events.instances": _READ,
    "google.events.write": {"calendar", "calendar.events"},
    "google.freebusy.query": {
        "calendar",
        "calendar.readonly",
        "calendar.events.freebusy",
        "calendar.freebusy",
    },
    "google.calendarList.list": {
        "calendar",
        "calendar.readonly",
        "calendar.calendarlist",
        "calendar.calendarlist.readonly",
    },
    "google.calendars.get": {"calendar", "calendar.readonly", "calendar.calendars.readonly"},
    "google.settings.get": {"calendar", "calendar.readonly", "calendar.settings.readonly"},
}
WRITES = frozenset(
    {
        "google.events.insert",
        "google.events.import",
        "google.events.patch",
        "google.events.update",
        "google.events.delete",
    }
)


def check(kind: str, granted: frozenset[str], owned: bool) -> None:
    """Check that one of the granted scopes allows this.

    :param owned: whether it is about a calendar that the account owns.
    :raise ApiError: 403.
    """
    names = {scope.removeprefix(PREFIX) for scope in granted}
    write = kind in WRITES
    allowed = set(_ALLOWED["google.events.write" if write else kind])
    if owned and kind.startswith("google.events."):
        allowed |= {"calendar.events.owned"} if write else _READ_OWNED
    if not names & allowed:
        raise no_scope()


def sees_details(granted: frozenset[str]) -> bool:
    """Whether more than busy times may be shown."""
    names = {scope.removeprefix(PREFIX) for scope in granted}
    return bool(names & (_READ | _READ_OWNED))
