"""Addresses that open a web calendar with an event filled in, ready to be saved."""

from datetime import datetime, timezone
from urllib.parse import urlencode

from .ics import Meeting

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"
MICROSOFT_365 = "https://outlook.office.com/calendar/0/deeplink/compose"
YAHOO = "https://calendar.yahoo.com/"


def google(meeting: Meeting) -> str:
    return f"{GOOGLE}?" + urlencode(
        {
            "action": "TEMPLATE",
            "text": meeting.summary,
            "dates": f"{_basic(meeting, meeting.start)}/{_basic(meeting, meeting.stop)}",
            "details": meeting.description,
            "location": meeting.location,
        }
    )


def outlook(meeting: Meeting, base: str = OUTLOOK) -> str:
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": meeting.summary,
        "startdt": _extended(meeting, meeting.start),
        "enddt": _extended(meeting, meeting.stop),
        "body": meeting.description,
        "location": meeting.location,
    }
    if meeting.allday:
        query["allday"] = "true"
    return f"{base}?" + urlencode(query)


def microsoft_365(meeting: Meeting) -> str:
    return outlook(meeting, MICROSOFT_365)


def yahoo(meeting: Meeting) -> str:
    query = {
        "v": "60",
        "title": meeting.summary,
        "st": _basic(meeting, meeting.start),
        "et": _basic(meeting, meeting.stop),
        "desc": meeting.description,
        "in_loc": meeting.location,
    }
    if meeting.allday:
        query["dur"] = "allday"
    return f"{YAHOO}?" + urlencode(query)


def _basic(meeting: Meeting, moment: datetime) -> str:
    """ "20270314T183000Z", or "20270314" of a whole day."""
    if meeting.allday:
        return moment.astimezone(meeting.zone).strftime("%Y%m%d")
    return moment.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def _extended(meeting: Meeting, moment: datetime) -> str:
    """ "2027-03-14T18:30:00Z", or "2027-03-14" of a whole day."""
    if meeting.allday:
        return moment.astimezone(meeting.zone).strftime("%Y-%m-%d")
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
