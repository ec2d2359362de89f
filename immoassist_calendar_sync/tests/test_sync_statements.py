import logging
import time
from dataclasses import replace
from datetime import timedelta

from odoo.tests import tagged

from ..providers import memory
from .common import SyncCase, moment

_logger = logging.getLogger(__name__)

FIRST = moment("2027-02-01 08:00")


@tagged("post_install", "-at_install")
class TestSyncStatements(SyncCase):
    """What a run costs does not grow with the number of events; figures are those seen, rounded."""

    def setUp(self):
        super().setUp()
        self.startPatcher(_batches(500))
        self.connection, self.account = self.connect("google")
        self.sync()

    def put(self, count, first=0):
        for number in range(first, first + count):
            start = FIRST + timedelta(hours=number)
            self.account.put(
                self.event(
                    f"e{number}",
                    name=f"Meeting {number}",
                    ical_uid=f"e{number}@there",
                    start=start,
                    stop=start + timedelta(minutes=45),
                )
            )

    def cost(self, work, what):
        """:return: SQL statements of `work`, and how often the worker wrote at the provider"""
        self.env.flush_all()
        self.env.invalidate_all()
        statements, writes = self.cr.sql_log_count, self.account.writes
        begin = time.perf_counter()
        work()
        cost = self.cr.sql_log_count - statements
        _logger.info("%s: %s statements, %.2f s", what, cost, time.perf_counter() - begin)
        return cost, self.account.writes - writes

    def import_cost(self, count, first):
        self.put(count, first)
        return self.cost(self.sync_all, f"import of {count}")[0]

    def change_cost(self, count):
        for number in range(count):
            event = self.account.events[f"e{number}"]
            start = event.fields["start"] + timedelta(minutes=5)
            stop = event.fields["stop"] + timedelta(minutes=5)
            fields = {**event.fields, "start": start, "stop": stop}
            self.account.put(replace(event, fields=fields))
        cost, writes = self.cost(self.sync_all, f"{count} changes")
        self.assertEqual(writes, 0)
        return cost

    def test_an_import_costs_hardly_more_for_ten_times_as_many(self):
        few = self.import_cost(50, 0)
        many = self.import_cost(500, 50)
        self.assertEqual(self.env["immoassist.appointment"].search_count([]), 550)
        self.assertLess(many, 2.2 * few)

    def test_a_change_among_many(self):
        self.import_cost(300, 0)
        one = self.change_cost(1)
        many = self.change_cost(100)
        self.assertLess(one, 70)
        self.assertLessEqual(many, 100)

    def test_the_own_echo_and_an_expired_cursor_write_nothing(self):
        self.put(60)
        self.sync_all()
        appointments = self.env["immoassist.appointment"].create(
            [
                {
                    "name": f"Visit {n}",
                    "broker_id": self.broker.id,
                    "start": (FIRST + timedelta(hours=n, minutes=50)).replace(tzinfo=None),
                    "exclusive": False,
                }
                for n in range(60)
            ]
        )
        self.sync()
        self.assertEqual(len(self.account.live()), 120)
        few, writes = self.cost(self.sync_all, "echo of 60")
        self.assertEqual(writes, 0)
        self.account.expire_cursors()
        again, writes = self.cost(self.sync_all, "expired cursor, 120 events")
        self.assertEqual(writes, 0)
        self.assertLess(few, 60)
        self.assertLess(again, 60)
        self.assertEqual(set(appointments.mapped("state")), {"confirmed"})

    def test_saving_with_two_calendars_costs_a_constant(self):
        alone, _writes = self.cost(lambda: self.save(self.paris), "saved without calendars")
        self.connect("outlook")
        both, _writes = self.cost(lambda: self.save(self.broker), "saved with two")
        self.assertLessEqual(both - alone, 15)

    def save(self, broker):
        self.book(broker_id=broker.id)
        self.env.flush_all()


def _batches(size):
    """As many events in one answer as Google gives."""
    from unittest.mock import patch

    return patch.multiple(memory, PAGE_SIZE=size)
