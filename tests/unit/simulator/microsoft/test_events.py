"""Calendars and events of Graph: PROVIDERS.md 2.3 to 2.5."""

import re

import pytest

from tests.unit.simulator.microsoft.conftest import ANN, Graph, at, code_of, event, guest

MARK = "String {66f5a359-4659-4638-81a3-d1d2b2f5c5b4} Name ImmoAssistKey"
OTHER = "String {66f5a359-4659-4638-81a3-d1d2b2f5c5b4} Name ImmoAssistDatabase"


def expanding(*names):
    wanted = " or ".join(f"id eq '{name}'" for name in names)
    return {"$expand": f"singleValueExtendedProperties($filter={wanted})"}


def finding(name, value):
    return {
        "$filter": f"singleValueExtendedProperties/Any(ep: ep/id eq '{name}' "
        f"and ep/value eq '{value}')"
    }


def invited(sim):
    """Put an invitation of Bob's into Ann's calendar; return its id."""
    organizer = {"emailAddress": {"address": "bob@x.fr", "name": "Bob"}}
    body = event(organizer=organizer, attendees=[guest(ANN), guest("carl@x.fr")])
    return sim.microsoft.put(ANN, "primary", body)["id"]


def test_the_default_calendar_is_listed_with_the_others(sim, graph):
    sim.microsoft.create_calendar(ANN, "Team", role="reader")
    found = graph.get("/me/calendars").json()["value"]
    shown = [(one["name"], one["isDefaultCalendar"], one["canEdit"]) for one in found]
    assert shown == [("Calendar", True, True), ("Team", False, False)]
    assert graph.get(f"/me/calendars/{found[0]['id']}").json()["owner"]["address"] == ANN


def test_times_have_seven_digits_and_no_offset(graph):
    body = event(start="2026-12-01T13:00:00")
    body["start"]["timeZone"] = body["end"]["timeZone"] = "Romance Standard Time"
    created = graph.post("/me/events", json=body)
    assert created.json()["start"] == at("2026-12-01T12:00:00.0000000")
    assert created.json()["originalStartTimeZone"] == "Romance Standard Time"
    assert created.headers["Preference-Applied"] == 'outlook.timezone="UTC", IdType="ImmutableId"'


def test_without_a_preferred_zone_a_write_echoes_its_own_and_a_read_is_in_utc(graph):
    graph.headers["Prefer"] = 'IdType="ImmutableId"'
    body = event(start="2026-07-01T13:00:00")
    body["start"]["timeZone"] = body["end"]["timeZone"] = "Europe/Paris"
    created = graph.post("/me/events", json=body).json()
    assert created["start"] == at("2026-07-01T13:00:00.0000000", "Europe/Paris")
    read = graph.get(f"/me/events/{created['id']}").json()
    assert read["start"] == at("2026-07-01T11:00:00.0000000")


def test_both_forms_of_an_id_name_one_event(graph):
    immutable = graph.create()["id"]
    graph.headers["Prefer"] = 'outlook.timezone="UTC"'
    (other,) = graph.get("/me/events").json()["value"]
    assert other["id"] != immutable
    assert graph.get(f"/me/events/{other['id']}").status_code == 200
    assert code_of(graph.get(f"/me/events/{immutable.lower()}"))[0] in (400, 404)
    assert code_of(graph.get("/me/events/42")) == (400, "ErrorInvalidIdMalformed")


@pytest.mark.parametrize("zone", ["America/Toronto", "America/Montreal", "Mars/Olympus", "CET"])
def test_a_zone_that_is_not_listed_is_refused(graph, zone):
    body = event()
    body["start"]["timeZone"] = zone
    answer = graph.post("/me/events", json=body)
    assert code_of(answer) == (400, "ErrorPropertyValidationFailure")
    graph.headers["Prefer"] = f'outlook.timezone="{zone}"'
    assert code_of(graph.get("/me/events"))[0] == 400


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"end": at("2026-12-01T12:00:00")}, "ErrorPropertyValidationFailure"),
        ({"start": at("2026-12-01T13:00:00+01:00")}, "ErrorPropertyValidationFailure"),
        ({"showAs": "occupied"}, "ErrorPropertyValidationFailure"),
        ({"title": "Visit"}, "RequestBodyRead"),
        ({"iCalUId": "42"}, "ErrorInvalidRequest"),
        ({"attendees": [guest("nobody")]}, "ErrorInvalidRecipients"),
        (
            {"attendees": [guest(f"{n}@x.fr") for n in range(501)]},
            "ErrorPropertyValidationFailure",
        ),
        ({"singleValueExtendedProperties": [{"id": "Mark", "value": "1"}]}, "ErrorInvalidProperty"),
    ],
)
def test_what_an_event_cannot_be(graph, members, code):
    assert code_of(graph.post("/me/events", json={**event(), **members})) == (400, code)
    created = graph.create()
    assert code_of(graph.patch(f"/me/events/{created['id']}", json=members)) == (400, code)


def test_start_and_end_are_required_and_json_is_announced(graph):
    assert graph.post("/me/events", json={"subject": "Visit"}).status_code == 400
    assert graph.post("/me/events", data=b'{"subject": "Visit"}').status_code == 400


def test_all_day_means_midnights_in_one_zone(graph):
    def day(start, end, zones=("UTC", "UTC")):
        times = {"start": at(start, zones[0]), "end": at(end, zones[1])}
        return graph.post("/me/events", json={**times, "isAllDay": True})

    made = day("2026-12-01T00:00:00", "2026-12-02T00:00:00", ("Europe/Paris", "Europe/Paris"))
    assert made.json()["start"]["dateTime"] == "2026-12-01T00:00:00.0000000"
    refused = day("2026-12-01T08:00:00", "2026-12-02T00:00:00")
    message = "The Event.Start property for an all-day event needs to be set to midnight."
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, message)
    assert day("2026-12-01T00:00:00", "2026-12-01T00:00:00").status_code == 400
    assert day("2026-12-01T00:00:00", "2026-12-02T00:00:00", ("UTC", "Etc/GMT")).status_code == 400
    timed = graph.create()
    assert graph.patch(f"/me/events/{timed['id']}", json={"isAllDay": True}).status_code == 400


def test_a_transaction_id_is_used_once(sim, graph):
    created = graph.create(transactionId="key")
    assert created["transactionId"] == "key"
    again = graph.post("/me/events", json=event(transactionId="key"))
    assert code_of(again) == (409, "ErrorDuplicateTransactionId")
    assert again.json()["error"]["@event.existingEventId"] == created["id"]
    sim.microsoft.configure(duplicate_id=False, duplicate_status=400)
    again = graph.post("/me/events", json=event(transactionId="key"))
    assert code_of(again) == (400, "ErrorDuplicateTransactionId")
    assert "@event.existingEventId" not in again.json()["error"]
    assert len(graph.get("/me/events").json()["value"]) == 1
    changed = graph.patch(f"/me/events/{created['id']}", json={"transactionId": "other"})
    assert changed.status_code == 400


def test_extended_properties_are_found_but_not_shown(graph):
    marks = [{"id": MARK, "value": "Key1"}, {"id": OTHER, "value": "db"}]
    created = graph.create(singleValueExtendedProperties=marks)
    graph.create("Other")
    assert "singleValueExtendedProperties" not in created
    one = graph.get(f"/me/events/{created['id']}", params=expanding(MARK)).json()
    assert one["singleValueExtendedProperties"] == [{"id": MARK, "value": "Key1"}]
    query = {**finding(OTHER, "DB"), **expanding(MARK, OTHER)}
    (found,) = graph.get("/me/events", params=query).json()["value"]
    assert found["singleValueExtendedProperties"] == marks
    (found,) = graph.get("/me/events", params=finding(MARK, "key1")).json()["value"]
    assert "singleValueExtendedProperties" not in found
    wrong = finding(MARK.replace("Immo", "immo"), "Key1")
    assert graph.get("/me/events", params=wrong).json()["value"] == []


def test_a_query_that_is_not_understood_is_refused(graph):
    for query in ({"$filter": "subject eq 'x'"}, {"$search": "x"}, {"$top": "1001"}, {"$foo": "1"}):
        assert graph.get("/me/events", params=query).status_code == 400


def test_listings_come_in_pages_of_ten(graph):
    for number in range(12):
        graph.create(str(number))
    assert [len(page["value"]) for page in graph.pages("/me/events")] == [10, 2]
    view = "/me/calendarView?startDateTime=2026-12-01&endDateTime=2026-12-02T00:00:00%2B01:00"
    pages = graph.pages(f"{view}&$top=5&$select=subject")
    assert [len(page["value"]) for page in pages] == [5, 5, 2]
    assert set(pages[0]["value"][0]) == {"@odata.etag", "id", "subject"}
    assert graph.get("/me/calendarView").status_code == 400


def test_a_stale_version_is_refused(graph):
    created = graph.create()
    address = f"/me/events/{created['id']}"
    changed = graph.patch(address, json={"subject": "New"}).json()
    assert changed["@odata.etag"] != created["@odata.etag"]
    stale = {"If-Match": created["@odata.etag"]}
    refused = graph.patch(address, json={"subject": "Newer"}, headers=stale)
    assert code_of(refused) == (412, "ErrorIrresolvableConflict")
    assert graph.delete(address, headers=stale).status_code == 412
    assert graph.get(address).json()["subject"] == "New"
    assert graph.delete(address, headers={"If-Match": changed["@odata.etag"]}).status_code == 204


def test_a_patch_changes_only_what_is_sent(graph):
    place = {"displayName": "Town hall"}
    created = graph.create(location=place, showAs="free")
    changed = graph.patch(f"/me/events/{created['id']}", json={"sensitivity": "private"}).json()
    kept = ("subject", "location", "showAs", "start", "end", "iCalUId", "id")
    assert {name: changed[name] for name in kept} == {name: created[name] for name in kept}
    assert changed["locations"] == [place]


def test_a_body_comes_back_as_html_or_as_text(graph):
    text = "Key under the <mat>\nand more"
    created = graph.create(body={"contentType": "text", "content": text})
    assert created["body"]["contentType"] == "html"
    assert re.search(r"<mat>|<html>", created["body"]["content"]).group() == "<html>"
    headers = {"Prefer": 'outlook.body-content-type="text", outlook.timezone="UTC"'}
    read = graph.get(f"/me/events/{created['id']}", headers=headers)
    assert read.json()["body"] == {"contentType": "text", "content": text.replace("\n", "\r\n")}
    assert 'outlook.body-content-type="text"' in read.headers["Preference-Applied"]


def test_deleting_twice_is_404(graph):
    address = f"/me/events/{graph.create()['id']}"
    assert graph.delete(address).status_code == 204
    assert code_of(graph.delete(address)) == (404, "ErrorItemNotFound")
    assert code_of(graph.get(address)) == (404, "ErrorItemNotFound")


def test_what_may_only_be_read_is_not_written(sim, graph):
    team = sim.microsoft.create_calendar(ANN, "Team", role="reader").id
    path = f"/me/calendars/{team}/events"
    assert code_of(graph.post(path, json=event())) == (403, "ErrorAccessDenied")
    reader = Graph(sim, ANN, "Calendars.Read")
    assert reader.get("/me/events").status_code == 200
    assert code_of(reader.post("/me/events", json=event())) == (403, "ErrorAccessDenied")
    assert code_of(Graph(sim, ANN, "User.Read").get("/me/events"))[0] == 403


def test_each_calendar_has_its_own_events(sim, graph):
    team = sim.microsoft.create_calendar(ANN, "Team").id
    made = graph.post(f"/me/calendars/{team}/events", json=event("Team")).json()
    assert graph.get("/me/events").json()["value"] == []
    (found,) = graph.get(f"/me/calendars/{team}/events").json()["value"]
    assert found["id"] == made["id"]
    assert graph.get(f"/me/events/{made['id']}").status_code == 200


def mails(sim):
    return [(mail.reason, mail.to) for mail in sim.ledger.mails]


def test_without_attendees_nobody_is_mailed(sim, graph):
    address = f"/me/events/{graph.create()['id']}"
    graph.patch(address, json={"subject": "New"})
    graph.delete(address)
    assert mails(sim) == []


def test_attendees_are_always_mailed(sim, graph):
    created = graph.create(attendees=[guest("bob@x.fr")], responseRequested=False)
    address = f"/me/events/{created['id']}"
    assert mails(sim) == [("invitation", "bob@x.fr")]
    sim.ledger.reset()
    graph.patch(address, json={"attendees": [guest("bob@x.fr"), guest("carl@x.fr")]})
    assert mails(sim) == [("invitation", "carl@x.fr")]
    sim.ledger.reset()
    graph.patch(address, json={"attendees": [guest("bob@x.fr")], "subject": "New"})
    assert mails(sim) == [("cancellation", "carl@x.fr"), ("update", "bob@x.fr")]
    sim.ledger.reset()
    assert graph.post(f"{address}/cancel", json={"comment": "ill"}).status_code == 202
    assert mails(sim) == [("cancellation", "bob@x.fr")]
    assert graph.get(address).status_code == 404


def test_an_answer_is_kept_when_the_attendees_are_written(sim, graph):
    created = graph.create(attendees=[guest("bob@x.fr")])
    answered = sim.microsoft.answer(ANN, "primary", created["id"], "bob@x.fr", "accepted")
    assert answered["@odata.etag"] != created["@odata.etag"]
    attendees = {"attendees": [guest("bob@x.fr"), guest("carl@x.fr")]}
    changed = graph.patch(f"/me/events/{created['id']}", json=attendees).json()
    responses = [one["status"]["response"] for one in changed["attendees"]]
    assert responses == ["accepted", "none"]


def test_a_guest_answers_and_does_not_cancel(sim, graph):
    address = f"/me/events/{invited(sim)}"
    shown = graph.get(address).json()
    assert (shown["isOrganizer"], shown["responseStatus"]["response"]) == (False, "notResponded")
    refused = graph.post(f"{address}/cancel", json={})
    message = "You need to be an organizer to cancel a meeting."
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, message)
    assert graph.post(f"{address}/accept", json={"sendResponse": False}).status_code == 202
    assert graph.get(address).json()["responseStatus"]["response"] == "accepted"
    assert mails(sim) == []
    graph.post(f"{address}/tentativelyAccept", json={})
    assert mails(sim) == [("answer", "bob@x.fr")]
    assert graph.post(f"{address}/decline", json={"sendResponse": False}).status_code == 202
    assert graph.get(address).status_code == 404
    assert len(mails(sim)) == 1


def test_an_organiser_has_nothing_to_accept(graph):
    answer = graph.post(f"/me/events/{graph.create()['id']}/accept", json={})
    assert code_of(answer) == (400, "ErrorInvalidRequest")


def test_get_schedule(sim, graph):
    graph.create(start="2026-12-01T13:00:00")
    graph.create("Secret", "2026-12-01T14:00:00", showAs="tentative", sensitivity="private")
    body = {
        "schedules": [ANN, "nobody@x.fr"],
        "startTime": at("2026-12-01T12:00:00"),
        "endTime": at("2026-12-01T16:00:00"),
        "availabilityViewInterval": 60,
    }
    mine, nobody = graph.post("/me/calendar/getSchedule", json=body).json()["value"]
    assert mine["availabilityView"] == "0210"
    assert [item.get("subject") for item in mine["scheduleItems"]] == ["Visit", None]
    assert nobody["error"]["responseCode"] == "ErrorMailRecipientNotFound"
    body["availabilityViewInterval"] = 4
    assert graph.post("/me/calendar/getSchedule", json=body).status_code == 400
    sim.microsoft.create_account("me@outlook.com", personal=True)
    personal = Graph(sim, "me@outlook.com")
    assert code_of(personal.post("/me/calendar/getSchedule", json=body))[0] == 403
