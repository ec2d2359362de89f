"""Google's listings and sync tokens, read by google-api-python-client."""

import time

import pytest

from tests.unit.simulator.google_client import ANN, timed

UTC = "2026-12-{:02d}T{:02d}:00:00Z"


@pytest.fixture
def events(calendar):
    return calendar.events()


def put(sim, day=1, hour=9, **body):
    start, end = (f"2026-12-{day:02d}T{at:02d}:00:00" for at in (hour, hour + 1))
    return sim.google.put(ANN, "primary", timed(start, end, **body))


def series(sim, rule="FREQ=DAILY;COUNT=4", **body):
    return put(sim, recurrence=["RRULE:" + rule], **body)


def everything(events, **options):
    """Follow the pages as Google's guide does; return the items and the last page."""
    items, page = [], {}
    while True:
        page = events.list(calendarId="primary", **options).execute()
        items += page["items"]
        if "nextPageToken" not in page:
            return items, page
        assert "nextSyncToken" not in page
        options["pageToken"] = page["nextPageToken"]


def ids(items):
    return sorted(one["id"] for one in items)


def test_pages_and_then_a_sync_token(events, sim):
    expected = ids(put(sim, day) for day in range(1, 8))
    items, page = everything(events, maxResults=3)
    assert ids(items) == expected
    assert sim.ledger.counts["google.events.list"] == 3
    again, page = everything(events, syncToken=page["nextSyncToken"])
    assert again == []
    assert page["nextSyncToken"]


def test_a_listing_under_way_does_not_miss_a_change(events, sim):
    made = [put(sim, day) for day in range(1, 5)]
    first = events.list(calendarId="primary", maxResults=2).execute()
    sim.google.patch(ANN, "primary", made[0]["id"], {"summary": "Late"})
    second = events.list(
        calendarId="primary", maxResults=2, pageToken=first["nextPageToken"]
    ).execute()
    assert ids(first["items"] + second["items"]) == ids(made)
    changes, _page = everything(events, syncToken=second["nextSyncToken"])
    assert [one["summary"] for one in changes] == ["Late"]


def test_pages_may_be_shorter_than_asked(events, sim):
    sim.google.configure(most_per_page=1)
    made = [put(sim, day) for day in (1, 2)]
    items, _page = everything(events, maxResults=2500)
    assert ids(items) == ids(made)
    assert sim.ledger.counts["google.events.list"] == 2


def test_a_page_token_belongs_to_its_listing(events, sim, refused):
    for day in (1, 2, 3):
        put(sim, day)
    token = events.list(calendarId="primary", maxResults=1).execute()["nextPageToken"]
    other = events.list(calendarId="primary", pageToken=token, singleEvents=True)
    assert refused(other, 400)["reason"] == "invalid"
    refused(events.list(calendarId="primary", pageToken="made-up"), 400)


def test_changes_are_the_latest_state_of_each_event_own_writes_too(events, sim):
    kept, gone = put(sim, 1), put(sim, 2)
    _items, page = everything(events)
    sim.google.patch(ANN, "primary", kept["id"], {"summary": "1"})
    sim.google.patch(ANN, "primary", kept["id"], {"summary": "2"})
    own = events.insert(calendarId="primary", body=timed()).execute()
    sim.google.delete(ANN, "primary", gone["id"])
    changes, page = everything(events, syncToken=page["nextSyncToken"])
    by_id = {one["id"]: one for one in changes}
    assert set(by_id) == {kept["id"], own["id"], gone["id"]}
    assert by_id[kept["id"]]["summary"] == "2"
    tomb = by_id[gone["id"]]
    assert set(tomb) == {"kind", "etag", "id", "status"}
    assert tomb["status"] == "cancelled"
    assert everything(events, syncToken=page["nextSyncToken"])[0] == []


@pytest.mark.parametrize(
    "option",
    [
        {"iCalUID": "x"},
        {"orderBy": "updated"},
        {"privateExtendedProperty": "a=b"},
        {"q": "x"},
        {"sharedExtendedProperty": "a=b"},
        {"timeMin": UTC.format(1, 0)},
        {"timeMax": UTC.format(1, 0)},
        {"updatedMin": UTC.format(1, 0)},
        {"showDeleted": False},
        {"singleEvents": True},
        {"eventTypes": "default"},
    ],
)
def test_what_a_sync_token_forbids(events, refused, option):
    token = everything(events)[1]["nextSyncToken"]
    refused(events.list(calendarId="primary", syncToken=token, **option), 400)


def test_expired_and_unknown_cursors(events, sim, refused):
    token = everything(events)[1]["nextSyncToken"]
    request = events.list(calendarId="primary", syncToken=token)
    request.execute()
    sim.google.expire_cursors(ANN)
    error = refused(request, 410)
    assert (error["reason"], error["location"]) == ("fullSyncRequired", "syncToken")
    refused(events.list(calendarId="primary", syncToken="made up"), 410)
    token = everything(events)[1]["nextSyncToken"]
    sim.clock.advance(29 * 86400)
    sim.google.configure(token_life=10**9)
    refused(events.list(calendarId="primary", syncToken=token), 410)


def test_a_cursor_belongs_to_its_calendar(events, sim, refused):
    other = sim.google.create_calendar(ANN, "Second")
    token = everything(events)[1]["nextSyncToken"]
    refused(events.list(calendarId=other.id, syncToken=token), 410)


def test_no_cursor_after_a_listing_that_cannot_be_continued(events, sim):
    put(sim)
    assert "nextSyncToken" not in everything(events, orderBy="updated")[1]
    assert "nextSyncToken" in everything(events, timeMin=UTC.format(1, 0))[1]


def test_a_window_bounds_the_end_below_and_the_start_above(events, sim):
    event = put(sim, 1, 9)  # 08:00 to 09:00 UTC
    for low, high, inside in [(9, 23, False), (8, 9, True), (1, 8, False), (1, 9, True)]:
        found, _page = everything(events, timeMin=UTC.format(1, low), timeMax=UTC.format(1, high))
        assert ids(found) == ([event["id"]] if inside else [])


def test_changes_come_from_outside_of_the_window_too(events, sim):
    token = everything(events, timeMin=UTC.format(1, 0), timeMax=UTC.format(2, 0))[1]
    event = put(sim, 20)
    assert ids(everything(events, syncToken=token["nextSyncToken"])[0]) == [event["id"]]


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ({"timeMin": "2026-12-01T00:00:00"}, "badRequest"),
        ({"timeMin": UTC.format(2, 0), "timeMax": UTC.format(1, 0)}, "timeRangeEmpty"),
        ({"orderBy": "startTime"}, "badRequest"),
        ({"privateExtendedProperty": ["a=b", "c=d"]}, "invalid"),
        ({"timeZone": "Mars/Base"}, "invalid"),
    ],
)
def test_parameters_that_make_no_sense(events, refused, option, reason):
    assert refused(events.list(calendarId="primary", **option), 400)["reason"] == reason


def test_too_old_an_updated_min(events, refused):
    request = events.list(calendarId="primary", updatedMin="2020-01-01T00:00:00Z")
    assert refused(request, 410)["reason"] == "updatedMinTooLongAgo"


def test_filters(events, sim):
    marked = put(sim, 1, extendedProperties={"private": {"owner": "odoo"}}, summary="Visite")
    office = put(sim, 2, eventType="workingLocation")
    found = {
        "marked": everything(events, privateExtendedProperty="owner=odoo")[0],
        "other": everything(events, privateExtendedProperty="owner=else")[0],
        "uid": everything(events, iCalUID=office["iCalUID"])[0],
        "words": everything(events, q="VISITE")[0],
        "type": everything(events, eventTypes="default")[0],
        "all": everything(events)[0],
    }
    assert {name: ids(items) for name, items in found.items()} == {
        "marked": [marked["id"]],
        "other": [],
        "uid": [office["id"]],
        "words": [marked["id"]],
        "type": [marked["id"]],
        "all": sorted([marked["id"], office["id"]]),
    }


def test_deleted_events_are_listed_on_request(events, sim):
    event = put(sim)
    sim.google.delete(ANN, "primary", event["id"])
    assert everything(events)[0] == []
    assert ids(everything(events, showDeleted=True)[0]) == [event["id"]]


def test_another_zone_and_a_selection_of_fields(events, sim):
    event = put(sim)
    page = events.list(
        calendarId="primary", timeZone="UTC", fields="items(id,start/dateTime),nextSyncToken"
    ).execute()
    assert page["items"] == [{"id": event["id"], "start": {"dateTime": "2026-12-01T08:00:00Z"}}]
    assert set(page) == {"items", "nextSyncToken"}


def test_a_series_is_a_master_or_its_occurrences(events, sim):
    master = series(sim)
    assert ids(everything(events)[0]) == [master["id"]]
    items, _page = everything(events, singleEvents=True, orderBy="startTime")
    assert [one["id"] for one in items] == [
        f"{master['id']}_202612{day:02d}T080000Z" for day in range(1, 5)
    ]
    assert {one["recurringEventId"] for one in items} == {master["id"]}
    assert items[1]["originalStartTime"] == items[1]["start"]
    assert not any("recurrence" in one for one in items)
    assert len(everything(events, singleEvents=True, timeMin=UTC.format(3, 0))[0]) == 2


@pytest.mark.parametrize(("until", "count"), [("065959Z", 5), ("070000Z", 6)])
def test_a_series_keeps_its_hour_over_a_change_of_the_clocks(events, sim, until, count):
    series(sim, "FREQ=MONTHLY;UNTIL=20270501T" + until)  # in summer 09:00 is 07:00 UTC
    items, _page = everything(events, singleEvents=True)
    assert {one["start"]["dateTime"][10:] for one in items} == {
        *("T09:00:00+01:00", "T09:00:00+02:00")
    }
    assert len(items) == count


def test_exceptions_of_a_series(events, sim, refused):
    master = series(sim, attendees=[{"email": "bob@client.example"}])
    _items, page = everything(events, singleEvents=True)
    one, two, three, _four = (f"{master['id']}_202612{day:02d}T080000Z" for day in range(1, 5))
    moved = events.patch(
        calendarId="primary", eventId=two, body={"summary": "Moved"}, sendUpdates="none"
    ).execute()
    assert moved["recurringEventId"] == master["id"]
    events.delete(calendarId="primary", eventId=three, sendUpdates="none").execute()
    changes, page = everything(events, singleEvents=True, syncToken=page["nextSyncToken"])
    by_id = {item["id"]: item for item in changes}
    assert set(by_id) == {two, three}
    assert by_id[three]["status"] == "cancelled"
    assert by_id[three]["originalStartTime"]["dateTime"] == "2026-12-03T09:00:00+01:00"
    assert "summary" not in by_id[three]
    assert len(everything(events, singleEvents=True)[0]) == 3
    # Not expanded: the master, and its exceptions, the cancelled one on request.
    assert ids(everything(events, showDeleted=True)[0]) == sorted([master["id"], two, three])
    assert events.get(calendarId="primary", eventId=one).execute()["summary"] == "Visit"
    refused(events.get(calendarId="primary", eventId=f"{master['id']}_20261224T080000Z"), 404)


def test_occurrences_that_a_series_loses_are_cancelled_one_by_one(events, sim):
    master = series(sim)
    _items, page = everything(events, singleEvents=True)
    sim.google.patch(ANN, "primary", master["id"], {"recurrence": ["RRULE:FREQ=DAILY;COUNT=2"]})
    changes, page = everything(events, singleEvents=True, syncToken=page["nextSyncToken"])
    states = sorted((one["id"][-11:-8], one["status"]) for one in changes)
    assert [state for _key, state in states] == [*["confirmed"] * 2, *["cancelled"] * 2]
    sim.google.delete(ANN, "primary", master["id"])
    changes, _page = everything(events, singleEvents=True, syncToken=page["nextSyncToken"])
    assert [one["status"] for one in changes] == ["cancelled"] * 2
    assert everything(events, singleEvents=True)[0] == []


def test_excluded_and_extra_dates(events, sim):
    put(
        sim,
        recurrence=[
            "RRULE:FREQ=DAILY;COUNT=3",
            "EXDATE;TZID=Europe/Paris:20261202T090000",
            "RDATE:20261210T080000Z",
        ],
    )
    items, _page = everything(events, singleEvents=True, orderBy="startTime")
    assert [one["start"]["dateTime"][8:10] for one in items] == ["01", "03", "10"]


def test_a_series_of_days(events, sim):
    body = {"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-03"}}
    sim.google.put(ANN, "primary", {**body, "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]})
    items, _page = everything(events, singleEvents=True, orderBy="startTime")
    assert [(one["start"]["date"], one["end"]["date"]) for one in items] == [
        ("2026-12-01", "2026-12-03"),
        ("2026-12-08", "2026-12-10"),
    ]
    assert items[0]["id"].endswith("_20261201")


def test_an_endless_series_ends_within_sight(events, sim):
    series(sim, "FREQ=WEEKLY")
    assert 80 < len(everything(events, singleEvents=True)[0]) < 120


def test_five_thousand_events_are_listed_in_well_under_a_second(events, sim):
    for number in range(5000):
        put(sim, 1 + number % 28, number % 20)
    for _attempt in ("first", "again"):
        process, thread = time.process_time(), time.thread_time()
        items, page = everything(events, singleEvents=True, maxResults=2500)
        assert len(items) == 5000
        # This thread is the client; the rest of the process is the server.
        client = time.thread_time() - thread
        assert time.process_time() - process - client < 0.8
    assert everything(events, singleEvents=True, syncToken=page["nextSyncToken"])[0] == []
