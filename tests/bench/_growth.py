"""What `growth.py` measures inside of Odoo, at each size of the agency."""

import os
import statistics
from datetime import timedelta, timezone
from random import Random

from cryptography.fernet import Fernet

from tests.bench import _inside, _many, _plans

ROUNDS = 5
PATHS = ("month", "team", "book", "save", "week", "manager")
PATHS += ("reminders", "idle", "lease", "webhook")
FEW = 1_000
"""Made by Odoo itself; more are copies."""
WEEK_FIELDS = [
    *("display_name", "start", "stop", "allday", "state", "broker_id", "type_id", "location"),
    *("transaction_id", "client_name", "client_phone", "map_url", "color"),
]


def measure(env, sizes):
    """The cost of each path at each size: [brokers, appointments, {path: cost}]."""
    os.environ["IMMOASSIST_ENCRYPTION_KEY"] = Fernet.generate_key().decode()
    for name in ("client_id", "client_secret"):
        env["ir.config_parameter"].set_param(f"immoassist_calendar_sync.google_{name}", "x")
    everybody = hire(env, max(brokers for brokers, _appointments in sizes))
    type_ = env.ref("immoassist_appointments.type_visit")
    type_.write({"horizon_days": 90, "max_per_day": 0})
    env.cr.commit()
    measured, made = [], 0
    for brokers, appointments in sorted(sizes, key=lambda size: size[::-1]):
        if appointments and not made:
            book(env, everybody[0], min(appointments, FEW))
            made = min(appointments, FEW)
        if appointments > made:
            _many.multiply(env, appointments // made)
            made = appointments
        team = everybody[:brokers]
        _many.deal(env, team)
        connect(env, team)
        work = Work(env, team, type_)
        measured.append([brokers, appointments, {name: cost(work, name) for name in PATHS}])
    return measured


def cost(work, name):
    """The median cost of some rounds, and which big tables were read as a whole."""
    env, costs = work.env, []
    for number in range(ROUNDS + 2):
        work.prepare(name)
        env.invalidate_all()
        if number <= ROUNDS:
            costs.append(_inside.cost(getattr(work, name)))
        else:
            scanned = _plans.scanned(env, getattr(work, name))
        env.cr.rollback()
    names = ("statements", "seconds")
    middle = {name: statistics.median(each[name] for each in costs[1:]) for name in names}
    return middle | {"scanned": scanned}


class Work:
    """The things that are done often, each up to its commit."""

    def __init__(self, env, team, type_):
        self.env, self.brokers, self.type = env, team, type_
        self.broker = team[len(team) // 2]
        self.boss = env["res.users"].search([("login", "=", "boss")])
        today = env.cr.now().replace(hour=0, minute=0, second=0, microsecond=0)
        self.monday = today + timedelta(days=7 - today.weekday())
        self.slot = self.free(self.broker, 60)[self.broker.id][-1].start

    def prepare(self, name):
        """What others see, and what a rollback does not undo."""
        self.env.cr.execute("DELETE FROM ir_cron_trigger")
        due = None if name == "lease" else self.env.cr.now() + timedelta(minutes=10)
        query = "UPDATE immoassist_calendar_connection SET lease_until = NULL, next_sync = %s"
        self.env.cr.execute(query, [due])
        self.env.cr.commit()

    def end(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def free(self, brokers, days):
        from odoo.addons.immoassist_appointments.core.intervals import Interval

        first = self.monday.replace(tzinfo=timezone.utc)
        window = Interval(first, first + timedelta(days=days))
        return self.env["immoassist.availability"]._ranked_slots(brokers, window, self.type)

    def month(self):
        self.free(self.broker, 30)

    def team(self):
        self.free(self.brokers, 7)

    def book(self):
        from odoo.addons.immoassist_appointments.models.immoassist_appointment_booking import Guest

        guest = Guest("Claire Dubois", "claire@client.example")
        self.env["immoassist.appointment"]._book(self.broker, self.type, self.slot, guest)
        self.end()

    def save(self):
        values = {"name": "Visit", "start": self.monday, "exclusive": False}
        guest = {"name": "Claire Dubois", "email": "claire@client.example"}
        appointments = self.env["immoassist.appointment"].with_user(self.broker)
        appointments.create(values | {"attendee_ids": [(0, 0, guest)]})
        self.end()

    def week(self):
        self._open(self.broker)

    def manager(self):
        self._open(self.boss)

    def _open(self, user):
        """What the calendar view asks for."""
        start, stop = self.monday, self.monday + timedelta(days=7)
        appointments = self.env["immoassist.appointment"].with_user(user)
        appointments.search_read([("start", "<=", stop), ("stop", ">=", start)], WEEK_FIELDS)
        appointments.get_working_hours(str(start), str(stop))

    def reminders(self):
        self.env["immoassist.appointment.reminder"]._cron_send()

    def idle(self):
        from odoo.addons.immoassist_calendar_sync import worker

        assert not worker.lease_next(self.env.registry)
        assert not worker.holds_back(self.env.registry)

    def lease(self):
        from odoo.addons.immoassist_calendar_sync import worker

        lease = worker.lease_next(self.env.registry)
        assert lease.begun.pulls

    def webhook(self):
        from odoo.addons.immoassist_calendar_sync.models import immoassist_calendar_notification

        received = immoassist_calendar_notification.Received(
            secret=f"secret {self.broker.id}",
            external_id=f"channel {self.broker.id}",
            kind="change",
            resource_id=f"resource {self.broker.id}",
        )
        self.env["immoassist.calendar.notification"]._receive({received})
        self.end()


def hire(env, count):
    """Brokers, and a manager."""
    boss = env["res.users"].with_context(no_reset_password=True)
    groups = [env.ref("base.group_user").id, env.ref("immoassist_appointments.group_manager").id]
    boss.create({"name": "Boss", "login": "boss", "group_ids": [(6, 0, groups)]})
    return _inside.brokers(env, count)


def book(env, broker, count):
    """Make appointments of half an hour, at random in four years and the next three months."""
    random = Random(19)
    first = env.cr.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    days = 4 * 365 + 90
    env["immoassist.appointment"].create(
        [
            {
                "name": f"Visit {number}",
                "broker_id": broker.id,
                "start": first + timedelta(minutes=30 * random.randrange(48 * days)),
                "duration": 0.5,
                "exclusive": False,
                "inform_attendees": False,
                "attendee_ids": [(0, 0, {"name": "Guest", "email": f"g{number}@client.example"})],
            }
            for number in range(count)
        ]
    )
    env.flush_all()
    _many.shift(env, "-4 years")


def connect(env, team):
    """Have everybody connected to Google, and every appointment there, all in line."""
    from odoo.addons.immoassist_calendar_sync.core.grant import Grant

    env.cr.execute("DELETE FROM immoassist_calendar_link")
    env.cr.execute("DELETE FROM immoassist_calendar_connection")
    connections = env["immoassist.calendar.connection"].create(
        [{"user_id": user.id, "provider": "google", "state": "connected"} for user in team]
    )
    expires = env.cr.now().replace(tzinfo=timezone.utc) + timedelta(days=1)
    connections[0]._store_grant(Grant("token", expires, frozenset(), refresh_token="refresh"))
    env.flush_all()
    for statement in CONNECTED:
        env.cr.execute(statement, {"first": connections[0].id})
    env.cr.execute("ANALYZE immoassist_calendar_link, immoassist_calendar_connection")
    env.cr.execute("ANALYZE immoassist_calendar_source, immoassist_calendar_channel")
    env.cr.commit()
    env.invalidate_all()


CONNECTED = (
    """
    UPDATE immoassist_calendar_connection c
       SET access_token = f.access_token, refresh_token = f.refresh_token,
           expires_at = f.expires_at, scope = f.scope
      FROM immoassist_calendar_connection f WHERE f.id = %(first)s
    """,
    """
    INSERT INTO immoassist_calendar_source
           (connection_id, user_id, external_id, name, is_primary, can_write, gone, is_target,
            import_mode, pull_wanted, pull_done, last_pull, cursor, window_start, window_stop)
    SELECT id, user_id, 'calendar ' || user_id, 'Own', true, true, false, true,
           'full', 0, 0, now() AT TIME ZONE 'UTC', 'cursor',
           now() AT TIME ZONE 'UTC' - interval '30 days',
           now() AT TIME ZONE 'UTC' + interval '365 days'
      FROM immoassist_calendar_connection
    """,
    """
    INSERT INTO immoassist_calendar_channel
           (connection_id, source_id, external_id, resource_id, secret_hash, state,
            registered_at, expires_at)
    SELECT connection_id, id, 'channel ' || user_id, 'resource ' || user_id,
           encode(sha256(convert_to('secret ' || user_id, 'UTF8')), 'hex'), 'active',
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC' + interval '6 days'
      FROM immoassist_calendar_source
    """,
    """
    INSERT INTO immoassist_calendar_link
           (source_id, connection_id, user_id, appointment_id, kind, external_id, ical_uid, role,
            presence, state, revision, synced_revision, etag)
    SELECT s.id, s.connection_id, s.user_id, a.id, 'event', 'event ' || a.id, 'event ' || a.id,
           'organiser', 'live', 'ok', 1, 1, 'etag'
      FROM immoassist_appointment a JOIN immoassist_calendar_source s ON s.user_id = a.broker_id
    """,
)
