import logging
import time
from urllib.parse import urlsplit

from odoo.tests import tagged
from odoo.tests.common import _super_send

from .simulated import SIDES, addresses, simulator
from .test_sync_workers import WorkersCase

_logger = logging.getLogger(__name__)

LATENCY = 0.4
"""Of each answer: a distant provider on a slow day."""
SCOPES = ("calendar.events", "calendar.calendarlist.readonly")


@tagged("post_install", "-at_install")
class TestSyncThroughput(WorkersCase):
    """Workers wait for the provider most of the time, so the more there are the sooner it is done.

    Against the simulator over HTTP, with latency.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sim = cls.enterClassContext(simulator())

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's own compares the time-out with a number, and prolongs it.
        if urlsplit(r.url).hostname == "127.0.0.1":
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        self.sim.reset()
        with self.connection() as env:
            parameters = env["ir.config_parameter"]
            # No push channels: https would be needed for that.
            values = {**addresses(self.sim), "webhook_base_url": "http://agency.example"}
            for name, value in values.items():
                parameters.set_param(f"immoassist_calendar_sync.{name}", value)

    def forget(self):
        with self.connection() as env:
            domain = [("key", "=like", "immoassist_calendar_sync.%")]
            env["ir.config_parameter"].search(domain).unlink()

    def open_account(self, connection):
        side = getattr(self.sim, SIDES[connection.provider])
        email = self.email(connection)
        side.create_account(email, zone="Europe/Paris")
        if connection.provider == "outlook":
            return side.grant(email)
        scopes = frozenset(f"https://www.googleapis.com/auth/{name}" for name in SCOPES)
        return side.oauth.grant(email, scopes)

    def email(self, connection):
        return f"worker{connection.user_id.id}@agency.example"

    def calendar_of(self, connection):
        side = getattr(self.sim, SIDES[connection.provider])
        return side.find(self.email(connection), "primary")[1].id

    def seconds(self, brokers, workers):
        """How long it takes to write an appointment into both calendars of each broker."""
        ids = self.make(brokers)
        before = sum(self.sim.ledger.writes.values())
        fault = self.sim.faults.add("*", latency=LATENCY, count=None)
        began = time.monotonic()
        had = self.run_at_once(workers)
        seconds = time.monotonic() - began
        self.sim.faults.reset()
        _logger.info(
            "%s connections, %s workers: %.1f s, %s requests", len(ids), workers, seconds, fault.met
        )
        self.assertEqual(had.total(), len(ids), "each was had once")
        self.assertEqual(sum(self.sim.ledger.writes.values()) - before, len(ids))
        self.assert_one_event_each(ids)
        self.assert_nothing_is_left(ids)
        return seconds

    def assert_one_event_each(self, ids):
        with self.connection() as env:
            for connection in env["immoassist.calendar.connection"].browse(ids):
                side = getattr(self.sim, SIDES[connection.provider])
                events = side.events(self.email(connection), self.calendar_of(connection))
                self.assertEqual(len(events), 1)

    def test_four_workers_take_less_than_half_the_time_of_one(self):
        alone = self.seconds(brokers=5, workers=1)
        self.remove_brokers()
        together = self.seconds(brokers=5, workers=4)
        self.assertLess(together, alone / 2)

    def test_ten_workers_on_a_hundred_connections(self):
        self.seconds(brokers=50, workers=10)
