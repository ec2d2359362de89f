"""Google's events in the words that both sides share (see :class:`..side.Side`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..store import Calendar
from .book import Book, occurrence
from .times import moment, zone_named

ANSWERS = {
    "needs_action": "needsAction",
    "accepted": "accepted",
    "declined": "declined",
    "tentative": "tentative",
}
WORDS = {theirs: ours for ours, theirs in ANSWERS.items()}


def to_plain(body: dict[str, Any]) -> dict[str, Any]:
    """Return an event in plain words."""
    allday = "date" in body["start"]
    side = "date" if allday else "dateTime"
    guests = [
        {"email": one["email"], "answer": WORDS[one["responseStatus"]]}
        for one in body.get("attendees", ())
    ]
    return {
        "id": body["id"],
        "name": body.get("summary", ""),
        "start": body["start"][side].replace("Z", "+00:00"),
        "stop": body["end"][side].replace("Z", "+00:00"),
        "allday": allday,
        "location": body.get("location", ""),
        "description": body.get("description", ""),
        "free": body.get("transparency") == "transparent",
        "private": body.get("visibility") in ("private", "confidential"),
        "guests": guests,
        "organizer": body["organizer"]["email"],
        "cancelled": body["status"] == "cancelled",
    }


def from_plain(plain: dict[str, Any], zone: str) -> dict[str, Any]:
    """Return the properties of a plain event, of what is given only."""
    names = {"name": "summary", "location": "location", "description": "description"}
    body: dict[str, Any] = {
        theirs: plain[ours] or None for ours, theirs in names.items() if ours in plain
    }
    for ours, theirs in (("start", "start"), ("stop", "end")):
        if ours in plain:
            text = plain[ours]
            if plain.get("allday"):
                body[theirs] = {"date": text, "dateTime": None, "timeZone": None}
            else:
                body[theirs] = {"date": None, "dateTime": text, "timeZone": zone}
    if "free" in plain:
        body["transparency"] = "transparent" if plain["free"] else "opaque"
    if "private" in plain:
        body["visibility"] = "private" if plain["private"] else "default"
    if "guests" in plain:
        body["attendees"] = [
            {
                "email": one["email"],
                "responseStatus": ANSWERS[one.get("answer", "needs_action")],
            }
            for one in plain["guests"]
        ]
    if plain.get("organizer"):
        body["organizer"] = {"email": plain["organizer"]}
    return body


def shown(book: Book, calendar: Calendar, start: datetime, stop: datetime) -> list[dict[str, Any]]:
    """Return what a calendar shows between two times, in order."""
    zone = zone_named(calendar.zone)
    bodies: list[dict[str, Any]] = []
    for entry in calendar.entries.values():
        if entry.deleted:
            continue
        if "recurrence" in entry.body:
            bodies += (
                occurrence(entry.body, one)
                for one in book.expand(calendar, entry.body, start, stop)
                if f"{entry.id}_{one.key}" not in calendar.entries
            )
        elif moment(entry.body["start"], zone) < stop and moment(entry.body["end"], zone) > start:
            bodies.append(entry.body)
    bodies.sort(key=lambda body: moment(body["start"], zone))
    return [to_plain(body) for body in bodies]
