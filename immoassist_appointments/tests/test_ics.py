from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from icalendar import Calendar

from odoo.tests import BaseCase

from .. import add_links, ics

ZONES = (
    "America/Toronto",
    "Europe/Paris",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Tokyo",
)
UTC = timezone.utc


def meeting(**values):
    start = values.pop("start", datetime(2027, 3, 14, 18, 30, tzinfo=UTC))
    return ics.Meeting(
        **{
            "uid": "9f2b",
            "sequence": 3,
            "start": start,
            "stop": start + timedelta(minutes=45),
            "zone": ZoneInfo("America/Toronto"),
            "stamp": datetime(2027, 3, 1, tzinfo=UTC),
            "summary": "Visite",
            "organizer": ics.Person("Marie Tremblay", "marie@agency.example", "ACCEPTED"),
            "attendees": (ics.Person("Ada", "ada@client.example"),),
            **values,
        }
    )


def parsed(wanted, method=ics.REQUEST):
    calendar = Calendar.from_ical(ics.invitation(wanted, method))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


class TestIcs(BaseCase):
    def test_parses_back(self):
        calendar, event = parsed(meeting(location="4512, rue Saint-Denis", description="a\nb"))
        self.assertEqual(calendar["method"], "REQUEST")
        self.assertEqual((event["uid"], event["sequence"]), ("9f2b", 3))
        self.assertEqual(event["location"], "4512, rue Saint-Denis")
        self.assertEqual(event["description"], "a\nb")
        self.assertEqual(event["organizer"], "MAILTO:marie@agency.example")
        self.assertEqual(event["attendee"].params["PARTSTAT"], "NEEDS-ACTION")
        self.assertEqual(event["attendee"].params["RSVP"], "TRUE")
        self.assertEqual(event.errors, [])

    def test_zone_and_instant(self):
        for name in ZONES:
            wanted = meeting(zone=ZoneInfo(name))
            calendar, event = parsed(wanted)
            self.assertEqual(event["dtstart"].params["TZID"], name)
            self.assertEqual(event["dtstart"].dt, wanted.start, name)
            self.assertEqual([str(z["tzid"]) for z in calendar.walk("VTIMEZONE")], [name])

    def test_utc_needs_no_zone(self):
        calendar, event = parsed(meeting(zone=ZoneInfo("UTC")))
        self.assertFalse(calendar.walk("VTIMEZONE"))
        self.assertTrue(event["dtstart"].to_ical().endswith(b"Z"))

    def test_the_zone_definition_is_right_every_hour(self):
        """Read by its VTIMEZONE alone, as a program that does not know the name does."""
        for name in ZONES:
            zone = ZoneInfo(name)
            calendar, _event = parsed(meeting(zone=zone))
            onsets = _onsets(calendar.walk("VTIMEZONE")[0])
            moment = datetime(2026, 6, 1, tzinfo=UTC)
            while moment < datetime(2028, 4, 1, tzinfo=UTC):
                known = [offset for onset, offset in onsets if onset <= moment][-1]
                self.assertEqual(known, moment.astimezone(zone).utcoffset(), f"{name} {moment}")
                moment += timedelta(hours=1)

    def test_whole_days(self):
        zone = ZoneInfo("America/Toronto")
        _calendar, event = parsed(
            meeting(
                allday=True,
                start=datetime(2027, 3, 14, tzinfo=zone).astimezone(UTC),
                stop=datetime(2027, 3, 16, tzinfo=zone).astimezone(UTC),
            )
        )
        self.assertEqual(event["dtstart"].dt, date(2027, 3, 14))
        self.assertEqual(event["dtend"].dt, date(2027, 3, 16))

    def test_hostile_texts_stay_texts(self):
        evil = 'x"\r\nATTENDEE:MAILTO:evil@example.com\r\nBEGIN:VALARM;:,\\'
        calendar, event = parsed(
            meeting(
                summary=evil,
                location=evil,
                description=evil,
                attendees=(ics.Person(evil, "ada@client.example"),),
            )
        )
        self.assertEqual(len(calendar.walk()), len(parsed(meeting())[0].walk()))
        self.assertEqual(event["attendee"], "MAILTO:ada@client.example")

    def test_request_move_cancel_leave_a_calendar_right(self):
        later = datetime(2027, 3, 15, 18, 30, tzinfo=UTC)
        first = meeting(sequence=0)
        moved = replace(first, sequence=1, start=later, stop=later + timedelta(minutes=45))
        ended = replace(moved, sequence=2, status=ics.CANCELLED)
        shelf = {}
        for wanted, method in ((first, "REQUEST"), (moved, "REQUEST"), (first, "REQUEST")):
            _apply(shelf, ics.invitation(wanted, method))
        self.assertEqual([event["dtstart"].dt for event in shelf.values()], [later])
        _apply(shelf, ics.invitation(ended, "CANCEL"))
        _apply(shelf, ics.invitation(moved, "REQUEST"))
        self.assertEqual([str(event["status"]) for event in shelf.values()], ["CANCELLED"])

    def test_feed(self):
        other = meeting(uid="other", zone=ZoneInfo("Europe/Paris"))
        calendar = Calendar.from_ical(ics.feed([meeting(), other, meeting(uid="third")], "Marie"))
        self.assertEqual(calendar["x-wr-calname"], "Marie")
        self.assertEqual(len(calendar.walk("VEVENT")), 3)
        self.assertEqual(len(calendar.walk("VTIMEZONE")), 2)

    def test_links_of_web_calendars(self):
        wanted = meeting(summary="Visite & thé", description="https://a.example/?b=1&c=2")
        self.assertIn("dates=20270314T183000Z%2F20270314T191500Z", add_links.google(wanted))
        self.assertIn("text=Visite+%26+th%C3%A9", add_links.google(wanted))
        self.assertIn("startdt=2027-03-14T18%3A30%3A00Z", add_links.outlook(wanted))
        self.assertTrue(add_links.microsoft_365(wanted).startswith("https://outlook.office.com/"))
        self.assertIn("st=20270314T183000Z", add_links.yahoo(wanted))


def _onsets(zone):
    """[(moment in UTC, offset from then on)] as the sub-components of a VTIMEZONE say."""
    return sorted(
        ((part["dtstart"].dt - part["tzoffsetfrom"].td).replace(tzinfo=UTC), part["tzoffsetto"].td)
        for part in zone.subcomponents
    )


def _apply(shelf, data):
    """What a calendar does with a file: the higher revision of a UID wins (RFC 5546, 2.1.5)."""
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    known = shelf.get(str(event["uid"]))
    if known is None or event["sequence"] >= known["sequence"]:
        shelf[str(event["uid"])] = event
