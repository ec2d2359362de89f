"""The base of the simulator: faults, counters, pushes, the clock."""

import threading

import pytest
import requests

from tests.simulator import Simulator
from tests.simulator.pushes import Push


def control(sim: Simulator, method: str, path: str, **options) -> requests.Response:
    return requests.request(method, f"{sim.url}/control/{path}", timeout=10, **options)


def push(webhook, number: int = 1, channel: str = "c") -> Push:
    return Push(
        "google", "a@x.fr", channel, webhook.address, "exists", number, body=str(number).encode()
    )


def test_a_fault_strikes_where_it_was_ordered(sim):
    control(sim, "POST", "faults", json={"kind": "google.*", "skip": 1, "status": 503,
                                         "retry_after": 7, "body": {"why": "x"}})  # fmt: skip
    first, second, third = (requests.get(sim.url + "/google/x", timeout=5) for _ in range(3))
    assert second.status_code == 503
    assert second.headers["Retry-After"] == "7"
    assert second.json() == {"why": "x"}
    assert first.status_code == third.status_code != 503
    assert control(sim, "GET", "faults").json()["faults"][0]["met"] == 1


def test_a_cut_connection_is_closed_without_an_answer(sim):
    sim.faults.add("google.*", cut=True, when="after")
    with pytest.raises(requests.ConnectionError):
        requests.get(sim.url + "/google/x", timeout=5)
    assert [seen.status for seen in sim.ledger.seen] == [0]
    assert requests.get(sim.url + "/google/x", timeout=5).status_code


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"status": 1, "when": "later"}, {"odd": 1}])
def test_a_fault_that_makes_no_sense_is_refused(sim, wrong):
    assert control(sim, "POST", "faults", json=wrong).status_code == 400


def test_requests_are_counted_from_many_threads(sim):
    def ask() -> None:
        with requests.Session() as session:
            for _ in range(25):
                session.get(sim.url + "/google/x", timeout=10)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert control(sim, "GET", "").json()["counts"] == {"google.unknown": 200}
    assert sim.ledger.http == 200


def test_the_clock_moves_on_order(sim):
    before = sim.clock.timestamp()
    control(sim, "POST", "clock", json={"advance": 3600})
    assert 3600 <= sim.clock.timestamp() - before < 3660


def test_pushes_of_one_channel_keep_their_order(sim, webhook):
    for number in range(20):
        sim.pushes.send(push(webhook, number))
    assert sim.pushes.flush()
    assert webhook.bodies == [str(number).encode() for number in range(20)]


def test_a_push_is_tried_again_after_a_server_error_only(sim, webhook):
    sim.pushes.order(retry_base=0.01)
    webhook.statuses = [503, 503, 200]
    sim.pushes.send(push(webhook))
    assert sim.pushes.flush()
    assert [pushed.outcome for pushed in sim.ledger.pushes] == ["503", "503", "200"]
    webhook.statuses = [404]
    sim.pushes.send(push(webhook))
    assert sim.pushes.flush()
    assert len(webhook.bodies) == 4


def test_pushes_are_lost_doubled_and_held_on_order(sim, webhook):
    control(sim, "POST", "pushes", json={"drop": 1})
    sim.pushes.send(push(webhook))
    control(sim, "POST", "pushes", json={"double": 1})
    control(sim, "POST", "pushes/hold")
    sim.pushes.send(push(webhook))
    assert not sim.pushes.flush(0.05)
    assert webhook.bodies == []
    control(sim, "POST", "pushes/release")
    assert control(sim, "POST", "pushes/flush", json={"timeout": 5}).json() == {"flushed": True}
    assert webhook.bodies == [b"1", b"1"]
    assert [pushed.outcome for pushed in sim.ledger.pushes] == ["dropped", "200", "200"]


def test_pushes_are_reordered_on_order(sim, webhook):
    sim.pushes.order(reorder=0.2)
    for number in range(10):
        sim.pushes.send(push(webhook, number, channel=str(number)))
    assert sim.pushes.flush()
    assert sorted(webhook.bodies) == [str(number).encode() for number in range(10)]
    assert webhook.bodies != sorted(webhook.bodies)


def test_what_does_not_exist_is_told(sim):
    assert control(sim, "GET", "nothing").status_code == 404
    assert control(sim, "POST", "accounts", json={"provider": "yahoo"}).status_code == 400
    assert requests.get(sim.url + "/nothing", timeout=5).status_code == 404
    assert "nothing here leaves this computer" in requests.get(sim.url, timeout=5).text


def test_a_stopped_simulator_closes_kept_connections():
    with requests.Session() as session:
        with Simulator() as simulator:
            assert session.get(simulator.url, timeout=5).ok
            url = simulator.url
        with pytest.raises(requests.ConnectionError):
            session.get(url, timeout=5)
