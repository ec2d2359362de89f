"""Due reminders, delivered: ours beside the reminder mails of Odoo's own calendar.

Both remind the broker and three guests of each meeting, in two languages and zones, through the
same kind of mail server. Both are run by their own cron, then by Odoo's mail queue.
"""

import os
from collections import Counter
from datetime import timedelta

from tests.bench import _inside
from tools.devkit.bench import Lab, Table, Telling

MAILS = int(os.environ.get("IMMOASSIST_BENCH_MAILS", "2000"))
"""How many of ours; 10,000 need a quarter of an hour."""
COMPARED = 1_000
BROKERS, GUESTS = 100, 3
OUTGOING = [("state", "=", "outgoing")]
SECONDS = ("seconds", "of processor")
STEPS = {"write": "make the mails", "send": "hand them to the mail server"}


def figures(lab: Lab):
    """Ours at full size and, since the peer needs long, both at a smaller one."""
    peer = lab.inside(remind_by_calendar, ours=False, mails=COMPARED, brokers=BROKERS)
    small = lab.inside(remind, mails=COMPARED, brokers=BROKERS)
    large = lab.inside(remind, mails=MAILS, brokers=BROKERS)
    yield Table(
        "Reminders, delivered",
        ("step", "who", "mails", "SQL statements", "per mail", *SECONDS, "mails per second"),
        [row for step in STEPS for row in _compared(step, peer, small, large)],
        f"Meetings of {BROKERS} brokers with {GUESTS} guests each, two languages and zones, all due"
        " at once; one cron worker, one run; every mail was seen to arrive once at a real SMTP "
        "server. Statements: `odoo.sql_db.sql_counter`, all cursors, without COMMIT. The second "
        "step is Odoo's own mail queue for both; the peer's mails carry a calendar file. Seconds "
        "of processor are those of Odoo alone.",
    )
    yield Telling(
        f"making {COMPARED:,} reminder mails, SQL statements (peer: Odoo's calendar)",
        *(costs["write"]["statements"] for costs in (peer, small)),
    )
    yield Telling(
        "the same, seconds of processor",
        *(costs["write"]["processor"] for costs in (peer, small)),
    )
    meetings = MAILS // (GUESTS + 1)
    plans = (("plan", "plan from nothing"), ("move", "move, in one write, plan included"))
    yield Table(
        "Reminders, the ledger kept in line",
        ("what", "appointments", "rows", "SQL statements", "per appointment", *SECONDS),
        [(what, meetings, 2 * MAILS, *_per(large[key], meetings)) for key, what in plans],
    )


def _compared(step, peer, small, large):
    for who, mails, costs in (
        ("Odoo calendar", COMPARED, peer),
        ("ours", COMPARED, small),
        ("ours", MAILS, large),
    ):
        yield STEPS[step], who, mails, *_per(costs[step], mails), mails / costs[step]["seconds"]
    names = ("statements", "statements", "seconds", "processor")
    ratios = [peer[step][name] / small[step][name] for name in names]
    yield STEPS[step], "times less", COMPARED, *ratios, ratios[2]


def _per(cost, number):
    statements = cost["statements"]
    return statements, statements / number, cost["seconds"], cost["processor"]


def remind(env, mails, brokers):
    """Cost of each step for our reminders."""
    from freezegun import freeze_time

    now = env.cr.now().replace(microsecond=0)
    meetings = env["immoassist.appointment"].create(_appointments(env, mails, brokers, now))
    ledger = env["immoassist.appointment.reminder"]
    ledger.search([]).unlink()
    env.flush_all()
    costs = {"plan": _inside.cost(lambda: (meetings._plan_reminders(), env.flush_all()))}
    assert ledger.search_count([]) == 2 * mails
    env.cr.commit()
    later = {"start": now + timedelta(days=11)}
    costs["move"] = _inside.cost(lambda: (meetings.write(later), env.flush_all()))
    # The day before was half an hour ago, the hour before is still to come.
    with freeze_time(now - timedelta(days=1)):
        meetings.write({"start": now + timedelta(hours=23, minutes=30)})
    env.cr.commit()
    env["mail.mail"].search(OUTGOING).unlink()  # what told the brokers of the moves
    env.cr.commit()
    due = [("state", "=", "planned"), ("due_at", "<=", now)]
    costs["write"] = _inside.cost(
        lambda: _inside.run_cron(
            env, "immoassist_appointments.ir_cron_reminders", lambda: ledger.search_count(due)
        )
    )
    return costs | _send(env, mails, brokers)


def remind_by_calendar(env, mails, brokers):
    """Cost of each step for the same mails from Odoo's own calendar."""
    now = env.cr.now().replace(microsecond=0)
    alarm = env["calendar.alarm"].create(
        {
            "name": "A day before",
            "alarm_type": "email",
            "duration": 1,
            "interval": "days",
            "mail_template_id": env.ref("calendar.calendar_template_meeting_reminder").id,
        }
    )
    quiet = {"no_mail_to_attendees": True, "dont_notify": True}
    events = list(_events(env, mails, brokers, now, alarm))
    env["calendar.event"].with_context(**quiet).create(events)
    env["mail.mail"].search(OUTGOING).unlink()
    env.cr.commit()
    queue = env["mail.mail"]
    costs = {
        "write": _inside.cost(
            lambda: _inside.run_cron(
                env, "calendar.ir_cron_scheduler_alarm", lambda: not queue.search_count(OUTGOING)
            )
        )
    }
    return costs | _send(env, mails, brokers)


def _send(env, mails, brokers):
    """Let Odoo's mail queue deliver; the cost, once every mail is seen to have arrived."""
    queue = env["mail.mail"]
    assert queue.search_count(OUTGOING) == mails, queue.search_count(OUTGOING)
    with _inside.mail_server(env) as recipients:
        cost = _inside.cost(
            lambda: _inside.run_cron(
                env, "mail.ir_cron_mail_scheduler_action", lambda: queue.search_count(OUTGOING)
            )
        )
        arrived = recipients()
    meetings = mails // (GUESTS + 1)
    of_brokers = Counter(number % brokers for number in range(meetings))
    # Each guest has one meeting.
    expected = Counter({1: meetings * GUESTS}) + Counter(of_brokers.values())
    assert Counter(Counter(arrived).values()) == expected, len(arrived)
    return {"send": cost}


def _appointments(env, mails, brokers, now):
    team = _inside.brokers(env, brokers)
    return [
        {
            "name": f"Visit {number}",
            "broker_id": team[number % brokers].id,
            "start": now + timedelta(days=10),
            "exclusive": False,
            "inform_attendees": False,  # invitations are no part of this bench
            "location": "4512, rue Saint-Denis",
            "attendee_ids": [(0, 0, guest) for guest in _guests(number)],
        }
        for number in range(mails // (GUESTS + 1))
    ]


def _events(env, mails, brokers, now, alarm):
    team = _inside.brokers(env, brokers)
    count = mails // (GUESTS + 1)
    people = [guest for number in range(count) for guest in _guests(number)]
    partners = env["res.partner"].create(people).ids
    start = now + timedelta(hours=23, minutes=30)
    for number in range(count):
        broker = team[number % brokers]
        invited = [broker.partner_id.id, *partners[number * GUESTS : (number + 1) * GUESTS]]
        yield {
            "name": f"Visit {number}",
            "user_id": broker.id,
            "start": start,
            "stop": start + timedelta(hours=1),
            "location": "4512, rue Saint-Denis",
            "partner_ids": [(6, 0, invited)],
            "alarm_ids": [(6, 0, alarm.ids)],
        }


def _guests(number):
    for rank in range(GUESTS):
        lang, zone = _inside.PLACES[rank % 2]
        address = f"guest{number}-{rank}@client.example"
        yield {"name": f"Guest {number}-{rank}", "email": address, "lang": lang, "tz": zone}
