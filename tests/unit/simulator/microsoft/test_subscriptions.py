"""Change notifications: PROVIDERS.md 2.8."""

from datetime import timedelta
from urllib.parse import unquote_plus

import pytest
from werkzeug.wrappers import Response

from tests.unit.simulator.microsoft.conftest import ANN, Graph, code_of, event

TOKEN_START = "Validation: Testing client application reachability"


def later(sim, minutes=1000):
    return (sim.clock.now() + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def wanted(sim, webhook, **members):
    return {
        "changeType": "created,updated,deleted",
        "notificationUrl": f"{webhook.url}/calendar?db=demo",
        "lifecycleNotificationUrl": f"{webhook.url}/lifecycle",
        "resource": "me/events",
        "expirationDateTime": later(sim),
        "clientState": "secret",
        **members,
    }


@pytest.fixture
def subscription(sim, graph, webhook):
    answer = graph.post("/subscriptions", json=wanted(sim, webhook))
    assert answer.status_code == 201, answer.text
    return answer.json()


def told(sim, webhook, count):
    """Wait for all that is under way; return the kinds of change, and forget them."""
    assert sim.pushes.flush()
    kinds = [item["changeType"] for item in webhook.items]
    assert len(kinds) == count
    webhook.items.clear()
    return kinds


def test_both_addresses_are_validated_before_the_answer(webhook, subscription):
    first, second = webhook.shakes
    assert first.startswith("/calendar?db=demo&validationToken=")
    assert second.startswith("/lifecycle?validationToken=")
    assert TOKEN_START in unquote_plus(first)
    assert subscription["clientState"] == "secret"
    assert subscription["applicationId"] == "test"


@pytest.mark.parametrize(
    "reply",
    [
        lambda token: Response(token, status=202, content_type="text/plain"),
        lambda token: Response(token, content_type="text/html"),
        lambda token: Response(f'"{token}"', content_type="text/plain"),
        lambda token: Response(token.replace("<", "&lt;"), content_type="text/plain"),
        lambda token: Response(token.replace(" ", "+"), content_type="text/plain"),
        lambda token: Response(status=500),
    ],
)
def test_a_wrong_handshake_is_refused(sim, graph, webhook, reply):
    webhook.reply = reply
    refused = graph.post("/subscriptions", json=wanted(sim, webhook))
    assert code_of(refused) == (400, "ValidationError")
    assert "must respond with 200 OK" in refused.json()["error"]["message"]
    assert graph.get("/subscriptions").json()["value"] == []


def test_nobody_at_the_address_is_refused(sim, graph, webhook):
    nobody = wanted(sim, webhook, notificationUrl="http://127.0.0.1:9/calendar")
    assert code_of(graph.post("/subscriptions", json=nobody)) == (400, "ValidationError")


@pytest.mark.parametrize(
    "members",
    [
        {"notificationUrl": "http://odoo.example/calendar"},
        {"lifecycleNotificationUrl": "http://odoo.example/lifecycle"},
        {"resource": "me/calendars/42/events"},
        {"changeType": "all"},
        {"clientState": "x" * 129},
        {"expirationDateTime": "2020-01-01T00:00:00Z"},
        {"expirationDateTime": None},
        {"secret": "x"},
    ],
)
def test_what_is_no_subscription(sim, graph, webhook, members):
    answer = graph.post("/subscriptions", json=wanted(sim, webhook, **members))
    assert answer.status_code == 400
    assert webhook.shakes == []


def test_a_life_of_a_week_is_too_long(sim, graph, webhook):
    long = wanted(sim, webhook, expirationDateTime=later(sim, 10_080))
    refused = graph.post("/subscriptions", json=long)
    assert code_of(refused) == (400, "ExtensionError")
    message = "Subscription expiration can only be 10070 minutes in the future."
    assert refused.json()["error"]["message"] == message
    fine = wanted(sim, webhook, expirationDateTime=later(sim, 10_050))
    assert graph.post("/subscriptions", json=fine).status_code == 201


def test_a_short_life_is_raised_to_45_minutes(sim, graph, webhook):
    short = wanted(sim, webhook, expirationDateTime=later(sim, 5))
    made = graph.post("/subscriptions", json=short).json()
    assert made["expirationDateTime"] > later(sim, 44)


def test_the_same_again_is_409(sim, graph, webhook, subscription):
    again = graph.post("/subscriptions", json=wanted(sim, webhook))
    assert again.status_code == 409
    assert subscription["id"] in again.json()["error"]["message"]


def test_subscriptions_belong_to_one_account(sim, graph, subscription):
    sim.microsoft.create_account("bob@x.fr")
    bob = Graph(sim, "bob@x.fr")
    assert bob.get("/subscriptions").json()["value"] == []
    assert bob.delete(f"/subscriptions/{subscription['id']}").status_code == 404
    bob.create()
    assert [one["id"] for one in graph.get("/subscriptions").json()["value"]] == [
        subscription["id"]
    ]


def test_every_change_is_told_more_than_once(sim, graph, webhook, subscription):
    created = graph.create()
    assert sim.pushes.flush()
    item = webhook.items[0]
    assert (item["subscriptionId"], item["clientState"]) == (subscription["id"], "secret")
    assert item["resourceData"]["@odata.etag"] == created["@odata.etag"]
    assert item["resource"].endswith(f"/Events/{item['resourceData']['id']}")
    assert told(sim, webhook, 2) == ["created", "updated"]
    graph.patch(f"/me/events/{created['id']}", json={"subject": "New"})
    assert told(sim, webhook, 2) == ["updated", "updated"]
    sim.microsoft.patch(ANN, "primary", created["id"], {"subject": "By hand"})
    assert told(sim, webhook, 2) == ["updated", "updated"]
    graph.delete(f"/me/events/{created['id']}")
    assert told(sim, webhook, 1) == ["deleted"]


def test_ids_are_immutable_when_the_subscription_asked_for_them(sim, graph, webhook, subscription):
    created = graph.create()
    assert sim.pushes.flush()
    assert webhook.items[0]["resourceData"]["id"] == created["id"]
    graph.delete(f"/subscriptions/{subscription['id']}")
    graph.headers["Prefer"] = 'outlook.timezone="UTC"'
    graph.post("/subscriptions", json=wanted(sim, webhook))
    webhook.items.clear()
    made = graph.post("/me/events", json=event())
    assert sim.pushes.flush()
    assert webhook.items[0]["resourceData"]["id"] == made.json()["id"] != created["id"]


def test_only_what_was_asked_for_is_told(sim, graph, webhook):
    graph.post("/subscriptions", json=wanted(sim, webhook, changeType="deleted"))
    created = graph.create()
    graph.delete(f"/me/events/{created['id']}")
    assert told(sim, webhook, 1) == ["deleted"]


def test_it_is_renewed_and_expires(sim, graph, webhook, subscription):
    address = f"/subscriptions/{subscription['id']}"
    renewed = graph.patch(address, json={"expirationDateTime": later(sim, 2000)})
    assert renewed.json()["expirationDateTime"] > subscription["expirationDateTime"]
    assert graph.patch(address, json={"clientState": "other"}).status_code == 400
    sim.clock.advance(2001 * 60)
    graph = Graph(sim)
    graph.create()
    assert told(sim, webhook, 0) == []
    assert graph.patch(address, json={"expirationDateTime": later(sim)}).status_code == 404


def test_it_is_deleted(sim, graph, webhook, subscription):
    address = f"/subscriptions/{subscription['id']}"
    assert graph.delete(address).status_code == 204
    assert graph.delete(address).status_code == 404
    graph.create()
    assert told(sim, webhook, 0) == []


@pytest.mark.parametrize("renew", ["reauthorize", "patch"])
def test_without_authorisation_it_pauses(sim, graph, webhook, subscription, renew):
    sim.microsoft.lifecycle(ANN, "reauthorizationRequired")
    assert sim.pushes.flush()
    (item,) = webhook.items
    assert item["lifecycleEvent"] == "reauthorizationRequired"
    assert (item["subscriptionId"], item["clientState"]) == (subscription["id"], "secret")
    webhook.items.clear()
    graph.create()
    assert told(sim, webhook, 0) == []
    address = f"/subscriptions/{subscription['id']}"
    if renew == "patch":
        graph.patch(address, json={"expirationDateTime": later(sim)})
    else:
        graph.post(f"{address}/reauthorize")
    graph.create()
    assert told(sim, webhook, 2) == ["created", "updated"]


def test_it_may_be_removed_or_miss_something(sim, graph, webhook, subscription):
    sim.microsoft.lifecycle(ANN, "missed")
    sim.microsoft.lifecycle(ANN, "subscriptionRemoved")
    assert sim.pushes.flush()
    events = [item["lifecycleEvent"] for item in webhook.items]
    assert events == ["missed", "subscriptionRemoved"]
    assert graph.get("/subscriptions").json()["value"] == []


def test_control_orders_a_lifecycle_event(sim, graph, webhook, subscription):
    address = f"{sim.url}/control/microsoft/{ANN}/lifecycle"
    assert graph.post(address, json={"event": "missed"}).status_code == 200
    assert graph.post(address, json={"event": "lost"}).status_code == 400
    assert sim.pushes.flush()
    assert [item["lifecycleEvent"] for item in webhook.items] == ["missed"]
