"""What a person does in Outlook: the plain events of the page and of ``/control``."""

from __future__ import annotations

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
    body: dict[str, Any] = {}
    for name, member in (("name", "subject"), ("allday", "isAllDay"), ("cancelled", "isCancelled")):
        if name in plain:
            body[member] = plain[name]
    if "location" in plain:
        body["location"] = {"displayName": plain["location"]}
    if "description" in plain:
        body["body"] = {"contentType": "text", "content": plain["description"]}
    if "free" in plain:
        body["showAs"] = "free" if plain["free"] else "busy"
    if "private" in plain:
        body["sensitivity"] = "private" if plain["private"] else "normal"
    if "guests" in plain:
        body["attendees"] = [{"emailAddress": {"address": one["email"]}} for one in plain["guests"]]
    if "organizer" in plain:
        address = plain["organizer"]
        body["organizer"] = {"emailAddress": {"address": address, "name": address}}
    for name, member in (("start", "start"), ("stop", "end")):
        if name in plain:
            body[member] = _moment(plain[name], zone)
    return body


def _moment(text: str, zone: str) -> dict[str, str]:
    label = zone if times.zone(zone) else "UTC"
    if "T" not in text:
        return {"dateTime": f"{text}T00:00:00", "timeZone": label}
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    local = moment.astimezone(ZoneInfo("UTC" if label == "UTC" else zone))
    return {"dateTime": f"{local:%Y-%m-%dT%H:%M:%S}", "timeZone": label}
