"""Google's push channels."""

import uuid

import pytest

from tests.unit.simulator.google_client import ANN, timed


@pytest.fixture
def watch(calendar, webhook):
    """Make the request that opens a channel."""

    def make(calendar_id="primary", **body):
        given = {"id": str(uuid.uuid4()), "type": "web_hook", "address": webhook.address}
        body = {name: value for name, value in {**given, **body}.items() if value is not None}
        return calendar.events().watch(calendarId=calendar_id, body=body)

    return make


def test_the_first_message_comes_before_the_answer(watch, webhook, sim):
    channel = watch(token="secret").execute()
    (headers,) = webhook.headers
    assert webhook.bodies == [b""]
    assert headers["X-Goog-Resource-State"] == "sync"
    assert headers["X-Goog-Message-Number"] == "1"
    assert headers["X-Goog-Channel-ID"] == channel["id"]
    assert headers["X-Goog-Channel-Token"] == channel["token"] == "secret"
    assert headers["X-Goog-Resource-ID"] == channel["resourceId"]
    assert headers["X-Goog-Channel-Expiration"].endswith(" GMT")
    life = int(channel["expiration"]) / 1000 - sim.clock.timestamp()
    assert 7 * 86400 - 10 < life <= 7 * 86400


def test_each_change_is_told_and_none_of_another_calendar(calendar, watch, webhook, sim):
    watch().execute()
    other = sim.google.create_calendar(ANN, "Second")
    sim.google.put(ANN, other.id, timed())
    event = calendar.events().insert(calendarId="primary", body=timed()).execute()
    sim.google.patch(ANN, "primary", event["id"], {"summary": "x"})
    sim.google.delete(ANN, "primary", event["id"])
    assert sim.pushes.flush()
    states = [headers["X-Goog-Resource-State"] for headers in webhook.headers]
    assert states == ["sync", "exists", "exists", "exists"]
    numbers = [int(headers["X-Goog-Message-Number"]) for headers in webhook.headers]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] > len(numbers)  # they skip some


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"address": "http://odoo.example/hook"}, "push.webhookUrlNotHttps"),
        ({"address": "ftp://127.0.0.1/hook"}, "push.webhookUrlNotHttps"),
        ({"type": "smoke"}, "push.channelTypeNotSupported"),
        ({"id": "x" * 65}, "invalid"),
        ({"id": None}, "required"),
        ({"token": "x" * 257}, "invalid"),
        ({"expiration": 1}, "invalid"),
    ],
)
def test_channels_that_are_refused(watch, webhook, refused, body, reason):
    assert refused(watch(**body), 400)["reason"] == reason
    assert webhook.headers == []


def test_an_id_is_good_once_even_after_the_stop(calendar, watch, refused):
    channel = watch(id="one").execute()
    assert refused(watch(id="one"), 400)["reason"] == "channelIdNotUnique"
    stop = {"id": "one", "resourceId": channel["resourceId"]}
    assert calendar.channels().stop(body=stop).execute() == ""
    assert refused(watch(id="one"), 400)["reason"] == "channelIdNotUnique"


def test_some_calendars_cannot_be_watched(watch, sim, refused):
    holidays = sim.google.create_calendar(ANN, "Holidays", role="reader", options={"push": False})
    error = refused(watch(holidays.id), 400)
    assert error["reason"] == "pushNotSupportedForRequestedResource"


def test_the_life_of_a_channel_is_cut(watch, webhook, sim):
    channel = watch(params={"ttl": str(10**9)}).execute()
    assert int(channel["expiration"]) / 1000 - sim.clock.timestamp() <= 30 * 86400
    watch(params={"ttl": "60"}).execute()
    sim.clock.advance(61)
    sim.google.put(ANN, "primary", timed())
    assert sim.pushes.flush()
    assert len(webhook.headers) == 3


def test_only_who_opened_a_channel_stops_it(calendar, google, watch, webhook, sim, refused):
    channel = watch().execute()
    body = {"id": channel["id"], "resourceId": channel["resourceId"]}
    sim.google.create_account("eve@agency.example")
    eve = google.service("calendar", email="eve@agency.example")
    assert "not found for project" in refused(eve.channels().stop(body=body), 404)["message"]
    refused(calendar.channels().stop(body={**body, "resourceId": "other"}), 404)
    calendar.channels().stop(body=body).execute()
    refused(calendar.channels().stop(body=body), 404)
    sim.google.put(ANN, "primary", timed())
    assert sim.pushes.flush()
    assert len(webhook.headers) == 1


def test_a_dead_webhook_does_not_stop_anything(watch, webhook, sim):
    sim.pushes.order(retries=0)
    watch().execute()
    webhook.statuses = [500]
    sim.google.put(ANN, "primary", timed())
    assert sim.pushes.flush()
    assert [push.outcome for push in sim.ledger.pushes] == ["200", "500"]


def test_every_push_can_be_lost(watch, webhook, sim):
    sim.pushes.order(drop=1)
    watch().execute()
    sim.google.put(ANN, "primary", timed())
    assert sim.pushes.flush()
    assert webhook.headers == []
    assert [push.outcome for push in sim.ledger.pushes] == ["dropped", "dropped"]
