"""What benches share that runs inside of Odoo: counting, rounds, an agency, a mail server."""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

PLACES = (("fr_FR", "Europe/Paris"), ("en_US", "America/Toronto"))


@dataclass
class Cost:
    """SQL statements of all cursors (`odoo.sql_db.sql_counter`), seconds, and of them those of
    Odoo's processor, which say little about what else the machine was doing.

    Savepoints count, COMMIT does not: Odoo sends it past `Cursor.execute`.
    """

    statements: int
    seconds: float
    processor: float


def cost(function):
    """Run `function`; return its cost, as JSON can carry it."""
    from odoo import sql_db

    before = sql_db.sql_counter, time.perf_counter(), time.process_time()
    function()
    after = sql_db.sql_counter, time.perf_counter(), time.process_time()
    return asdict(Cost(*(end - begin for begin, end in zip(before, after, strict=True))))


def median_cost(env, function, rounds=9):
    """The median of several rounds, each with an empty record cache, after one to warm up."""
    costs = []
    for _round in range(rounds + 1):
        env.invalidate_all()
        costs.append(cost(function))
    return {name: statistics.median(cost[name] for cost in costs[1:]) for name in costs[0]}


def brokers(env, count):
    """Users, half of them in Paris and French, half in Montréal and English."""
    groups = [env.ref("base.group_user").id]
    if ours := env.ref("immoassist_appointments.group_broker", raise_if_not_found=False):
        groups.append(ours.id)
    values = []
    for number in range(count):
        lang, zone = PLACES[number % 2]
        address = f"broker{number}@agency.example"
        values.append(
            {"name": f"Broker {number}", "login": address, "email": address}
            | {"lang": lang, "tz": zone, "group_ids": [(6, 0, groups)]}
        )
    return env["res.users"].with_context(no_reset_password=True).create(values)


@contextlib.contextmanager
def mail_server(env):
    """Have Odoo send to a real SMTP server; give a function that returns who got mails so far."""
    with tempfile.TemporaryDirectory() as folder:
        received = Path(folder) / "recipients"
        sink = Path(__file__).with_name("_sink.py")
        command = [sys.executable, str(sink), str(received)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                values = {"smtp_host": "127.0.0.1", "smtp_encryption": "none"}
                values |= {"name": "bench", "smtp_port": int(process.stdout.readline())}
                env["ir.mail_server"].create(values)
                env.cr.commit()
                yield lambda: received.read_text().split()
            finally:
                process.terminate()


def run_cron(env, name, left):
    """Run a cron as Odoo's scheduler does, again until `left()` is 0."""
    while left():
        env.ref(name).method_direct_trigger()
        env.cr.commit()
