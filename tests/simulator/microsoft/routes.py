"""What a request to Graph asks for, read from its path alone."""

from __future__ import annotations

from dataclasses import dataclass

from ..call import Call

ACTIONS = ("cancel", "accept", "decline", "tentativelyAccept")
VERBS = {"GET": "get", "PATCH": "update", "DELETE": "delete"}
WRITES = frozenset(f"microsoft.events.{verb}" for verb in ("create", "update", "delete", *ACTIONS))


@dataclass(frozen=True, slots=True)
class Route:
    """A request.

    :param kind: without ``microsoft.``; ``unknown`` when there is no such request.
    :param calendar: id in the path; empty: the default calendar.
    :param identifier: of the event or subscription in the path.
    """

    kind: str
    calendar: str = ""
    identifier: str = ""


UNKNOWN = Route("unknown")


def route(call: Call) -> Route:
    """Return what ``call`` asks for."""
    path = call.segments
    if path[:1] == ["v1.0"]:
        return _graph(call.method, path[1:])
    if path[1:] == ["oauth2", "v2.0", "authorize"] and call.method in ("GET", "POST"):
        return Route("authorize")
    if path[1:] == ["oauth2", "v2.0", "token"] and call.method == "POST":
        return Route("token")
    if path[1:] == ["v2.0", ".well-known", "openid-configuration"] and call.method == "GET":
        return Route("metadata")
    return UNKNOWN


def _graph(method: str, path: list[str]) -> Route:
    if path == ["$batch"] and method == "POST":
        return Route("batch")
    if path[:1] == ["subscriptions"]:
        return _subscription(method, path[1:])
    if path[:1] != ["me"]:
        return UNKNOWN
    if len(path) == 1:
        return Route("me") if method == "GET" else UNKNOWN
    return _calendar(method, path[1:])


def _subscription(method: str, path: list[str]) -> Route:
    if not path:
        kind = {"GET": "list", "POST": "create"}.get(method)
        return Route(f"subscriptions.{kind}") if kind else UNKNOWN
    if path[1:] == ["reauthorize"] and method == "POST":
        return Route("subscriptions.reauthorize", identifier=path[0])
    if len(path) == 1 and method in VERBS:
        return Route(f"subscriptions.{VERBS[method]}", identifier=path[0])
    return UNKNOWN


def _calendar(method: str, path: list[str]) -> Route:
    calendar = ""
    if path == ["calendars"]:
        return Route("calendars.list") if method == "GET" else UNKNOWN
    if path[0] == "calendars":
        calendar, path = path[1], path[2:]
    elif path[0] == "calendar":
        path = path[1:]
        if path == ["getSchedule"] and method == "POST":
            return Route("calendar.getSchedule")
    if not path:
        return Route("calendars.get", calendar) if method == "GET" else UNKNOWN
    if path[0] == "calendarView" and method == "GET":
        return _view(calendar, path[1:])
    return _event(method, calendar, path[1:]) if path[0] == "events" else UNKNOWN


def _view(calendar: str, path: list[str]) -> Route:
    if not path:
        return Route("calendarView.list", calendar)
    if path in (["delta"], ["delta()"], ["microsoft.graph.delta()"]):
        return Route("calendarView.delta", calendar)
    return UNKNOWN


def _event(method: str, calendar: str, path: list[str]) -> Route:
    if not path:
        kind = {"GET": "list", "POST": "create"}.get(method)
        return Route(f"events.{kind}", calendar) if kind else UNKNOWN
    if len(path) == 1 and method in VERBS:
        return Route(f"events.{VERBS[method]}", calendar, path[0])
    if path[1:] == ["instances"] and method == "GET":
        return Route("events.instances", calendar, path[0])
    if len(path) == 2 and path[1] in ACTIONS and method == "POST":
        return Route(f"events.{path[1]}", calendar, path[0])
    return UNKNOWN
