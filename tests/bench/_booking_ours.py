"""Our booking page under load, and what stands in the database afterwards."""

import re
from datetime import datetime, timedelta, timezone

from tests.bench import _booking_load as engine
from tests.e2e.mailbox import Mailbox
from tools.devkit import server

PEOPLE, SECONDS, BROKERS, WORKERS = 200, 120, 20, 4
# Everybody looks at the next month and takes one of its first times: some want the same one.
FIRST = 60
MONTH = (datetime.now(timezone.utc).date().replace(day=1) + timedelta(days=32)).replace(day=1)

# Twenty brokers who work from nine to five in one zone, and a visit of 30 minutes.
PREPARE = f"""
from odoo import Command
group = [env.ref("base.group_user").id, env.ref("immoassist_appointments.group_broker").id]
brokers = env["res.users"].with_context(no_reset_password=True).create([
    {{
        "name": f"Broker {{n}}", "login": f"broker{{n}}", "email": f"broker{{n}}@agency.example",
        "tz": "America/Toronto", "lang": "en_US", "group_ids": [Command.set(group)],
        "booking_username": f"broker-{{n}}", "booking_published": True,
    }}
    for n in range({BROKERS})
])
for broker in brokers:
    broker.resource_ids[:1].calendar_id.attendance_ids = [Command.clear()] + [
        Command.create({{"name": "x", "dayofweek": str(d), "hour_from": 9, "hour_to": 17}})
        for d in range(5)
    ]
env["immoassist.appointment.type"].search([]).active = False
env["immoassist.appointment.type"].create({{
    "name": "Visit", "slug": "visit", "duration": 30, "slot_step": 30, "location_kind": "office",
    "min_notice_hours": 0, "horizon_days": 60,
}})
# All these people have one address, that of this machine, and type fast.
limits = ["fill_seconds", "limit_address", "limit_email", "limit_open"]
env.company.write({{f"booking_{{name}}": 0 for name in limits}})
env.cr.commit()
"""
BOOKED = """
    SELECT g.email_normalized, to_char(a.start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), u.booking_username
      FROM immoassist_appointment a
      JOIN immoassist_appointment_attendee g ON g.appointment_id = a.id
      JOIN res_users u ON u.id = a.broker_id
     WHERE a.state = 'confirmed'
"""
OVERLAPS = """
    SELECT count(*)
      FROM immoassist_appointment a
      JOIN immoassist_appointment b ON a.broker_id = b.broker_id AND a.id < b.id
       AND a.start < b.stop AND b.start < a.stop
     WHERE a.state != 'cancelled' AND b.state != 'cancelled'
"""


class Client(engine.Person):
    """Looks at a month, chooses a time, fills in the form."""

    def visit(self):
        broker = self.random.randrange(BROKERS)
        page = f"/book/broker-{broker}/visit"
        query = f"type=visit&month={MONTH:%Y-%m}"
        slots = self.ask("times", "GET", f"/book/broker-{broker}/slots?{query}", {200}).json()
        times = [
            datetime.fromisoformat(day["start"]) + timedelta(minutes=minutes)
            for day in slots["days"]
            for minutes in day["times"]
        ]
        self.think(5, 15)
        slot = _utc(self.random.choice(times[:FIRST]))
        form = self.ask("form", "GET", f"{page}?slot={slot}", {200, 409})
        self.think(10, 30)
        address = f"person{self.number}.{self.visits}@client.example"
        values = _fields(form.text) | {"slot": slot, "name": "Ada Byron", "email": address}
        for _try in range(4):
            answer = self.ask("booking", "POST", page, {303, 409}, data=values)
            if answer.status_code == 303:
                self.load.booked.append((address, values["slot"], f"broker-{broker}"))
                return
            self.load.lost += 1
            others = re.findall(r'type="radio" name="slot"[^>]*value="([^"]+)"', answer.text)
            if not others:
                return
            values["slot"] = self.random.choice(others)


def _utc(moment):
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def _fields(page):
    """The hidden fields of the form."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def measure():
    with Mailbox() as mailbox:
        options = ("--smtp=127.0.0.1", f"--smtp-port={mailbox.port}")
        with server.running(workers=WORKERS, options=options) as odoo:
            odoo.stop()
            odoo.shell(PREPARE)
            odoo.start()
            engine.run(Client, odoo.url, WORKERS, 8, 45)  # the workers load what they need
            before = set(odoo.sql(BOOKED))
            load = engine.run(Client, odoo.url, WORKERS, PEOPLE, SECONDS)
            there = set(odoo.sql(BOOKED)) - before
            told = {tuple(each) for each in load.booked}
            checks = {
                "not there": len(told - there),
                "not told": len(there - told),
                "double": odoo.sql(OVERLAPS)[0][0],
            }
    return load, checks
