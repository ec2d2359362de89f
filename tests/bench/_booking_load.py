"""Two hundred people with a browser each, and what the server answered to them.

Run as a program, by `booking.py`: it needs `requests`, which is in the environment of the tests.
"""

import json
import random
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

import requests

# A proxy in front of Odoo lets connections wait; Odoo itself lets 8 wait for each worker.
WAITING_PER_WORKER = 6


@dataclass
class Load:
    """What was measured. Seconds count from when the person clicked, the proxy's queue included."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)
    bytes: dict[str, int] = field(default_factory=dict)
    #: What was told to be booked: one entry for each.
    booked: list = field(default_factory=list)
    lost: int = 0


class Person:
    """One of them: a session, a pace, and `visit`, which is made again until the time is over."""

    def __init__(self, url, number, load, gate, over):
        self.url, self.number, self.load, self.gate, self.over = url, number, load, gate, over
        self.random = random.Random(number)
        self.visits = 0

    def live(self):
        # Not all of them come in the first second.
        self.think(0, 20)
        while not self.over.is_set():
            self.visits += 1
            self.session = requests.Session()
            try:
                self.visit()
            except Exception as problem:  # whatever it is, it is counted
                self.load.problems.append(repr(problem)[:300])

    def think(self, least, most):
        """The pace of people, who read and type: the time that passes is part of the load.

        Also at the end: else all who are in the middle of a visit would press at the same moment.
        """
        time.sleep(self.random.uniform(least, most))

    def ask(self, what, method, path, expected, **options):
        begin = time.monotonic()
        with self.gate:
            answer = self.session.request(
                method, self.url + path, timeout=120, allow_redirects=False, **options
            )
        self.load.seconds[what].append(time.monotonic() - begin)
        self.load.bytes[what] = max(len(answer.content), self.load.bytes.get(what, 0))
        if answer.status_code not in expected:
            self.load.problems.append(f"{what}: {answer.status_code}")
        return answer


def run(make_person, url, workers, people, seconds):
    """Let them all live for so long; those who are in the middle of a visit end it.

    :param make_person: a class derived from `Person`
    """
    load, over = Load(), threading.Event()
    gate = threading.Semaphore(WAITING_PER_WORKER * workers)
    crowd = [make_person(url, number, load, gate, over) for number in range(people)]
    threads = [threading.Thread(target=person.live) for person in crowd]
    for thread in threads:
        thread.start()
    over.wait(seconds)
    over.set()
    for thread in threads:
        thread.join()
    return load


def main(target):
    from tests.bench import _booking_ours, _booking_peer

    found = {}
    for name, side in (("resource_booking", _booking_peer), ("ours", _booking_ours)):
        load, checks = side.measure()
        found[name] = {**vars(load), "checks": checks}
    with open(target, "w") as output:
        json.dump(found, output)


if __name__ == "__main__":
    main(sys.argv[1])
