"""The free times of one month: as brokers and appointments grow."""

from datetime import timedelta, timezone
from random import Random

from tests.bench import _inside
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
            _multiply(env, appointments // made)
        elif appointments:
            _book(env, everybody[0], window.start, appointments)
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


def _multiply(env, times):
    """Have `times` as many appointments; past the ORM, since it is not what is measured here.

    Each copy lies seven and a quarter hours after the one before, within 36 hours of the first.
    """
    tables = ("immoassist_appointment", "calendar_event", "calendar_attendee")
    step = {}
    for table in tables:
        env.cr.execute(f"SELECT max(id) + 1 FROM {table}")  # noqa: S608 (names of ours)
        (step[table],) = env.cr.fetchone()
    for number in range(1, times):
        later = f"interval '{435 * number % 2160} minutes'"
        moved = {name: f"{name} + {later}" for name in ("start", "stop", "busy_start", "busy_stop")}
        own = {table: {"id": f"id + {step[table] * number}"} for table in tables}
        own["immoassist_appointment"] |= moved | {"calendar_event_id": "NULL"}
        appointment = f"immoassist_appointment_id + {step['immoassist_appointment'] * number}"
        own["calendar_event"] |= {name: moved[name] for name in ("start", "stop")}
        own["calendar_event"] |= {"immoassist_appointment_id": appointment}
        own["calendar_attendee"] |= {"event_id": f"event_id + {step['calendar_event'] * number}"}
        for table in tables:
            _copy(env, table, step[table], own[table])
    env.cr.execute(
        """
        UPDATE immoassist_appointment a SET calendar_event_id = e.id
          FROM calendar_event e WHERE e.immoassist_appointment_id = a.id
        """
    )


def _copy(env, table, below, own):
    """Copy the rows of a table whose id is `below`, with values of their `own` as SQL."""
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
    )
    values = {name: f'"{name}"' for (name,) in env.cr.fetchall()} | own
    names = ", ".join(f'"{name}"' for name in values)
    query = f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} FROM {table}"  # noqa: S608 (ours)
    env.cr.execute(f"{query} WHERE id < %s", [below])
