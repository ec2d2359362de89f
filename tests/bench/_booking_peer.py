"""OCA's `resource_booking` doing the same job.

Its agency makes a booking for a known contact and sends a link; the client chooses a time on a
page that shows a month. So there are enough of those bookings, and each visit takes the next.
"""

import re
from datetime import datetime

from tests.bench import _booking_load as engine
from tests.bench._booking_ours import BROKERS, FIRST, MONTH, PEOPLE, SECONDS, WORKERS
from tests.e2e.mailbox import Mailbox
from tools.devkit import peers, server

BOOKINGS = 900
PREPARE = f"""
from odoo import Command
env = env(context=dict(env.context, tracking_disable=True, no_reset_password=True))
hours = env["resource.calendar"].create({{"name": "nine to five", "tz": "America/Toronto"}})
hours.attendance_ids = [Command.clear()] + [
    Command.create({{"name": "x", "dayofweek": str(d), "hour_from": 9, "hour_to": 17}})
    for d in range(5)
]
users = env["res.users"].create([
    {{
        "name": f"Broker {{n}}", "login": f"broker{{n}}", "email": f"broker{{n}}@agency.example",
        "tz": "America/Toronto", "group_ids": [Command.set([env.ref("base.group_user").id])],
    }}
    for n in range({BROKERS})
])
resources = env["resource.resource"].create([
    {{
        "name": user.name, "resource_type": "user", "user_id": user.id, "tz": "America/Toronto",
        "calendar_id": hours.id,
    }}
    for user in users
])
combinations = env["resource.booking.combination"].create(
    [{{"resource_ids": [Command.set(resource.ids)]}} for resource in resources]
)
types = env["resource.booking.type"].create([
    {{
        "name": f"Visit {{n}}", "resource_calendar_id": hours.id, "duration": 0.5,
        "slot_duration": 0.5, "modifications_deadline": 0, "location": "Office",
        "combination_rel_ids": [Command.create({{"combination_id": combination.id}})],
    }}
    for n, combination in enumerate(combinations)
])
partners = env["res.partner"].create(
    [{{"name": "Ada Byron", "email": f"person{{n}}@client.example"}} for n in range({BOOKINGS})]
)
bookings = env["resource.booking"].create([
    {{"type_id": types[n % {BROKERS}].id, "partner_ids": [Command.set(partner.ids)]}}
    for n, partner in enumerate(partners)
])
for booking in bookings:
    booking._portal_ensure_token()
env.cr.commit()
"""
LINKS = "SELECT id, access_token FROM resource_booking ORDER BY id"
BOOKED = """
    SELECT b.id, extract(epoch FROM e.start)::bigint
      FROM resource_booking b JOIN calendar_event e ON e.id = b.meeting_id
"""
OVERLAPS = """
    SELECT count(*)
      FROM resource_booking a JOIN calendar_event x ON x.id = a.meeting_id
      JOIN resource_booking b ON a.combination_id = b.combination_id AND a.id < b.id
      JOIN calendar_event y ON y.id = b.meeting_id AND x.start < y.stop AND y.start < x.stop
"""
CONFIRM = re.compile(r'name="csrf_token"\s+value="([^"]+)"')
WHEN = re.compile(r'name="when"\s+value="([^"]+)"')


class Client(engine.Person):
    links = ()

    def visit(self):
        link = next(self.links, None)
        if not link:
            self.over.wait()
            return
        number, token = link
        base = f"/my/bookings/{number}"
        schedule = f"{base}/schedule/{MONTH:%Y/%m}?access_token={token}"
        for _try in range(4):
            page = self.ask("times", "GET", schedule, {200})
            self.think(15, 45)
            values = {"csrf_token": CONFIRM.search(page.text)[1], "access_token": token}
            values["when"] = self.random.choice(WHEN.findall(page.text)[:FIRST])
            answer = self.ask("booking", "POST", f"{base}/confirm", {302, 303}, data=values)
            if "/schedule" not in answer.headers.get("Location", ""):
                if answer.is_redirect:
                    self.load.booked.append((number, values["when"]))
                return
            self.load.lost += 1


def measure():
    with Mailbox() as mailbox:
        options = ("--smtp=127.0.0.1", f"--smtp-port={mailbox.port}")
        peer = peers.resource_booking()
        with server.running(workers=WORKERS, options=options, peer=peer) as odoo:
            odoo.stop()
            odoo.shell(PREPARE)
            odoo.start()
            Client.links = iter(odoo.sql(LINKS))
            engine.run(Client, odoo.url, WORKERS, 8, 45)
            before = set(odoo.sql(BOOKED))
            load = engine.run(Client, odoo.url, WORKERS, PEOPLE, SECONDS)
            there = set(odoo.sql(BOOKED)) - before
            told = {(n, int(datetime.fromisoformat(when).timestamp())) for n, when in load.booked}
            checks = {
                "not there": len(told - there),
                "not told": len(there - told),
                "double": odoo.sql(OVERLAPS)[0][0],
            }
    return load, checks
