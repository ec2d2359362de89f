"""Who books, and who changes a calendar at the provider, whatever happens to Odoo meanwhile.

What they were told is written down here, outside of Odoo.
"""

import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import requests

from tests.e2e.synced import ANN

BOOKERS = 6
PATIENCE = 240
"""Seconds for which a client who got no answer tries again."""
MONTH = (datetime.now(timezone.utc).date().replace(day=1) + timedelta(days=32)).replace(day=1)
FIRST = 40
"""They all want one of the first times of the month: some want the same one."""


@dataclass
class Ledger:
    """What the clients know."""

    told: dict = field(default_factory=dict)
    """address: (start, broker) of the booking that was confirmed."""
    unanswered: set = field(default_factory=set)
    """Addresses whose booking got no answer once at least."""
    open: set = field(default_factory=set)
    """Of those, the ones who never got any."""
    refused: set = field(default_factory=set)
    """Addresses to whom the only answers were that it is not booked."""
    pages: dict = field(default_factory=dict)
    """address: the page of the confirmation."""
    answers: Counter = field(default_factory=Counter)
    seconds: list = field(default_factory=list)
    """How long the answered bookings took."""


class Client(threading.Thread):
    """Books again and again, each time as somebody else."""

    def __init__(self, ledger, url, number, brokers, over):
        super().__init__(daemon=True)
        self.ledger, self.url, self.number = ledger, url, number
        self.brokers, self.over = brokers, over
        self.random = random.Random(number)

    def run(self):
        visits = 0
        while not self.over.wait(self.random.uniform(0.5, 1.5)):
            visits += 1
            self.session = requests.Session()
            try:
                self.visit(f"c{self.number}.{visits}@booker.example")
            except requests.RequestException:
                self.ledger.answers["no page"] += 1

    def visit(self, address):
        # The first broker is the one with the calendars.
        broker = self.brokers[0] if self.random.random() < 0.4 else self.random.choice(self.brokers)
        query = {"type": "visit", "month": f"{MONTH:%Y-%m}"}
        answer = self.session.get(f"{self.url}/book/{broker}/slots", params=query, timeout=60)
        times = _times(answer.json()) if answer.ok else []
        if not times:
            self.ledger.answers["no times"] += 1
            return
        slot = self.random.choice(times[:FIRST])
        page = f"{self.url}/book/{broker}/visit"
        form = self.session.get(page, params={"slot": slot}, timeout=60)
        if form.status_code not in (200, 409):
            self.ledger.answers[f"form {form.status_code}"] += 1
            return
        self.book(broker, page, _hidden(form.text) | {"slot": slot, "email": address})

    def book(self, broker, page, values):
        values |= {"name": "Ada Byron", "phone": "514 555-0199"}
        address, deadline = values["email"], time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            begin = time.monotonic()
            try:
                answer = self.session.post(page, data=values, allow_redirects=False, timeout=60)
                code = answer.status_code
            except requests.RequestException:
                code = 0
            if code in (0, 404) or code >= 500:  # without its database Odoo knows no page
                # Nobody knows whether it is booked: press the button again.
                self.ledger.answers[f"booking {code or 'unanswered'}"] += 1
                self.ledger.unanswered.add(address)
                self.ledger.open.add(address)
                time.sleep(0.5)  # as people do
                continue
            self.ledger.seconds.append(time.monotonic() - begin)
            self.ledger.answers[f"booking {code}"] += 1
            self.ledger.open.discard(address)
            if code == 303:
                self.ledger.told[address] = (values["slot"], broker)
                self.ledger.pages[address] = (self.session, answer.headers["Location"])
                return
            others = re.findall(r'type="radio" name="slot"[^>]*value="([^"]+)"', answer.text)
            if code != 409 or not others:
                self.ledger.refused.add(address)
                return
            values["slot"] = self.random.choice(others)


def _times(slots):
    moments = [
        datetime.fromisoformat(day["start"]) + timedelta(minutes=minutes)
        for day in slots["days"]
        for minutes in day["times"]
    ]
    return [f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}" for moment in moments]


def _hidden(page):
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


class Ann(threading.Thread):
    """The broker, who changes her calendars at Google and Outlook."""

    def __init__(self, sim, over):
        super().__init__(daemon=True)
        self.sim, self.over = sim, over
        self.random = random.Random(5)
        self.start_day = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
        self.made, self.changes = [], 0

    def run(self):
        number = 0
        while not self.over.wait(1.5):
            self.changes += 1
            chance = self.random.random()
            if chance < 0.6 or not self.made:
                number += 1
                self.enter(number)
            elif chance < 0.85:
                side, place, event = self.random.choice(self.made)
                body = side.from_plain({"name": f"Dentist {number} again"}, "Europe/Paris")
                side.patch(ANN, place, event, body)
            else:
                side, place, event = self.made.pop(self.random.randrange(len(self.made)))
                side.delete(ANN, place, event)

    def enter(self, number):
        side = (self.sim.google, self.sim.microsoft)[number % 2]
        place = side.find(ANN, "primary")[1].id
        start = self.start_day + timedelta(days=70, hours=number)
        plain = {
            "name": f"Dentist {number}",
            "start": start.isoformat(),
            "stop": (start + timedelta(hours=1)).isoformat(),
        }
        body = side.put(ANN, place, side.from_plain(plain, "Europe/Paris"))
        self.made.append((side, place, body["id"]))
