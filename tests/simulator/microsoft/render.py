"""Events as Graph writes them into its answers.

https://learn.microsoft.com/graph/api/resources/event
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from . import times
from .errors import GraphError, not_found
from .events import Event, Instance
from .mailbox import Mailbox

IMMUTABLE = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A"
MOVABLE = "AAMkAGVmMDEzMTM4LTZmYWUtNDdkNC1hMDZi"
UID = "040000008200E00074C5B7101A82E008"
_PREFERENCE = re.compile(r'([\w.-]+)\s*(?:=\s*(?:"([^"]*)"|([^,;"\s]+)))?')


def identify(token: str, immutable: bool) -> str:
    """Return the id of an event; the two forms are distinct texts for one event."""
    return f"{IMMUTABLE if immutable else MOVABLE}{token}="


def token_of(identifier: str) -> str:
    """Return what an id is made of; ids are case-sensitive.

    :raise GraphError: 400, it is none.
    """
    for prefix in (IMMUTABLE, MOVABLE):
        if identifier.startswith(prefix) and identifier.endswith("="):
            return identifier[len(prefix) : -1]
    if not identifier or not identifier.isascii() or len(identifier) < 16:
        raise GraphError(400, "ErrorInvalidIdMalformed", "Id is malformed.")
    raise not_found()


@dataclass(frozen=True, slots=True)
class Preferences:
    """The ``Prefer`` header, as far as it is understood.

    :param zone: empty: not asked for; UTC on reading, the zone as written on writing.
    :param page_size: None: not asked for.
    """

    zone: str = ""
    immutable: bool = False
    text: bool = False
    page_size: int | None = None
    applied: str = ""

    @classmethod
    def parse(cls, headers: Iterable[str]) -> Preferences:
        """Read the header, which may come several times or joined by commas."""
        found = {}
        for name, quoted, plain in _PREFERENCE.findall(",".join(headers)):
            found[name.lower()] = quoted or plain
        zone = found.get("outlook.timezone", "")
        if zone and times.zone(zone) is None:
            message = f"The following TimeZone value is not supported: '{zone}'."
            raise GraphError(400, "TimeZoneNotSupportedException", message)
        size = found.get("odata.maxpagesize", "")
        known = {
            "outlook.timezone": bool(zone),
            "idtype": found.get("idtype", "").lower() == "immutableid",
            "outlook.body-content-type": found.get("outlook.body-content-type", "") == "text",
            "odata.maxpagesize": size.isdecimal() and int(size) > 0,
        }
        names = {"idtype": "IdType", "odata.maxpagesize": ""}
        applied = [
            f'{names.get(name, name)}="{found[name]}"'
            for name, used in known.items()
            if used and names.get(name, name)
        ]
        page_size = min(int(size), 1000) if known["odata.maxpagesize"] else None
        return cls(
            zone, known["idtype"], known["outlook.body-content-type"], page_size, ", ".join(applied)
        )

    def reading(self) -> Preferences:
        """Return the same with the zone that is the default on reading."""
        return self if self.zone else replace(self, zone="UTC")


def event(mailbox: Mailbox, item: Instance, prefer: Preferences) -> dict[str, Any]:
    """Return an event in full."""
    own, content = item.event, item.event.content
    organizer = mailbox.organises(own)
    shown = {
        **thin(item, prefer),
        "changeKey": item.change_key,
        "createdDateTime": times.stamp(own.created),
        "lastModifiedDateTime": times.stamp(own.modified),
        "iCalUId": uid(item),
        "originalStartTimeZone": own.zone,
        "originalEndTimeZone": own.end_zone,
        "isAllDay": own.all_day,
        "isCancelled": content.get("cancelled", False),
        "isOrganizer": organizer,
        "isDraft": False,
        "hasAttachments": False,
        **{name: content[name] for name in _PLAIN},
        "seriesMasterId": _master(item, prefer),
        "bodyPreview": _text(content["body"])[:255],
        "body": _body(content["body"], prefer.text),
        "locations": [content["location"]] if content["location"].get("displayName") else [],
        "responseStatus": _response(content, organizer),
        "recurrence": own.recurrence,
        "onlineMeeting": None,
        "webLink": f"https://outlook.office365.com/owa/?itemid={item.token}&exvsurl=1",
    }
    if own.transaction_id:
        shown["transactionId"] = own.transaction_id
    return shown


_PLAIN = (
    "subject", "location", "attendees", "organizer", "showAs", "sensitivity", "importance",
    "categories", "isReminderOn", "reminderMinutesBeforeStart", "responseRequested",
    "allowNewTimeProposals", "hideAttendees", "isOnlineMeeting", "onlineMeetingProvider",
)  # fmt: skip


def thin(item: Instance, prefer: Preferences) -> dict[str, Any]:
    """Return an event as delta often lists an occurrence: nothing but what tells it apart."""
    own = item.event
    shown = {
        "@odata.etag": item.etag,
        "id": identify(item.token, prefer.immutable),
        "type": item.kind,
        "start": times.render(item.start, prefer.zone or own.zone, own.all_day),
        "end": times.render(item.end, prefer.zone or own.end_zone, own.all_day),
    }
    if item.day:
        shown["seriesMasterId"] = _master(item, prefer)
    return shown


def uid(item: Instance) -> str:
    """Return the ``iCalUId``: like Outlook's, it carries the day of an occurrence."""
    head, _, _day = item.token.partition("-")
    day = item.day and f"{int(item.day[:4]):04X}{int(item.day[4:6]):02X}{int(item.day[6:]):02X}"
    return f"{UID}{day or '00000000'}{head.upper()}"


def with_properties(shown: dict[str, Any], own: Event, wanted: frozenset[str]) -> dict[str, Any]:
    """Add the extended properties that ``$expand`` asks for."""
    found = [{"id": one, "value": own.properties[one]} for one in own.properties if one in wanted]
    return {**shown, "singleValueExtendedProperties": found} if found else shown


def _master(item: Instance, prefer: Preferences) -> str | None:
    return identify(item.token.partition("-")[0], prefer.immutable) if item.day else None


def _response(content: Any, organizer: bool) -> dict[str, str]:
    if organizer:
        return {"response": "organizer", "time": "0001-01-01T00:00:00Z"}
    response = content.get("response", "notResponded")
    return {"response": response, "time": content.get("responded", "0001-01-01T00:00:00Z")}


def _text(body: Any) -> str:
    text = body.get("content") or ""
    if body.get("contentType", "text").lower() == "html":
        text = re.sub(r"\r?\n", " ", text)
        text = re.sub(r"(?i)<br\s*/?>|</p>|</div>", "\n", text)
        text = html.unescape(re.sub(r"<[^>]*>", "", text))
    return "\r\n".join(line.rstrip() for line in text.splitlines())


def _body(body: Any, text: bool) -> dict[str, str]:
    """Return the body in one form, whatever was written: Exchange keeps HTML, with a frame."""
    if text:
        return {"contentType": "text", "content": _text(body)}
    inner = body.get("content") or ""
    if body.get("contentType", "text").lower() == "text":
        inner = "<br>\r\n".join(html.escape(line, quote=False) for line in inner.splitlines())
    if inner and "<html" not in inner:
        head = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
        inner = f"<html>\r\n<head>\r\n{head}\r\n</head>\r\n<body>\r\n{inner}\r\n</body>\r\n</html>"
    return {"contentType": "html", "content": inner}
