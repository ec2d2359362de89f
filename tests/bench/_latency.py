"""Changes at the simulated Google and Outlook, and when Odoo has them; prints nothing.

python -m tests.bench._latency FILE: with the Python of the tests, which has what the simulator
needs. Writes the seconds of each change as JSON.
"""

import contextlib
import json
import random
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

from tests.e2e import synced

ANN = synced.ANN
CHANGES = 120
EVERY = 0.5
"""Seconds between two changes of the steady pace, at each provider."""
LONGEST = 120
LOOK = 0.01
"""Seconds between two looks into Odoo's database."""


def main(target):
    """Measure everything, and write it to a file."""
    with synced.running() as sync:
        places = {"google": ANN, "outlook": sync.sim.microsoft.find(ANN, "primary")[1].id}
        sides = {"google": sync.sim.google, "outlook": sync.sim.microsoft}
        people = {name: Person(side, places[name], name) for name, side in sides.items()}
        for person in people.values():
            one_by_one(sync.odoo, person, 5)  # warm up
        found = {f"{name}, alone": one_by_one(sync.odoo, p) for name, p in people.items()}
        found |= steadily(sync.odoo, people)
        assert not sync.sim.ledger.mails
    with open(target, "w") as output:
        json.dump(found, output)


class Person:
    """Who enters events into one calendar at the provider, or renames them."""

    def __init__(self, side, place, provider):
        self.side, self.place, self.provider = side, place, provider
        self.start = datetime.now(timezone.utc) + timedelta(days=90)
        self.made = 0

    def enter(self):
        """Enter an event; return its name and what the provider calls it."""
        self.made += 1
        start = self.start + timedelta(hours=self.made)
        name = f"{self.provider} {self.made}"
        times = {"start": start.isoformat(), "stop": (start + timedelta(hours=1)).isoformat()}
        plain = {"name": name, "allday": False, **times}
        body = self.side.put(ANN, self.place, self.side.from_plain(plain, "Europe/Paris"))
        return name, body["id"]

    def rename(self, event, name):
        body = self.side.from_plain({"name": name}, "Europe/Paris")
        self.side.patch(ANN, self.place, event, body)


@contextlib.contextmanager
def watching(odoo):
    """Give a function that looks into Odoo's database, over one connection.

    It returns when each of some names was first seen, by name, and gives up after a while.
    """
    with contextlib.closing(odoo.connect()) as database, database.cursor() as cursor:
        database.autocommit = True

        def wait(names):
            seen, end = {}, time.monotonic() + LONGEST
            query = "SELECT name FROM immoassist_appointment WHERE name = ANY(%s)"
            while len(seen) < len(names):
                cursor.execute(query, (list(names - seen.keys()),))
                now = time.monotonic()
                seen |= {name: now for (name,) in cursor.fetchall()}
                assert now < end, names - seen.keys()
                time.sleep(LOOK)  # between two looks: the workers commit, and tell nobody
            return seen

        yield wait


def one_by_one(odoo, person, number=CHANGES):
    """Seconds of changes of which each is made when the one before has arrived, and a while later.

    An event that is new, or one that is renamed, in turn.
    """
    pause, found, name, event = random.Random(8), [], "", ""
    with watching(odoo) as wait:
        for index in range(number):
            time.sleep(pause.random() / 2)  # in step with nothing
            begin = time.monotonic()
            if index % 2:
                name = f"{name}, renamed"
                person.rename(event, name)
            else:
                name, event = person.enter()
            found.append(wait({name})[name] - begin)
    return found


def steadily(odoo, people):
    """Seconds of new events at both providers at the same time, at a pace that does not wait."""
    made = {name: {} for name in people}
    start = time.monotonic() + 0.2

    def enter(name, offset):
        for index in range(CHANGES):
            due = start + offset + index * EVERY
            time.sleep(max(0.0, due - time.monotonic()))  # the pace that is measured
            begin = time.monotonic()
            made[name][people[name].enter()[0]] = begin

    offsets = zip(people, (0.0, EVERY / 2), strict=True)
    threads = [threading.Thread(target=enter, args=each) for each in offsets]
    expected = {
        f"{name} {person.made + number + 1}"
        for name, person in people.items()
        for number in range(CHANGES)
    }
    with watching(odoo) as wait:
        for thread in threads:
            thread.start()
        seen = wait(expected)
    for thread in threads:
        thread.join()
    return {
        f"{name}, both at a steady pace": [seen[event] - begin for event, begin in events.items()]
        for name, events in made.items()
    }


if __name__ == "__main__":
    main(sys.argv[1])
