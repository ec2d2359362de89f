"""Two servers of two workers each on one database; one of them is killed as a whole (kill -9).

Both sync two brokers with Google and Outlook, send reminders and take bookings, all at once.
Needs a real Odoo and takes minutes: run it with `make test-faults`.
"""

import contextlib
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import pytest
import requests

from tests.e2e import synced
from tests.e2e.backoffice import BackOffice
from tests.e2e.client import Client, Link, offered_times
from tests.e2e.mailbox import Mailbox, link_of
from tests.e2e.races import UNSENT
from tools.devkit.server import Server

from ._agreement import assert_agreed, assert_nothing_to_do, enter, last_appointment, quiet, wake
from ._processes import children, until, waiting_for

BROKERS = (("marie", "ann@agency.example"), ("paul", "paul@agency.example"))
PAGES = {"marie": "/book/marie-tremblay/appel", "paul": "/book/paul-martin/appel"}
HOLD = 20
"""Seconds that the simulator keeps an answer: less than is waited for it."""
VISITS, GUESTS = 40, 4
REMINDERS = VISITS * (GUESTS + 1)
TIMES = 8
"""Of each broker, booked by two clients at once."""
ANSWERS = 6
"""So many clients have their answer when a server is killed."""

# Booked three hours ago, to begin in half an hour: the reminder of one hour is half an hour late.
DUE = """
from datetime import timedelta
from freezegun import freeze_time
from odoo import fields
now = fields.Datetime.now()
paul = env["res.users"].search([("login", "=", "paul")])
with freeze_time(now - timedelta(hours=3)):
    env["immoassist.appointment"].create([
        {{
            "name": f"Due {task} {{v}}", "exclusive": False, "broker_id": paul.id,
            "start": now + timedelta(minutes=30),
            "attendee_ids": [
                (0, 0, {{"name": f"Guest {{n}}", "email": f"{task}{{v}}x{{n}}@guest.example"}})
                for n in range({guests})
            ],
        }}
        for v in range({visits})
    ])
env.cr.commit()
"""
# PostgreSQL holds a batch whose mails are made and whose rows are marked, as long as the test has
# the lock.
HELD = """
CREATE FUNCTION hold() RETURNS trigger AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER hold AFTER UPDATE ON immoassist_appointment_reminder
    FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION hold();
"""
FREE = "DROP TRIGGER hold ON immoassist_appointment_reminder; DROP FUNCTION hold()"
HOLDER = """
    SELECT application_name FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event = 'advisory'
"""
ROWS = """
    SELECT r.id, r.state
      FROM immoassist_appointment_reminder r
      JOIN immoassist_appointment a ON a.id = r.appointment_id
     WHERE a.name LIKE %s AND r.minutes_before = 60
"""
OVERLAPS = """
    SELECT count(*) FROM immoassist_appointment a JOIN immoassist_appointment b
        ON a.broker_id = b.broker_id AND a.id < b.id AND a.exclusive AND b.exclusive
       AND a.busy_start < b.busy_stop AND b.busy_start < a.busy_stop
     WHERE a.state != 'cancelled' AND b.state != 'cancelled'
"""
BOOKED = """
    SELECT g.email, a.start FROM immoassist_appointment a
      JOIN immoassist_appointment_attendee g ON g.appointment_id = a.id
     WHERE a.state != 'cancelled' AND g.email LIKE '%%@client.example' AND a.id > %s
"""


@dataclass
class Agency:
    """Both servers, what they talk to, and what there was before the test."""

    sync: synced.Synced
    mailbox: Mailbox
    servers: tuple[Server, Server]
    since: int
    kills: int = 0

    def of(self, pid):
        """The server that a process is of."""
        return next(s for s in self.servers if pid in (s.process.pid, *children(s.process.pid)))

    def other(self, server):
        return self.servers[1 - self.servers.index(server)]


@pytest.fixture(scope="module")
def agency():
    with Mailbox() as mailbox, contextlib.ExitStack() as stack:
        patience = "--limit-time-real-cron=900"
        options = ("--smtp=127.0.0.1", f"--smtp-port={mailbox.port}", patience)
        sync = stack.enter_context(synced.running(BROKERS, options=options))
        first = sync.odoo
        admin = BackOffice(first.url, first.database, "admin", "admin")
        admin.call("ir.config_parameter", "set_param", "web.base.url", first.url)
        admin.lift_limits()
        second = stack.enter_context(first.beside())
        quiet(first)
        yield Agency(sync, mailbox, (first, second), last_appointment(first))


@dataclass
class Killed:
    """Finds the server that does something now, and holds it there until it is killed."""

    agency: Agency

    @contextlib.contextmanager
    def syncing(self):
        """One that has sent a batch, and waits for the answer."""
        faults = self.agency.sync.sim.faults
        held = [
            faults.add(kind, latency=HOLD, when="after")
            for kind in ("google.batch", "google.events.insert", "microsoft.batch")
        ]
        port = int(self.agency.sync.sim.url.rpartition(":")[2])

        def find():
            wake(self.agency.servers[0])
            done = any(fault.done for fault in held)
            waiting = {s.port: s for s in self.agency.servers if waiting_for(port, s.process.pid)}
            return done and next(iter(waiting.values()), None)

        yield find
        faults.reset()

    @contextlib.contextmanager
    def reminding(self):
        """One that has made the mails of a batch, and is about to commit."""
        odoo = self.agency.servers[0]
        odoo.sql(HELD)
        with contextlib.closing(odoo.connect()) as blocker, blocker.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(1)")

            def find():
                wake(odoo)
                names = [name for (name,) in odoo.sql(HOLDER) if name.startswith("odoo-")]
                return names and self.agency.of(int(names[0].removeprefix("odoo-")))

            yield find
        odoo.sql(FREE)


@pytest.mark.parametrize("task", ["syncing", "reminding"])
def test_one_of_two_servers_is_killed(agency, task):
    desks = {login: [desk(s, login) for s in agency.servers] for login in PAGES}
    pairs = [pair for login in PAGES for pair in racing(agency, task, login)]
    with getattr(Killed(agency), task)() as find:
        agency.servers[0].shell(DUE.format(task=task, visits=VISITS, guests=GUESTS))
        for number, login in enumerate(PAGES):
            change(agency, desks[login], task, number)
        victim = until(find, f"a server {task}")
        answers = book_while_killed(pairs, victim)
    agency.kills += 1
    try:
        assert_whole(agency, task, desks, pairs, answers, victim)
    finally:
        victim.start()


def assert_whole(agency, task, desks, pairs, answers, victim):
    """The other server does the rest, and what was under way."""
    survivor = agency.other(victim)
    assert any(isinstance(answer, Exception) for answer in answers.values()), "killed too late"
    for client in [client for client, found in answers.items() if isinstance(found, Exception)]:
        client.url = survivor.url  # as the proxy would send them, with the session they have
        answers[client] = client.submit()
    for login in PAGES:  # they stay signed in
        on_victim = next(d for d in desks[login] if d.url == victim.url)
        on_victim.url = survivor.url
        add(on_victim, f"Visit after {task}", far(5))
    until(lambda: done(agency, survivor, task), "every reminder and mail to be sent")
    quiet(survivor)
    assert_booked_once(survivor, pairs, answers, agency)
    assert_reminded_once(agency, survivor, task)
    for login, email in BROKERS:
        assert_agreed(agency.sync, survivor, agency.since, login, email)
    assert_nothing_to_do(agency.sync, survivor)


def desk(server, login):
    return BackOffice(server.url, server.database, login, login)


def far(hours):
    now = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
    return now + timedelta(days=70, hours=hours)


def add(on, name, start):
    """An appointment of the broker of a desk; its id."""
    values = {"name": name, "exclusive": False}
    values |= {"start": f"{start:%F %T}", "stop": f"{start + timedelta(hours=1):%F %T}"}
    return on.call("immoassist.appointment", "create", [values])[0]


def change(agency, both, task, number):
    """Something new through each server, moved through the other, and entered at the providers."""
    login, email = BROKERS[number]
    for place, on in enumerate(both):
        visit = add(on, f"Visit {task} {place}", far(10 * place))
        both[1 - place].call("immoassist.appointment", "write", [visit], {"location": login})
    enter(agency.sync, f"{task} {login}", far(40 + 5 * (task == "syncing")), email)


def racing(agency, task, login):
    """For each of some times of a broker a client at each server, with its form filled in."""
    first = agency.servers[0]
    times = offered_times(first.url, page=PAGES[login])[:: 6 if task == "syncing" else 7][:TIMES]
    assert len(times) == TIMES
    pairs = []
    for number, time in enumerate(times):
        pair = []
        for place, server in enumerate(agency.servers):
            client = Client(server.url, f"{task}{login}{number}{'ab'[place]}", PAGES[login])
            client.open_form(time)
            pair.append(client)
        pairs.append(pair)
    return pairs


def book_while_killed(pairs, victim):
    """Book with all clients; the server is killed in the middle.

    :return: the answer of each, or the error when nothing was answered
    """
    answers, some = {}, threading.Semaphore(0)

    def submit(client):
        try:
            answers[client] = client.submit()
        except requests.RequestException as error:
            answers[client] = error
        some.release()

    with ThreadPoolExecutor(4) as pool:
        for pair in pairs:
            for client in pair:
                pool.submit(submit, client)
        for _answer in range(ANSWERS):
            assert some.acquire(timeout=120), "nobody is answered"
        victim.kill()
    return answers


def done(agency, odoo, task):
    wake(odoo)
    rows = odoo.sql(ROWS, (f"Due {task} %",))
    sent = [row for row in rows if row[1] == "sent"]
    return len(sent) == REMINDERS and odoo.sql(UNSENT) == [(0,)]


def assert_booked_once(odoo, pairs, answers, agency):
    """Of two who wanted one time one has it; who was told so has it, and one mail about it."""
    assert odoo.sql(OVERLAPS) == [(0,)]
    booked = Counter(email for email, _start in odoo.sql(BOOKED, (agency.since,)))
    for pair in pairs:
        told = sorted(answers[client].status_code for client in pair)
        assert told == [303, 409]
        for client in pair:
            won, email = answers[client].status_code == 303, client.form["email"]
            assert booked[email] == won
            mails = {mail["Message-ID"] for mail in agency.mailbox.of(email)}
            assert len(mails) == won


def assert_reminded_once(agency, odoo, task):
    """Each row is sent, and its mail came once to its recipient."""
    rows = odoo.sql(ROWS, (f"Due {task} %",))
    assert Counter(state for _id, state in rows) == {"sent": REMINDERS}
    # Odoo's own queue marks a mail after the mail server has taken it: who is killed in between
    # leaves that one mail to be handed over again, with the same Message-ID. The mailbox has those
    # of the kill before, too.
    mails = Counter((m["To"], m["Message-ID"], m["Subject"]) for m in agency.mailbox.all())
    assert sum(number - 1 for number in mails.values()) <= agency.kills
    came = Counter(
        (to, found[1])
        for to, _id, subject in mails
        if (found := re.match(rf"(?:Reminder|Rappel).*(Due {task} \d+)", subject))
    )
    assert len(came) == REMINDERS
    assert set(came.values()) == {1}


def test_limits_sessions_and_links_hold_on_both(agency):
    first, second = agency.servers
    admin = BackOffice(first.url, first.database, "admin", "admin")
    company = admin.ref("base.main_company")
    clients = [Client(first.url, f"Limit{n}", PAGES["marie"]) for n in range(4)]
    times = offered_times(first.url, page=PAGES["marie"])[-40::8]
    for client, time in zip(clients, times, strict=False):
        client.open_form(time)
    admin.call("res.company", "write", [company], {"booking_limit_address": 3})
    try:
        # Each form was opened on the first server; the address is counted on both together.
        for client, server in zip(clients, (first, second, first, second), strict=True):
            client.url = server.url
        assert [client.submit().status_code for client in clients] == [303, 303, 303, 429]
    finally:
        admin.call("res.company", "write", [company], {"booking_limit_address": 0})
    # A session of the first is one of the second.
    admin.url = second.url
    assert admin.ref("base.main_company") == company
    until(lambda: wake(first) or agency.mailbox.of("limit0@client.example"), "the mail")
    link = link_of(agency.mailbox.of("limit0@client.example")[0], "cancel")
    assert link.startswith(first.url)
    page = Link(link)
    page.url = page.url.replace(first.url, second.url)
    page.press()
    assert not [e for e, _start in first.sql(BOOKED, (0,)) if e == "limit0@client.example"]
