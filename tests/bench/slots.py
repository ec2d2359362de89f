"""The free times of one month: as brokers and appointments grow."""

from datetime import timedelta, timezone
from random import Random

from tests.bench import _inside
from tools.devkit.bench import Lab, Table

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


def months(env):
    """What a month of all the brokers costs: [brokers, appointments, free times, cost]."""
    everybody = _inside.brokers(env, max(BROKERS))
    type_ = env.ref("immoassist_appointments.type_visit")
    type_.write({"horizon_days": 90, "max_per_day": 0})
    window = _month(env)
    measured, made, random = [], 0, Random(19)
    for appointments in APPOINTMENTS:
        _book(env, everybody, window.start, range(made, appointments), random)
        made = appointments
        for brokers in BROKERS:
            team = everybody[:brokers]
            _spread(env, team)
            cost = _inside.median_cost(env, lambda team=team: _slots(env, team, window, type_))
            measured.append([brokers, appointments, _slots(env, team, window, type_), cost])
    return sorted(measured, key=lambda row: row[:2])


def _spread(env, team):
    """Give all appointments to the team, evenly; past the ORM, which would tell everybody."""
    appointments = "UPDATE immoassist_appointment SET broker_id = (%s)[1 + id %% %s]"
    env.cr.execute(appointments, [team.ids, len(team)])
    env.cr.execute(
        """
        UPDATE calendar_event e SET user_id = a.broker_id
          FROM immoassist_appointment a WHERE a.calendar_event_id = e.id
        """
    )
    env.cr.execute(
        """
        UPDATE calendar_attendee p SET partner_id = u.partner_id
          FROM calendar_event e JOIN res_users u ON u.id = e.user_id
         WHERE e.id = p.event_id AND e.immoassist_appointment_id IS NOT NULL
        """
    )
    env.cr.execute("ANALYZE immoassist_appointment, calendar_event, calendar_attendee")
    env.invalidate_all()


def _slots(env, team, window, type_):
    found = env["immoassist.availability"]._ranked_slots(team, window, type_)
    return sum(len(slots) for slots in found.values())


def _month(env):
    from odoo.addons.immoassist_appointments.core.intervals import Interval

    first = env.cr.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=30)
    first = first.replace(tzinfo=timezone.utc)
    return Interval(first, first + timedelta(days=30))


def _book(env, team, first, numbers, random):
    first = first.replace(tzinfo=None)
    for batch in [numbers[start : start + 1000] for start in range(0, len(numbers), 1000)]:
        env["immoassist.appointment"].create(
            [
                {
                    "name": f"Visit {number}",
                    "broker_id": team[number % len(team)].id,
                    "start": first + timedelta(minutes=15 * random.randrange(30 * 24 * 4)),
                    "duration": 0.25,
                    "exclusive": False,
                }
                for number in batch
            ]
        )
        env.cr.commit()
