"""Pushes of a simulated Google and Outlook, to a server of two workers; and no secret anywhere."""

import contextlib
import io
import json
import random
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from . import synced
from .races import until
from .synced import ANN
from .webhook_load import post, post_steadily

GOOGLE = "/webhooks/google/calendar"
MICROSOFT = "/webhooks/microsoft/calendar"
HOST = "127.0.0.1"
NAMED = "SELECT count(*) FROM immoassist_appointment WHERE name = 'Dentist' AND source = %s"
ROUNDS = """
    SELECT name, location FROM immoassist_appointment
     WHERE name LIKE 'Round _' AND source = %s AND state != 'cancelled' ORDER BY name
"""
WAITING = "SELECT count(*) FROM immoassist_calendar_notification"
WANTED = "SELECT count(*) FROM immoassist_calendar_source WHERE pull_wanted != pull_done"
FAILED = """
    SELECT count(*) FROM immoassist_calendar_connection
     WHERE provider = 'google' AND last_error IS NOT NULL
"""
STATE = "SELECT state FROM immoassist_calendar_connection WHERE provider = 'google'"
MAILED = """
    SELECT count(*) FROM mail_mail m JOIN mail_message s ON s.id = m.mail_message_id
     WHERE s.subject LIKE 'Please reconnect%'
"""
DUE = "UPDATE immoassist_calendar_connection SET next_sync = NULL, not_before = NULL"
BURST = 5000
LARGEST = 256 * 1024
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def sync():
    with synced.running() as found:
        yield found


def call(sync, provider):
    """An authentic notification, as the provider posts it: (path, body, headers)."""
    channel, secret, resource = sync.channel(provider)
    if provider == "outlook":
        item = {"subscriptionId": channel, "clientState": secret, "changeType": "updated"}
        return MICROSOFT, json.dumps({"value": [item]}), {"Content-Type": "application/json"}
    headers = {
        "X-Goog-Channel-ID": channel,
        "X-Goog-Channel-Token": secret,
        "X-Goog-Resource-ID": resource,
        "X-Goog-Resource-State": "exists",
    }
    return GOOGLE, "", headers


def count(sync, kind):
    return sync.sim.ledger.counts.get(kind, 0)


def soon(days):
    """A day inside the part of the calendar that is looked at."""
    return datetime.now(timezone.utc) + timedelta(days=days)


def test_a_change_at_google_is_pushed(sync):
    start = {"dateTime": f"{soon(30):%FT10:00:00Z}"}
    end = {"dateTime": f"{soon(30):%FT11:00:00Z}"}
    sync.sim.google.put(ANN, ANN, {"summary": "Dentist", "start": start, "end": end})
    sync.wait(NAMED.replace("%s", "'google'"), [(1,)])


def test_a_change_at_microsoft_is_pushed(sync):
    zone = {"timeZone": "UTC"}
    times = {"start": {"dateTime": f"{soon(40):%FT10:00:00}", **zone}}
    times |= {"end": {"dateTime": f"{soon(40):%FT11:00:00}", **zone}}
    place = next(iter(sync.sim.microsoft.find(ANN, "primary")[0].calendars))
    sync.sim.microsoft.put(ANN, place, {"subject": "Dentist", **times})
    sync.wait(NAMED.replace("%s", "'outlook'"), [(1,)])


def test_doubled_late_and_in_another_order(sync):
    """What counts is the calendar, not what is said of it: the last state comes in, once."""
    sync.sim.pushes.order(double=1, delay=0.2, reorder=1)
    last = {}
    for side, provider in ((sync.sim.google, "google"), (sync.sim.microsoft, "outlook")):
        place = side.find(ANN, "primary")[1].id
        rounds = [side.put(ANN, place, plain(side, f"Round {n}", 50 + n))["id"] for n in range(6)]
        for step in range(8):
            for id_ in rounds:
                where = side.from_plain({"location": f"Place {step}"}, "Europe/Paris")
                side.patch(ANN, place, id_, where)
        side.delete(ANN, place, rounds[0])
        last[provider] = [(f"Round {n}", "Place 7") for n in range(1, 6)]
    for provider, expected in last.items():
        sync.wait(ROUNDS.replace("%s", f"'{provider}'"), expected)
    assert sync.sim.pushes.flush(60)
    sync.wait(WAITING, [(0,)])
    sync.wait(WANTED, [(0,)])
    sync.sim.pushes.order()
    for provider, expected in last.items():
        assert sync.odoo.sql(ROUNDS, (provider,)) == expected


def plain(side, name, days):
    """An event of one hour, as the side writes it."""
    start = soon(days).replace(minute=0, second=0, microsecond=0)
    times = {"start": start.isoformat(), "stop": (start + timedelta(hours=1)).isoformat()}
    return side.from_plain({"name": name, **times}, "Europe/Paris")


def test_a_burst_becomes_one_pull(sync):
    """5,000 notifications, doubled and in any order, while a worker is busy with something else."""
    sync.wait(WAITING, [(0,)])
    quiet = "UPDATE immoassist_calendar_connection SET fence = fence + 1, lease_until = %s"
    sync.odoo.sql(quiet, ("2100-01-01",))
    calls = [call(sync, provider) for provider in ("google", "outlook")] * (BURST // 2)
    random.Random(4).shuffle(calls)
    local, port = threading.local(), sync.odoo.port
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda one: post(local, HOST, port, *one), calls))
    assert statuses == {202, 204}
    assert sync.odoo.sql(WAITING)[0][0] <= 2 * 8  # at most one for each that came at one moment
    before = [count(sync, kind) for kind in ("google.events.list", "microsoft.calendarView.delta")]
    sync.odoo.sql(quiet, (None,))
    sync.sim.microsoft.lifecycle(ANN, "missed")  # another word: the workers are woken again
    sync.wait(WAITING, [(0,)])
    sync.wait(WANTED, [(0,)])
    after = [count(sync, kind) for kind in ("google.events.list", "microsoft.calendarView.delta")]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1]


def test_a_steady_rate_does_not_pile_up(sync):
    """A small version of `make bench BENCH=webhooks`, which tells the figures."""
    calls = [call(sync, provider) for provider in ("google", "outlook")] * 50
    load = post_steadily(HOST, sync.odoo.port, calls, per_second=20)
    assert load.statuses == {202, 204}
    assert load.percentile(0.95) < 5, load.percentile(0.95)


def answer_to_begun(sync, path, type_, *pieces, **headers):
    """The status that answers a body in pieces, of unknown length, whose end never comes."""
    lines = {"Host": "odoo", "Content-Type": type_, "Transfer-Encoding": "chunked", **headers}
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    with socket.create_connection((HOST, sync.odoo.port), timeout=30) as client:
        client.sendall(head.encode() + b"\r\n" + b"".join(pieces))
        with client.makefile("rb") as answer:
            return int(answer.readline().split()[1])


def piece(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_too_large_without_a_length(sync):
    """Refused as soon as it is too large, or not read at all; nothing of it is taken."""
    sync.wait(WAITING, [(0,)])
    sync.wait(WANTED, [(0,)])
    pulls = count(sync, "google.events.list"), count(sync, "microsoft.calendarView.delta")
    _path, body, _headers = call(sync, "outlook")
    large = [piece(body.encode()[:-1]), *[piece(b" " * 8192)] * (LARGEST // 8192 + 1)]
    for path in (MICROSOFT, f"{MICROSOFT}/lifecycle"):
        for type_ in (JSON, FORM):
            assert answer_to_begun(sync, path, type_, *large) == 413, (path, type_)
            assert answer_to_begun(sync, GOOGLE, type_, *large) == 204  # without a look at it
    assert answer_to_begun(sync, MICROSOFT, JSON, b"no length\r\n") == 400
    sync.wait(WAITING, [(0,)])
    now = count(sync, "google.events.list"), count(sync, "microsoft.calendarView.delta")
    assert now == pulls
    # A small one is as good as any other.
    whole = (piece(body.encode()), piece(b""))
    assert answer_to_begun(sync, MICROSOFT, JSON, *whole) == 202
    path, _body, headers = call(sync, "google")
    assert answer_to_begun(sync, path, JSON, piece(b""), **headers) == 204
    kinds = ("google.events.list", "microsoft.calendarView.delta")
    for kind, before in zip(kinds, pulls, strict=True):
        until(lambda k=kind, b=before: count(sync, k) > b, f"a pull: {kind}")


def test_refreshed_failing_and_revoked(sync):
    """What follows looks for what these leave behind."""
    oauth = sync.sim.google.oauth
    sync.secrets |= set(oauth._access) | set(oauth._refresh)
    oauth.expire(ANN)
    wake(sync)
    sync.wait(WAITING, [(0,)])
    sync.wait(WANTED, [(0,)])  # wanted in the transaction that took the notification away
    assert set(oauth._access) - sync.secrets  # it was refreshed
    sync.secrets |= set(oauth._access)
    quoting = " ".join(sorted(sync.secrets))
    sync.sim.faults.add("google.events.list", status=500, body=quoting)
    wake(sync)
    sync.wait(FAILED, [(1,)])
    sync.sim.google.revoke(ANN)
    sync.odoo.sql(DUE)
    sync.wait(STATE, [("reauth",)], seconds=90)
    assert sync.odoo.sql(MAILED) == [(1,)]


def wake(sync):
    """Have the workers look now."""
    assert post(threading.local(), HOST, sync.odoo.port, *call(sync, "google")) == 204


def test_no_secret_anywhere(sync):
    """After all of this: neither in the log nor in the whole database."""
    secrets = sync.secrets | {sync.channel(provider)[1] for provider in ("google", "outlook")}
    secrets |= set(sync.sim.google.oauth._access) | set(sync.sim.google.oauth._refresh)
    assert len(secrets) >= 7
    places = {"log": sync.odoo.log.read_text(), **dumped(sync.odoo)}
    assert "calendar sync connection=" in places["log"]
    assert places["immoassist_calendar_connection"]
    # Names alone: a failure is read by others.
    assert not {where for where, text in places.items() if any(each in text for each in secrets)}


def dumped(odoo):
    """Every table of the database, as PostgreSQL copies it out, by name."""
    tables = {}
    with contextlib.closing(odoo.connect()) as database, database.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            output = io.StringIO()
            cursor.copy_expert(f"COPY {table} TO STDOUT", output)
            tables[table] = output.getvalue()
    return tables
