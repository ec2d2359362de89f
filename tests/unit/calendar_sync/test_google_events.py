import re
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.immoassist_calendar_sync.core.fingerprint import fingerprint
from odoo.addons.immoassist_calendar_sync.core.provider import FIELDS, Guest, Mark, Window
from odoo.addons.immoassist_calendar_sync.core.snapshot import Presence, Role
from odoo.addons.immoassist_calendar_sync.providers.google_events import (
    ids,
    is_outside,
    to_body,
    to_event,
    to_mark,
)

from tests.unit.calendar_sync.builders import NINE, UTC, hours

KEY = "0123456789abcdef0123456789abcdef"
PARIS = ZoneInfo("Europe/Paris")


def item(**changes) -> dict:
    """An event as Google returns it."""
    return {
        "id": "abc123",
        "etag": '"3540000000000000"',
        "status": "confirmed",
        "summary": "Visit",
        "iCalUID": "abc123@google.com",
        "organizer": {"email": "ann@agency.example", "self": True},
        "start": {"dateTime": "2027-03-01T10:00:00+01:00", "timeZone": "Europe/Paris"},
        "end": {"dateTime": "2027-03-01T11:00:00+01:00", "timeZone": "Europe/Paris"},
        "eventType": "default",
        **changes,
    }


# Whole seconds from 1980 to 2100.
moments = st.integers(315_532_800, 4_102_444_800).map(lambda n: datetime.fromtimestamp(n, UTC))
spans = st.tuples(moments, st.integers(60, 10**6)).map(
    lambda pair: {
        "start": pair[0],
        "stop": pair[0] + timedelta(seconds=pair[1]),
        "allday": False,
    }
)
whole_days = st.tuples(st.dates(date(1980, 1, 1), date(2100, 1, 1)), st.integers(1, 30)).map(
    lambda pair: {
        "start": pair[0],
        "stop": pair[0] + timedelta(days=pair[1]),
        "allday": True,
    }
)
texts = st.text(max_size=60) | st.sampled_from(["Tom & <b>Co</b>", "<Dupont> &amp; co", "é\r\nè"])
# The separator is ours: what it means inside the texts is tested with core.description.
free_texts = texts.filter(lambda text: "ImmoAssist" not in text)
contents = st.builds(
    lambda times, rest: {**rest, **times},
    spans | whole_days,
    st.fixed_dictionaries(
        {
            "name": texts,
            "description": free_texts,
            "details": free_texts,
            "location": texts,
            "free": st.booleans(),
            "private": st.booleans(),
            "tentative": st.booleans(),
        }
    ),
)
zones = st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kolkata", "UTC", "Not/AZone"])


@given(contents, zones, st.booleans())
def test_what_we_send_comes_back_as_it_was(fields, zone, patch):
    body = to_body(fields, zone, patch=patch)
    back = to_event({"id": "x", **_stored(body)})
    assert back.fields.keys() == FIELDS
    assert fingerprint(back.fields) == fingerprint(fields)
    assert to_body(back.fields, zone, patch=patch) == to_body(fields, zone, patch=patch) or any(
        text != text.strip() or "\r" in text for text in _texts(fields)
    )


def _texts(fields):
    return [value for value in fields.values() if isinstance(value, str)]


def _stored(body: dict) -> dict:
    """What Google makes of null: nothing."""
    return {
        key: {name: part for name, part in value.items() if part is not None}
        if isinstance(value, dict)
        else value
        for key, value in body.items()
    }


@given(contents, st.sets(st.sampled_from(sorted(FIELDS))))
def test_only_what_is_given_is_sent(fields, names):
    times = {"start", "stop", "allday"}
    assume(not names & times or times <= names)
    body = to_body({name: fields[name] for name in names}, "UTC", patch=True)
    allowed = {
        "name": "summary",
        "location": "location",
        "description": "description",
        "details": "description",
        "start": "start",
        "stop": "end",
        "free": "transparency",
        "private": "visibility",
        "tentative": "status",
    }
    assert body.keys() == {allowed[name] for name in names if name in allowed}
    assert "attendees" not in body


@pytest.mark.parametrize(
    ("moment", "local"),
    [
        pytest.param(
            datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "2027-03-28T01:59:00+01:00", id="winter"
        ),
        pytest.param(
            datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "2027-03-28T03:00:00+02:00", id="summer"
        ),
        pytest.param(
            datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "2027-10-31T02:30:00+02:00", id="first"
        ),
        pytest.param(
            datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "2027-10-31T02:30:00+01:00", id="again"
        ),
    ],
)
def test_times_are_written_as_the_clock_in_the_zone_shows(moment, local):
    body = to_body({"start": moment}, "Europe/Paris", patch=False)
    assert body == {"start": {"dateTime": local, "timeZone": "Europe/Paris"}}


def test_a_patch_takes_away_what_the_other_kind_of_time_had():
    assert to_body({"start": date(2027, 3, 1)}, "UTC", patch=True)["start"] == {
        "date": "2027-03-01",
        "dateTime": None,
        "timeZone": None,
    }
    assert to_body({"stop": NINE}, "UTC", patch=True)["end"]["date"] is None


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ({"dateTime": "2027-03-01T09:00:00Z"}, NINE),
        ({"dateTime": "2027-03-01T09:00:00.123Z"}, NINE.replace(microsecond=123000)),
        ({"dateTime": "2027-03-01T14:30:00+05:30", "timeZone": "Asia/Kolkata"}, NINE),
        ({"dateTime": "2027-03-01T10:00:00", "timeZone": "Europe/Paris"}, NINE),
        ({"date": "2027-03-01"}, date(2027, 3, 1)),
    ],
)
def test_times_are_read_whatever_way_they_are_written(start, expected):
    assert to_event(item(start=start)).fields["start"] == expected


def test_html_of_the_broker_is_read_as_text():
    text = "Code <b>1234</b><br>— ImmoAssist —<br>Ann &amp; Tom"
    fields = to_event(item(description=text)).fields
    assert (fields["description"], fields["details"]) == ("Code 1234", "Ann & Tom")


def test_what_is_missing_is_empty_and_what_is_hidden_too():
    stub = {"id": "x", "status": "confirmed", "visibility": "private"}
    times = {"start": {"date": "2027-03-01"}, "end": {"date": "2027-03-02"}}
    event = to_event({**stub, **times})
    assert event.fields["name"] == event.fields["description"] == event.fields["location"] == ""
    assert event.fields["private"] and event.fields["allday"] and not event.fields["free"]
    assert event.role is Role.ORGANISER and event.guests == () and event.mark is None


@pytest.mark.parametrize(
    ("kind", "blocking"),
    [
        ("default", True),
        ("fromGmail", True),
        ("focusTime", True),
        ("outOfOffice", True),
        ("workingLocation", False),
        ("birthday", False),
    ],
)
def test_kinds(kind, blocking):
    event = to_event(item(eventType=kind))
    assert event.blocking is blocking
    assert event.fields["free"] is False


def test_deletions():
    assert to_event({"id": "x", "status": "cancelled"}).presence is Presence.DELETED
    event = to_event(
        {
            "id": "x_20270301T090000Z",
            "status": "cancelled",
            "recurringEventId": "x",
            "originalStartTime": {"dateTime": "2027-03-01T10:00:00+01:00"},
        }
    )
    assert (event.presence, event.fields, event.ical_uid) == (Presence.DELETED, {}, None)


@pytest.mark.parametrize(
    ("original", "uid"),
    [
        ({"dateTime": "2027-03-01T10:00:00+01:00"}, "u@x/2027-03-01T09:00:00+00:00"),
        ({"dateTime": "2027-07-01T10:00:00+02:00"}, "u@x/2027-07-01T08:00:00+00:00"),
        ({"date": "2027-03-01"}, "u@x/2027-03-01"),
        ({}, None),
        (None, None),
    ],
)
def test_an_occurrence_has_an_identity_of_its_own(original, uid):
    moved = item(iCalUID="u@x", recurringEventId="x", originalStartTime=original)
    assert to_event(moved).ical_uid == uid
    assert to_event(item(iCalUID="u@x")).ical_uid == "u@x"


def test_guests_and_the_own_answer():
    attendees = [
        {"email": "ann@agency.example", "self": True, "responseStatus": "declined"},
        {"email": "Bob@Home.example", "displayName": "Bob", "responseStatus": "accepted"},
        {"email": "room@agency.example", "resource": True, "responseStatus": "accepted"},
        {"displayName": "No address", "responseStatus": "accepted"},
        {"email": "cy@home.example", "responseStatus": "unheard of"},
    ]
    organizer = {"email": "bob@home.example"}
    event = to_event(item(attendees=attendees, organizer=organizer))
    assert event.guests == (
        Guest("bob@home.example", "Bob", "accepted"),
        Guest("cy@home.example", "", "needs_action"),
    )
    assert (event.presence, event.role) == (Presence.DECLINED, Role.GUEST)
    attendees[0]["responseStatus"] = "tentative"
    assert to_event(item(attendees=attendees)).presence is Presence.LIVE


@pytest.mark.parametrize(
    ("event_id", "ours"),
    [
        (KEY, True),
        (f"{KEY}g3", True),
        (f"{KEY}_20270301T090000Z", False),
        ("a0copy", False),
    ],
)
def test_a_copy_of_ours_is_not_ours(event_id, ours):
    mark = to_event(item(id=event_id, **to_mark("db", KEY))).mark
    assert mark == (Mark("db", KEY) if ours else None)


def test_ids_are_such_as_google_takes():
    """https://developers.google.com/workspace/calendar/api/v3/reference/events/insert"""
    made = ids(KEY)
    assert made[0] == KEY and len(set(made)) == len(made)
    assert all(re.fullmatch(r"[0-9a-v]{5,1024}", one) for one in made)
    assert all(to_event(item(id=one, **to_mark("db", KEY))).mark for one in made)


@pytest.mark.parametrize(
    "changes",
    [
        {"start": {}},
        {"start": None},
        {"start": {"dateTime": "soon"}},
        {"start": {"dateTime": "0001-01-01T00:00:00+01:00"}},
        {"start": {"dateTime": "2027-03-01T10:00:00", "timeZone": "Not/AZone"}},
    ],
)
def test_an_event_that_cannot_be_read_is_left_out(changes):
    event = to_event(item(**changes))
    assert not event.blocking and event.fields == {} and event.presence is Presence.LIVE


def test_inside_and_outside():
    window = Window(NINE, NINE + timedelta(days=10))
    last = window.stop

    def outside(start, stop):
        times = {"start": _time(start), "end": _time(stop)}
        return is_outside(to_event(item(**times)), window)

    assert not outside(NINE - hours(1), NINE + hours(1))
    assert outside(NINE - hours(1), NINE)
    assert outside(last, last + hours(1))
    assert not outside(last - hours(1), last + hours(1))
    assert not outside(date(2027, 2, 28), date(2027, 3, 1))
    assert outside(date(2027, 2, 20), date(2027, 2, 21))
    assert outside(date(2027, 4, 1), date(2027, 4, 2))
    assert not outside(date(1, 1, 1), date.max)
    assert not is_outside(to_event({"id": "x", "status": "cancelled"}), window)


def _time(value):
    if isinstance(value, datetime):
        return {"dateTime": value.isoformat()}
    return {"date": value.isoformat()}


def test_utc_is_utc():
    assert to_event(item()).fields["start"].tzinfo is timezone.utc
    assert to_body({"start": NINE.astimezone(PARIS)}, "UTC", patch=False)["start"] == {
        "dateTime": "2027-03-01T09:00:00+00:00",
        "timeZone": "UTC",
    }
