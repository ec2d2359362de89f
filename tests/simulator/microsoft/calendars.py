"""Graph's calendars, events and calendar views.

https://learn.microsoft.com/graph/api/resources/calendar , /event
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict

from ..call import Call, Reply
from ..store import Calendar
from . import render, times
from .box import Box
from .delta import Cursor, Expired
from .errors import GraphError, bad_query, denied, invalid, not_found
from .events import Instance, instances
from .query import Query
from .render import Preferences
from .routes import Route
from .settings import Settings

UNSUPPORTED = ("$select", "$expand", "$filter", "$orderby", "$search")
RESPONSES = {
    "accept": "accepted",
    "decline": "declined",
    "tentativelyAccept": "tentativelyAccepted",
}


def read_json(call: Call) -> Any:
    """Return the body, which has to be announced as JSON."""
    if not call.headers.get("Content-Type", "").startswith("application/json"):
        raise bad_query("Write request has to have the Content-Type application/json.")
    try:
        return call.json()
    except ValueError as error:
        raise bad_query("Unable to read JSON request payload.") from error


@dataclass(slots=True)
class Request:
    """One request about a mailbox, and all that answers need of it."""

    call: Call
    route: Route
    box: Box
    prefer: Preferences
    settings: Settings

    @property
    def calendar(self) -> Calendar:
        """Return the calendar in the path, or the default one."""
        calendars = self.box.account.calendars
        if not self.route.calendar:
            return self.box.account.primary
        if self.route.calendar not in calendars:
            raise not_found()
        return calendars[self.route.calendar]

    def writable(self, calendar: Calendar) -> None:
        """Refuse what may only be read."""
        if calendar.role not in ("owner", "writer"):
            raise denied()

    def event(self) -> Instance:
        """Return the event in the path, which must be in the calendar of the path."""
        found = self.box.mailbox.find(render.token_of(self.route.identifier))
        if self.route.calendar and found.event.calendar != self.calendar.id:
            raise not_found()
        return found

    def reply(self, value: Any, status: int = 200) -> Reply:
        """Answer with JSON, and with what was done of the preferences."""
        text = json.dumps(value, ensure_ascii=False)
        kind = "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8"
        applied = self.prefer.applied
        return Reply(status, text, kind, {"Preference-Applied": applied} if applied else {})

    def address(self, options: dict[str, str]) -> str:
        """Return the address of the request with other query options."""
        path = "/".join(quote(part, safe="=$()") for part in self.call.segments)
        return f"{self.call.base}/{path}?{urlencode(options, safe='$')}"


def me(request: Request) -> Reply:
    """Return who it is."""
    account = request.box.account
    shown = {"id": account.id, "displayName": account.name, "mail": account.email}
    return request.reply({**shown, "userPrincipalName": account.email})


def calendars_list(request: Request) -> Reply:
    """List the calendars."""
    account = request.box.account
    return request.reply({"value": [_calendar(account, one) for one in account.calendars.values()]})


def calendars_get(request: Request) -> Reply:
    """Return one calendar."""
    return request.reply(_calendar(request.box.account, request.calendar))


def _calendar(account: Any, calendar: Calendar) -> dict[str, Any]:
    return {
        "id": calendar.id,
        "name": calendar.name,
        "color": "auto",
        "hexColor": "",
        "isDefaultCalendar": calendar.primary,
        "changeKey": "simulated",
        "canShare": calendar.role == "owner",
        "canViewPrivateItems": calendar.role in ("owner", "writer"),
        "canEdit": calendar.role in ("owner", "writer"),
        "isRemovable": not calendar.primary,
        "owner": {"name": account.name, "address": account.email},
    }


def events_list(request: Request) -> Reply:
    """List single events and masters."""
    return _listing(request, request.box.mailbox.listed(request.calendar.id))


def calendar_view(request: Request) -> Reply:
    """List what a window shows."""
    start, stop = _window(request.call.query)
    return _listing(request, request.box.mailbox.view(request.calendar.id, start, stop))


def events_instances(request: Request) -> Reply:
    """List the occurrences of a series in a window."""
    start, stop = _window(request.call.query)
    found = sorted(instances(request.event().event, start, stop), key=lambda item: item.start)
    return _listing(request, [item for item in found if item.day])


def _window(query: MultiDict) -> tuple[datetime, datetime]:
    names = ("startDateTime", "endDateTime")
    if any(name not in query for name in names):
        text = "This request requires a time window specified by startDateTime and endDateTime."
        raise GraphError(400, "ErrorInvalidParameter", text)
    start, stop = (times.parse_moment(query[name], name) for name in names)
    if stop < start:
        raise GraphError(400, "ErrorInvalidParameter", "endDateTime is before startDateTime.")
    return start, stop


def _listing(request: Request, items: list[Instance]) -> Reply:
    query = Query.parse(request.call.query, request.prefer.page_size)
    page, following = query.page(items)
    answer: dict[str, Any] = {"value": [_shown(request, item, query) for item in page]}
    if following is not None:
        options = {**request.call.query.to_dict(), "$skip": str(following)}
        answer["@odata.nextLink"] = request.address(options)
    return request.reply(answer)


def _shown(request: Request, item: Instance, query: Query) -> dict[str, Any]:
    shown = render.event(request.box.mailbox, item, request.prefer.reading())
    return query.shown(render.with_properties(shown, item.event, query.expand))


def delta(request: Request) -> Reply:
    """Answer a delta request or link."""
    query, deltas = request.call.query, request.box.deltas
    refused = [name for name in UNSUPPORTED if name in query]
    if refused:
        raise bad_query(f"The query parameter '{refused[0]}' is not supported with delta.")
    if request.route.calendar and not request.settings.delta_calendars:
        raise bad_query("Change tracking is not supported against this resource.")
    size = request.prefer.page_size
    try:
        if "$skiptoken" in query:
            skip = query["$skiptoken"]
        elif query.get("$deltatoken"):
            skip = deltas.resume(Cursor.decode(query["$deltatoken"]), size)
        else:
            skip = deltas.begin(request.calendar.id, *_window(query), size)
        items, more, cursor = deltas.page(skip)
    except Expired as expired:
        raise _gone(request, expired.cursor) from expired
    prefer = request.prefer.reading()
    answer: dict[str, Any] = {"value": [deltas.shown(item, prefer) for item in items]}
    if more:
        answer["@odata.nextLink"] = request.address({"$skiptoken": more})
    else:
        answer["@odata.deltaLink"] = request.address({"$deltatoken": cursor.encode()})
    return request.reply(answer)


def _gone(request: Request, cursor: Cursor) -> GraphError:
    start, stop = (times.stamp(moment) for moment in cursor.window())
    window = {"startDateTime": start, "endDateTime": stop}
    fresh = request.address({**window, "$deltatoken": ""})
    message = "The sync state generation is not found; continue with the address in Location."
    return GraphError(410, request.settings.delta_gone, message, {"Location": fresh})


def events_get(request: Request) -> Reply:
    """Return one event."""
    query = Query.parse(request.call.query)
    return request.reply(_shown(request, request.event(), query))


def events_create(request: Request) -> Reply:
    """Create an event; the answer is in the zone that was written, unless another is preferred."""
    request.writable(request.calendar)
    body = read_json(request.call)
    try:
        item = request.box.mailbox.create(request.calendar.id, body)
    except GraphError as error:
        raise _with_existing(request, error) from error
    return request.reply(render.event(request.box.mailbox, item, request.prefer), 201)


def _with_existing(request: Request, error: GraphError) -> GraphError:
    if error.code == "ErrorDuplicateTransactionId":
        token = error.more.pop("token")
        error.status = request.settings.duplicate_status
        if request.settings.duplicate_id:
            existing = render.identify(token, request.prefer.immutable)
            error.more["@event.existingEventId"] = existing
    return error


def events_update(request: Request) -> Reply:
    """Change one event."""
    found = request.event()
    request.writable(request.box.account.calendars[found.event.calendar])
    body = read_json(request.call)
    if_match = request.call.headers.get("If-Match")
    item = request.box.mailbox.update(found.token, body, if_match)
    return request.reply(render.event(request.box.mailbox, item, request.prefer))


def events_delete(request: Request) -> Reply:
    """Delete one event."""
    found = request.event()
    request.writable(request.box.account.calendars[found.event.calendar])
    request.box.mailbox.delete(found.token, request.call.headers.get("If-Match"))
    return Reply(204)


def events_act(request: Request) -> Reply:
    """Cancel as the organiser, or answer as a guest."""
    mailbox, found = request.box.mailbox, request.event()
    body = read_json(request.call) if request.call.body else {}
    action = request.route.kind.rpartition(".")[2]
    if action == "cancel":
        if not mailbox.organises(found.event):
            raise invalid("You need to be an organizer to cancel a meeting.")
        mailbox.delete(found.token)
    else:
        mailbox.respond(found.token, RESPONSES[action], body.get("sendResponse", True))
    return Reply(202)
