"""What a person does in Outlook: the plain events of the page and of ``/control``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from . import render, times
from .events import Instance
from .mailbox import Mailbox

ANSWERS = {
    "accepted": "accepted",
    "declined": "declined",
    "tentative": "tentativelyAccepted",
    "needs_action": "none",
}
PLAIN_ANSWERS = {
    **{graph: plain for plain, graph in ANSWERS.items()},
    "organizer": "accepted",
    "notResponded": "needs_action",
}
READING = render.Preferences(zone="UTC", immutable=True, text=True)


def to_plain(mailbox: Mailbox, item: Instance) -> dict[str, Any]:
    """Return an event in the words that both providers share, see :class:`..side.Side`."""
    shown, event = render.event(mailbox, item, READING), item.event
    times_shown = [
        f"{moment:%Y-%m-%d}" if event.all_day else moment.isoformat()
        for moment in (item.start, item.end)
    ]
    return {
        "id": shown["id"],
        "name": shown["subject"],
        "start": times_shown[0],
        "stop": times_shown[1],
        "allday": event.all_day,
        "location": shown["location"].get("displayName", ""),
        "description": shown["body"]["content"],
        "free": shown["showAs"] == "free",
        "private": shown["sensitivity"] == "private",
        "guests": [
            {
                "email": one["emailAddress"]["address"],
                "answer": PLAIN_ANSWERS[one["status"]["response"]],
            }
            for one in shown["attendees"]
        ],
        "organizer": shown["organizer"]["emailAddress"]["address"],
        "cancelled": shown["isCancelled"],
    }


def to_body(plain: dict[str, Any], zone: str) -> dict[str, Any]:
    """Return the Graph JSON of a plain event, only of what is given."""
    given = ((name, plain[name]) for name in plain if name in MEMBERS)
    return {MEMBERS[name][0]: MEMBERS[name][1](value, zone) for name, value in given}


def _moment(text: str, zone: str) -> dict[str, str]:
    label = zone if times.zone(zone) else "UTC"
    if "T" not in text:
        return {"dateTime": f"{text}T00:00:00", "timeZone": label}
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    local = moment.astimezone(ZoneInfo("UTC" if label == "UTC" else zone))
    return {"dateTime": f"{local:%Y-%m-%dT%H:%M:%S}", "timeZone": label}


def _same(value: Any, _zone: str) -> Any:
    return value


def _person(address: str) -> dict[str, Any]:
    return {"emailAddress": {"address": address, "name": address}}


MEMBERS: dict[str, tuple[str, Callable[[Any, str], Any]]] = {
    "name": ("subject", _same),
    "allday": ("isAllDay", _same),
    "cancelled": ("isCancelled", _same),
    "location": ("location", lambda text, _zone: {"displayName": text}),
    "description": ("body", lambda text, _zone: {"contentType": "text", "content": text}),
    "free": ("showAs", lambda free, _zone: "free" if free else "busy"),
    "private": ("sensitivity", lambda private, _zone: "private" if private else "normal"),
    "guests": ("attendees", lambda guests, _zone: [_person(one["email"]) for one in guests]),
    "organizer": ("organizer", lambda address, _zone: _person(address)),
    "start": ("start", _moment),
    "stop": ("end", _moment),
}
"""Of a plain event: the member of Graph's, and how it gets there."""
