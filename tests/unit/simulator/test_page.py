"""The page for a person, and the control for other processes."""

import re
from datetime import timedelta

import pytest
import requests

from tests.unit.simulator.google_client import ANN

ACTION = f"/page/google/{ANN.replace('@', '%40')}/{ANN.replace('@', '%40')}"


@pytest.fixture
def account(sim):
    return sim.google.create_account(ANN, "Ann <b>", zone="Europe/Paris")


def post(sim, path, **form):
    return requests.post(sim.url + path, data=form, timeout=5)


def day(sim, days=2):
    return (sim.clock.now() + timedelta(days=days)).strftime("%Y-%m-%d")


def test_a_person_adds_moves_renames_and_deletes(sim, account):
    on = day(sim)
    times = {"start": on + "T10:00", "stop": on + "T11:00", "location": "", "allday": ""}
    page = post(sim, ACTION, do="save", id="", name="Visit & tea", **times).text
    assert "Visit &amp; tea" in page
    assert "Ann &lt;b&gt;" in page
    (event,) = sim.google.events(ANN, "primary")
    assert event["start"]["dateTime"].startswith(on + "T10:00:00+")
    times["start"] = on + "T09:30"
    post(sim, ACTION, do="save", id=event["id"], name="Renamed", **times)
    (event,) = sim.google.events(ANN, "primary")
    assert (event["summary"], event["start"]["dateTime"][11:16]) == ("Renamed", "09:30")
    page = post(sim, ACTION, do="delete", id=event["id"], name="", **times).text
    assert sim.google.events(ANN, "primary") == []
    assert "Renamed" not in page
    assert sim.ledger.writes == {}


def test_a_person_names_the_last_day(sim, account):
    body = {"start": {"date": day(sim)}, "end": {"date": day(sim, 3)}}
    event = sim.google.put(ANN, "primary", {**body, "summary": "Off"})
    assert f'name="stop" value="{day(sim)}"' in requests.get(sim.url, timeout=5).text
    form = {"do": "save", "id": event["id"], "name": "Off", "location": "", "allday": "1"}
    post(sim, ACTION, start=day(sim), stop=day(sim, 4), **form)
    assert sim.google.get(ANN, "primary", event["id"])["end"] == {"date": day(sim, 5)}


def test_a_mistake_is_told(sim, account):
    on = day(sim)
    times = {"start": on + "T10:00", "stop": on + "T09:00", "location": "", "allday": ""}
    answer = post(sim, ACTION, do="save", id="", name="Visit", **times)
    assert answer.status_code == 400
    assert "empty" in answer.text


def test_another_site_may_not_press_buttons(sim, account):
    form = {"provider": "google", "email": "new@agency.example"}
    address = sim.url + "/page/accounts"
    foreign = {"Origin": "https://evil.example"}
    assert requests.post(address, form, headers=foreign, timeout=5).status_code == 403
    assert requests.post(address, form, headers={"Origin": sim.url}, timeout=5).ok
    assert len(re.findall("<section class", requests.get(sim.url, timeout=5).text)) == 2


def test_control_from_another_process(sim):
    def ask(method, path, **body):
        answer = requests.request(method, f"{sim.url}/control/{path}", json=body, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    ask("POST", "accounts", provider="google", email=ANN, zone="Europe/Paris")
    calendar = ask("POST", f"google/{ANN}/calendars", name="Second")["id"]
    path = f"google/{ANN}/{calendar}"
    on = day(sim)
    plain = {"name": "Visit", "start": on + "T10:00:00", "stop": on + "T11:00:00", "allday": False}
    event = ask("POST", path, **plain, guests=[{"email": "bob@client.example"}])
    one = f"{path}/{event['id']}"
    ask("POST", one + "/answer", guest="bob@client.example", answer="accepted")
    ask("PATCH", one, summary="Renamed")
    seen = ask("GET", one)
    assert (seen["summary"], seen["attendees"][0]["responseStatus"]) == ("Renamed", "accepted")
    days = {"start": on, "stop": day(sim, 3), "allday": True}
    assert ask("POST", path, id=event["id"], **days)["start"] == {"date": on}
    ask("DELETE", one)
    assert ask("GET", path)["events"] == []
    assert len(ask("GET", path + "?deleted=1")["events"]) == 1
    ask("POST", f"google/{ANN}/revoke")
    assert ask("POST", "settings/google", user_per_minute=None)["user_per_minute"] is None
    assert ask("GET", "accounts")["accounts"][0]["calendars"][1]["name"] == "Second"
    ask("POST", "reset")
    assert ask("GET", "accounts") == {"accounts": []}
