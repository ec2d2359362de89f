"""The free times of one month: as brokers and appointments grow."""

from datetime import timedelta, timezone
from random import Random

from tests.bench import _inside, _many
from tools.devkit.bench import Lab, Table, Telling

BROKERS = (1, 10, 100)
APPOINTMENTS = (0, 1_000, 10_000)


def figures(lab: Lab):
    """One table: a row for each number of brokers and appointments."""
    rows = []
    for brokers, appointments, slots, cost in lab.inside(months):
        milliseconds = (1000 * cost[name] for name in ("seconds", "processor"))
        rows.append((brokers, appointments, slots, int(cost["statements"]), *milliseconds))
    columns = ("brokers", "appointments", "free times", "SQL statements", "ms", "ms of processor")
    yield Table(
        "Availability of one month, ranked",
        columns,
        rows,
        "`_ranked_slots` of a visit of 45 minutes on a grid of 30, weekly hours of Odoo's default "
        "calendar; the appointments, of 15 minutes each, lie all in that month, day and night, "
        "spread over the brokers. Medians of 9 rounds, each with an empty record cache.",
    )
    brokers, appointments, _slots, statements, milliseconds, _processor = rows[-1]
    what = f"the free times of a month of {brokers} brokers with {appointments:,} appointments"
    yield Telling(f"{what}, SQL statements", "–", statements)
    yield Telling("the same, ms", "–", milliseconds)


def months(env):
    """What a month of all the brokers costs: [brokers, appointments, free times, cost]."""
    everybody = _inside.brokers(env, max(BROKERS))
    type_ = env.ref("immoassist_appointments.type_visit")
    type_.write({"horizon_days": 90, "max_per_day": 0})
    window = _month(env)
    measured, made = [], 0
    for appointments in APPOINTMENTS:
        if made:
            _many.multiply(env, appointments // made)
        elif appointments:
            _book(env, everybody[0], window.start, appointments)
        made = appointments
        for brokers in BROKERS:
            team = everybody[:brokers]
            _many.deal(env, team)
            cost = _inside.median_cost(env, lambda team=team: _slots(env, team, window, type_))
            measured.append([brokers, appointments, _slots(env, team, window, type_), cost])
    return sorted(measured, key=lambda row: row[:2])


def _slots(env, team, window, type_):
    found = env["immoassist.availability"]._ranked_slots(team, window, type_)
    return sum(len(slots) for slots in found.values())


def _month(env):
    from odoo.addons.immoassist_appointments.core.intervals import Interval

    first = env.cr.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=30)
    first = first.replace(tzinfo=timezone.utc)
    return Interval(first, first + timedelta(days=30))


def _book(env, broker, first, count):
    """Make appointments of 15 minutes in the 30 days from `first` on, at random."""
    first = first.replace(tzinfo=None)
    random = Random(19)
    values = {"name": "Visit", "broker_id": broker.id, "duration": 0.25, "exclusive": False}
    quarters = [random.randrange(30 * 24 * 4) for _appointment in range(count)]
    env["immoassist.appointment"].create(
        [
            {**values, "start": first + timedelta(minutes=15 * quarter), "inform_attendees": False}
            for quarter in quarters
        ]
    )
    env.cr.commit()
