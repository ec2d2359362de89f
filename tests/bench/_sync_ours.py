"""Our sync, run as its cron runs it, against the simulated Google."""

import os
from datetime import timedelta, timezone

from cryptography.fernet import Fernet

from tests.bench import _inside
from tests.bench._sync_google import FIRST, Person
from tests.simulator.google import CLIENT_ID, CLIENT_SECRET
from tools.devkit import simulated


def measure(env, url, events, changes, pushed, latency):
    """Cost of each step, by its name: the same as `_sync_peer.measure`."""
    return Ours(env, url).measure(events, changes, pushed, latency)


class Ours:
    """One broker, connected to Google."""

    def __init__(self, env, url):
        os.environ["IMMOASSIST_ENCRYPTION_KEY"] = Fernet.generate_key().decode()
        self.env = env
        self.person = Person(url, "broker@google.example")
        parameters = env["ir.config_parameter"]
        values = simulated.parameters(url) | {
            "immoassist_calendar_sync.google_client_id": CLIENT_ID,
            "immoassist_calendar_sync.google_client_secret": CLIENT_SECRET,
            # Nobody listens there: what the simulator pushes is lost, and polled for.
            "immoassist_calendar_sync.webhook_base_url": "http://127.0.0.1:9",
        }
        for name, value in values.items():
            parameters.set_param(name, value)
        self.broker = _inside.brokers(env, 1)
        env.cr.commit()

    def connect(self):
        from odoo.addons.immoassist_calendar_sync.core.grant import Grant

        token = self.person.grant()
        expires = self.env.cr.now().replace(tzinfo=timezone.utc) + timedelta(minutes=55)
        connection = self.env["immoassist.calendar.connection"].create(
            {"user_id": self.broker.id, "provider": "google", "state": "connected"}
        )
        grant = Grant(
            token["access_token"], expires, frozenset(), refresh_token=token["refresh_token"]
        )
        connection._store_grant(grant)
        self.env["immoassist.calendar.source"].create(
            {
                "connection_id": connection.id,
                "external_id": self.person.email,
                "name": "Broker",
                "is_primary": True,
                "can_write": True,
                "is_target": True,
                "import_mode": "full",
            }
        )
        self.env.cr.commit()

    def sync(self):
        """What the cron does, until nothing is due."""
        from odoo.addons.immoassist_calendar_sync import worker

        while lease := worker.lease_next(self.env.registry):
            report = worker.run(lease)
            assert report and not (report.error or report.crashed), report

    def due(self):
        self.env.cr.execute("UPDATE immoassist_calendar_connection SET next_sync = NULL")
        self.env.cr.commit()

    def cost(self):
        self.due()
        return self.person.cost(self.sync)

    def count(self, domain=()):
        self.env.cr.rollback()
        self.env.invalidate_all()
        return self.env["immoassist.appointment"].search_count(list(domain))

    def measure(self, events, changes, pushed, latency):
        costs, saved = {}, {}
        saved["alone"] = self.cost_of_saving()
        self.env["immoassist.appointment"].search([("name", "=like", "Visit %")]).unlink()
        self.connect()
        self.sync()  # an empty calendar: the channel is registered, Odoo's caches are warm
        self.person.fill(events)
        costs["import"] = self.cost()
        assert self.count() == events, self.count()
        costs["idle"] = self.cost()
        self.person.move([events // 2])
        costs["one"] = self.cost()
        self.person.move(range(changes))
        costs["many"] = self.cost()
        assert self.count([("name", "like", ", moved")]) == changes + 1
        self.person.delay(latency, "google.batch", "google.events.list")
        costs["save"] = self.person.cost(lambda: self.save(pushed))
        costs["push"] = self.person.cost(self.sync)
        self.person.hurry()
        there = self.person.calendar("GET")["events"]
        assert len(there) == events + pushed, len(there)
        costs["echo"] = self.cost()
        self.person.expire()
        costs["expired"] = self.cost()
        assert self.count() == events + pushed
        saved["connected"] = self.cost_of_saving()
        self.person.delay(10, "google")
        saved["hanging"] = self.cost_of_saving()
        return costs | {"one saved": saved}

    def cost_of_saving(self):
        return self.person.median_cost(lambda: self.save(1))

    def save(self, count):
        start = FIRST.replace(tzinfo=None)
        self.env["immoassist.appointment"].with_user(self.broker).create(
            [
                {
                    "name": f"Visit {number}",
                    "broker_id": self.broker.id,
                    "start": start + timedelta(hours=number * 1.7, minutes=50),
                    "stop": start + timedelta(hours=number * 1.7, minutes=95),
                    "exclusive": False,
                    "inform_attendees": False,
                }
                for number in range(count)
            ]
        )
        self.env.cr.commit()
