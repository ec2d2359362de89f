from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from threading import Barrier
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged

from ..core import guard

HOUR = timedelta(hours=1)
NOW = datetime(2027, 3, 1, 12, 30, tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestGuard(BaseCase):
    def test_fill_time(self):
        least = timedelta(seconds=3)
        for seconds, problem in ((0, "fast"), (2, "fast"), (3, None), (3600, None), (90000, "old")):
            made = NOW - timedelta(seconds=seconds)
            self.assertEqual(guard.fill_problem(made, NOW, least), problem, seconds)
        self.assertEqual(guard.fill_problem(None, NOW, least), "old")
        self.assertEqual(guard.fill_problem(NOW + HOUR, NOW, least), "old")

    def test_network(self):
        for address, network in {
            "203.0.113.7": "203.0.113.7",
            "::ffff:203.0.113.7": "203.0.113.7",
            "2001:db8:1:2:aaaa::1": "2001:db8:1:2::/64",
            "2001:db8:1:2:bbbb::2": "2001:db8:1:2::/64",
            "fe80::1%eth0": "fe80::/64",
            "": "",
            "unknown": "",
        }.items():
            self.assertEqual(guard.network(address), network)

    def test_same_person(self):
        for email in ("Claire@Example.com", "claire+1@example.com", " claire+a+b@EXAMPLE.com"):
            self.assertEqual(guard.same_person(email), "claire@example.com")
        self.assertEqual(guard.same_person("+1@example.com"), "+1@example.com")
        self.assertNotEqual(guard.same_person("c.laire@example.com"), "claire@example.com")

    def test_domains(self):
        self.assertEqual(guard.domains("a@x.Example.com"), ["x.example.com", "example.com", "com"])

    def test_within(self):
        ranges = ["203.0.113.0/24", "2001:db8::/32"]
        self.assertTrue(guard.within("203.0.113.9", ranges))
        self.assertTrue(guard.within("::ffff:203.0.113.9", ranges))
        self.assertTrue(guard.within("2001:db8::1", ranges))
        for address in ("203.0.114.9", "2001:db9::1", "", "x"):
            self.assertFalse(guard.within(address, ranges))

    def test_window(self):
        number, end = guard.window(NOW, HOUR)
        self.assertEqual(end, datetime(2027, 3, 1, 13, tzinfo=timezone.utc))
        self.assertEqual(guard.window(NOW + HOUR, HOUR)[0], number + 1)
        self.assertEqual(guard.window(end - timedelta(seconds=1), HOUR)[0], number)


@tagged("post_install", "-at_install")
class TestLimitOfWorkers(BaseCase):
    """Real cursors, as several workers have them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.connection = db_connect(get_db_name())

    def setUp(self):
        super().setUp()
        self.forget()
        self.addCleanup(self.forget)

    def forget(self):
        with self.connection.cursor() as cr:
            cr.execute("DELETE FROM immoassist_booking_limit")

    def use(self, who="203.0.113.7", roll_back=False):
        """As a request does: in the midst of a transaction that began before."""
        with self.connection.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute("SELECT 1")
            used, _end = env["immoassist.booking.limit"]._use("book", who, HOUR)
            if roll_back:
                cr.rollback()
        return used

    def test_counted_also_when_the_request_is_refused(self):
        self.assertEqual([self.use(roll_back=True) for _ in range(3)], [1, 2, 3])

    def test_each_has_his_own(self):
        self.assertEqual(self.use(), 1)
        self.assertEqual(self.use("203.0.113.8"), 1)
        self.assertEqual(self.use(), 2)

    def test_at_the_same_moment(self):
        """None is lost, and none counted twice: exactly the first ones pass a limit."""
        number = 12
        gate = Barrier(number)

        def use(_number):
            gate.wait(30)
            return self.use()

        # The thread that runs the tests holds the lock of the registries as long as they run.
        unlocked = patch.object(Registry, "_lock", DummyRLock())
        with unlocked, ThreadPoolExecutor(number) as pool:
            self.assertEqual(sorted(pool.map(use, range(number))), list(range(1, number + 1)))
