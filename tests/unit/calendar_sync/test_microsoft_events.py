"""Graph's events and ours, one as the other."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_calendar_sync.core.fingerprint import same
from odoo.addons.immoassist_calendar_sync.core.provider import FIELDS, Guest, Mark
from odoo.addons.immoassist_calendar_sync.core.snapshot import Presence, Role
from odoo.addons.immoassist_calendar_sync.providers.microsoft_events import (
    DATABASE,
    KEY,
    mark_properties,
    moment,
    read_event,
    write_event,
)
from odoo.addons.immoassist_calendar_sync.providers.microsoft_uid import series_uid
from odoo.addons.immoassist_calendar_sync.providers.microsoft_zones import windows_name

from tests.unit.calendar_sync.graph import CLIENT, ME, graph_event, invitation, person, utc

UTC = timezone.utc
SERIES = "040000008200E00074C5B7101A82E00800000000A1B2"
ON_8_DECEMBER = SERIES.replace("E00800000000", "E00807EA0C08")
ZONES = ["UTC", "Europe/Paris", "America/Toronto", "Asia/Kolkata", "Australia/Lord_Howe", "?"]


def at(hour: int, day: int = 1) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def test_reads_what_outlook_shows():
    event = read_event(graph_event())
    assert event.fields == {
        "name": "Visit",
        "description": "Bring the keys",
        "details": "",
        "location": "12 rue Haute",
        "start": at(13),
        "stop": at(14),
        "allday": False,
        "free": False,
        "private": False,
        "tentative": False,
    }
    assert event.fields.keys() == FIELDS
    assert event.etag == 'W/"ZlnW4RIAV06KYYwlrfNZvQAALfZeRQ=="'
    assert event.ical_uid == SERIES
    assert (event.role, event.presence, event.blocking) == (Role.ORGANISER, Presence.LIVE, True)
    assert event.mark is None


@pytest.mark.parametrize(
    ("shown", "free", "tentative"),
    [
        ("free", True, None),
        ("workingElsewhere", True, None),
        ("tentative", False, True),
        ("busy", False, False),
        ("oof", False, False),
        ("unknown", False, False),
    ],
)
def test_availability(shown, free, tentative):
    """A free event cannot say that it is tentative: not known is not no."""
    fields = read_event(graph_event(showAs=shown)).fields
    assert (fields["free"], fields.get("tentative")) == (free, tentative)


@pytest.mark.parametrize(
    ("word", "private"),
    [("normal", False), ("personal", False), ("private", True), ("confidential", True)],
)
def test_sensitivity(word, private):
    assert read_event(graph_event(sensitivity=word)).fields["private"] is private


@pytest.mark.parametrize(
    ("item", "role", "presence"),
    [
        pytest.param(graph_event(), Role.ORGANISER, Presence.LIVE, id="own"),
        pytest.param(invitation(), Role.GUEST, Presence.LIVE, id="invited"),
        pytest.param(invitation("accepted"), Role.GUEST, Presence.LIVE, id="accepted"),
        pytest.param(invitation("declined"), Role.GUEST, Presence.DECLINED, id="declined"),
        pytest.param(
            invitation("organizer"), Role.ORGANISER, Presence.LIVE, id="organiser by the answer"
        ),
    ],
)
def test_role_and_presence(item, role, presence):
    event = read_event(item, {ME})
    assert (event.role, event.presence) == (role, presence)


def test_a_cancelled_meeting_is_deleted():
    event = read_event(invitation(isCancelled=True))
    assert (event.presence, event.fields, event.blocking) == (Presence.DELETED, {}, True)


def test_guests_are_neither_the_broker_nor_rooms():
    room = person("room@agency.example", type="resource")
    guests = [person(ME.upper(), "organizer"), person(CLIENT.title(), "tentativelyAccepted"), room]
    expected = (Guest(CLIENT, "", "tentative"),)
    assert read_event(graph_event(attendees=guests)).guests == expected
    assert read_event(invitation(attendees=guests), {ME}).guests == expected


def test_marks():
    mark = Mark("9c7d", "a" * 32)
    item = graph_event(singleValueExtendedProperties=mark_properties(mark))
    assert read_event(item).mark == mark
    half = graph_event(singleValueExtendedProperties=[{"id": DATABASE, "value": "9c7d"}])
    assert read_event(half).mark is None
    inherited = {**item, "type": "occurrence", "seriesMasterId": "m"}
    assert read_event(inherited).mark is None
    assert KEY != DATABASE


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-12-01T13:00:00.1234567", "UTC", at(13).replace(microsecond=123456)),
        ("2026-12-01T13:00:00", "UTC", at(13)),
        ("2026-12-01T13:00:00.5Z", "Romance Standard Time", at(13).replace(microsecond=500_000)),
        ("2026-12-01T14:00:00.0000000", "Romance Standard Time", at(13)),
        ("2026-12-01T14:00:00.0000000", "Europe/Paris", at(13)),
        ("2026-12-01T08:00:00.0000000", "Eastern Standard Time", at(13)),
        ("2026-12-01T13:00:00.0000000", "tzone://Microsoft/Utc", at(13)),
    ],
)
def test_times_in_whatever_zone_the_answer_names(text, zone, expected):
    assert moment(text, zone) == expected


@pytest.mark.parametrize(
    "text", ["", "2026-12-01", "2026-13-01T00:00:00", "2026-12-01T13:00:00+01"]
)
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match=r"Not a time|month must be"):
        moment(text)


@pytest.mark.parametrize("broken", [None, {}, {"dateTime": "x", "timeZone": "UTC"}, utc("9999")])
def test_an_event_without_times_is_left_out_and_stops_no_other(broken):
    event = read_event(graph_event(start=broken))
    assert not event.blocking
    assert "start" not in event.fields


def all_day(start: str, end: str, zone: str = "UTC", **changes):
    ends = ({"dateTime": f"{text}.0000000", "timeZone": zone} for text in (start, end))
    return graph_event(isAllDay=True, **dict(zip(("start", "end"), ends, strict=True)), **changes)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(all_day("2026-12-01T00:00:00", "2026-12-03T00:00:00"), id="midnight in UTC"),
        pytest.param(
            all_day("2026-12-01T00:00:00", "2026-12-03T00:00:00", "Romance Standard Time"),
            id="midnight in its zone",
        ),
        pytest.param(all_day("2026-11-30T23:00:00", "2026-12-02T23:00:00"), id="moved to UTC"),
        pytest.param(
            all_day(
                "2026-11-30T11:00:00",
                "2026-12-02T11:00:00",
                originalStartTimeZone="New Zealand Standard Time",
            ),
            id="far east",
        ),
        pytest.param(
            all_day(
                "2026-12-01T05:00:00",
                "2026-12-03T05:00:00",
                originalStartTimeZone="tzone://Microsoft/Custom",
            ),
            id="zone of the user's own",
        ),
    ],
)
def test_all_day(item):
    fields = read_event(item).fields
    assert fields["allday"] is True
    assert (fields["start"], fields["stop"]) == (date(2026, 12, 1), date(2026, 12, 3))


def test_an_all_day_event_has_a_day():
    item = all_day("2026-12-01T00:00:00", "2026-12-01T00:00:00")
    assert read_event(item).fields["stop"] == date(2026, 12, 2)


def test_text_that_comes_as_html_all_the_same():
    body = {"contentType": "html", "content": "<html><body>A &amp; B<br>\r\nC</body></html>"}
    assert read_event(graph_event(body=body)).fields["description"].split() == ["A", "&", "B", "C"]


MASTER = graph_event(
    id="master",
    type="seriesMaster",
    subject="Rounds",
    start=utc("2026-06-02T12:00:00"),
    end=utc("2026-06-02T13:00:00"),
    singleValueExtendedProperties=mark_properties(Mark("9c7d", "b" * 32)),
)
THIN = {
    "@odata.etag": 'W/"1"',
    "id": "master-1",
    "type": "occurrence",
    "seriesMasterId": "master",
    "start": utc("2026-12-08T13:00:00"),
    "end": utc("2026-12-08T14:00:00"),
}


def test_a_thin_occurrence_is_what_its_master_says_at_its_own_time():
    event = read_event(THIN, master=MASTER)
    assert (event.external_id, event.etag, event.mark) == ("master-1", 'W/"1"', None)
    assert event.fields["name"] == "Rounds"
    assert (event.fields["start"], event.fields["stop"]) == (at(13, 8), at(14, 8))


def test_an_occurrence_has_the_same_identity_however_it_is_listed():
    """And the one that Google gives it: the UID of the series and the original start."""
    expected = f"{SERIES}/2026-12-08T13:00:00+00:00"
    assert read_event(THIN, master=MASTER).ical_uid == expected
    full = {**MASTER, **THIN, "iCalUId": ON_8_DECEMBER}
    assert read_event(full).ical_uid == expected
    moved = {**full, "type": "exception", "start": utc("2026-12-10T07:00:00")}
    assert read_event(moved, master=MASTER).ical_uid == expected, "wall clock of the series"
    assert read_event(moved).ical_uid is None, "not known is not the UID of them all"


def test_an_all_day_occurrence_is_known_by_its_day():
    master = all_day("2026-06-02T00:00:00", "2026-06-03T00:00:00", id="m", type="seriesMaster")
    moved = all_day("2026-12-10T00:00:00", "2026-12-11T00:00:00", seriesMasterId="m")
    moved.update(type="exception", iCalUId=ON_8_DECEMBER)
    assert read_event(moved, master=master).ical_uid == f"{SERIES}/2026-12-08"


def test_the_uid_of_a_meeting_that_came_from_google():
    """[MS-OXOCAL] 2.2.1.27: it travels inside the data of Outlook's own."""
    data = (b"vCal-Uid\x01\x00\x00\x00" + b"abc123@google.com\x00").hex().upper()
    raw = f"040000008200E00074C5B7101A82E00807EA0C08{'00' * 16}2A000000{data}"
    assert series_uid(raw) == "abc123@google.com"
    assert series_uid("abc123@google.com") == "abc123@google.com"


def test_nobody_can_be_mailed():
    assert "attendees" not in write_event({name: "" for name in FIELDS if name != "start"}, "UTC")


def test_writes_only_what_is_given():
    assert write_event({}, "Europe/Paris") == {}
    assert write_event({"location": None}, "UTC") == {"location": {"displayName": ""}}
    times = write_event({"start": at(13), "stop": at(14), "allday": False}, "Europe/Paris")
    assert times == {
        "start": {"dateTime": "2026-12-01T14:00:00", "timeZone": "Romance Standard Time"},
        "end": {"dateTime": "2026-12-01T15:00:00", "timeZone": "Romance Standard Time"},
        "isAllDay": False,
    }


def test_the_hour_that_comes_twice_is_written_in_utc():
    start = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    written = write_event({"start": start, "stop": start + timedelta(hours=1)}, "Europe/Paris")
    assert written["start"] == {"dateTime": "2026-10-25T01:30:00", "timeZone": "UTC"}


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Paris", "Romance Standard Time"),
        ("America/Toronto", "Eastern Standard Time"),
        ("America/Montreal", "Eastern Standard Time"),
        ("Asia/Kolkata", "India Standard Time"),
        ("Nowhere/At_all", None),
        ("../etc/passwd", None),
    ],
)
def test_windows_names(zone, name):
    assert windows_name(zone, 2026) == name


moments = st.integers(0, 10 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)


@st.composite
def contents(draw):
    allday = draw(st.booleans())
    start = draw(st.dates(date(2025, 1, 1), date(2035, 1, 1)) if allday else moments)
    length = draw(st.integers(1, 10))
    names = ("name", "description", "location")
    flags = ("private", "tentative")
    return {
        **{name: draw(texts) for name in names},
        "details": draw(st.sampled_from(["", "Guest: Carl\nLink: https://x.example"])),
        **{flag: draw(st.booleans()) for flag in flags},
        "free": draw(st.booleans()),
        "allday": allday,
        "start": start,
        "stop": start + (timedelta(days=length) if allday else timedelta(minutes=7 * length)),
    }


@given(contents(), st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_what_is_written_is_read_again(fields, zone, shown):
    """Whatever zone it is written in, and whatever zone the answer is in."""
    written = write_event(fields, zone)
    assert written["start"]["timeZone"] == written["end"]["timeZone"]
    read = read_event(graph_event(**written)).fields
    assert read.keys() == FIELDS - ({"tentative"} if fields["free"] else set())
    for name in read:
        assert same(read[name], fields[name]), name
