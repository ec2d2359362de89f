"""Odoo, a broker's Google and Outlook, a colleague's Google, and everything that can go wrong.

Whatever happened: once it is quiet all sides agree, nothing is doubled, nothing is lost.
"""

import logging
from dataclasses import replace
from datetime import timedelta

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from odoo import fields
from odoo.exceptions import UserError

from .. import worker
from ..core import (
    AccessTokenRefused,
    AdministratorNeeded,
    Presence,
    Reauthorise,
    Rejected,
    RetryLater,
    Role,
    VersionConflict,
)
from ..worker.lease import Lease
from .agreement import Agreement
from .common import moment

_logger = logging.getLogger(__name__)

CALLS = ("changes", "send", "send.done", "fetch", "marked")
WRITES = ("create", "update", "delete", "decline")
MIDNIGHT = moment("2027-03-01 00:00")


class Killed(BaseException):
    """The worker dies on the spot: no handler of ours may run."""


FAULTS = [
    *((call, RetryLater("503")) for call in CALLS),
    *((call, RetryLater("429", timedelta(minutes=2))) for call in CALLS),
    *((call, Killed()) for call in CALLS),
    *((call, AccessTokenRefused("401")) for call in ("changes", "send", "fetch")),
    ("refresh", Reauthorise("invalid_grant")),
    ("changes", Reauthorise("gone")),
    ("changes", AdministratorNeeded("policy")),
    *((write, RetryLater("503")) for write in WRITES),
    *((write, Killed()) for write in WRITES),
    *((f"{write}.done", RetryLater("503")) for write in WRITES),
    *((f"{write}.done", Killed()) for write in WRITES),
    *((write, Rejected("400")) for write in WRITES),
    *((write, VersionConflict("412")) for write in ("update", "delete")),
]


class Fault:
    """Raises `error` at the `count`-th request of this kind, once."""

    def __init__(self, kind, error, count):
        self.kind, self.error, self.count = kind, error, count

    def __call__(self, kind):
        if kind != self.kind:
            return
        self.count -= 1
        if not self.count:
            raise self.error


class MortalLease(Lease):
    """The lease of a worker that is killed after some transactions."""

    def __init__(self, lease, transactions):
        super().__init__(lease._registry, lease.connection_id, lease._fence, lease.begun)
        self.transactions = transactions

    def run(self, work, along=None):
        if not self.transactions:
            raise Killed
        self.transactions -= 1
        return super().run(work, along)


def nothing_new(report):
    return report and not (report.counts or report.error or report.emptied or report.crashed)


index = st.integers(0, 9)
word = st.sampled_from(["Visit", "Signing", "Duplex", "", "Loft"])
hours = st.integers(0, 40)
side = st.sampled_from(["google", "outlook", "colleague"])


class Sides(RuleBasedStateMachine):
    """:param case: the `SyncCase` in whose database this plays"""

    played = 0

    def __init__(self, case, clock, start):
        super().__init__()
        self.case, self.clock = case, clock
        self.env = case.env
        self.savepoint = self.env.cr.savepoint(flush=True)
        self.savepoint.__enter__()
        clock.move_to(start)
        type(self).played += 1
        if not self.played % 20:
            _logger.info("%s sequences", self.played)
        self.number = 0

    def teardown(self):
        try:
            self.settle()
            Agreement(self).check()
        finally:
            self.env.cr.precommit.clear()
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()
            self.savepoint.close(rollback=True)

    # ---------------------------------------------------------------- the sides

    @initialize(copy_busy=st.booleans())
    def connect(self, copy_busy):
        case = self.case
        self.sides = {
            "google": case.connect("google"),
            "outlook": case.connect("outlook"),
            "colleague": case.connect("google", broker=case.paris, import_mode="busy"),
        }
        self.sides["outlook"][0].copy_busy = copy_busy
        self.first_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0

    def account(self, name):
        return self.sides[name][1]

    def appointments(self):
        brokers = (self.case.broker | self.case.paris).ids
        return self.env["immoassist.appointment"].search([("broker_id", "in", brokers)])

    def one_of(self, records, number):
        return records[number % len(records)] if records else None

    def times(self, hour, length=1):
        start = MIDNIGHT + timedelta(hours=hour)
        return {"start": start, "stop": start + timedelta(hours=length)}

    def naive(self, hour, length=1):
        times = self.times(hour, length)
        return {name: value.replace(tzinfo=None) for name, value in times.items()}

    def in_odoo(self, change):
        """What somebody does in Odoo: all of it, or a message."""
        try:
            with self.env.cr.savepoint():
                change()
                self.env.flush_all()
        except UserError as error:
            self.env.invalidate_all()
            note(f"refused: {error}")

    # ---------------------------------------------------------------- in Odoo

    @rule(hour=hours, exclusive=st.booleans(), colleague=st.booleans())
    def book(self, hour, exclusive, colleague):
        broker = self.case.paris if colleague else self.case.broker
        values = {"name": "Visit", "broker_id": broker.id, "exclusive": exclusive}
        create = self.env["immoassist.appointment"].create
        self.in_odoo(lambda: create(values | self.naive(hour)))

    @rule(number=index, name=word, location=word)
    def edit(self, number, name, location):
        if one := self.one_of(self.appointments(), number):
            self.in_odoo(lambda: one.write({"name": name or "Visit", "location": location}))

    @rule(number=index, hour=hours)
    def move(self, number, hour):
        if one := self.one_of(self.appointments(), number):
            self.in_odoo(lambda: one.with_user(one.broker_id).write(self.naive(hour)))

    @rule(number=index, hour=hours)
    def drag_the_meeting(self, number, hour):
        if (one := self.one_of(self.appointments(), number)) and one.calendar_event_id:
            self.in_odoo(lambda: one.calendar_event_id.write(self.naive(hour)))

    @rule(number=index, whole=st.booleans(), free=st.booleans())
    def change_kind(self, number, whole, free):
        if one := self.one_of(self.appointments(), number):
            show_as = "free" if free else "busy"
            self.in_odoo(lambda: one.write({"allday": whole, "show_as": show_as}))

    @rule(number=index)
    def cancel(self, number):
        if one := self.one_of(self.appointments(), number):
            self.in_odoo(one.action_cancel)

    @rule(number=index)
    def reopen(self, number):
        if one := self.one_of(self.appointments(), number):
            self.in_odoo(one.action_confirm)

    @rule(number=index)
    def delete(self, number):
        if one := self.one_of(self.appointments(), number):
            self.in_odoo(one.unlink)

    @rule(number=index)
    def hand_over(self, number):
        if one := self.one_of(self.appointments(), number):
            other = (self.case.broker | self.case.paris) - one.broker_id
            self.in_odoo(lambda: one.write({"broker_id": other.id}))

    @rule(number=index)
    def invite(self, number):
        if one := self.one_of(self.appointments(), number):
            guest = {"name": "Ada", "email": "ada@client.example"}
            command = (5, 0, 0) if one.attendee_ids else (0, 0, guest)
            self.in_odoo(lambda: one.write({"attendee_ids": [command]}))

    # ---------------------------------------------------------------- at the providers

    @rule(where=side, hour=hours, role=st.sampled_from(Role), free=st.booleans())
    def enter(self, where, hour, role, free):
        self.number += 1
        name = f"e{self.number}"
        event = self.case.event(
            name, role=role, free=free, ical_uid=f"{name}@there", **self.times(hour)
        )
        self.account(where).put(event)

    @rule(hour=hours, role=st.sampled_from(Role))
    def enter_in_both(self, hour, role):
        self.number += 1
        name = f"e{self.number}"
        event = self.case.event(name, role=role, ical_uid=f"{name}@there", **self.times(hour))
        self.account("google").put(event)
        self.account("outlook").put(event)

    def change_there(self, where, number, **values):
        account = self.account(where)
        event = self.one_of(list(account.live().values()), number)
        if not event:
            return
        for copy in self.copies(account, event):
            same = copy.events[event.external_id]
            copy.put(replace(same, fields={**same.fields, **values}))

    def copies(self, account, event):
        """The accounts where the meeting is: its organiser changes it in both."""
        others = [a for _c, a in self.sides.values() if event.external_id in a.live()]
        return others if event.external_id.startswith("e") else [account]

    @rule(where=side, number=index, name=word)
    def edit_there(self, where, number, name):
        self.change_there(where, number, name=name)

    @rule(where=side, number=index, hour=hours, length=st.integers(0, 30))
    def move_there(self, where, number, hour, length):
        self.change_there(where, number, allday=False, **self.times(hour, length))

    @rule(where=side, number=index, day=st.integers(0, 3))
    def whole_day_there(self, where, number, day):
        start = MIDNIGHT.date() + timedelta(days=day)
        stop = start + timedelta(days=1)
        self.change_there(where, number, allday=True, start=start, stop=stop)

    @rule(where=side, number=index, free=st.booleans(), private=st.booleans())
    def change_kind_there(self, where, number, free, private):
        self.change_there(where, number, free=free, private=private)

    @rule(where=side, number=index)
    def delete_there(self, where, number):
        account = self.account(where)
        if event := self.one_of(list(account.live().values()), number):
            account.delete(event.external_id)

    @rule(where=side, number=index)
    def decline_there(self, where, number):
        account = self.account(where)
        guests = [e for e in account.live().values() if e.role is Role.GUEST]
        if event := self.one_of(guests, number):
            account.put(replace(event, presence=Presence.DECLINED))

    # ---------------------------------------------------------------- what goes wrong

    @rule(where=side)
    def expire(self, where):
        self.account(where).expire_cursors()

    @rule(where=side, fault=st.sampled_from(FAULTS), count=st.integers(1, 3))
    def fail(self, where, fault, count):
        self.account(where).fault = Fault(*fault, count)

    @rule(where=side, away=st.booleans())
    def leave_or_return(self, where, away):
        connection, _account = self.sides[where]
        if away:
            connection.state = "draft"
        elif connection.state == "draft":
            connection.state = "connected"
            self.appointments()._note_for_sync()

    @rule(minutes=st.sampled_from([1, 6, 70]))
    def wait(self, minutes):
        self.clock.tick(timedelta(minutes=minutes))

    # ---------------------------------------------------------------- the worker

    @rule(transactions=st.none() | st.integers(0, 14))
    def work(self, transactions):
        self.run_workers(transactions)

    def run_workers(self, transactions=None):
        """:return: the reports; the worker is killed after so many transactions"""
        self.env.flush_all()
        self.env.cr.precommit.run()
        reports = []
        while lease := worker.lease_next(self.case.registry):
            if transactions is not None:
                lease = MortalLease(lease, transactions)
            try:
                reports.append(worker.run(lease))
            except Killed:
                break
        self.env.invalidate_all()
        return reports

    @rule()
    def poll(self):
        self.clock.tick(timedelta(minutes=8))
        self.run_workers()

    def settle(self):
        """No more faults, everything pressed that a person can press, and time."""
        for connection, account in self.sides.values():
            account.fault = lambda kind: None
            if connection.state == "draft":
                connection.state = "connected"
        self.appointments()._note_for_sync()
        for _round in range(6):
            for connection, _account in self.sides.values():
                if connection.pause_reason == "emptied":
                    connection.emptied_trusted = True
                connection.write({"state": "connected", "pause_reason": False})
            links = self.env["immoassist.calendar.link"].search([("state", "=", "failed")])
            for link in links:
                link.write({"state": "ok", "revision": link.revision + 1, "next_attempt": False})
            self.clock.tick(timedelta(hours=2))
            before = self.account("google").version, self.account("outlook").version
            reports = self.run_workers()
            after = self.account("google").version, self.account("outlook").version
            if before == after and all(nothing_new(report) for report in reports):
                return

    def writes(self):
        return sum(account.writes for _connection, account in self.sides.values())

    def poll_again(self):
        for connection, _account in self.sides.values():
            connection.write({"next_sync": False, "not_before": False})
        self.run_workers()

    def now(self):
        return fields.Datetime.now()
