"""The simulated Google of the sync bench, as seen from inside of Odoo: a person, and counters."""

import html
import re
import statistics
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import requests

from tests.bench import _inside
from tests.simulator.google import CLIENT_ID, CLIENT_SECRET

SCOPES = "openid email https://www.googleapis.com/auth/calendar"
BACK = "http://127.0.0.1/back"
FIRST = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)


class Person:
    """Somebody with a Google account at the simulator.

    :param str url: of the simulator
    """

    def __init__(self, url, email):
        self.url, self.email = url, email
        self._session = requests.Session()
        # The project's limit would be met by who sends each event by itself, not the work.
        self._control("POST", "settings/google", {"user_per_minute": None})
        self._control("POST", "accounts", {"provider": "google", "email": email})

    def _control(self, method, path, body=None):
        answer = self._session.request(
            method, f"{self.url}/control/{path}", json=body or {}, timeout=60
        )
        answer.raise_for_status()
        return answer.json()

    def calendar(self, method, path="", body=None):
        return self._control(method, f"google/{self.email}/primary{path}", body)

    def fill(self, count):
        """Enter meetings of 45 minutes, from tomorrow on for almost a year; each third with one of
        fifty guests.
        """
        for number in range(count):
            self.calendar("PUT", body=_event(number))

    def move(self, numbers):
        """Move these meetings by five minutes, under another title."""
        for number in numbers:
            body = {**_event(number, minutes=5), "summary": f"Meeting {number}, moved"}
            self.calendar("PATCH", f"/{_id(number)}", body)

    def expire(self):
        self._control("POST", f"google/{self.email}/expire_cursors")

    def delay(self, seconds, *kinds):
        """Answer these requests so much later."""
        for kind in kinds:
            fault = {"kind": kind, "latency": seconds, "count": None}
            self._control("POST", "faults", fault)

    def hurry(self):
        self._control("DELETE", "faults")

    def grant(self):
        """What the token endpoint answers after the consent."""
        asked = {"client_id": CLIENT_ID, "redirect_uri": BACK, "response_type": "code"}
        asked |= {"scope": SCOPES, "access_type": "offline", "prompt": "consent"}
        address = f"{self.url}/google/o/oauth2/v2/auth"
        page = self._session.get(address, params=asked, timeout=60).text
        hidden = re.findall(r'name="(q\.[^"]+)" value="([^"]*)"', page)
        data = {name: html.unescape(value) for name, value in hidden}
        data |= {"account": self.email, "decision": "allow"}
        data["scope"] = re.findall(r'name="scope" value="([^"]+)" checked', page)
        answer = self._session.post(address, data=data, allow_redirects=False, timeout=60)
        code = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["code"]
        data = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        data |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        answer = self._session.post(f"{self.url}/google/token", data=data, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def cost(self, work):
        """Cost of some work: as `_inside.cost`, and what it meant for Google.

        :return: the cost with `requests` (HTTP), `writes` and `mails`
        """
        before = self._counters()
        cost = _inside.cost(work)
        after = self._counters()
        return cost | {name: after[name] - before[name] for name in after}

    def median_cost(self, work, rounds=5):
        """The median of several rounds, after one to warm up."""
        costs = [self.cost(work) for _round in range(rounds + 1)][1:]
        return {name: statistics.median(cost[name] for cost in costs) for name in costs[0]}

    def _counters(self):
        seen = self._control("GET", "")
        writes = sum(seen["writes"].values())
        return {"requests": seen["http"], "writes": writes, "mails": len(seen["mails"])}


def _id(number):
    return f"bench{number:06d}"


def _event(number, minutes=0):
    start = FIRST + timedelta(hours=number * 1.6, minutes=minutes)
    guests = [] if number % 3 else [{"email": f"guest{number % 50}@client.example"}]
    return {
        "id": _id(number),
        "attendees": guests,
        "summary": f"Meeting {number}",
        "location": "4512, rue Saint-Denis",
        "start": {"dateTime": start.isoformat()},
        "end": {"dateTime": (start + timedelta(minutes=45)).isoformat()},
    }
