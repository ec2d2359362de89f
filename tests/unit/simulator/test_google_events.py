"""Google's single events, written and read by google-api-python-client."""

import pytest
import requests
from googleapiclient.errors import HttpError

from tests.unit.simulator.google_client import ANN, timed

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def events(calendar):
    return calendar.events()


def insert(events, **options):
    body = {**timed(), **options.pop("body", {})}
    return events.insert(calendarId="primary", body=body, **options)


def change(events, event, body, **options):
    return events.patch(calendarId="primary", eventId=event["id"], body=body, **options)


def guest(email="bob@client.example", answer="needsAction"):
    return {"email": email, "responseStatus": answer}


def invitation(sim, **body):
    """An event that somebody else organises."""
    organizer = {"email": "boss@else.example", "displayName": "Boss"}
    people = [guest("boss@else.example", "accepted"), guest(ANN), guest()]
    return sim.google.put(ANN, "primary", {**timed(), "organizer": organizer,
                                           "attendees": people, **body})  # fmt: skip


def test_an_event_is_read_in_the_zone_of_the_calendar(events):
    body = timed(id=KEY)
    body["start"] = {"dateTime": "2026-12-01T13:00:00Z"}
    body["end"] = {"dateTime": "2026-12-01T15:00:00", "timeZone": "Europe/London"}
    event = events.insert(calendarId="primary", body=body).execute()
    assert event["start"] == {"dateTime": "2026-12-01T14:00:00+01:00", "timeZone": "Europe/Paris"}
    assert event["end"] == {"dateTime": "2026-12-01T16:00:00+01:00", "timeZone": "Europe/London"}
    assert event["iCalUID"] == KEY + "@google.com"
    assert event["organizer"] == {"email": ANN, "self": True}
    assert (event["status"], event["sequence"], event["eventType"]) == ("confirmed", 0, "default")
    assert event["etag"].startswith('"')
    assert events.get(calendarId=ANN, eventId=KEY).execute() == event
    seen = events.get(calendarId="primary", eventId=KEY, timeZone="UTC").execute()
    assert seen["start"]["dateTime"] == "2026-12-01T13:00:00Z"


@pytest.mark.parametrize("bad", ["abcd", "ABCDEF", "wxyz0123", "a-b-c-d-e", "0" * 1025])
def test_ids_have_an_alphabet_and_a_length(events, refused, bad):
    assert refused(insert(events, body={"id": bad}), 400)["reason"] == "invalid"


def test_an_id_and_a_uid_exclude_each_other(events, refused):
    refused(insert(events, body={"id": KEY, "iCalUID": "x@y"}), 400)
    assert insert(events, body={"iCalUID": "x@y"}).execute()["iCalUID"] == "x@y"


def test_a_taken_id_stays_taken_after_the_deletion(events, refused):
    insert(events, body={"id": KEY}).execute()
    assert refused(insert(events, body={"id": KEY}), 409)["reason"] == "duplicate"
    assert events.delete(calendarId="primary", eventId=KEY).execute() == ""
    assert refused(insert(events, body={"id": KEY}), 409)["reason"] == "duplicate"
    assert events.get(calendarId="primary", eventId=KEY).execute()["status"] == "cancelled"
    revived = change(events, {"id": KEY}, {"status": "confirmed"}).execute()
    assert revived["status"] == "confirmed"


def test_reviving_can_be_forbidden(events, sim, refused):
    event = insert(events).execute()
    events.delete(calendarId="primary", eventId=event["id"]).execute()
    sim.google.configure(revive=False)
    assert refused(change(events, event, {"status": "confirmed"}), 403)["reason"] == "forbidden"
    assert change(events, event, {"summary": "x"}).execute()["status"] == "cancelled"


def test_deleting_twice_and_deleting_nothing(events, refused):
    event = insert(events).execute()
    delete = events.delete(calendarId="primary", eventId=event["id"])
    delete.execute()
    assert refused(delete, 410)["reason"] == "deleted"
    never = events.delete(calendarId="primary", eventId="neverwas")
    assert refused(never, 404)["reason"] == "notFound"
    assert refused(events.get(calendarId="nobody@x.fr", eventId="a"), 404)["reason"] == "notFound"


@pytest.mark.parametrize("verb", ["patch", "update", "delete"])
def test_a_stale_version_writes_nothing(events, refused, verb):
    event = insert(events).execute()
    fresh = change(events, event, {"summary": "New"}).execute()
    body = {} if verb == "delete" else {"body": timed(summary="Stale")}
    request = getattr(events, verb)(calendarId="primary", eventId=event["id"], **body)
    request.headers["If-Match"] = event["etag"]
    error = refused(request, 412)
    assert (error["reason"], error["location"]) == ("conditionNotMet", "If-Match")
    assert events.get(calendarId="primary", eventId=event["id"]).execute() == fresh
    request.headers["If-Match"] = fresh["etag"]
    request.execute()


def test_an_unchanged_event_is_not_sent_again(events):
    event = insert(events).execute()
    request = events.get(calendarId="primary", eventId=event["id"])
    request.headers["If-None-Match"] = event["etag"]
    with pytest.raises(HttpError) as caught:
        request.execute()
    assert caught.value.status_code == 304


def test_a_patch_merges_and_a_put_replaces(events):
    properties = {"private": {"a": "1", "b": "2"}}
    body = {"location": "Here", "attendees": [guest()], "extendedProperties": properties}
    event = insert(events, body=body).execute()
    patch = {"extendedProperties": {"private": {"a": None}}, "attendees": [guest("new@x.fr")]}
    patched = change(events, event, patch).execute()
    assert patched["extendedProperties"] == {"private": {"b": "2"}}
    assert [one["email"] for one in patched["attendees"]] == ["new@x.fr"]
    assert patched["location"] == "Here"
    put = events.update(calendarId="primary", eventId=event["id"], body=timed()).execute()
    assert not {"location", "attendees", "extendedProperties"} & set(put)
    assert put["iCalUID"] == event["iCalUID"]


def test_a_patch_from_a_time_to_a_day_has_to_clear_the_time(events, refused):
    event = insert(events).execute()
    days = {"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}}
    assert refused(change(events, event, days), 400)["reason"] == "invalid"
    clear = {"dateTime": None, "timeZone": None}
    days = {name: {**day, **clear} for name, day in days.items()}
    assert change(events, event, days).execute()["end"] == {"date": "2026-12-02"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (timed(end="2026-12-01T14:00:00"), "timeRangeEmpty"),
        (timed(end="2026-12-01T13:00:00"), "timeRangeEmpty"),
        ({"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-01"}}, "timeRangeEmpty"),
        ({**timed(), "end": {"date": "2026-12-02"}}, "invalid"),
        ({**timed(), "start": {"dateTime": "2026-12-01T14:00:00"}}, "required"),
        ({**timed(), "start": {"dateTime": "tomorrow", "timeZone": "UTC"}}, "invalid"),
        ({**timed(), "start": {"dateTime": "2026-12-01T14:00:00", "timeZone": "X/Y"}}, "invalid"),
        ({"start": timed()["start"]}, "required"),
        (timed(status="maybe"), "invalid"),
        (timed(status="cancelled"), "invalid"),
        (timed(transparency="glass"), "invalid"),
        (timed(visibility="secret"), "invalid"),
        (timed(eventType="fromGmail"), "invalid"),
        (timed(attendees=[{"email": "nobody"}]), "invalid"),
        (timed(recurrence=["DTSTART:20261201T140000Z"]), "invalid"),
        (timed(recurrence=["RRULE:FREQ=SOMETIMES"]), "invalid"),
        (timed(extendedProperties={"private": {"a": 1}}), "invalid"),
        (timed(reminders={"overrides": [{"method": "popup", "minutes": 50000}]}), "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused(events, refused, body, reason):
    request = events.insert(calendarId="primary", body=body)
    assert refused(request, 400)["reason"] == reason
    assert events.list(calendarId="primary").execute()["items"] == []


def test_a_series_needs_a_zone(events, refused):
    body = timed(recurrence=["RRULE:FREQ=DAILY;COUNT=2"])
    body["start"] = {"dateTime": "2026-12-01T14:00:00+01:00"}
    assert refused(events.insert(calendarId="primary", body=body), 400)["reason"] == "required"


def test_a_body_that_is_no_json_is_refused(google, calendar):
    token = calendar._http.credentials.token
    answer = requests.post(
        google.url + "/calendar/v3/calendars/primary/events",
        data="{",
        headers={"Authorization": f"Bearer {token}"},
        timeout=5,
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["errors"][0]["reason"] == "parseError"


def test_long_properties_are_dropped_and_cut_without_a_word(events):
    pairs = {"k" * 45: "lost", "kept": "v" * 2000}
    event = insert(events, body={"extendedProperties": {"private": pairs}}).execute()
    assert event["extendedProperties"]["private"] == {"kept": "v" * 1024}


def test_each_change_is_a_new_version_and_a_reminder_no_update(events):
    event = insert(events).execute()
    seen = {event["etag"]}
    for number in range(20):
        event = change(events, event, {"summary": str(number)}).execute()
        seen.add(event["etag"])
    assert len(seen) == 21
    assert event["sequence"] == 0
    moved = change(events, event, {"start": timed("2026-12-01T14:30:00")["start"]}).execute()
    assert moved["sequence"] == 1
    reminded = change(events, moved, {"reminders": {"useDefault": False}}).execute()
    assert reminded["updated"] == moved["updated"]
    assert reminded["etag"] != moved["etag"]


def test_the_type_of_an_event_stays(events, refused):
    event = insert(events, body={"eventType": "focusTime"}).execute()
    refused(change(events, event, {"eventType": "default"}), 400)


def test_an_answer_of_a_guest_changes_the_version(events, sim):
    event = insert(events, body={"attendees": [guest()]}).execute()
    sim.google.answer(ANN, "primary", event["id"], "bob@client.example", "accepted")
    seen = events.get(calendarId="primary", eventId=event["id"]).execute()
    assert seen["attendees"][0]["responseStatus"] == "accepted"
    assert seen["etag"] != event["etag"]


@pytest.mark.parametrize(
    ("updates", "mailed"),
    [
        ("all", ["bob@client.example", "zoe@gmail.com"]),
        ("externalOnly", ["bob@client.example"]),
        ("none", []),
        (None, ["bob@client.example"]),
    ],
)
def test_mails_are_recorded_and_not_sent(events, sim, updates, mailed):
    options = {"sendUpdates": updates} if updates else {}
    people = [guest(), guest("zoe@gmail.com"), guest(ANN, "accepted")]
    event = insert(events, body={"attendees": people}, **options).execute()
    change(events, event, {"location": "There"}, **options).execute()
    events.delete(calendarId="primary", eventId=event["id"], **options).execute()
    for reason in ("invitation", "update", "cancellation"):
        assert [mail.to for mail in sim.ledger.mails if mail.reason == reason] == mailed


def test_who_is_mailed_has_to_be_a_known_word(google, calendar):
    answer = requests.post(
        google.url + "/calendar/v3/calendars/primary/events?sendUpdates=some",
        json=timed(),
        headers={"Authorization": f"Bearer {calendar._http.credentials.token}"},
        timeout=5,
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"summary": "Mine now"},
        {"start": timed("2026-12-01T14:30:00")["start"]},
        {"attendees": [guest(ANN, "accepted")]},
        {"extendedProperties": {"shared": {"a": "1"}}},
        {"status": "tentative"},
    ],
)
def test_a_guest_changes_nothing_that_is_shared(events, sim, refused, body):
    event = invitation(sim)
    assert refused(change(events, event, body), 403)["reason"] == "forbiddenForNonOrganizer"
    assert sim.google.get(ANN, "primary", event["id"])["etag"] == event["etag"]


def test_a_guest_answers_and_keeps_his_own_properties(events, sim):
    event = invitation(sim)
    people = [{**one} for one in event["attendees"]]
    people[1]["responseStatus"] = "declined"
    body = {"attendees": people, "extendedProperties": {"private": {"a": "1"}}}
    seen = change(events, event, body, sendUpdates="all").execute()
    assert seen["attendees"][1]["responseStatus"] == "declined"
    assert [(mail.to, mail.reason) for mail in sim.ledger.mails] == [
        ("boss@else.example", "answer")
    ]
    omitted = {"attendeesOmitted": True, "attendees": [guest(ANN, "accepted")]}
    seen = change(events, event, omitted, sendUpdates="none").execute()
    assert [one["responseStatus"] for one in seen["attendees"]] == [
        *("accepted", "accepted", "needsAction")
    ]
    assert len(sim.ledger.mails) == 1


def test_an_import_needs_a_uid_and_mails_nobody(events, sim, refused):
    body = {**timed(), "attendees": [guest()], "organizer": {"email": "boss@else.example"}}
    assert refused(events.import_(calendarId="primary", body=body), 400)["reason"] == "required"
    request = events.import_(calendarId="primary", body={**body, "iCalUID": "u@else"})
    first, again = request.execute(), request.execute()
    assert first["organizer"] == {"email": "boss@else.example"}
    assert first["id"] == again["id"]
    assert sim.ledger.mails == []
