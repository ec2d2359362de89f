"""Events as Microsoft Graph returns them: https://learn.microsoft.com/graph/api/resources/event"""

from __future__ import annotations

from typing import Any

ME, CLIENT = "ann@agency.example", "carl@client.example"


def utc(text: str) -> dict[str, str]:
    return {"dateTime": f"{text}.0000000", "timeZone": "UTC"}


def person(address: str, response: str = "none", **more: Any) -> dict[str, Any]:
    status = {"response": response, "time": "0001-01-01T00:00:00Z"}
    return {"type": "required", "status": status, "emailAddress": {"address": address}, **more}


def graph_event(**changes: Any) -> dict[str, Any]:
    """A visit of one hour as Graph returns it in full."""
    return {
        "@odata.etag": 'W/"ZlnW4RIAV06KYYwlrfNZvQAALfZeRQ=="',
        "id": "AAkALgAAAAAAHYQDEapm",
        "iCalUId": "040000008200E00074C5B7101A82E00800000000A1B2",
        "type": "singleInstance",
        "seriesMasterId": None,
        "subject": "Visit",
        "body": {"contentType": "text", "content": "Bring the keys\r\n"},
        "start": utc("2026-12-01T13:00:00"),
        "end": utc("2026-12-01T14:00:00"),
        "originalStartTimeZone": "Romance Standard Time",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "showAs": "busy",
        "sensitivity": "normal",
        "location": {"displayName": "12 rue Haute"},
        "organizer": {"emailAddress": {"name": "Ann", "address": ME}},
        "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
        "attendees": [],
        **changes,
    }


def invitation(response: str = "notResponded", **changes: Any) -> dict[str, Any]:
    """The same, organised by somebody else."""
    organizer = {"emailAddress": {"name": "Carl", "address": CLIENT}}
    status = {"response": response, "time": "2026-11-22T09:00:00Z"}
    guest = {"isOrganizer": False, "organizer": organizer, "responseStatus": status}
    return graph_event(**{**guest, "attendees": [person(ME), person("eve@x.example")], **changes})
