"""Google's tokens, scopes, quotas, batches, free and busy times; and faults in all of it."""

import http.client

import pytest
import requests
from googleapiclient.errors import HttpError

from tests.unit.simulator.google_client import ANN, timed


def bearer(service):
    return {"Authorization": f"Bearer {service._http.credentials.token}"}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer made-up"}])
def test_nothing_without_a_token(google, header):
    answer = requests.get(
        google.url + "/calendar/v3/calendars/primary/events", headers=header, timeout=5
    )
    assert answer.status_code == 401
    error = answer.json()["error"]["errors"][0]
    assert (error["reason"], error["location"]) == ("authError", "Authorization")


def test_an_expired_token_is_refreshed_by_the_library(calendar, sim):
    sim.google.expire_tokens(ANN)
    assert calendar.events().list(calendarId="primary").execute()["items"] == []
    assert sim.ledger.counts["google.token.refresh"] == 1


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("calendar", "list insert freebusy calendars"),
        ("calendar.readonly", "list freebusy calendars"),
        ("calendar.events", "list insert"),
        ("calendar.events.owned", "list insert"),
        ("calendar.events.readonly", "list"),
        ("calendar.events.freebusy", "list freebusy"),
        ("calendar.freebusy", "freebusy"),
        ("calendar.calendarlist.readonly", "calendars"),
    ],
)
def test_each_scope_opens_its_doors_only(google, scope, allowed):
    service = google.service(scope)
    times = {"timeMin": "2026-12-01T00:00:00Z", "timeMax": "2026-12-02T00:00:00Z"}
    doors = {
        "list": service.events().list(calendarId="primary"),
        "insert": service.events().insert(calendarId="primary", body=timed()),
        "freebusy": service.freebusy().query(body={**times, "items": [{"id": "primary"}]}),
        "calendars": service.calendarList().list(),
    }
    opened = []
    for name, request in doors.items():
        try:
            request.execute()
            opened.append(name)
        except HttpError as error:
            assert error.status_code == 403
            assert error.reason == "Request had insufficient authentication scopes."
    assert opened == allowed.split()


def test_owned_means_owned(google, sim, refused):
    shared = sim.google.create_calendar(ANN, "Shared", role="writer")
    narrow = google.service("calendar.events.owned").events()
    refused(narrow.insert(calendarId=shared.id, body=timed()), 403)
    wide = google.service("calendar.events").events()
    wide.insert(calendarId=shared.id, body=timed()).execute()
    shared.role = "reader"
    error = refused(wide.insert(calendarId=shared.id, body=timed()), 403)
    assert error["reason"] == "requiredAccessLevel"
    shared.role = "freeBusyReader"
    (item,) = wide.list(calendarId=shared.id).execute()["items"]
    assert "summary" not in item


def test_the_calendars_of_an_account(calendar, sim):
    sim.google.create_calendar(ANN, "Second", zone="Europe/London", role="reader")
    page = calendar.calendarList().list(maxResults=1).execute()
    assert page["items"][0]["primary"]
    page = calendar.calendarList().list(maxResults=1, pageToken=page["nextPageToken"]).execute()
    assert (page["items"][0]["summary"], page["items"][0]["accessRole"]) == ("Second", "reader")
    assert "nextPageToken" not in page
    assert calendar.calendars().get(calendarId="primary").execute()["timeZone"] == "Europe/Paris"
    assert calendar.settings().get(setting="timezone").execute()["value"] == "Europe/Paris"


def test_free_and_busy(calendar, sim, refused):
    def put(start, end, **body):
        times = (f"2026-12-01T{one}:00" for one in (start, end))
        return sim.google.put(ANN, "primary", timed(*times, **body))

    put("09:00", "10:00")
    put("09:30", "11:00")
    put("12:00", "13:00", transparency="transparent")
    put("14:00", "15:00", attendees=[{"email": ANN, "responseStatus": "declined"}])
    put("16:00", "17:00", recurrence=["RRULE:FREQ=DAILY;COUNT=2"])
    sim.google.delete(ANN, "primary", put("18:00", "19:00")["id"])
    body = {"timeMin": "2026-12-01T00:00:00Z", "timeMax": "2026-12-02T15:30:00Z"}
    body["items"] = [{"id": "primary"}, {"id": "nobody@x.fr"}]
    found = calendar.freebusy().query(body=body).execute()["calendars"]
    assert [(one["start"][8:16], one["end"][8:16]) for one in found["primary"]["busy"]] == [
        ("01T08:00", "01T10:00"),
        ("01T15:00", "01T16:00"),
        ("02T15:00", "02T15:30"),
    ]
    assert found["nobody@x.fr"]["errors"][0]["reason"] == "notFound"
    refused(calendar.freebusy().query(body={**body, "timeMax": "2026-12-02"}), 400)
    empty = {**body, "timeMax": body["timeMin"]}
    assert refused(calendar.freebusy().query(body=empty), 400)["reason"] == "timeRangeEmpty"


@pytest.mark.parametrize("status", [403, 429])
def test_quota_windows_slide(calendar, sim, refused, status):
    sim.google.configure(user_per_minute=4, quota_status=status)
    request = calendar.events().list(calendarId="primary")
    for _ in range(4):
        request.execute()
    error = refused(request, status)
    assert error["domain"] == "usageLimits"
    assert error["reason"] in ("userRateLimitExceeded", "rateLimitExceeded")
    sim.clock.advance(61)
    request.execute()


def test_a_patch_costs_three(calendar, sim, refused):
    event = sim.google.put(ANN, "primary", timed())
    sim.google.configure(user_per_minute=5)
    patch = calendar.events().patch(calendarId="primary", eventId=event["id"], body={})
    patch.execute()
    refused(patch, 403)


def test_writes_to_one_calendar_can_be_limited(calendar, sim, refused):
    sim.google.configure(calendar_writes_per_minute=1)
    insert = calendar.events().insert(calendarId="primary", body=timed())
    insert.execute()
    assert refused(insert, 403)["reason"] == "quotaExceeded"
    calendar.events().list(calendarId="primary").execute()


def test_a_batch_answers_each_part(calendar, google, sim):
    events = calendar.events()
    first = sim.google.put(ANN, "primary", timed())
    stale = events.patch(calendarId="primary", eventId=first["id"], body={"summary": "x"})
    stale.headers["If-Match"] = '"1"'
    answers = google.batch(
        events.insert(calendarId="primary", body=timed(summary="Début")),
        stale,
        events.delete(calendarId="primary", eventId=first["id"]),
        events.get(calendarId="primary", eventId="neverwas"),
    )
    assert answers["1"]["summary"] == "Début"
    assert [answers[name].status_code for name in ("2", "4")] == [412, 404]
    assert answers["3"] == ""
    assert sim.ledger.counts["google.batch"] == 1
    assert sim.ledger.counts["google.events.delete"] == 1
    assert sum(sim.ledger.writes.values()) == 3


def test_a_batch_has_fifty_parts_at_most(calendar, google, sim):
    get = calendar.events().get
    requests_ = [get(calendarId="primary", eventId=f"neverwas{n}") for n in range(51)]
    assert len(google.batch(*requests_[:50])) == 50
    before = sim.ledger.counts["google.events.get"]
    with pytest.raises(HttpError) as caught:
        google.batch(*requests_)
    assert caught.value.status_code == 400
    assert sim.ledger.counts["google.events.get"] == before


def test_parts_meet_quotas_and_faults_one_by_one(calendar, google, sim):
    sim.faults.add("google.events.insert", skip=1, status=503)
    sim.faults.add("google.events.insert", skip=2, error="quota")
    insert = calendar.events().insert(calendarId="primary", body=timed())
    answers = google.batch(*[insert] * 4)
    statuses = [getattr(answers[str(number)], "status_code", 200) for number in range(1, 5)]
    assert statuses == [200, 503, 200, 403]
    assert len(sim.google.events(ANN, "primary")) == 2


@pytest.mark.parametrize(("when", "written"), [("before", 0), ("after", 1)])
def test_a_cut_inside_a_batch_cuts_all_of_it(calendar, google, sim, when, written):
    sim.faults.add("google.events.insert", cut=True, when=when, count=None)
    insert = calendar.events().insert(calendarId="primary", body=timed())
    with pytest.raises((http.client.HTTPException, OSError)):
        google.batch(insert, insert)
    # httplib2 sends once more by itself, what has no answer: that is why writes have keys.
    tries = sim.ledger.counts["google.batch"]
    assert len(sim.google.events(ANN, "primary")) == written * tries


@pytest.mark.parametrize(("when", "written"), [("before", False), ("after", True)])
def test_a_write_whose_answer_is_lost(calendar, sim, when, written):
    sim.faults.add("google.events.insert", status=503, when=when)
    with pytest.raises(HttpError) as caught:
        calendar.events().insert(calendarId="primary", body=timed()).execute()
    assert caught.value.error_details[0]["reason"] == "backendError"
    assert bool(sim.google.events(ANN, "primary")) is written


def test_faults_with_a_name(calendar, sim, refused):
    events = calendar.events()
    token = events.list(calendarId="primary").execute()["nextSyncToken"]
    sim.faults.add("google.events.list", error="cursor_expired")
    sim.faults.add("google.events.list", error="quota", account="somebody@else.example")
    request = events.list(calendarId="primary", syncToken=token)
    assert refused(request, 410)["reason"] == "fullSyncRequired"
    request.execute()
    sim.faults.add("google.events.list", error="token_expired")
    request.execute()
    assert sim.ledger.counts["google.token.refresh"] == 1


def test_a_long_get_comes_as_a_post(google, calendar, sim):
    events = calendar.events()
    found = events.list(calendarId="primary", q="x" * 3000).execute()
    assert found["items"] == []
    assert sim.ledger.counts == {
        "google.auth": 1,
        "google.auth.decide": 1,
        "google.token.code": 1,
        "google.events.list": 1,
    }
    event = sim.google.put(ANN, "primary", timed())
    answer = requests.post(
        f"{google.url}/calendar/v3/calendars/primary/events/{event['id']}",
        json={"summary": "Patched"},
        headers={"X-HTTP-Method-Override": "PATCH", **bearer(calendar)},
        timeout=5,
    )
    assert answer.json()["summary"] == "Patched"


def test_what_is_not_simulated_is_refused(calendar, sim, refused):
    event = sim.google.put(ANN, "primary", timed(recurrence=["RRULE:FREQ=DAILY"]))
    refused(calendar.events().instances(calendarId="primary", eventId=event["id"]), 404)
    refused(calendar.calendarList().list(syncToken="x"), 400)
