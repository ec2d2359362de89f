"""What must hold after each fault: the ledgers of the outside, beside what Odoo has."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from tests.e2e.synced import ANN
from tests.faults._explained import ALWAYS
from tests.faults._processes import until
from tests.faults._world import LEASES, OFFICE, PATIENCE, TIME, WAKE
from tools.devkit import odoo_log

BOOKED = """
    SELECT g.email_normalized, to_char(a.start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           u.booking_username, u.email_normalized
      FROM immoassist_appointment a
      JOIN immoassist_appointment_attendee g ON g.appointment_id = a.id
      JOIN (SELECT u.id, u.booking_username, p.email_normalized
              FROM res_users u JOIN res_partner p ON p.id = u.partner_id) u ON u.id = a.broker_id
     WHERE a.state = 'confirmed' AND a.source = 'website' AND g.email LIKE '%%@booker.example'
"""
OVERLAPS = """
    SELECT count(*)
      FROM immoassist_appointment a
      JOIN immoassist_appointment b ON a.broker_id = b.broker_id AND a.id < b.id
       AND a.start < b.stop AND b.start < a.stop
     WHERE a.state != 'cancelled' AND b.state != 'cancelled' AND a.exclusive AND b.exclusive
"""
SYNC_OPEN = """
    SELECT (SELECT count(*) FROM immoassist_calendar_connection
             WHERE lease_until IS NOT NULL OR next_sync IS NULL OR failures > 0
                OR state != 'connected')
         + (SELECT count(*) FROM immoassist_calendar_link
             WHERE revision != synced_revision OR state != 'ok' OR unsettled)
         + (SELECT count(*) FROM immoassist_calendar_notification)
         + (SELECT count(*) FROM immoassist_calendar_source
             WHERE pull_wanted != pull_done AND import_mode != 'none')
"""
MAIL_OPEN = """
    SELECT count(*) FROM mail_mail q JOIN mail_message m ON m.id = q.mail_message_id
     WHERE q.state IN ('outgoing', 'exception') AND m.model LIKE 'immoassist.%%'
"""
REMINDERS_OPEN = """
    SELECT count(*) FROM immoassist_appointment_reminder
     WHERE state = 'planned' AND next_try_at <= now() AT TIME ZONE 'UTC'
"""
HOLDS = """
    SELECT count(*) FROM immoassist_booking_hold
     WHERE purpose = 'form' AND expires_at > now() AT TIME ZONE 'UTC' + interval '1 hour'
"""
REMINDED = """
    SELECT COALESCE(t.email_normalized, p.email_normalized), a.name
      FROM immoassist_appointment_reminder r
      JOIN immoassist_appointment a ON a.id = r.appointment_id
      LEFT JOIN immoassist_appointment_attendee t ON t.id = r.attendee_id
      LEFT JOIN res_users u ON u.id = r.user_id LEFT JOIN res_partner p ON p.id = u.partner_id
     WHERE r.state = 'sent' AND a.name LIKE 'Reminded %%'
"""
HERE = """
    SELECT a.name, a.start
      FROM immoassist_appointment a JOIN res_users u ON u.id = a.broker_id
      LEFT JOIN immoassist_appointment_type t ON t.id = a.type_id
     WHERE u.login = 'marie' AND a.state != 'cancelled' AND a.source = %s
       AND (t.slug = 'visit' OR a.name LIKE 'Dentist%%')
"""


@dataclass
class Findings:
    """What was found after a fault."""

    figures: dict = field(default_factory=dict)
    lost: list = field(default_factory=list)
    """One line for each thing that is not as it must be."""
    notes: list = field(default_factory=list)
    log: list = field(default_factory=list)
    """What nobody has explained."""

    def expect(self, holds, what):
        if not holds:
            self.lost.append(what)


def heal(world, hurry=True):
    """Everything that was planned for later is done now; nothing may be left over.

    :param hurry: as if the time of every pause had passed; else Odoo has to do it by its own clock,
        and only the five minutes of the lease of who was killed are taken as over
    """
    world.sim.faults.reset()
    world.mail.set("ok")
    open_ = {"sync": SYNC_OPEN, "mails": MAIL_OPEN, "reminders": REMINDERS_OPEN}
    world.odoo.sql(TIME if hurry else LEASES, {"killed": bool(world.killed)})
    rounds = [0]

    def done():
        left = {name: world.odoo.sql(query)[0][0] for name, query in open_.items()}
        if not any(left.values()) and rounds[0]:
            return True
        if rounds[0] % 10 == 0:  # now and then, as Odoo's own clock does
            world.odoo.sql(WAKE)
            if hurry:
                world.odoo.sql(TIME, {"killed": False})
        rounds[0] += 1
        world.wake()
        world.left = left
        return False

    try:
        until(done, "everything to be done", PATIENCE)
    except AssertionError:
        return world.left
    return {}


def examine(world, explained=(), begun=False, hurry=True):
    """Compare everything.

    :param explained: (pattern, reason) of what may be in the log
    :param begun: the clock jumped: some reminders were rightly left out
    :param hurry: see `heal`
    """
    found = Findings()
    left = heal(world, hurry)
    for name, number in left.items():
        found.expect(not number, f"{name}: {number} stuck")
    _bookings(world, found)
    _mails(world, found)
    _reminders(world, found, begun)
    _calendars(world, found)
    held = world.odoo.sql(HOLDS)[0][0]
    found.expect(not held, f"{held} times held for ever")
    _log(world, found, explained)
    return found


def _bookings(world, found):
    ledger = world.ledger
    rows = world.odoo.sql(BOOKED)
    there = Counter(address for address, *_rest in rows)
    places = {address: (start, broker) for address, start, broker, _mail in rows}
    told = ledger.told
    found.expect(told, "nobody could book at all")
    found.figures["told that it is booked"] = len(told)
    found.figures["of them after no answer at first"] = len(ledger.unanswered & told.keys())
    answers = ledger.answers
    found.figures["told that the time is gone"] = answers["booking 409"]
    found.figures["answered with an error, and sent again"] = sum(
        number for what, number in answers.items() if re.match("booking (404|5)", what)
    )
    found.figures["not answered, and sent again"] = answers["booking unanswered"]
    missing = [each for each in told if places.get(each) != told[each]]
    found.expect(not missing, f"{len(missing)} bookings not there: {missing[:3]}")
    double = [address for address, number in there.items() if number > 1]
    found.expect(not double, f"{len(double)} booked twice: {double[:3]}")
    unasked = there.keys() - told.keys() - ledger.open
    found.expect(not unasked, f"{len(unasked)} there although refused: {sorted(unasked)[:3]}")
    found.expect(not ledger.open, f"{len(ledger.open)} never got an answer")
    overlaps = world.odoo.sql(OVERLAPS)[0][0]
    found.expect(not overlaps, f"{overlaps} overlaps")
    found.figures["overlaps"] = overlaps


def _mails(world, found):
    """One confirmation to each client, one notice to the broker for each."""
    wanted = Counter()
    for address, _start, _broker, mailbox in world.odoo.sql(BOOKED):
        wanted[address, "Confirmed"] += 1
        wanted[mailbox, "Booked"] += 1
    sent = Counter()
    for mail in world.mail.count():
        kind = mail.subject.partition(":")[0]
        ours = mail.to.endswith("@booker.example") or (kind == "Booked" and mail.to != OFFICE)
        if ours and kind in ("Confirmed", "Booked"):
            sent[mail.to, kind] += 1
    _compare(found, wanted, sent, "booking mails")
    twice = sum(number - 1 for number in world.mail.count().values())
    found.figures["mails delivered"] = len(world.mail.count())
    found.figures["repeated by SMTP"] = twice
    found.expect(world.killed or not twice, f"{twice} mails repeated though nobody was killed")


def _compare(found, wanted, sent, what):
    missing, more = wanted - sent, sent - wanted
    found.expect(not missing, f"{sum(missing.values())} {what} missing: {list(missing)[:3]}")
    found.expect(not more, f"{sum(more.values())} {what} too many: {list(more)[:3]}")


def _reminders(world, found, begun):
    sent = Counter()
    for mail in world.mail.count():
        name = re.match(r"Reminder: (Reminded \d+),", mail.subject)
        if name:
            sent[mail.to, name[1]] += 1
    wanted = Counter(world.odoo.sql(REMINDED))
    due = world.odoo.sql(
        "SELECT count(*) FROM immoassist_appointment_reminder r"
        " JOIN immoassist_appointment a ON a.id = r.appointment_id"
        " WHERE a.name LIKE 'Reminded %%' AND r.minutes_before = 60 AND r.state != 'sent'"
        " AND r.due_at <= now() AT TIME ZONE 'UTC'"
    )[0][0]
    found.figures["reminders"] = sum(wanted.values())
    found.expect(wanted, "no reminder fell due")
    found.expect(begun or not due, f"{due} reminders due and not sent")
    _compare(found, wanted, sent, "reminders")


def _calendars(world, found):
    sides = {world.sim.google: "google", world.sim.microsoft: "outlook"}
    ours = sorted(world.odoo.sql(HERE, ("website",)))
    found.figures["appointments in both calendars"] = len(ours)
    found.figures["changes at the providers"] = world.ann.changes
    imported = 0
    for side, name in sides.items():
        place = side.find(ANN, "primary")[1].id
        now = datetime.now(timezone.utc)
        shown = [
            (each["name"], _naive(each["start"]))
            for each in side.shown(ANN, place, now, now + timedelta(days=400))
            if not each["cancelled"]
        ]
        entered = sorted(each for each in shown if each[0].startswith("Dentist"))
        names = {each for each, _start in ours}
        pushed = sorted(each for each in shown if each[0] in names)
        there = sorted(world.odoo.sql(HERE, (name,)))
        imported += len(there)
        found.expect(pushed == ours, f"{name}: {_differ(pushed, ours)} of our appointments")
        found.expect(entered == there, f"{name}: {_differ(entered, there)} of its events")
    found.figures["events taken over"] = imported


def _differ(left, right):
    left, right = Counter(left), Counter(right)
    return f"{sum((left - right).values())} there alone, {sum((right - left).values())} here alone"


def _naive(text):
    return datetime.fromisoformat(text).astimezone(timezone.utc).replace(tzinfo=None)


def _log(world, found, explained):
    entries = odoo_log.entries(world.odoo.log.read_text(errors="replace"))
    known, strange = Counter(), []
    for entry in odoo_log.unexpected(entries):
        text = str(entry)
        known_ones = (*explained, *ALWAYS)
        reason = next((why for pattern, why in known_ones if re.search(pattern, text, re.S)), None)
        if reason:
            known[reason] += 1
        else:
            strange.append(text)
    found.figures["log entries explained"] = sum(known.values())
    found.notes += [f"{number} in the log: {reason}" for reason, number in known.items()]
    found.expect(not strange, f"{len(strange)} log entries unexplained")
    found.log = strange
