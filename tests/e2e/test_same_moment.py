"""Two people want one time at one moment: one gets it, the other is told and offered others."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from .backoffice import RefusedError
from .client import Client, offered_times

ROUNDS = 20


@pytest.fixture(scope="module")
def times(odoo):
    """Enough free times, far enough from each other that a booking takes away only its own."""
    found = offered_times(odoo.url)
    assert len(found) >= 4 * ROUNDS
    return iter(found[::2])


def at_once(*actions):
    """Run the actions at the same moment, each in its thread; their results, in order."""
    gate = threading.Barrier(len(actions))

    def run(action):
        gate.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def utc(iso):
    return datetime.fromisoformat(iso.replace("Z", "+00:00")).astimezone(timezone.utc)


def appointments_at(admin, slot):
    """Names of the guests of the live appointments of the broker that overlap the time."""
    start = utc(slot)
    stop = start + timedelta(minutes=20)
    broker = admin.ref("immoassist_appointments.user_marie")
    return admin.call(
        "immoassist.appointment",
        "search_read",
        [
            ("broker_id", "=", broker),
            ("state", "!=", "cancelled"),
            ("start", "<", f"{stop:%Y-%m-%d %H:%M:%S}"),
            ("stop", ">", f"{start:%Y-%m-%d %H:%M:%S}"),
        ],
        fields=["source"],
    )


def assert_told_and_offered_others(answer):
    assert answer.status_code == 409
    nearest = re.findall(r'type="radio" name="slot"[^>]*value="([^"]+)"', answer.text)
    assert len(nearest) == 3
    assert "I typed this" in answer.text


@pytest.mark.parametrize("number", range(ROUNDS))
def test_two_clients(odoo, admin, times, number):
    slot = next(times)
    clients = [Client(odoo.url, f"Ada{number}"), Client(odoo.url, f"Bob{number}")]
    for client in clients:
        client.open_form(slot)
    answers = at_once(*(client.submit for client in clients))

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(appointments_at(admin, slot)) == 1
    assert_told_and_offered_others(next(a for a in answers if a.status_code == 409))


@pytest.mark.parametrize("number", range(ROUNDS))
def test_client_and_back_office(odoo, admin, marie, times, number):
    slot = next(times)
    client = Client(odoo.url, f"Carol{number}")
    client.open_form(slot)
    start = utc(slot)
    values = {
        "name": "Call from the back office",
        "start": f"{start:%Y-%m-%d %H:%M:%S}",
        "stop": f"{start + timedelta(minutes=20):%Y-%m-%d %H:%M:%S}",
    }

    def create():
        try:
            return marie.call("immoassist.appointment", "create", [values])
        except RefusedError as refused:
            return refused

    answer, created = at_once(client.submit, create)

    winners = appointments_at(admin, slot)
    assert len(winners) == 1
    if winners[0]["source"] == "website":
        assert answer.status_code == 303
        assert "Choose another time" in str(created)
    else:
        assert isinstance(created, list)
        assert_told_and_offered_others(answer)
