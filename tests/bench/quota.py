"""A month of sync of 500 connected brokers, in requests, beside the quotas of the providers."""

from tools.devkit.bench import Lab, Table, Telling

BROKERS, DAYS, CHECKED = 500, 28, 8
CROWDS = (500, 5_000, 10_000, 20_000, 50_000)
# https://developers.google.com/workspace/calendar/api/guides/quota
PROJECT, USER, DAILY = 10_000, 600, 1_000_000
# https://learn.microsoft.com/graph/throttling-limits, of one application in one mailbox
MAILBOX, UPLOAD, AT_ONCE = 10_000, 150 * 2**20, 4
LATENCY, WORKERS = 0.15, 2
KINDS = {
    "pull": "what changed (polls and notifications)",
    "listing": "everything again, once a week",
    "write": "writes, each part of a batch counted",
    "calendars": "which calendars there are",
    "channel": "push channels renewed",
    "token": "access tokens (another service, outside of these quotas)",
}


def figures(lab: Lab):
    """Tables of the month, the quotas, a crowd, and how far the model can be trusted."""
    sizes = {"brokers": BROKERS, "days": DAYS, "checked_days": CHECKED}
    found = lab.inside(measure, **sizes, crowds=CROWDS, limit=PROJECT)
    yield _month(found)
    yield _quotas(found)
    yield _crowds(found)
    yield _checked(found)
    for name in ("google", "outlook"):
        what = f"busiest minute of {BROKERS} brokers connected to {name}, requests"
        yield Telling(what, "–", found[name]["minute"])


def measure(env, **sizes):
    """See `_quota`, which needs Odoo to be imported."""
    from tests.bench import _quota

    return _quota.measure(env, **sizes)


def _month(found):
    use = found["use"]
    first, last = use["hours"]
    rows = [
        (words, *(found[name]["kinds"].get(kind, 0) for name in ("google", "outlook")))
        for kind, words in KINDS.items()
    ]
    totals = [sum(row[place] for row in rows[:-1]) for place in (1, 2)]
    rows.append(("all but tokens", *totals))
    each = [total / BROKERS / (DAYS / 7 * 5) for total in totals]
    rows.append(("the same, of one broker in a working day", *each))
    return Table(
        f"{DAYS} days of {BROKERS} brokers",
        ("requests", "Google", "Outlook"),
        rows,
        f"A simulation with a virtual clock. It assumes of each broker, on Monday to Friday from "
        f"{first}:00 to {last}:00, all in one zone: {use['odoo']} changes in Odoo and "
        f"{use['provider']} at the provider a day, one at a time; {use['events']:,} events in the "
        "window; one notification of a change at Google, two at Outlook (where two or three are "
        "observed), also of our own writes; tokens of an hour. How often is polled, listed anew, "
        "renewed and tried again is decided by the code that decides in production.",
    )


def _quotas(found):
    google, outlook = found["google"], found["outlook"]
    per_minute = WORKERS * 60 / (LATENCY + found["seconds a run"])
    busiest = max(google["minute"], outlook["minute"])
    uploaded = outlook["ten"] * found["largest"]
    rows = [
        _row("Google, a minute, project", google["minute"], PROJECT, "refused: tried again later"),
        _row("Google, a day, project", google["day"], DAILY, "has to be paid for"),
        _row("Google, a minute, one user", google["one"], USER, "he alone waits", fixed=True),
        _row("Outlook, 10 minutes, one mailbox", outlook["ten"], MAILBOX, "the same", fixed=True),
        _row("Outlook, bytes in 5 minutes", uploaded, UPLOAD, "the same", fixed=True),
        _row("Outlook, at once, one mailbox", 1, AT_ONCE, "never: one at a time", fixed=True),
        _row(f"our {WORKERS} workers, a minute", busiest, int(per_minute), "later; add workers"),
    ]
    return Table(
        f"{BROKERS} brokers beside the quotas",
        ("quota", "at most", "allowed", "% of it", "reached by brokers", "then"),
        rows,
        "Sources: Google's and Microsoft's pages on quotas (projects made since May 2026; a day is "
        "a threshold of billing). Those of one user or mailbox do not depend on how many brokers "
        "there are. Bytes: at most, as if each request of ten minutes had the size of the largest. "
        f"The workers: {WORKERS} as installed, at {1000 * LATENCY:.0f} ms a request (assumed) and "
        "the time of a run as measured with the simulator. Reached by brokers: in proportion.",
    )


def _row(name, used, allowed, then, fixed=False):
    reached = "–" if fixed else f"{int(BROKERS * allowed / used):,}"
    return name, used, allowed, 100 * used / allowed, reached, then


def _crowds(found):
    rows = [tuple(crowd) for crowd in found["crowds"]]
    return Table(
        "All due at one moment, with any number of workers, at Google",
        ("connections", "requests refused", "the last one has waited s"),
        rows,
        f"Each with one request, {PROJECT:,} of all in any minute accepted; who is refused waits "
        "as the worker does, longer each time, by chance. As after an outage of Odoo; nothing is "
        "lost, as what is to be sent and pulled is in the database.",
    )


def _checked(found):
    rows = [
        (name, _short(KINDS[kind]), worker.get(kind, 0), modelled.get(kind, 0))
        for name, (worker, modelled) in found["checked"].items()
        for kind in ("pull", "write", "calendars", "channel", "token")
    ]
    return Table(
        f"The model beside the real worker: one broker, {CHECKED} days",
        ("provider", "requests", "worker", "model"),
        rows,
        "The worker with its database, HTTP and notifications at the simulated providers, in a "
        "virtual clock; the same changes at the same moments, notified once each. The polls are "
        "spread by chance, in both differently. What lists everything again counts as a pull.",
    )


def _short(words):
    return words.partition(" (")[0].partition(",")[0]
