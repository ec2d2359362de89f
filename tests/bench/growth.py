"""How cost grows with the agency and its history: the things that are done often."""

from tests.bench import _growth
from tools.devkit.bench import Lab, Table, Telling

BROKERS = (1, 10, 100, 500)
APPOINTMENTS = (0, 1_000, 10_000, 100_000)
MIDDLE = (100, 10_000)
"""The number of brokers while the appointments grow, and of appointments while the brokers do."""
PATHS = {
    "month": "free times of a month, one broker",
    "team": "free times of a week, the whole team",
    "book": "a booking, its mails included",
    "save": "a broker saves an appointment",
    "week": "a broker opens the calendar of a week",
    "manager": "a manager opens that of the whole agency",
    "reminders": "cron of reminders, nothing due",
    "idle": "sync worker looks, nothing due",
    "lease": "sync worker takes one, all are due",
    "webhook": "a notification is received",
}


def figures(lab: Lab):
    """One table as the brokers grow, one as the appointments do."""
    sizes = [(number, MIDDLE[1]) for number in BROKERS]
    sizes += [(MIDDLE[0], number) for number in APPOINTMENTS if number != MIDDLE[1]]
    found = lab.inside(_growth.measure, sizes=sizes)
    costs = {(brokers, appointments): each for brokers, appointments, each in found}
    yield _table(
        f"As the brokers grow, {MIDDLE[1]:,} appointments: SQL statements, ms",
        {f"{number:,}": costs[number, MIDDLE[1]] for number in BROKERS},
        "The appointments lie in the last four years and the next three months, each with a guest, "
        "a meeting in Odoo's calendar, reminders and a link to the broker's connected calendar; "
        "nothing of a chatter. Medians of 5 rounds with an empty record cache, each rolled back. "
        "Read as a whole: the tables of more than 900 rows that a statement reads from end to "
        "end, by PostgreSQL's plan for the last column.",
    )
    yield _table(
        f"As the appointments grow, {MIDDLE[0]} brokers: SQL statements, ms",
        {f"{number:,}": costs[MIDDLE[0], number] for number in APPOINTMENTS},
        "",
    )
    few, many = (costs[MIDDLE[0], number] for number in (APPOINTMENTS[0], APPOINTMENTS[-1]))
    for path in ("month", "book", "week"):
        yield Telling(
            f"{PATHS[path]}: SQL statements at 0 and at {APPOINTMENTS[-1]:,} appointments",
            "–",
            f"{few[path]['statements']:.0f} and {many[path]['statements']:.0f}",
        )


def _table(title, columns, note):
    rows = [
        (words, *(_cell(costs[path]) for costs in columns.values()), _scans(columns, path))
        for path, words in PATHS.items()
    ]
    return Table(title, ("what", *columns, "read as a whole"), rows, note)


def _cell(cost):
    milliseconds = 1000 * cost["seconds"]
    digits = ",.0f" if milliseconds >= 100 else ".3g"
    return f"{cost['statements']:.0f}, {milliseconds:{digits}}"


def _scans(columns, path):
    return ", ".join(list(columns.values())[-1][path]["scanned"]) or "none"
