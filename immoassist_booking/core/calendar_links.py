"""Addresses that open the new-event form of a web calendar, filled in."""

from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Entry:
    """What is written in the calendar; `start` and `stop` are aware."""

    title: str
    start: datetime
    stop: datetime
    details: str = ""
    location: str = ""


def google(entry: Entry) -> str:
    span = f"{_stamp(entry.start, '%Y%m%dT%H%M%SZ')}/{_stamp(entry.stop, '%Y%m%dT%H%M%SZ')}"
    query = {"action": "TEMPLATE", "text": entry.title, "dates": span}
    query |= {"details": entry.details, "location": entry.location}
    return "https://calendar.google.com/calendar/render?" + _encode(query)


def outlook(entry: Entry) -> str:
    """Outlook.com, for personal accounts."""
    return "https://outlook.live.com/calendar/0/deeplink/compose?" + _compose(entry)


def microsoft365(entry: Entry) -> str:
    """Outlook on the web, for accounts of an organisation."""
    return "https://outlook.office.com/calendar/0/deeplink/compose?" + _compose(entry)


def _compose(entry: Entry) -> str:
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": entry.title,
        "startdt": _stamp(entry.start, "%Y-%m-%dT%H:%M:%SZ"),
        "enddt": _stamp(entry.stop, "%Y-%m-%dT%H:%M:%SZ"),
        "body": entry.details,
        "location": entry.location,
    }
    return _encode(query)


def _stamp(moment: datetime, pattern: str) -> str:
    return moment.astimezone(timezone.utc).strftime(pattern)


def _encode(query: dict[str, str]) -> str:
    # %20 for a space: Outlook shows a "+" as it stands.
    return urlencode({key: value for key, value in query.items() if value}, quote_via=quote)
