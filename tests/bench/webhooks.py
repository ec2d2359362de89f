"""Notifications of calendar providers: how long until they are acknowledged."""

import hashlib
import json

from tests.e2e.webhook_load import post_steadily
from tools.devkit import server
from tools.devkit.bench import Lab, Table, Telling

HOST = "127.0.0.1"
CALLS, PER_SECOND = 3_000, 100
CHANNELS = 1_000

PREPARE = f"""
import hashlib
admin = env.ref("base.user_admin")
for provider in ("google", "outlook"):
    # Paused: nothing is drained, and every channel's first notification is a new one.
    connection = env["immoassist.calendar.connection"].create(
        {{"user_id": admin.id, "provider": provider, "state": "paused"}}
    )
    env["immoassist.calendar.channel"].create([
        {{
            "connection_id": connection.id, "state": "active",
            "external_id": f"{{provider}} {{number}}", "resource_id": f"r {{number}}",
            "secret_hash": hashlib.sha256(f"{{provider}} {{number}}".encode()).hexdigest(),
        }}
        for number in range({CHANNELS})
    ])
env.cr.commit()
"""


def figures(lab: Lab):
    """One table: a row for each kind of call, at the same steady rate."""
    rows = []
    with server.running(workers=2) as odoo:
        odoo.shell(PREPARE)
        post_steadily(HOST, odoo.port, _calls("google", "forged")[:200], per_second=50)  # warm up
        for provider in ("google", "outlook"):
            for what in ("new", "known", "forged"):
                calls = _calls(provider, what)
                load = post_steadily(HOST, odoo.port, calls, PER_SECOND)
                assert load.statuses <= {202, 204}, load.statuses
                times = (1000 * load.percentile(share) for share in (0.5, 0.95, 0.99, 1))
                rows.append((provider, what, len(calls), *times))
    yield Table(
        f"Webhooks, {PER_SECOND} notifications a second",
        ("provider", "notification", "calls", "median ms", "95 % ms", "99 % ms", "longest ms"),
        rows,
        "A server of two workers; each call begins when it is due, whether or not the earlier ones "
        "are answered, and its time counts from then. New: stored, and the sync workers woken; "
        f"known: of one of {CHANNELS} channels whose notification waits already; forged: a wrong "
        "secret.",
    )
    slowest = max(row[4] for row in rows if row[1] == "new")
    yield Telling("a new notification acknowledged, 95 % within ms", "–", slowest)


def _calls(provider, what):
    number = CHANNELS if what == "new" else CALLS
    return [_call(provider, index % CHANNELS, what == "forged") for index in range(number)]


def _call(provider, number, forged):
    name = f"{provider} {number}"
    secret = hashlib.sha256(name.encode()).hexdigest() if forged else name
    if provider == "google":
        headers = {
            "X-Goog-Channel-ID": name,
            "X-Goog-Channel-Token": secret,
            "X-Goog-Resource-ID": f"r {number}",
            "X-Goog-Resource-State": "exists",
        }
        return "/webhooks/google/calendar", "", headers
    item = {"subscriptionId": name, "clientState": secret, "changeType": "updated"}
    body = json.dumps({"value": [item]})
    return "/webhooks/microsoft/calendar", body, {"Content-Type": "application/json"}
