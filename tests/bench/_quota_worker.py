"""The real worker at the simulated Google and Outlook, days of it in a virtual clock."""

import contextlib
import json
import os
import threading
from collections import Counter
from datetime import datetime, timedelta, timezone
from http.server import ThreadingHTTPServer
from random import Random

from cryptography.fernet import Fernet

from odoo.addons.immoassist_calendar_sync import worker
from odoo.addons.immoassist_calendar_sync.models.immoassist_calendar_notification import Received
from odoo.addons.immoassist_calendar_sync.providers import open_calendar
from odoo.addons.immoassist_calendar_sync.tests import simulated

from tests.bench import _inside
from tests.bench._quota_model import changes
from tests.simulator import Simulator

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


class Counted(Simulator):
    """Notes each request, and each part of a batch: (moment, kind, bytes, whether a part)."""

    def __init__(self):
        self.asked = []
        super().__init__()

    def perform(self, side, call):
        try:
            return super().perform(side, call)
        finally:
            self.asked.append((self.clock.now(), call.kind, len(call.body), call.part))


class Office(simulated.Office):
    """Keeps what is posted, until Odoo is told of it."""

    def do_POST(self):
        names = ("Channel-Token", "Channel-ID", "Resource-ID", "Resource-State")
        google = [self.headers.get(f"X-Goog-{name}", "") for name in names]
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        token = self.path.partition("validationToken=")[2]
        self.server.posted.append((google, body))
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        text = simulated.parse_qs(f"t={token}").get("t", [""])[0].encode()
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class Life:
    """Two brokers, one at each provider, and the clock."""

    def __init__(self, env, sim, office, clock):
        self.env, self.sim, self.office, self.clock = env, sim, office, clock
        self.people = dict(zip(simulated.SIDES, _inside.brokers(env, 2), strict=True))
        env.cr.commit()
        self.entered = {}
        self.accounts = {name: self.connect(name) for name in simulated.SIDES}

    def connect(self, provider):
        side = getattr(self.sim, simulated.SIDES[provider])
        side.create_account(simulated.MARIE, "Marie", zone="Europe/Paris")
        connections = self.env["immoassist.calendar.connection"].with_user(self.people[provider])
        flow = self.env["immoassist.calendar.oauth.flow"].sudo()
        authoriser = flow._authoriser(provider)
        address, kept = authoriser.begin(simulated.BACK)
        press = simulated.press if provider == "google" else simulated.follow
        grant = authoriser.finish(kept, press(address))
        calendars = open_calendar(provider, flow._settings(provider), grant.access_token)
        connection = connections.browse(
            connections._store_consent(provider, grant, calendars.calendars())
        )
        self.settle()
        connection.action_start()
        self.settle()
        primary = connection.sudo().source_ids.filtered("is_primary")
        return simulated.Simulated(side, primary.external_id)

    def settle(self):
        """Notifications and the worker in turn, until nothing is left to do."""
        while True:
            self.env.flush_all()
            self.env.cr.commit()
            while lease := worker.lease_next(self.env.registry):
                report = worker.run(lease)
                assert report and not (report.error or report.crashed), report
            self.sim.pushes.flush()
            if self.receive():
                continue
            if not worker.holds_back(self.env.registry):
                break
            self.clock.tick(SECOND)
        self.env.cr.rollback()
        self.env.invalidate_all()

    def receive(self):
        posted, self.office.posted = self.office.posted, []
        received = set()
        for (token, channel, resource, state), body in posted:
            if token:
                kind = "ready" if state == "sync" else "change"
                received.add(Received(token, channel, kind, resource))
            for item in json.loads(body or b"{}").get("value", ()):
                received.add(Received(item["clientState"], item["subscriptionId"], "change"))
        self.env["immoassist.calendar.notification"]._receive(received)
        self.env.cr.commit()
        return bool(received)

    def next_poll(self):
        self.env.cr.execute("SELECT min(next_sync) FROM immoassist_calendar_connection")
        return self.env.cr.fetchone()[0]

    def until(self, moment):
        """Let the time pass, with the polls that fall into it."""
        moment = moment.replace(tzinfo=None)
        while (poll := self.next_poll()) < moment:
            # The worker's clock has whole seconds, and never goes back.
            self.clock.move_to(max(self.clock(), poll.replace(microsecond=0) + SECOND))
            self.settle()
        if moment > self.clock():
            self.clock.move_to(moment)

    def change(self, provider, where, number):
        """Something is moved, in Odoo or at the provider: each fifth is new."""
        start = self.clock().replace(minute=0, second=0, microsecond=0) + timedelta(days=9)
        start += timedelta(hours=number % 7)
        if where == "odoo":
            self.change_in_odoo(self.people[provider], start, number)
        else:
            self.change_there(self.accounts[provider], start, number)
        self.settle()

    def change_in_odoo(self, broker, start, number):
        appointments = self.env["immoassist.appointment"].with_user(broker)
        mine = appointments.search(
            [("broker_id", "=", broker.id), ("name", "=", "Visit")], order="id desc", limit=1
        )
        if number % 5 and mine:
            mine.start = start
        else:
            appointments.create({"name": "Visit", "start": start, "exclusive": False})

    def change_there(self, account, start, number):
        start = start.replace(tzinfo=timezone.utc)
        if number % 5 and self.entered.get(account):
            times = {"start": start.isoformat(), "stop": (start + HOUR).isoformat()}
            account.change(self.entered[account], **times)
        else:
            self.entered[account] = account.enter(start)


def measure(env, days, use, seed):
    """What one broker at each provider asks for in so many days from a Monday on.

    :return: {provider: {kind: requests}} in the words of `_quota_model`, and the most bytes that
        a request of a write, or a batch of one, had
    """
    import freezegun

    os.environ["IMMOASSIST_ENCRYPTION_KEY"] = Fernet.generate_key().decode()
    now = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = now + timedelta(days=7 - now.weekday())
    # What delivers the notifications does so at once, by the clock on the wall.
    freezegun.configure(extend_ignore_list=["tests.simulator.pushes"])
    frozen = freezegun.freeze_time(monday - timedelta(hours=1))
    with frozen as clock, running(env) as (sim, office):
        life = Life(env, sim, office, clock)
        life.until(monday)
        begun = len(sim.asked)
        plans = {name: changes(use, monday, days, Random(seed)) for name in life.people}
        steps = sorted(
            (moment, name, where, number)
            for name, plan in plans.items()
            for number, (moment, where) in enumerate(plan)
        )
        for moment, name, where, number in steps:
            life.until(moment)
            if where != "end":
                life.change(name, where, number)
        asked = sim.asked[begun:]
    found, largest = {name: Counter() for name in life.people}, 0
    for _moment, name, size, _part in asked:
        side, _dot, rest = name.partition(".")
        if kind := _kind(rest):
            found["google" if side == "google" else "outlook"][kind] += 1
        else:
            largest = max(largest, size)
    return found, largest


def _kind(name):
    """What a request is for; None for a batch, whose parts count one by one."""
    if name in ("batch", "metadata"):
        return None
    if name.startswith("token"):
        return "token"
    if name.startswith("calendar") and name.endswith(".list"):
        return "calendars"
    if name.startswith(("subscriptions", "channels")) or name.endswith(".watch"):
        return "channel"
    return "pull" if name in ("events.list", "calendarView.delta", "calendarView.list") else "write"


@contextlib.contextmanager
def running(env):
    """The simulator, and who takes its notifications; Odoo knows both."""
    with Counted() as sim, ThreadingHTTPServer(("127.0.0.1", 0), Office) as office:
        office.posted = []
        threading.Thread(target=office.serve_forever, args=(0.05,), daemon=True).start()
        values = simulated.addresses(sim)
        values |= {"webhook_base_url": f"http://127.0.0.1:{office.server_port}"}
        for name, value in values.items():
            env["ir.config_parameter"].set_param(f"immoassist_calendar_sync.{name}", value)
        sim.microsoft.configure(consent="accept")
        env.cr.commit()
        try:
            yield sim, office
        finally:
            office.shutdown()
