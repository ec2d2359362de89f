"""Odoo is killed at random: a web worker, a cron worker, or all of it at once."""

import os
import random
import signal
import time

from tests.faults import _checks, _explained
from tests.faults._processes import children
from tests.faults._world import world

SECONDS = 600
PAUSE = (2, 9)
"""Seconds from one kill to the next."""
FAULT = (
    "kill -9 of a process of Odoo chosen at random every few seconds, web or cron worker, and "
    "each fourth time of all of them at once, master included, which is then started again"
)
HELD = "who was told so is booked, once; reminders, mails and calendars as if nothing had been"


def run(seconds):
    with world(seconds) as here:
        here.busy()
        chance, killed = random.Random(600), {"one process": 0, "all of Odoo": 0}
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            here.pass_time(chance.uniform(*PAUSE))
            if chance.random() < 0.25:
                here.kill_all()
                killed["all of Odoo"] += 1
            elif workers := children(here.odoo.process.pid):
                os.kill(chance.choice(workers), signal.SIGKILL)
                here.killed += 1
                killed["one process"] += 1
        here.quiet()
        found = _checks.examine(here, _explained.KILLED)
        for what, number in killed.items():
            found.figures[f"kills of {what}"] = number
        found.notes.append(
            f"{found.figures['repeated by SMTP']} mails came twice: killed between the mail "
            "server's 250 and Odoo's commit, nobody can know; SMTP promises at least once"
        )
        return found
