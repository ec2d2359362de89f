"""calendarView/delta: PROVIDERS.md 2.6."""

import time
from datetime import datetime, timedelta

import pytest

from tests.unit.simulator.microsoft.conftest import ANN, at, code_of, event

WINDOW = "?startDateTime=2026-12-01T00:00:00Z&endDateTime=2027-01-01T00:00:00Z"
DELTA = f"/me/calendarView/delta{WINDOW}"
MONDAYS = {
    "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
    "range": {"type": "noEnd", "startDate": "2026-11-30"},
}


def follow(graph, url, size=None):
    """Return all items of a round, and the link for the next one."""
    pages = graph.pages(url, headers=sized(size) if size else {})
    items = [item for page in pages for item in page["value"]]
    assert all("@odata.deltaLink" not in page for page in pages[:-1])
    return items, pages[-1]["@odata.deltaLink"]


def sized(size):
    """Return the headers that ask for pages of a size."""
    return {"Prefer": f'IdType="ImmutableId", odata.maxpagesize={size}'}


def removed(items):
    return [item["id"] for item in items if "@removed" in item]


def live(items):
    return [item for item in items if "@removed" not in item]


@pytest.fixture
def series(graph):
    """A series on Mondays at 9 in Paris, from 30 November on; its master."""
    body = {
        "subject": "Team",
        "start": at("2026-11-30T09:00:00", "Europe/Paris"),
        "end": at("2026-11-30T10:00:00", "Europe/Paris"),
        "recurrence": MONDAYS,
    }
    return graph.post("/me/events", json=body).json()


def occurrence(graph, day):
    """Return the occurrence of a day in UTC."""
    view = f"/me/calendarView?startDateTime={day}T00:00:00&endDateTime={day}T23:59:00"
    (found,) = graph.get(view).json()["value"]
    return found


def test_a_round_tells_everything_and_the_next_only_what_changed(graph):
    first, second = graph.create("1"), graph.create("2")
    items, link = follow(graph, DELTA)
    assert {item["id"]: item["subject"] for item in items} == {
        first["id"]: "1",
        second["id"]: "2",
    }
    assert follow(graph, link)[0] == []
    changed = graph.patch(f"/me/events/{first['id']}", json={"subject": "new"}).json()
    graph.delete(f"/me/events/{second['id']}")
    items, link = follow(graph, link)
    assert [item["@odata.etag"] for item in live(items)] == [changed["@odata.etag"]]
    (gone,) = [item for item in items if "@removed" in item]
    assert gone == {
        "@odata.type": "#microsoft.graph.event",
        "id": second["id"],
        "@removed": {"reason": "deleted"},
    }
    assert follow(graph, link)[0] == []


def test_a_link_may_be_used_again(graph):
    _items, link = follow(graph, DELTA)
    graph.create()
    assert follow(graph, link)[0] == follow(graph, link)[0] != []


@pytest.mark.parametrize("option", ["$select", "$expand", "$filter", "$orderby", "$search"])
def test_options_are_refused(graph, option):
    assert graph.get(DELTA, params={option: "subject"}).status_code == 400


def test_the_window_is_required(graph):
    assert code_of(graph.get("/me/calendarView/delta"))[0] == 400
    assert graph.get("/me/calendarView/delta?startDateTime=x&endDateTime=y").status_code == 400


def test_pages_are_partly_empty_without_order_and_repeat(graph):
    made = [graph.create(str(number))["id"] for number in range(7)]
    pages = graph.pages(DELTA, headers=sized(3))
    assert [len(page["value"]) for page in pages] == [3, 0, 3, 2]
    told = [item["id"] for page in pages for item in page["value"]]
    assert set(told) == set(made)
    assert told[-1] == told[0]
    assert told[:7] != made


def test_what_is_outside_of_the_window_comes_as_removed(graph):
    inside = graph.create()
    _items, link = follow(graph, DELTA)
    outside = graph.create(start="2027-02-01T10:00:00")
    moved = {"start": at("2027-03-01T13:00:00"), "end": at("2027-03-01T14:00:00")}
    graph.patch(f"/me/events/{inside['id']}", json=moved)
    items, link = follow(graph, link)
    assert (live(items), set(removed(items))) == ([], {inside["id"], outside["id"]})
    assert graph.get(f"/me/events/{inside['id']}").status_code == 200
    back = {"start": at("2026-12-03T13:00:00"), "end": at("2026-12-03T14:00:00")}
    graph.patch(f"/me/events/{inside['id']}", json=back)
    assert [item["id"] for item in follow(graph, link)[0]] == [inside["id"]]


def test_occurrences_are_thin(sim, graph, series):
    items, _link = follow(graph, DELTA)
    kinds = [item["type"] for item in items]
    assert (kinds.count("occurrence"), kinds.count("seriesMaster")) == (4, 1)
    one = next(item for item in items if item["type"] == "occurrence")
    members = {"@odata.type", "@odata.etag", "id", "type", "seriesMasterId", "start", "end"}
    assert set(one) == members
    assert one["seriesMasterId"] == series["id"]
    sim.microsoft.configure(delta_thin=False, delta_masters=False)
    items, _link = follow(graph, DELTA)
    assert {(item["type"], item["subject"]) for item in items} == {("occurrence", "Team")}


def test_an_occurrence_that_is_changed_is_an_exception(graph, series):
    _items, link = follow(graph, DELTA)
    one = occurrence(graph, "2026-12-07")
    changed = graph.patch(f"/me/events/{one['id']}", json={"subject": "Special"}).json()
    assert (changed["type"], changed["seriesMasterId"]) == ("exception", series["id"])
    items = [item for item in follow(graph, link)[0] if item["type"] != "seriesMaster"]
    assert [(item["id"], item["subject"]) for item in items] == [(one["id"], "Special")]


def test_an_occurrence_that_is_deleted_is_removed_and_the_others_stay(graph, series):
    _items, link = follow(graph, DELTA)
    one = occurrence(graph, "2026-12-14")
    assert graph.delete(f"/me/events/{one['id']}").status_code == 204
    items, link = follow(graph, link)
    assert removed(items) == [one["id"]]
    assert [item["type"] for item in live(items)] in ([], ["seriesMaster"])
    assert graph.get(f"/me/events/{one['id']}").status_code == 404


def test_a_series_that_is_deleted_takes_its_occurrences_along(graph, series):
    items, link = follow(graph, DELTA)
    graph.delete(f"/me/events/{series['id']}")
    gone, _link = follow(graph, link)
    assert set(removed(gone)) == {item["id"] for item in items}


def test_a_shorter_series_loses_occurrences(graph, series):
    _items, link = follow(graph, DELTA)
    limits = {"type": "endDate", "startDate": "2026-11-30", "endDate": "2026-12-14"}
    recurrence = {**MONDAYS, "range": limits}
    graph.patch(f"/me/events/{series['id']}", json={"recurrence": recurrence})
    items, _link = follow(graph, link)
    days = sorted(item["start"]["dateTime"][:10] for item in live(items))
    assert [day for day in days if day > "2026-12"] == ["2026-12-07", "2026-12-14"]
    assert len(removed(items)) == 2


def test_a_series_keeps_its_wall_clock(graph):
    body = {
        "start": at("2027-03-22T09:00:00", "Europe/Paris"),
        "end": at("2027-03-22T10:00:00", "Europe/Paris"),
        "recurrence": {**MONDAYS, "range": {"type": "numbered", "numberOfOccurrences": 2}},
    }
    made = graph.post("/me/events", json=body).json()
    view = "instances?startDateTime=2027-01-01T00:00:00Z&endDateTime=2028-01-01T00:00:00Z"
    found = graph.get(f"/me/events/{made['id']}/{view}").json()["value"]
    assert [one["start"]["dateTime"][:16] for one in found] == [
        "2027-03-22T08:00",
        "2027-03-29T07:00",
    ]
    assert len({one["iCalUId"] for one in found}) == 2


def test_an_occurrence_does_not_pass_its_neighbour(graph, series):
    one = occurrence(graph, "2026-12-07")
    moved = {"start": at("2026-12-15T09:00:00"), "end": at("2026-12-15T10:00:00")}
    refused = graph.patch(f"/me/events/{one['id']}", json=moved)
    assert code_of(refused) == (400, "ErrorOccurrenceCrossingBoundary")


def test_an_expired_link_is_410_and_says_where_to_go_on(sim, graph):
    graph.create()
    _items, link = follow(graph, DELTA)
    sim.microsoft.expire_cursors(ANN)
    refused = graph.get(link)
    assert code_of(refused) == (410, "syncStateNotFound")
    items, link = follow(graph, refused.headers["Location"])
    assert len(items) == 1
    assert follow(graph, link)[0] == []
    sim.microsoft.configure(delta_gone="resyncRequired")
    sim.faults.add("microsoft.calendarView.delta", error="cursor_expired")
    assert code_of(graph.get(link)) == (410, "resyncRequired")


def test_a_page_that_is_gone_is_410_too(sim, graph):
    for number in range(3):
        graph.create(str(number))
    page = graph.get(DELTA, headers=sized(1)).json()
    sim.microsoft.expire_cursors(ANN)
    assert graph.get(page["@odata.nextLink"]).status_code == 410


def test_other_calendars_have_delta_unless_they_have_not(sim, graph):
    team = sim.microsoft.create_calendar(ANN, "Team").id
    graph.post(f"/me/calendars/{team}/events", json=event("Team"))
    graph.create("Mine")
    address = f"/me/calendars/{team}/calendarView/delta{WINDOW}"
    items, link = follow(graph, address)
    assert [item["subject"] for item in items] == ["Team"]
    graph.create("Mine, too")
    assert follow(graph, link)[0] == []
    sim.microsoft.configure(delta_calendars=False)
    assert graph.get(address).status_code == 400
    assert graph.get(DELTA).status_code == 200


def test_extended_properties_are_not_told(graph):
    name = "String {66f5a359-4659-4638-81a3-d1d2b2f5c5b4} Name ImmoAssistKey"
    graph.create(singleValueExtendedProperties=[{"id": name, "value": "1"}])
    (item,), _link = follow(graph, DELTA)
    assert "singleValueExtendedProperties" not in item


def test_a_large_calendar_is_listed_quickly(sim, graph):
    """3,000 events and 100 weekly series; the processor's time of this process, client included."""
    opening = datetime.fromisoformat("2026-12-01")
    for number in range(3000):
        start = opening + timedelta(hours=number // 5)
        times = {
            "start": at(start.isoformat()),
            "end": at((start + timedelta(hours=1)).isoformat()),
        }
        sim.microsoft.put(ANN, "primary", {**event(str(number)), **times})
    for _number in range(100):
        body = {**event("Series"), "recurrence": MONDAYS}
        sim.microsoft.put(ANN, "primary", body)
    spent = time.process_time()
    items, link = follow(graph, DELTA, size=500)
    assert follow(graph, link)[0] == []
    spent = time.process_time() - spent
    assert len({item["id"] for item in items}) == 3000 + 100 * 5
    assert spent < 2
