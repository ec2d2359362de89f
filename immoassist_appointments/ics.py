"""iCalendar files (RFC 5545, and RFC 5546 for those that travel by mail) from plain data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText, vUri

from .ics_zone import vtimezone

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
PRODUCT = "-//ImmoAssist//Appointments 19.0//EN"
# Zones that need no VTIMEZONE: their times are written in UTC, with a Z.
UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Zulu", "UCT", "Universal"})
# A calendar needs the offsets around the event only, not those since 1970.
AROUND = timedelta(days=400)


@dataclass(frozen=True)
class Person:
    """:param str partstat: NEEDS-ACTION, ACCEPTED, DECLINED or TENTATIVE"""

    name: str
    email: str
    partstat: str = "NEEDS-ACTION"


@dataclass(frozen=True)
class Meeting:
    """One appointment as a calendar shows it.

    :param str uid: the same for the whole life of the appointment
    :param int sequence: grows with each change; a calendar ignores what is older than it has
    :param datetime start: aware; of an all-day meeting, the first midnight
    :param datetime stop: aware; of an all-day meeting, the midnight after its last day
    :param ZoneInfo zone: whose wall clock the meeting follows: the broker's
    :param datetime stamp: aware; when this version was made
    """

    uid: str
    sequence: int
    start: datetime
    stop: datetime
    zone: ZoneInfo
    stamp: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    status: str = CONFIRMED
    allday: bool = False
    organizer: Person | None = None
    attendees: tuple[Person, ...] = field(default=())


def invitation(meeting: Meeting, method: str) -> bytes:
    """The file of one invitation.

    :param str method: REQUEST for new and changed ones, CANCEL, or PUBLISH for a plain download
    """
    return _calendar([meeting], method).to_ical()


def feed(meetings: Iterable[Meeting], name: str) -> bytes:
    """The file of a calendar to subscribe to."""
    calendar = _calendar(meetings, PUBLISH)
    calendar.add("x-wr-calname", name)
    # Both say the same: how often it is worth asking again.
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    return calendar.to_ical()


def _calendar(meetings: Iterable[Meeting], method: str) -> Calendar:
    meetings = list(meetings)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for zone in _zones(meetings):
        calendar.add_component(zone)
    for meeting in meetings:
        calendar.add_component(_event(meeting))
    return calendar


def _zones(meetings: list[Meeting]) -> list[Timezone]:
    """The definition of each zone that is used, over the years that are used."""
    spans: dict[ZoneInfo, list[datetime]] = {}
    for meeting in meetings:
        if not meeting.allday and meeting.zone.key not in UTC_NAMES:
            spans.setdefault(meeting.zone, []).extend((meeting.start, meeting.stop))
    return [
        vtimezone(zone, min(moments) - AROUND, max(moments) + AROUND)
        for zone, moments in spans.items()
    ]


def _event(meeting: Meeting) -> Event:
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.stamp.astimezone(timezone.utc))
    event.add("dtstart", _moment(meeting, meeting.start))
    event.add("dtend", _moment(meeting, meeting.stop))
    event.add("summary", meeting.summary)
    for name in ("location", "description"):
        if text := getattr(meeting, name):
            event.add(name, text)
    if meeting.url:
        event.add("url", vUri(meeting.url))
    event.add("status", meeting.status)
    event.add("transp", "OPAQUE")
    if meeting.organizer:
        event["organizer"] = _address(meeting.organizer)
    for person in meeting.attendees:
        event.add("attendee", _attendee(person, meeting.organizer), encode=False)
    return event


def _moment(meeting: Meeting, moment: datetime):
    """In the broker's zone, by its name.

    Not in UTC: the meeting was agreed upon by a wall clock. Should a country change its clocks
    between now and then (Canada, Mexico, Jordan did in recent years), a calendar that knows the
    zone still shows the agreed hour. The VTIMEZONE beside it serves programs that do not know
    the name.
    """
    local = moment.astimezone(meeting.zone)
    if meeting.allday:
        return local.date()
    if meeting.zone.key in UTC_NAMES:
        return moment.astimezone(timezone.utc)
    return local


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"MAILTO:{person.email}")
    if person.name:
        # A quotation mark cannot be written inside a parameter.
        address.params["CN"] = vText(" ".join(person.name.replace('"', "'").split()))
    return address


def _attendee(person: Person, organizer: Person | None) -> vCalAddress:
    chairs = organizer is not None and person.email == organizer.email
    address = _address(person)
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText("CHAIR" if chairs else "REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText(person.partstat)
    if person.partstat == "NEEDS-ACTION":
        address.params["RSVP"] = vText("TRUE")
    return address
