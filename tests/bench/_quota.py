"""What `quota.py` measures inside of Odoo."""

import time
from collections import Counter
from dataclasses import asdict, replace
from datetime import datetime, timezone
from random import Random

from tests.bench import _quota_model as model
from tests.bench import _quota_worker

SEED = 7
PROVIDERS = {"google": model.GOOGLE, "outlook": model.OUTLOOK}


def measure(env, brokers, days, checked_days, crowds, limit):
    """A month by the model, the model beside the real worker, and crowds at one moment."""
    use = model.Use()
    begin = time.perf_counter()
    worker, largest = _quota_worker.measure(env, checked_days, use, SEED)
    runs = sum(found["pull"] + found["write"] for found in worker.values())
    answer = {
        "seconds a run": (time.perf_counter() - begin) / runs,
        "largest": largest,
        "use": asdict(use),
        "checked": {
            name: [found, check(name, use, checked_days)] for name, found in worker.items()
        },
        "crowds": [[number, *model.crowd(number, limit, Random(SEED))] for number in crowds],
    }
    monday = datetime(2027, 3, 1, tzinfo=timezone.utc)
    for name, provider in PROVIDERS.items():
        answer[name] = vars(model.month(provider, use, brokers, monday, days))
    return answer


def check(name, use, days):
    """What the model says of the broker whom the real worker served, at the simulator.

    It tells of each change once, and holds only what was entered in these days.
    """
    monday = datetime(2027, 3, 1, tzinfo=timezone.utc)
    provider = replace(PROVIDERS[name], told=1)
    broker = model.Broker(provider, replace(use, events=100), SEED, monday)
    # Connected an hour before the beginning, as there.
    broker.channel_ends = monday + model.schedule.LIFETIME
    broker.listed_until = monday + model.AHEAD
    broker.live(model.changes(use, monday, days, Random(SEED)))
    found = Counter()
    for _moment, kind, requests in broker.asked:
        found["pull" if kind == "listing" else kind] += requests
    return found
