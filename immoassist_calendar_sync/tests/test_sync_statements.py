import logging
import time
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from .. import worker
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

    def run_cost(self, what):
        """As `cost`, of one whole run: from taking the lease to giving it back."""
        self.connection.write({"next_sync": False, "not_before": False})

        def run():
            self.report = worker.run(worker.lease_next(self.registry))

        costs = self.cost(run, what)
        self.env.invalidate_all()
        self.assertFalse(self.report.error or self.report.crashed)
        return costs

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
        cost = self.run_cost(f"import of {count}")[0]
        self.assertEqual(self.report.counts["imported"], count)
        return cost

    def change_cost(self, count):
        for number in range(count):
            event = self.account.events[f"e{number}"]
            start = event.fields["start"] + timedelta(minutes=5)
            stop = event.fields["stop"] + timedelta(minutes=5)
            fields = {**event.fields, "start": start, "stop": stop}
            self.account.put(replace(event, fields=fields))
        cost, writes = self.run_cost(f"{count} changes")
        self.assertEqual((writes, self.report.counts["applied"]), (0, count))
        return cost

    def test_an_import_costs_hardly_more_for_ten_times_as_many(self):
        few = self.import_cost(50, 0)
        many = self.import_cost(500, 50)
        self.assertEqual(self.env["immoassist.appointment"].search_count([]), 550)
        self.assertLess(many, 2 * few)
        self.assertLessEqual(self.import_cost(1000, 550), 80)

    def test_a_change_among_many(self):
        self.import_cost(300, 0)
        one = self.change_cost(1)
        many = self.change_cost(100)
        idle, writes = self.run_cost("no change")
        self.assertLessEqual(idle, 5)
        # The lease and the calendars; then in one transaction: lease and calendar; link,
        # appointment and meeting; guard, other calendars, channels; and five rows written. In
        # production the clock besides, and the look that finds nothing more to do.
        self.assertLessEqual(one, 12)
        self.assertLessEqual(many, 12)
        self.assertFalse(writes)

    def test_a_change_that_was_pushed(self):
        """A notification costs one statement, which notes all that it asks for."""
        self.import_cost(5, 0)
        polled = self.change_cost(1)
        channel = self.connection.channel_ids
        self.env["immoassist.calendar.notification"].create({"channel_id": channel.id})
        pushed = self.change_cost(1)
        self.assertLessEqual(pushed, polled + 1)

    def test_the_own_echo_and_an_expired_cursor_write_nothing(self):
        self.put(60)
        self.sync_all()
        appointments = self.visits(60)
        self.sync()
        self.assertEqual(len(self.account.live()), 120)
        known = self.written()
        few, writes = self.run_cost("echo of 60")
        self.assertEqual((writes, self.report.counts["pulled"]), (0, 60))
        self.account.expire_cursors()
        again, writes = self.run_cost("expired cursor, 120 events")
        self.assertEqual((writes, self.report.counts["pulled"]), (0, 120))
        self.assertLessEqual(few, 10)
        self.assertLessEqual(again, 13)
        self.assertEqual(self.written(), known)
        self.assertEqual(set(appointments.mapped("state")), {"confirmed"})

    def test_saving_with_two_calendars_costs_a_constant(self):
        alone, _writes = self.cost(lambda: self.save(self.paris), "saved without calendars")
        self.connect("outlook")
        both, _writes = self.cost(lambda: self.save(self.broker), "saved with two")
        self.assertLessEqual(both - alone, 15)

    def visits(self, count):
        return self.env["immoassist.appointment"].create(
            [
                {
                    "name": f"Visit {n}",
                    "broker_id": self.broker.id,
                    "start": (FIRST + timedelta(hours=n, minutes=50)).replace(tzinfo=None),
                    "exclusive": False,
                }
                for n in range(count)
            ]
        )

    def test_a_push_takes_a_request_and_a_few_statements_for_each_fifty(self):
        self.startPatcher(patch.object(memory.MemoryCalendar, "batch_size", 50))
        self.visits(500)
        costs = self.cost(self.sync, "push of 500")
        self.assertEqual(costs[1], 500)
        self.assertLessEqual(costs[0], 300)
        requests = self.account.requests
        self.visits(500)
        self.sync()
        self.assertLessEqual(self.account.requests - requests, 25)

    def test_saving_asks_the_provider_nothing(self):
        self.save(self.broker)
        connected, _writes = self.cost(lambda: self.save(self.broker, day=2), "saved")
        asked = self.account.requests

        def hang(kind):
            raise AssertionError(f"{kind}: the user would wait for it")

        self.account.fault = hang
        hanging, _writes = self.cost(lambda: self.save(self.broker, day=3), "saved, hanging")
        self.assertEqual(hanging, connected)
        self.assertEqual(self.account.requests, asked)

    def written(self):
        """The versions of the rows of all appointments, meetings and links: any UPDATE shows."""
        self.env.flush_all()
        tables = ("immoassist_appointment", "calendar_event", "immoassist_calendar_link")
        versions = [SQL("SELECT ctid, xmin FROM %s", SQL.identifier(name)) for name in tables]
        return [self.env.execute_query(version) for version in versions]

    def save(self, broker, day=1):
        self.book(f"2027-03-0{day} 15:00", f"2027-03-0{day} 16:00", broker_id=broker.id)
        self.env.flush_all()


def _batches(size):
    """As many events in one answer as Google gives."""
    return patch.multiple(memory, PAGE_SIZE=size)
