import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from unittest.mock import patch

import psycopg2

from odoo import api
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import BrokersTaken, SlotNotAvailable
from .test_concurrency import CommittedCase

# More than Odoo tries; each with a time of its own.
CLIENTS = 8


@tagged("post_install", "-at_install")
class TestTurn(CommittedCase):
    """The turn of a broker, taken by the first statement of a transaction."""

    def users(self, env, *numbers):
        return env["res.users"].browse(self.brokers[number] for number in numbers)

    def begin(self, env, *numbers):
        env["immoassist.booking.guard"]._begin(self.users(env, *numbers))

    def lose(self, env):
        with self.assertRaises(BrokersTaken) as caught:
            self.book(env)
        return caught.exception

    def test_loss_says_whose_turn_it_was(self):
        first, second = self.open(), self.open()
        self.book(first)
        first.cr.commit()
        lost = self.lose(second)
        self.assertEqual(lost.broker_ids, [self.brokers[0]])
        # What Odoo looks at before it runs a request again.
        self.assertIsInstance(lost, psycopg2.errors.SerializationFailure)
        self.assertEqual(lost.pgcode, psycopg2.errorcodes.SERIALIZATION_FAILURE)

    def test_sees_what_the_faster_one_did(self):
        first, second = self.open(), self.open()
        self.book(first)
        first.cr.commit()
        self.lose(second)
        self.begin(second, 0)
        with self.assertRaises(SlotNotAvailable):
            self.book(second)
        self.assertEqual(self.count(), 1)

    def test_is_not_lost_any_more(self):
        first, second = self.open(), self.open()
        self.begin(first, 0, 1)
        second.cr.execute("SET LOCAL lock_timeout = '50ms'")
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.LockNotAvailable):
            self.book(second, broker=1)
        second.cr.rollback()
        self.book(first)
        first.cr.commit()
        self.assertEqual(self.count(), 1)

    def test_undoes_what_was_done(self):
        first = self.open()
        self.book(first)
        self.begin(first, 0)
        first.cr.commit()
        self.assertEqual(self.count(), 0)

    def test_everybody_gets_a_turn(self):
        """None of them fails, though each commits a change of the same row."""
        barrier = threading.Barrier(CLIENTS)

        def one(number):
            with closing(self.connection.cursor()) as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                barrier.wait(30)
                self.begin(env, 0)
                self.book(env, hours=24 * number)
                env.cr.commit()

        # The thread that runs the tests holds the lock of the registries as long as they run.
        with patch.object(Registry, "_lock", DummyRLock()), ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(one, range(CLIENTS), timeout=60))
        self.assertEqual(self.count(), CLIENTS)
