"""Many appointments in seconds: a few made by Odoo, then copied and dealt out in SQL."""

TABLES = {
    "immoassist_appointment": {},
    "calendar_event": {"immoassist_appointment_id": "immoassist_appointment"},
    "calendar_attendee": {"event_id": "calendar_event"},
    "immoassist_appointment_attendee": {"appointment_id": "immoassist_appointment"},
    "immoassist_appointment_reminder": {
        "appointment_id": "immoassist_appointment",
        "attendee_id": "immoassist_appointment_attendee",
    },
}
"""What there is of an appointment, and by which columns its rows point at each other."""
MOMENTS = ("start", "stop", "busy_start", "busy_stop", "due_at", "next_try_at", "sent_at")


def multiply(env, times):
    """Have `times` as many appointments, with their meetings, guests and reminders.

    Each copy lies seven and a quarter hours after the one before, within 36 hours of the first.
    """
    from odoo.tools import SQL

    step = {}
    for table in TABLES:
        env.cr.execute(SQL("SELECT COALESCE(max(id), 0) + 1 FROM %s", SQL.identifier(table)))
        (step[table],) = env.cr.fetchone()
    for number in range(1, times):
        later = f"interval '{435 * number % 2160} minutes'"
        for table, links in TABLES.items():
            own = {name: f"{name} + {step[to] * number}" for name, to in links.items()}
            own |= {"id": f"id + {step[table] * number}"}
            own |= {name: f"{name} + {later}" for name in MOMENTS}
            own |= {"calendar_event_id": "NULL"}  # which is not there yet
            _copy(env, table, step[table], own)
    env.cr.execute(
        """
        UPDATE immoassist_appointment a SET calendar_event_id = e.id
          FROM calendar_event e
         WHERE e.immoassist_appointment_id = a.id AND a.calendar_event_id IS NULL
        """
    )
    for table in TABLES:
        highest = SQL("SELECT max(id) + 1 FROM %s", SQL.identifier(table))
        env.cr.execute(SQL("SELECT setval(%s, (%s))", f"{table}_id_seq", highest))
    settle(env)


def deal(env, team):
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
    env.cr.execute(
        """
        UPDATE immoassist_appointment_reminder r SET user_id = a.broker_id
          FROM immoassist_appointment a WHERE a.id = r.appointment_id AND r.user_id IS NOT NULL
        """
    )
    settle(env)


def shift(env, interval):
    """Move everything by an interval of SQL; reminders that so become past ones were sent."""
    from odoo.tools import SQL

    for table in TABLES:
        names = [name for name in _columns(env, table) if name in MOMENTS]
        moved = [SQL("%s = %s + %s::interval", n, n, interval) for n in map(SQL.identifier, names)]
        if moved:
            env.cr.execute(SQL("UPDATE %s SET %s", SQL.identifier(table), SQL(", ").join(moved)))
    env.cr.execute(
        """
        UPDATE immoassist_appointment_reminder SET state = 'sent'
         WHERE next_try_at <= now() AT TIME ZONE 'UTC'
        """
    )
    settle(env)


def settle(env):
    """Commit, and have PostgreSQL know what there is."""
    env.cr.execute(f"ANALYZE {', '.join(TABLES)}")
    env.cr.commit()
    env.invalidate_all()


def _columns(env, table):
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
    env.cr.execute(query, [table])
    return [name for (name,) in env.cr.fetchall()]


def _copy(env, table, below, own):
    """Copy the rows of a table whose id is `below`, with values of their `own` as SQL."""
    from odoo.tools import SQL

    columns = {name: SQL.identifier(name) for name in _columns(env, table)}
    values = [SQL(own[name]) if name in own else column for name, column in columns.items()]
    query = SQL(
        "INSERT INTO %(table)s (%(names)s) SELECT %(values)s FROM %(table)s WHERE id < %(below)s",
        table=SQL.identifier(table),
        names=SQL(", ").join(columns.values()),
        values=SQL(", ").join(values),
        below=below,
    )
    env.cr.execute(query)
