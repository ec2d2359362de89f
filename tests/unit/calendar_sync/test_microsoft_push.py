"""Subscriptions: our real client, the simulated Microsoft and a real webhook."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from odoo.addons.immoassist_calendar_sync.core.failures import PushRefused, RetryLater
from odoo.addons.immoassist_calendar_sync.core.provider import Channel

from tests.simulator import Simulator
from tests.unit.calendar_sync.outlook import Account, create

WEEK = timedelta(days=7)
SECRET = "s" * 43


class Webhook:
    """Answers the handshake as Odoo has to, and notes what comes, by path."""

    def __init__(self) -> None:
        self.items: list[tuple[str, dict]] = []
        self.status = 200

    def __call__(self, environ, start_response):
        request = Request(environ)
        token = request.args.get("validationToken")
        if token is None:
            found = json.loads(request.get_data())["value"]
            self.items += [(request.path, item) for item in found]
            return Response(status=202)(environ, start_response)
        answer = Response(token, self.status, content_type="text/plain")
        return answer(environ, start_response)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def ann(running: Simulator) -> Account:
    running.reset()
    return Account(running)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    app = Webhook()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.address = f"http://127.0.0.1:{server.server_port}/webhooks/microsoft/calendar"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield app
    server.shutdown()
    thread.join()
    server.server_close()


def watch(ann: Account, webhook: Webhook, lifetime: timedelta = WEEK) -> Channel:
    return ann.client.watch(ann.calendar, "unused", SECRET, webhook.address, lifetime)


def subscriptions(ann: Account) -> dict:
    return ann.sim.microsoft.subscriptions.all


def test_changes_are_pushed_with_the_secret_and_immutable_ids(ann, webhook):
    channel = watch(ann, webhook)
    assert list(subscriptions(ann)) == [channel.external_id]
    (made,) = ann.send(create())
    assert ann.sim.pushes.flush()
    path, item = webhook.items[0]
    assert path == "/webhooks/microsoft/calendar"
    assert (item["subscriptionId"], item["clientState"]) == (channel.external_id, SECRET)
    assert item["resourceData"]["id"] == made.external_id
    ann.sim.microsoft.lifecycle(ann.email, "missed")
    assert ann.sim.pushes.flush()
    path, item = webhook.items[-1]
    assert path == "/webhooks/microsoft/calendar/lifecycle"
    assert (item["lifecycleEvent"], item["clientState"]) == ("missed", SECRET)


def test_no_longer_than_graph_allows_and_as_long_as_it_says(ann, webhook):
    channel = watch(ann, webhook, timedelta(days=30))
    left = channel.expires_at - datetime.now(timezone.utc)
    assert timedelta(minutes=10_045) < left <= timedelta(minutes=10_050)
    ann.client.unwatch(channel)
    short = watch(ann, webhook, timedelta(minutes=1))
    assert short.expires_at - datetime.now(timezone.utc) > timedelta(minutes=40), "raised to 45"


def test_one_left_behind_is_replaced(ann, webhook):
    """A crash between the subscription and its row in Odoo, or a lost answer."""
    ann.sim.faults.add("microsoft.subscriptions.create", status=504, when="after")
    with pytest.raises(RetryLater):
        watch(ann, webhook)
    (lost,) = subscriptions(ann)
    channel = watch(ann, webhook)
    assert list(subscriptions(ann)) == [channel.external_id] != [lost]


def test_one_of_another_installation_stays(ann, webhook):
    elsewhere = watch(ann, webhook)
    webhook.address += "/copy"
    with pytest.raises(PushRefused) as caught:
        watch(ann, webhook)
    assert caught.value.code == "ExtensionError"
    assert list(subscriptions(ann)) == [elsewhere.external_id]


@pytest.mark.parametrize("how", ["wrong answer", "nobody there", "not https"])
def test_an_address_that_does_not_answer(ann, webhook, how):
    webhook.status = 500
    if how == "nobody there":
        webhook.address = "http://127.0.0.1:9/webhooks"
    if how == "not https":
        webhook.address = "http://odoo.agency.example/webhooks"
    with pytest.raises(PushRefused) as caught:
        watch(ann, webhook)
    expected = "ErrorInvalidRequest" if how == "not https" else "endpoint_not_reachable"
    assert caught.value.code == expected
    assert subscriptions(ann) == {}


def test_prolonged_and_stopped(ann, webhook):
    channel = watch(ann, webhook, timedelta(hours=2))
    longer = ann.client.renew(channel, WEEK)
    assert longer.external_id == channel.external_id
    assert longer.expires_at - channel.expires_at > timedelta(days=6)
    ann.client.unwatch(longer)
    ann.client.unwatch(longer)
    assert subscriptions(ann) == {}
    assert ann.client.renew(longer, WEEK) is None


def test_two_brokers_do_not_see_each_other(ann, webhook):
    bob = Account(ann.sim, "bob@agency.example")
    one, other = watch(ann, webhook), watch(bob, webhook)
    bob.client.unwatch(one)
    assert set(subscriptions(ann)) == {one.external_id, other.external_id}
