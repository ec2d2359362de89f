"""Batches, throttling, faults, and what a person does: PROVIDERS.md 2.9."""

import threading
from datetime import timedelta

import pytest
import requests

from tests.unit.simulator.microsoft.conftest import ANN, Graph, code_of, event, guest

JSON = {"Content-Type": "application/json"}


def part(number, method="GET", url="/me/events", **members):
    return {"id": str(number), "method": method, "url": url, **members}


def creating(number, **members):
    return part(number, "POST", "/me/events", headers=JSON, body=event(str(number)), **members)


def batch(graph, *parts):
    answer = graph.post("/$batch", json={"requests": list(parts)})
    assert answer.status_code == 200, answer.text
    return {one["id"]: one for one in answer.json()["responses"]}


def test_each_part_is_answered_and_counted(sim, graph):
    answers = batch(graph, *(creating(number) for number in range(20)))
    assert {one["status"] for one in answers.values()} == {201}
    assert answers["7"]["body"]["subject"] == "7"
    assert sim.ledger.counts == {"microsoft.batch": 1, "microsoft.events.create": 20}
    assert sim.ledger.writes == {"microsoft.events.create": 20}
    assert sim.ledger.http == 1


def test_the_order_of_the_answers_is_another(graph):
    body = {"requests": [creating(number) for number in range(10)]}
    names = [one["id"] for one in graph.post("/$batch", json=body).json()["responses"]]
    assert sorted(names) != names


def test_parts_have_their_own_headers_and_status(graph):
    created = graph.create()
    address = f"/me/events/{created['id']}"
    zone = {"Prefer": 'outlook.timezone="Tokyo Standard Time"'}
    answers = batch(
        graph,
        part(1, url=address, headers=zone),
        part(2, "PATCH", address, headers={**JSON, "If-Match": 'W/"old"'}, body={"subject": "x"}),
        part(3, "PATCH", address, body={"subject": "x"}),
        part(4, "DELETE", address),
        part(5, url="/me/nothing"),
    )
    assert answers["1"]["body"]["start"]["timeZone"] == "Tokyo Standard Time"
    assert [answers[name]["status"] for name in "12345"] == [200, 412, 400, 204, 400]
    assert "body" not in answers["4"]


def test_a_part_that_depends_on_a_failed_one_fails(graph):
    answers = batch(
        graph,
        creating(3, dependsOn=["2"]),
        creating(2, dependsOn=["1"]),
        part(1, url="/me/events/42"),
        creating(4),
    )
    assert [answers[name]["status"] for name in "1234"] == [400, 424, 424, 201]
    assert len(graph.get("/me/events").json()["value"]) == 1


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [part(1), part(1)],
        [part(number) for number in range(21)],
        [{"id": "1", "method": "GET"}],
        [part(1, dependsOn=["2"])],
        [part(1, dependsOn=["2"]), part(2, dependsOn=["1"])],
        [part(1, "POST", "/$batch")],
    ],
)
def test_what_is_no_batch(graph, parts):
    assert graph.post("/$batch", json={"requests": parts}).status_code == 400


def test_parts_are_throttled_one_by_one(sim, graph):
    sim.faults.add("microsoft.events.create", error="quota", skip=1)
    answers = batch(graph, creating(1), creating(2), creating(3))
    assert [answers[name]["status"] for name in "123"] == [201, 429, 201]
    assert answers["2"]["headers"]["Retry-After"] == "1"
    assert answers["2"]["body"]["error"]["code"] == "ApplicationThrottled"


def test_a_batch_needs_a_token(sim, graph):
    graph.headers["Authorization"] = "Bearer other"
    assert code_of(graph.post("/$batch", json={"requests": [part(1)]}))[0] == 401


def test_a_mailbox_takes_four_requests_at_once(sim, graph, webhook):
    """Four handshakes that do not end are four requests under way."""
    arrived, go_on = threading.Semaphore(0), threading.Event()

    def reply(token):
        arrived.release()
        go_on.wait(10)
        return webhook.echo(token)

    webhook.reply = reply
    expiry = f"{sim.clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    body = {
        "notificationUrl": webhook.url,
        "resource": "me/events",
        "expirationDateTime": expiry,
    }
    answers = []

    def subscribe(changes):
        own = Graph(sim)
        answers.append(own.post("/subscriptions", json={**body, "changeType": changes}))

    kinds = ("created", "updated", "deleted", "created,updated")
    threads = [threading.Thread(target=subscribe, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    assert all(arrived.acquire(timeout=10) for _thread in threads)
    refused = graph.get("/me")
    sim.microsoft.create_account("bob@x.fr")
    other = Graph(sim, "bob@x.fr").get("/me")
    go_on.set()
    for thread in threads:
        thread.join()
    assert code_of(refused) == (429, "ApplicationThrottled")
    assert refused.headers["Retry-After"] == "1"
    assert [answer.status_code for answer in answers] == [201] * 4
    assert (other.status_code, graph.get("/me").status_code) == (200, 200)


@pytest.mark.parametrize("name", ["token_expired", "token_revoked"])
def test_a_token_dies_on_order(sim, graph, name):
    sim.faults.add("microsoft.events.list", error=name)
    assert code_of(graph.get("/me/events")) == (401, "InvalidAuthenticationToken")
    assert graph.get("/me").status_code == 401


def test_an_answer_is_lost_after_the_write(sim, graph):
    sim.faults.add("microsoft.events.create", cut=True, when="after")
    with pytest.raises(requests.ConnectionError):
        graph.post("/me/events", json=event(transactionId="key"))
    assert code_of(graph.post("/me/events", json=event(transactionId="key")))[0] == 409
    assert len(graph.get("/me/events").json()["value"]) == 1


def test_a_status_on_order_has_a_body_of_the_same_kind(sim, graph):
    sim.faults.add("microsoft.me", status=503, retry_after=7)
    answer = graph.get("/me")
    assert code_of(answer) == (503, "ErrorServerBusy")
    assert answer.headers["Retry-After"] == "7"
    sim.faults.add("microsoft.token", status=503)
    token = f"{sim.url}/microsoft/common/oauth2/v2.0/token"
    assert graph.post(token, data={}).json()["error"] == "temporarily_unavailable"


def test_requests_are_named(sim, graph):
    address = f"/me/events/{graph.create()['id']}"
    graph.get("/me/calendarView/delta")
    graph.get("/subscriptions")
    graph.post(f"{address}/cancel", json={})
    assert set(sim.ledger.counts) == {
        "microsoft.events.create",
        "microsoft.calendarView.delta",
        "microsoft.subscriptions.list",
        "microsoft.events.cancel",
    }


def test_an_unknown_path_is_400_and_a_request_id_comes_back(graph):
    answer = graph.get("/me/messages", headers={"client-request-id": "42"})
    assert answer.status_code == 400
    assert answer.headers["client-request-id"] == "42"
    assert answer.json()["error"]["innerError"]["request-id"]


def test_settings_are_known_ones(sim, graph):
    address = f"{sim.url}/control/settings/microsoft"
    assert graph.post(address, json={"delta_page": 5}).json()["delta_page"] == 5
    assert graph.post(address, json={"page": 5}).status_code == 400


def test_a_person_writes_plain_events_and_nobody_is_mailed(sim, graph):
    address = f"{sim.url}/control/microsoft/{ANN}/primary"
    plain = {
        "name": "Lunch",
        "start": "2026-12-01T12:00:00+01:00",
        "stop": "2026-12-01T13:00:00+01:00",
        "guests": [{"email": "bob@x.fr"}],
        "free": True,
    }
    made = graph.post(address, json=plain).json()
    assert graph.get(f"/me/events/{made['id']}").json()["showAs"] == "free"
    changed = graph.post(address, json={"id": made["id"], "location": "Bistro"}).json()
    assert changed["location"] == {"displayName": "Bistro"}
    assert sim.ledger.mails == []
    assert graph.get(address).json()["events"][0]["subject"] == "Lunch"
    page = requests.get(f"{sim.url}/", timeout=20)
    assert "Lunch" in page.text
    assert graph.delete(f"{address}/{made['id']}").status_code == 200
    assert graph.get(address).json()["events"] == []
    assert graph.get(f"{address}?deleted=1").json()["events"][0]["@removed"]
    assert graph.get(f"{address}/{made['id']}").json()["subject"] == "Lunch"


def test_a_person_receives_an_invitation_that_is_called_off(sim, graph):
    plain = {
        "name": "Review",
        "start": "2026-12-01",
        "stop": "2026-12-02",
        "allday": True,
        "organizer": "bob@x.fr",
        "guests": [{"email": ANN}],
    }
    body = sim.microsoft.from_plain(plain, "Europe/Paris")
    made = sim.microsoft.put(ANN, "primary", body)
    shown = graph.get(f"/me/events/{made['id']}").json()
    assert (shown["isOrganizer"], shown["isAllDay"], shown["isCancelled"]) == (False, True, False)
    sim.microsoft.answer(ANN, "primary", made["id"], ANN, "tentative")
    called_off = sim.microsoft.patch(ANN, "primary", made["id"], {"isCancelled": True})
    assert called_off["isCancelled"]
    shown = graph.get(f"/me/events/{made['id']}").json()
    assert (shown["isCancelled"], shown["responseStatus"]["response"]) == (
        True,
        "tentativelyAccepted",
    )


def test_mistakes_of_a_person_are_told(sim):
    with pytest.raises(LookupError):
        sim.microsoft.get(ANN, "primary", "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A42=")
    with pytest.raises(ValueError, match="start and end"):
        sim.microsoft.put(ANN, "primary", {"subject": "x", "attendees": [guest("bob@x.fr")]})
