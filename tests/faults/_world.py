"""An agency that works: clients book, reminders fall due, two calendars are kept the same."""

import contextlib
import threading
import time
from dataclasses import dataclass, field

from tests.e2e import synced
from tests.faults._load import BOOKERS, Ann, Client, Ledger
from tests.faults._mail import MailServer
from tests.faults._processes import until
from tools.devkit import databases, odoo_cmd
from tools.devkit.errors import Problem

OFFICE = "office@agency.example"
"""Where the reminders of the broker of the prepared visits go."""
GUESTS = 2
EVERY = 5
"""Seconds from one visit of whose beginning people are reminded to the next."""
BROKERS = 4
PATIENCE = 240
"""Seconds: longer than anything takes on a busy machine."""

# Marie, who has the calendars, and four others have one type that nothing limits. And visits that
# were booked three hours ago and begin in an hour and a little: reminders fall due all the time.
PREPARE = """
from datetime import timedelta
from freezegun import freeze_time
from odoo import Command, fields
group = [env.ref("base.group_user").id, env.ref("immoassist_appointments.group_broker").id]
marie = env["res.users"].search([("login", "=", "marie")])
brokers = marie + env["res.users"].with_context(no_reset_password=True).create([
    {{
        "name": f"Broker {{n}}", "login": f"broker{{n}}", "email": f"broker{{n}}@agency.example",
        "tz": "America/Toronto", "lang": "en_US", "group_ids": [Command.set(group)],
        "booking_username": f"broker-{{n}}", "booking_published": True,
    }}
    for n in range({brokers})
])
marie.write({{"booking_published": True}})
for broker in brokers:
    broker.resource_ids[:1].calendar_id.attendance_ids = [Command.clear()] + [
        Command.create({{"name": "x", "dayofweek": str(d), "hour_from": 8, "hour_to": 18}})
        for d in range(6)
    ]
env["immoassist.appointment.type"].search([]).active = False
env["immoassist.appointment.type"].create({{
    "name": "Visit", "slug": "visit", "duration": 30, "slot_step": 30, "location_kind": "office",
    "min_notice_hours": 0, "horizon_days": 62,
}})
limits = ["fill_seconds", "limit_address", "limit_email", "limit_open"]
env["res.company"].search([]).write({{f"booking_{{name}}": 0 for name in limits}})
env.ref("base.user_admin").partner_id.email = {office!r}
now = fields.Datetime.now()
with freeze_time(now - timedelta(hours=3)):
    env["immoassist.appointment"].create([
        {{
            "name": f"Reminded {{n}}", "exclusive": False,
            "broker_id": env.ref("base.user_admin").id,
            "start": now + timedelta(minutes=60, seconds=20 + {every} * n),
            "attendee_ids": [
                (0, 0, {{"name": f"Guest {{g}}", "email": f"g{{n}}.{{g}}@guest.example"}})
                for g in range({guests})
            ],
        }}
        for n in range({visits})
    ])
env.cr.commit()
"""
# As if every pause that was planned were over.
TIME = """
    UPDATE immoassist_calendar_connection
       SET lease_until = NULL, not_before = NULL, next_sync = NULL, answered_at = NULL
     WHERE lease_until IS NULL OR lease_until < now() AT TIME ZONE 'UTC' - interval '1 second'
        OR %(killed)s;
    UPDATE immoassist_calendar_link SET next_attempt = NULL, pushes = 0;
    UPDATE mail_mail SET immoassist_next_try = now() AT TIME ZONE 'UTC' - interval '1 second'
     WHERE immoassist_next_try IS NOT NULL;
    UPDATE immoassist_appointment_reminder SET next_try_at = due_at WHERE state = 'planned';
"""
LEASES = """
    UPDATE immoassist_calendar_connection SET lease_until = NULL
     WHERE lease_until <= now() AT TIME ZONE 'UTC' + interval '5 minutes'
"""
WAKE = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron
     WHERE cron_name LIKE 'Calendar sync%%'
        OR id IN (SELECT res_id FROM ir_model_data WHERE model = 'ir.cron'
                   AND name IN ('ir_cron_reminders', 'ir_cron_mail_scheduler_action'))
"""


@dataclass
class World:
    """Everything that takes part, and what the clients were told."""

    odoo: object
    sim: object
    mail: MailServer
    ledger: Ledger
    ann: Ann
    over: threading.Event
    threads: list = field(default_factory=list)
    killed: int = 0
    clock_ahead: int = 0
    """Seconds by which the clock of Odoo is ahead of the real one."""
    restarts: int = 0
    """How often Odoo had ended itself."""

    def busy(self):
        """Let everybody begin."""
        for thread in self.threads:
            thread.start()

    def quiet(self):
        """Let everybody end what they are at; who got no answer tries until there is one."""
        self.over.set()
        while any(thread.is_alive() for thread in self.threads):
            self.pass_time(1)

    def pass_time(self, seconds):
        """Let the agency work for a while; Odoo is started again when it has ended.

        As Docker and systemd do in production: without its database Odoo ends itself.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))  # the load runs in other threads
            if self.odoo.process.poll() is not None:
                self.restarts += 1
                self.start()

    def start(self):
        """Start Odoo, also when the database comes later."""

        def started():
            try:
                self.odoo.start()
            except Problem:
                odoo_cmd.end(self.odoo.process)
                return False
            return True

        until(started, "Odoo to start", PATIENCE)

    def kill_all(self):
        """End Odoo as the kernel would, master, workers, crons, all at once; start it again."""
        self.killed += 1
        self.odoo.kill()
        self.start()

    def wake(self):
        databases.sql(
            self.odoo.connection, f"SELECT pg_notify('cron_trigger', '{self.odoo.database}')"
        )


@contextlib.contextmanager
def world(seconds, options=(), env=None):
    """Give a :class:`World` that is about to work for so long.

    :param options: more arguments for Odoo
    :param env: more environment variables for Odoo
    """
    visits = max(12, int(seconds / EVERY) + 4)
    values = {"brokers": BROKERS, "office": OFFICE, "every": EVERY, "guests": GUESTS}
    code = PREPARE.format(visits=visits, **values)
    with MailServer() as mail:
        options = (
            *("--smtp=127.0.0.1", f"--smtp-port={mail.port}", "--max-cron-threads=2"),
            # On a busy machine Odoo would end crons that do their first round.
            *("--limit-time-real-cron=900", *options),
        )
        with synced.running(env=env, code=code, options=options) as sync:
            sync.odoo.shell(
                "env['ir.config_parameter'].set_param('web.base.url', %r)\n"
                "env.cr.commit()" % sync.odoo.url
            )
            over, ledger = threading.Event(), Ledger()
            names = ["marie-tremblay", *(f"broker-{n}" for n in range(BROKERS))]
            people = [
                Client(ledger, sync.odoo.url, number, names, over) for number in range(BOOKERS)
            ]
            ann = Ann(sync.sim, over)
            made = World(sync.odoo, sync.sim, mail, ledger, ann, over, [*people, ann])
            try:
                yield made
            finally:
                over.set()
