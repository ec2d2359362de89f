"""docs/json2.md says how a program does it: each of its curl lines is run as it stands."""

import json
import os
import re
import subprocess
from datetime import date, datetime, timedelta, timezone

import pytest

from tools.devkit import config

from .backoffice import BackOffice

DOCUMENT = config.REPO / "docs" / "json2.md"
LINES = {
    re.search(r"\$URL/json/2/([\w./]+)", block)[1]: block
    for block in re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
}
README = (config.REPO / "README.md").read_text()
README_CALLS = re.findall(r"`(immoassist[\w.]+/[a-z_]+)`", README)
ran = set()


@pytest.fixture(scope="module")
def paul(odoo):
    """A broker in Paris, at his screen."""
    return BackOffice(odoo.url, odoo.database, "paul", "paul")


@pytest.fixture(scope="module")
def key(paul):
    """Made by the broker himself, in his preferences."""
    ask = paul.call("res.users", "api_key_wizard", [paul.uid])
    context = {"context": {"password": "paul"}}
    paul.call("res.users.identitycheck", "run_check", [ask["res_id"]], **context)
    values = {"name": "Website", "duration": "7"}
    (description,) = paul.call("res.users.apikeys.description", "create", [values])
    made = paul.call("res.users.apikeys.description", "make_key", [description])
    return made["context"]["default_key"]


@pytest.fixture(scope="module")
def run(odoo, key):
    """Runs the line of the document for one call, with these variables; its answer."""

    def run_line(call, **variables):
        ran.add(call)
        env = {"PATH": os.environ["PATH"], "URL": odoo.url, "KEY": key}
        env |= {name: str(value) for name, value in variables.items()}
        done = subprocess.run(
            ["bash", "-euc", LINES[call]], env=env, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert not (isinstance(answer, dict) and "debug" in answer), answer["message"]
        return answer

    return run_line


@pytest.fixture(scope="module")
def known(run):
    """The variables of the document that are looked up."""
    broker = run("res.users/context_get")["uid"]
    types = {row["name"]: row for row in run("immoassist.appointment.type/search_read")}
    assert types["Phone call"]["duration"] == 20
    transactions = run("immoassist.transaction/search_read")
    assert all(row["reference"] for row in transactions)
    return {
        "BROKER": broker,
        "TYPE": types["Phone call"]["id"],
        "TRANSACTION": transactions[0]["id"],
    }


@pytest.fixture(scope="module")
def slots(run, known):
    """Free times of one day in about a week."""
    today = datetime.now(timezone.utc).date()
    for ahead in range(7, 14):
        day = today + timedelta(days=ahead)
        offered = run("immoassist.appointment/get_availability", **days(day), **known)
        if len({row["start"][:10] for row in offered}) == 2:
            return [row["start"] for row in offered if row["start"].startswith(str(day))]
    raise AssertionError("No two days in a row on which the broker works.")


def days(day: date):
    return {"DAY": day, "NEXT": day + timedelta(days=1)}


def as_stored(slot):
    return f"{datetime.fromisoformat(slot).astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}"


CLIENT = "ada@client.example"


def test_the_life_of_an_appointment(odoo, mailbox, run, known, slots):
    call = "immoassist.appointment/"
    start, *_others, later = slots
    assert re.search(r"[+]0[12]:00$", start)
    (number,) = run(call + "create", SLOT=start, **known)
    mailbox.wait(CLIENT, 1)

    (row,) = run(call + "read", ID=number)
    assert row["start"] == as_stored(start)
    assert row["state"] == "confirmed"
    assert row["broker_id"][0] == known["BROKER"]
    assert len(row["attendee_ids"]) == 1

    day = days(date.fromisoformat(start[:10]))
    found = run(call + "search_read", **day, **known)
    assert [(each["id"], each["start"]) for each in found] == [(number, as_stored(start))]
    following = days(day["NEXT"])
    assert run(call + "search_read", **following, **known) == []
    free = [each["start"] for each in run(call + "get_availability", **day, **known)]
    assert start not in free
    assert later in free

    assert run(call + "write", ID=number, SLOT=later) is True
    (row,) = run(call + "read", ID=number)
    assert row["start"] == as_stored(later)
    length = datetime.fromisoformat(row["stop"]) - datetime.fromisoformat(row["start"])
    assert length == timedelta(minutes=30)
    mailbox.wait(CLIENT, 2)

    run(call + "action_mark_attended", ID=number)
    outcome = "SELECT outcome, state FROM immoassist_appointment WHERE id = %s"
    assert odoo.sql(outcome, (number,)) == [("attended", "confirmed")]

    run(call + "action_cancel", ID=number)
    assert odoo.sql(outcome, (number,))[0][1] == "cancelled"
    assert run(call + "search_read", **day, **known) == []
    mailbox.wait(CLIENT, 3)
    assert len(mailbox.of(CLIENT)) == 3
    free = [each["start"] for each in run(call + "get_availability", **day, **known)]
    assert start in free


def test_times_are_proposed(odoo, mailbox, run, known):
    before, held = len(mailbox.of(CLIENT)), holds(odoo, known["BROKER"])
    (dialog,) = run("immoassist.propose.times/create", **known)
    run("immoassist.propose.times/action_send", DIALOG=dialog)
    mailbox.wait(CLIENT, before + 1)
    assert len(mailbox.of(CLIENT)) == before + 1
    assert holds(odoo, known["BROKER"]) == held + 3


def holds(odoo, broker):
    query = "SELECT count(*) FROM immoassist_booking_hold WHERE broker_id = %s AND purpose = %s"
    return odoo.sql(query, (broker, "proposal"))[0][0]


def test_every_line_was_run():
    """Last: a line that no test above runs is one that nobody knows to work."""
    assert ran == set(LINES)
    assert len(LINES) == DOCUMENT.read_text().count("\ncurl ")
    assert set(re.findall(r"```sh\n(curl .*?)```", README, re.DOTALL)) <= set(LINES.values())
    assert len(README_CALLS) >= 8
    assert set(README_CALLS) <= ran
