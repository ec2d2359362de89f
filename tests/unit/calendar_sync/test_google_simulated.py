"""Google's consent and reading, against the simulated Google: as strict as the real one."""

import pytest

from odoo.addons.immoassist_calendar_sync.core import failures
from odoo.addons.immoassist_calendar_sync.core.snapshot import Presence
from odoo.addons.immoassist_calendar_sync.providers import open_authoriser, open_calendar

from tests.simulator import Simulator
from tests.unit.calendar_sync.google_account import (
    ANN,
    BACK,
    body,
    connect,
    counted,
    press,
    pull,
    settings,
)


@pytest.fixture(scope="module")
def running():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def sim(running):
    running.reset()
    running.google.create_account(ANN, "Ann", zone="Europe/Paris")
    return running


@pytest.fixture
def google(sim):
    return connect(sim)[1]


def test_consent_refresh_and_revocation(sim):
    grant, google = connect(sim)
    assert grant.account_email == ANN and grant.account_id and grant.refresh_token
    assert [calendar.is_primary for calendar in google.calendars()] == [True]
    authoriser = open_authoriser("google", settings(sim.url))
    sim.google.expire_tokens(ANN)
    with pytest.raises(failures.AccessTokenRefused):
        google.calendars()
    fresh = authoriser.refresh(grant.refresh_token)
    assert fresh.refresh_token is None and fresh.scopes == grant.scopes
    again = open_calendar("google", settings(sim.url), fresh.access_token)
    assert again.calendars()
    authoriser.revoke(grant.refresh_token)
    authoriser.revoke(grant.refresh_token)
    with pytest.raises(failures.AccessTokenRefused):
        again.calendars()
    with pytest.raises(failures.Reauthorise):
        authoriser.refresh(grant.refresh_token)


def test_what_the_broker_may_press_instead(sim):
    authoriser = open_authoriser("google", settings(sim.url))
    address, flow = authoriser.begin(BACK)
    with pytest.raises(failures.ConsentRefused):
        authoriser.finish(flow, press(address, decision="deny"))
    with pytest.raises(failures.ScopesMissing) as raised:
        authoriser.finish(flow, press(address, untick="calendar.events"))
    assert raised.value.missing == {"https://www.googleapis.com/auth/calendar.events"}
    back = press(address)
    authoriser.finish(flow, back)
    with pytest.raises(failures.Reauthorise):  # a code is good once
        authoriser.finish(flow, back)
    stolen = press(address)
    with pytest.raises(failures.Reauthorise):  # PKCE
        authoriser.finish({**flow, "code_verifier": "x" * 43}, stolen)
    wrong = open_authoriser("google", settings(sim.url, client_secret="wrong"))
    with pytest.raises(failures.AdministratorNeeded):
        wrong.finish(flow, press(address))


# --- reading ---


def test_calendars_and_what_may_be_done_with_them(sim, google):
    sim.google.create_calendar(ANN, "Team", role="reader", zone="Europe/London")
    mine, team = google.calendars()
    assert (mine.external_id, mine.can_write, mine.is_primary) == (ANN, True, True)
    assert (team.name, team.can_write, team.is_primary) == ("Team", False, False)
    assert (mine.zone, team.zone) == ("Europe/Paris", "Europe/London")


def test_the_first_pull_takes_the_window_and_the_next_ones_the_changes(sim, google):
    inside = sim.google.put(ANN, "primary", body())["id"]
    sim.google.put(ANN, "primary", body("2025-01-01"))
    sim.google.put(ANN, "primary", body("2028-12-01"))
    with counted(google, 1):
        events, vanished, cursor = pull(google)
    assert set(events) == {inside} and vanished == []
    with counted(google, 1):
        events, vanished, cursor = pull(google, cursor)
    assert (events, vanished) == ({}, [])
    sim.google.patch(ANN, "primary", inside, {"summary": "Dinner"})
    events, _, cursor = pull(google, cursor)
    assert events[inside].fields["name"] == "Dinner"
    far = sim.google.put(ANN, "primary", body("2029-01-01"))["id"]
    sim.google.delete(ANN, "primary", inside)
    events, vanished, cursor = pull(google, cursor)
    assert {key: event.presence for key, event in events.items()} == {inside: Presence.DELETED}
    assert vanished == [far]


def test_what_is_moved_out_of_the_window_is_told(sim, google):
    event = sim.google.put(ANN, "primary", body())["id"]
    cursor = pull(google)[2]
    sim.google.patch(ANN, "primary", event, body("2030-01-01"))
    events, vanished, _ = pull(google, cursor)
    assert (events, vanished) == ({}, [event])
    found = google.fetch(ANN, [event])[event]
    assert found.fields["start"].year == 2030 and found.presence is Presence.LIVE


def test_pages(sim, google):
    sim.google.configure(most_per_page=2)
    for day in range(1, 6):
        sim.google.put(ANN, "primary", body(f"2027-03-0{day}"))
    with counted(google, 3):
        events, _, cursor = pull(google)
    assert len(events) == 5 and cursor
    for event in events:
        sim.google.patch(ANN, "primary", event, {"summary": "x"})
    with counted(google, 3):
        assert len(pull(google, cursor)[0]) == 5


def test_a_cursor_that_expired(sim, google):
    cursor = pull(google)[2]
    sim.google.expire_cursors(ANN)
    with pytest.raises(failures.CursorExpired):
        pull(google, cursor)
    assert pull(google)[2]


def test_a_calendar_that_is_not_there(google):
    with pytest.raises(failures.Gone):
        pull(google, calendar="nobody@agency.example")


def test_a_series_comes_in_as_its_occurrences(sim, google):
    series = sim.google.put(ANN, "primary", body(recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"]))
    events, _, cursor = pull(google)
    assert len(events) == 3
    assert len({event.ical_uid for event in events.values()}) == 3
    first = min(events.values(), key=lambda event: event.fields["start"])
    assert first.ical_uid == f"{series['iCalUID']}/2027-03-05T09:00:00+00:00"
    # The wall clock stays, and UTC moves with the summer time.
    assert {event.fields["start"].hour for event in events.values()} == {9}
    sim.google.patch(ANN, "primary", first.external_id, {"summary": "Moved", **body("2027-03-06")})
    sim.google.delete(ANN, "primary", max(events))
    changed, _, _ = pull(google, cursor)
    assert changed[first.external_id].ical_uid == first.ical_uid
    assert changed[max(events)].presence is Presence.DELETED


def test_kinds_that_are_no_meetings(sim, google):
    sim.google.put(ANN, "primary", body(eventType="workingLocation"))
    sim.google.put(ANN, "primary", body(eventType="outOfOffice"))
    events = pull(google)[0].values()
    assert sorted(event.blocking for event in events) == [False, True]


def test_a_calendar_of_which_only_busy_is_seen(sim, google):
    team = sim.google.create_calendar(ANN, "Team", role="freeBusyReader").id
    sim.google.put(ANN, team, body(description="secret", location="secret"))
    (event,) = pull(google, calendar=team)[0].values()
    assert (event.fields["name"], event.fields["description"]) == ("", "")
    assert event.fields["private"] and event.fields["start"]


def test_fetch(sim, google):
    ids = [sim.google.put(ANN, "primary", body())["id"] for _ in range(60)]
    sim.google.delete(ANN, "primary", ids[3])
    with counted(google, 2):
        found = google.fetch(ANN, [*ids, "nevermade", ids[0]])
    assert found["nevermade"] is None and len(found) == 61
    assert found[ids[3]].presence is Presence.DELETED
    assert google.fetch(ANN, []) == {}
