"""The sync with Google beside Odoo's own `google_calendar`, both against the same simulator."""

from tests.bench import _sync_ours, _sync_peer
from tools.devkit import simulated
from tools.devkit.bench import Lab, Table, Telling

EVENTS, CHANGES, PUSHED, LATENCY = 5_000, 100, 500, 0.15
STEPS = {
    "import": f"import of {EVENTS:,} events",
    "idle": "poll, nothing changed",
    "one": f"one change among {EVENTS:,}",
    "many": f"{CHANGES} changes",
    "save": f"save {PUSHED} appointments (the user waits)",
    "push": f"push them at {1000 * LATENCY:.0f} ms a request (a worker)",
    "both": "save and push, together",
    "echo": "next pull: the own echo",
    "expired": "expired sync token, nothing changed",
}
COUNTS = ("statements", "seconds", "processor", "requests", "writes", "mails")
SAVES = {
    "alone": "not connected",
    "connected": "connected",
    "hanging": "while Google does not answer",
}


def figures(lab: Lab):
    """One table of the sync, one of saving a single appointment."""
    sizes = {"events": EVENTS, "changes": CHANGES, "pushed": PUSHED, "latency": LATENCY}
    with simulated.running() as url:
        peer = lab.inside(
            _sync_peer.measure, ours=False, install=["google_calendar"], url=url, **sizes
        )
    with simulated.running() as url:
        ours = lab.inside(_sync_ours.measure, url=url, **sizes)
    for costs in (peer, ours):
        costs["both"] = _sum(costs["save"], costs.get("push"))
    yield Table(
        "Sync with Google",
        ("step", "who", "seconds", "of processor", "SQL statements", "HTTP", "writes", "mails"),
        [row for step in STEPS for row in _compared(step, peer, ours)],
        "One broker, each third event with a guest; the simulator is a process of its own on the "
        "same machine. SQL: `odoo.sql_db.sql_counter`, all cursors, without COMMIT; ours with the "
        "lease, the log of runs, a live push channel and the look that finds nothing more to do. "
        "HTTP: a batch is one. Writes: events created or changed at Google, mails: what Google "
        "would have sent, as the simulator counts. Saved as the broker. The peer writes to Google "
        "before the user gets his answer, so it has no second step.",
    )
    yield Table(
        "Saving one appointment",
        ("when", "who", "seconds", "of processor", "SQL statements", "HTTP"),
        [
            (words, who, *_picked(costs["one saved"][when], *COUNTS[1:3], *COUNTS[:1], COUNTS[3]))
            for when, words in SAVES.items()
            for who, costs in (("google_calendar", peer), ("ours", ours))
        ],
        "Medians of 5 transactions of the user, with their commit. Google does not answer: 10 s.",
    )
    yield from _telling(peer, ours)


def _telling(peer, ours):
    for what, step, name in (
        (f"import of {EVENTS:,} events, seconds (peer: `google_calendar`)", "import", "seconds"),
        ("the same, SQL statements", "import", "statements"),
        (f"save {PUSHED} appointments, seconds that the user waits", "save", "seconds"),
        ("the same, HTTP requests until all are at Google", "both", "requests"),
        ("next pull, the own echo, SQL statements", "echo", "statements"),
    ):
        yield Telling(what, peer[step][name], ours[step][name])
    hanging = (costs["one saved"]["hanging"]["seconds"] for costs in (peer, ours))
    yield Telling("save one appointment while Google does not answer, seconds", *hanging)


def _compared(step, peer, ours):
    order = (*COUNTS[1:3], COUNTS[0], *COUNTS[3:])
    for who, costs in (("google_calendar", peer), ("ours", ours)):
        if step in costs:
            yield STEPS[step], who, *_picked(costs[step], *order)
    if step in peer and step in ours:
        names = ("seconds", "processor", "statements")
        ratios = (peer[step][name] / ours[step][name] for name in names)
        yield STEPS[step], "times less", *ratios, "", "", ""


def _picked(cost, *names):
    return tuple(cost[name] for name in names)


def _sum(first, second):
    return {name: first[name] + (second[name] if second else 0) for name in first}
