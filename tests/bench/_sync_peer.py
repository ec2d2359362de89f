"""Odoo's own `google_calendar`, run as its cron runs it, against the simulated Google.

Three things that the real Google takes from it the simulator does not, and are set right on the
way: the token comes in the address instead of in a header, the pages after the first are asked for
without the window of the first, and an extended property is a number instead of a text.
"""

import json
import types
from datetime import timedelta
from urllib.parse import urlsplit

import requests

from tests.bench import _inside
from tests.bench._sync_google import FIRST, Person
from tests.simulator.google import CLIENT_ID, CLIENT_SECRET


def measure(env, url, events, changes, pushed, latency):
    """Cost of each step, by its name: the same as `_sync_ours.measure`."""
    return Peer(env, url).measure(events, changes, pushed, latency)


class Peer:
    """One user, connected to Google."""

    def __init__(self, env, url):
        self.env = env
        _lead_to(url)
        parameters = env["ir.config_parameter"]
        parameters.set_param("google_calendar_client_id", CLIENT_ID)
        parameters.set_param("google_calendar_client_secret", CLIENT_SECRET)
        self.person = Person(url, "broker0@agency.example")
        self.user = _inside.brokers(env, 1)
        env.cr.commit()

    def connect(self):
        token = self.person.grant()
        settings = self.env["res.users.settings"]._find_or_create_for_user(self.user)
        settings._set_google_auth_tokens(
            token["access_token"], token["refresh_token"], token["expires_in"]
        )
        self.env.cr.commit()

    def sync(self):
        """What its cron does."""
        self.env.invalidate_all()
        self.user._sync_all_google_calendar()

    def cost(self):
        return self.person.cost(self.sync)

    def count(self, domain=()):
        self.env.cr.rollback()
        self.env.invalidate_all()
        return self.env["calendar.event"].search_count([("google_id", "!=", False), *domain])

    def measure(self, events, changes, pushed, latency):
        costs, saved = {}, {}
        saved["alone"] = self.cost_of_saving()
        self.env["calendar.event"].search([("name", "=like", "Visit %")]).unlink()
        self.connect()
        self.sync()
        self.person.fill(events)
        costs["import"] = self.cost()
        assert self.count() == events, self.count()
        costs["idle"] = self.cost()
        self.person.move([events // 2])
        costs["one"] = self.cost()
        self.person.move(range(changes))
        costs["many"] = self.cost()
        assert self.count([("name", "like", ", moved")]) == changes + 1
        self.person.delay(latency, "google.events")
        # Its HTTP is done when the transaction of the user has ended, before he gets his answer.
        costs["save"] = self.person.cost(lambda: self.save(pushed))
        self.person.hurry()
        there = self.person.calendar("GET")["events"]
        assert len(there) == events + pushed, len(there)
        costs["echo"] = self.cost()
        self.person.expire()
        costs["expired"] = self.cost()
        saved["connected"] = self.cost_of_saving()
        self.person.delay(10, "google")
        saved["hanging"] = self.cost_of_saving()
        return costs | {"one saved": saved}

    def cost_of_saving(self):
        return self.person.median_cost(lambda: self.save(1))

    def save(self, count):
        start = FIRST.replace(tzinfo=None)
        me = self.env["calendar.event"].with_user(self.user)
        me.create(
            [
                {
                    "name": f"Visit {number}",
                    "start": start + timedelta(hours=number * 1.7, minutes=50),
                    "stop": start + timedelta(hours=number * 1.7, minutes=95),
                }
                for number in range(count)
            ]
        )
        self.env.cr.commit()


def _lead_to(url):
    """Have the peer talk to the simulator."""
    from odoo.addons.google_account.models import google_service

    def request(method, address, *, timeout, params=None, headers=None, **options):
        params, headers = params or {}, dict(headers or {})
        if token := params.get("access_token"):
            params = {name: value for name, value in params.items() if name != "access_token"}
            headers["Authorization"] = f"Bearer {token}"
        if "pageToken" in params:
            params = window | params
        elif method == "get":
            window.clear()
            window.update(params)
        if options.get("data"):
            options["data"] = _with_texts(options["data"])
        options |= {"params": params, "headers": headers}
        return requests.request(method, address, timeout=timeout, **options)

    window = {}
    base = f"{url}/google"
    assert urlsplit(base).scheme == "http"
    google_service.requests = types.SimpleNamespace(request=request, HTTPError=requests.HTTPError)
    google_service.GOOGLE_API_BASE_URL = base
    google_service.GOOGLE_TOKEN_ENDPOINT = f"{base}/token"
    service = google_service.GoogleService._do_request
    service.__defaults__ = tuple(
        base if value == "https://www.googleapis.com" else value for value in service.__defaults__
    )


def _with_texts(data):
    body = json.loads(data)
    shared = body.get("extendedProperties", {}).get("shared", {})
    shared.update({name: str(value) for name, value in shared.items()})
    return json.dumps(body)
