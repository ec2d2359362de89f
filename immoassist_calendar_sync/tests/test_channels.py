from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .. import providers, worker
from ..core import PushRefused, Rejected, RetryLater
from ..models.immoassist_calendar_notification import Received
from ..worker.channels import LIFETIME
from .common import SyncCase

MAILBOX = {"outlook": ("memory", "MemoryMailbox")}
BASE = "https://odoo.agency.example"


class Killed(BaseException):
    """The worker dies."""


class ChannelCase(SyncCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(providers.CALENDARS, MAILBOX))
        cls.set_base(BASE)

    @classmethod
    def set_base(cls, base):
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param("immoassist_calendar_sync.webhook_base_url", base)

    def later(self, **delta):
        """From now on it is that much later."""
        self.now = getattr(self, "now", fields.Datetime.now()) + timedelta(**delta)
        self.startPatcher(freeze_time(self.now))

    def break_(self, account, kind, error, times=1):
        """Let the next requests of a kind fail."""
        left = [error] * times

        def fault(asked):
            if asked == kind and left:
                raise left.pop()

        account.fault = fault

    def kinds(self, account):
        """The kinds of requests from now on."""
        seen, inner = [], account.fault

        def fault(kind):
            seen.append(kind)
            inner(kind)

        account.fault = fault
        return seen

    def notify(self, account, kind="change", channel_id=None, times=1):
        """As the webhook does with an authentic call."""
        channel_id = channel_id or list(account.channels)[-1]
        received = {Received(account.channels[channel_id].secret, channel_id, kind)}
        for _time in range(times):
            self.env["immoassist.calendar.notification"]._receive(received)


@tagged("post_install", "-at_install")
class TestChannels(ChannelCase):
    def test_registered_under_a_secret_that_only_the_provider_knows(self):
        connection, account = self.connect("google")
        self.sync()
        (channel,) = connection.channel_ids
        ((external_id, there),) = account.channels.items()
        self.assertEqual(channel.state, "active")
        self.assertEqual(channel.external_id, external_id)
        self.assertEqual(there.address, f"{BASE}/webhooks/google/calendar")
        self.assertGreaterEqual(len(there.secret), 43)  # 256 bits
        self.assertNotIn(there.secret, str(channel.sudo().read()))
        self.sync_all()
        self.assertEqual(list(account.channels), [external_id])

    def test_stored_before_it_is_asked_for(self):
        connection, account = self.connect("google")

        def call_back(kind):
            if kind == "watch.done":  # the first call comes before the answer
                self.notify(account, "ready")

        account.fault = call_back
        self.sync()
        self.sync_all()
        self.assertTrue(connection.channel_ids.last_push)

    def test_a_worker_killed_over_a_registration_leaves_no_channel_behind(self):
        connection, account = self.connect("google")
        self.break_(account, "watch.done", Killed)
        self.env.flush_all()
        with suppress(Killed):  # `assertRaises` would undo what the worker had stored
            worker.run(worker.lease_next(self.registry))
            self.fail("It was not killed.")
        (orphan,) = account.channels
        self.later(minutes=10)  # its lease has ended
        self.sync_all()
        (channel,) = connection.channel_ids
        self.assertEqual(channel.state, "active")
        self.assertEqual(list(account.channels), [channel.external_id])
        self.assertNotEqual(channel.external_id, orphan)

    def test_an_answer_that_is_lost_leaves_no_channel_behind(self):
        for provider in ("google", "outlook"):
            connection, account = self.connect(provider)
            self.break_(account, "watch.done", RetryLater("503"))
            self.sync()
            self.assertFalse(connection.push_healthy)
            self.sync_all()
            (channel,) = connection.channel_ids
            self.assertEqual(list(account.channels), [channel.external_id])

    def test_replaced_before_it_expires_without_a_gap(self):
        connection, account = self.connect("google")
        self.sync()
        (old,) = account.channels
        order = []
        account.fault = order.append
        self.later(days=4)
        self.sync_all()
        self.assertEqual(list(account.channels), [old])
        self.later(days=2)
        order.clear()
        self.sync_all()
        self.assertLess(order.index("watch"), order.index("unwatch"))
        (new,) = account.channels
        self.assertNotEqual(new, old)
        self.assertEqual(connection.channel_ids.external_id, new)

    def test_a_subscription_is_prolonged(self):
        connection, account = self.connect("outlook")
        self.sync()
        (channel,) = account.channels
        self.later(days=6)
        self.sync_all()
        self.assertEqual(list(account.channels), [channel])
        self.assertEqual(connection.channel_ids.expires_at, self.now + LIFETIME)

    def test_not_all_are_renewed_in_one_hour(self):
        leads = set()
        for broker in (self.broker, self.paris, self.stranger):
            connection, _account = self.connect("google", broker)
            self.sync()
            leads.add(connection.channel_ids._lead())
        self.assertEqual(len(leads), 3)

    def test_one_that_lives_for_hours_only_is_not_renewed_all_the_time(self):
        connection, account = self.connect("outlook")
        self.sync()
        connection.channel_ids.expires_at = fields.Datetime.now() + timedelta(hours=3)
        kinds = []
        account.fault = kinds.append
        self.later(hours=1, minutes=50)
        self.sync_all()
        self.assertNotIn("renew", kinds)
        self.later(minutes=20)
        self.sync_all()
        self.assertIn("renew", kinds)

    def test_what_is_refused_is_polled_and_asked_for_again_tomorrow(self):
        connection, account = self.connect("google")
        self.break_(account, "watch", PushRefused("pushNotSupportedForRequestedResource"), times=9)
        kinds = self.kinds(account)
        self.sync()
        self.sync_all()
        self.assertEqual(kinds.count("watch"), 1)
        self.assertEqual(connection.state, "connected")
        self.assertFalse(connection.last_error)
        self.assertEqual(connection.push_state, "refused")
        self.assertIn("pushNotSupportedForRequestedResource", connection.push_status)
        account.fault = kinds.append
        self.later(days=1, minutes=1)
        self.sync_all()
        self.assertEqual(connection.push_state, "good")

    def test_a_server_that_did_not_answer_is_tried_again_within_hours(self):
        connection, account = self.connect("outlook")
        self.break_(account, "watch", PushRefused("endpoint_not_reachable"))
        self.sync()
        self.assertIn("check that its address", connection.push_status)
        self.later(hours=1, minutes=1)
        self.sync_all()
        self.assertTrue(connection.push_healthy)

    def test_what_cannot_be_stopped_fails_nothing(self):
        connection, account = self.connect("google")
        self.sync()
        connection.channel_ids.state = "stopping"
        self.break_(account, "unwatch", Rejected("400"))
        self.sync_all()
        self.assertFalse(connection.last_error)
        self.assertEqual(connection.channel_ids.mapped("state"), ["active"])

    def test_a_calendar_that_is_no_longer_wanted_is_stopped(self):
        connection, account = self.connect("google")
        self.sync()
        connection.source_ids.write({"is_target": False, "import_mode": "none"})
        self.sync_all()
        self.assertFalse(account.channels)
        self.assertFalse(connection.channel_ids)

    def test_another_address_of_the_server_is_told(self):
        for provider in ("google", "outlook"):
            self.set_base(BASE)
            connection, account = self.connect(provider)
            self.sync()
            self.set_base("https://elsewhere.agency.example")
            self.sync_all()
            ((_id, there),) = account.channels.items()
            self.assertTrue(there.address.startswith("https://elsewhere."))
            self.assertEqual(len(connection.channel_ids), 1)

    def test_no_address_that_can_be_reached(self):
        self.set_base("http://odoo.lan:8069")
        connection, account = self.connect("google")
        self.sync()
        self.assertFalse(account.channels)
        self.assertEqual(connection.push_state, "unreachable")
        self.assertIn("not https", connection.push_status)


@tagged("post_install", "-at_install")
class TestNotifications(ChannelCase):
    def test_a_burst_becomes_one_pull(self):
        _connection, account = self.connect("google")
        self.sync()
        account.put(self.event())
        self.notify(account, times=50)
        self.env.flush_all()
        self.assertEqual(self.env["immoassist.calendar.notification"].search_count([]), 1)
        kinds = self.kinds(account)
        self.sync()
        self.assertEqual(kinds.count("changes"), 2)  # one page and its end
        self.assertTrue(self.env["immoassist.appointment"].search([("name", "=", "Dentist")]))
        self.assertFalse(self.env["immoassist.calendar.notification"].search([]))

    def test_that_the_channel_was_made_is_no_reason_to_pull(self):
        _connection, account = self.connect("google")
        self.sync()
        kinds = self.kinds(account)
        self.notify(account, "ready")
        self.sync()
        self.assertNotIn("changes", kinds)

    def test_what_was_missed_is_pulled(self):
        _connection, account = self.connect("outlook")
        self.sync()
        kinds = self.kinds(account)
        self.notify(account, "missed")
        self.sync()
        self.assertIn("changes", kinds)

    def test_one_that_was_removed_is_registered_anew(self):
        connection, account = self.connect("outlook")
        self.sync()
        (gone,) = account.channels
        self.notify(account, "removed")
        account.channels.clear()
        self.sync()
        (channel,) = account.channels
        self.assertNotEqual(channel, gone)
        self.assertEqual(connection.channel_ids.external_id, channel)

    def test_renewed_when_the_provider_asks_for_it(self):
        connection, account = self.connect("outlook")
        self.sync()
        self.later(days=1)
        kinds = self.kinds(account)
        self.notify(account, "reauthorise", times=3)
        self.sync()
        self.assertEqual(kinds.count("renew"), 1)
        self.assertEqual(connection.channel_ids.expires_at, self.now + LIFETIME)
        self.sync_all()
        self.assertEqual(kinds.count("renew"), 1)

    def test_one_that_was_lost_is_replaced_when_it_should_be_renewed(self):
        connection, account = self.connect("outlook")
        self.sync()
        self.notify(account, "reauthorise")
        account.channels.clear()
        self.sync()
        self.assertEqual(connection.channel_ids.external_id, *account.channels)
        self.assertTrue(connection.push_healthy)


@tagged("post_install", "-at_install")
class TestPushHealth(ChannelCase):
    def test_good_once_google_has_called(self):
        connection, account = self.connect("google")
        self.assertEqual(connection.push_state, "pending")
        self.sync()
        self.assertEqual(connection.push_state, "good")
        self.later(minutes=11)
        self.assertEqual(self.state(connection), "never")
        self.assertIn("Google has never called", connection.push_status)
        self.notify(account, "ready")
        self.sync()
        self.assertEqual(self.state(connection), "good")
        self.assertEqual(connection.push_status, "at once")

    def state(self, connection):
        connection.invalidate_recordset(["push_state", "push_status", "push_healthy"])
        return connection.push_state

    def test_microsoft_has_called_before(self):
        connection, _account = self.connect("outlook")
        self.sync()
        self.later(hours=1)
        self.assertEqual(self.state(connection), "good")

    def test_changes_that_come_without_a_call(self):
        connection, account = self.connect("google")
        account.put(self.event("before"))
        self.sync()
        self.notify(account, "ready")
        self.sync()
        for number in range(2):
            self.assertEqual(self.state(connection), "good")
            account.put(self.event(f"e{number}"))
            self.later(minutes=20)
            self.sync_all()
        self.assertEqual(self.state(connection), "stale")
        account.put(self.event("told"))
        self.notify(account)
        self.sync()
        self.assertEqual(self.state(connection), "good")

    def test_expires_soon_then_expired(self):
        connection, account = self.connect("outlook")
        self.sync()
        self.break_(account, "renew", RetryLater("503"), times=9)
        self.later(minutes=10050 - 60)
        self.sync_all()
        self.assertEqual(self.state(connection), "expiring")
        self.assertTrue(connection.push_healthy)
        self.later(hours=2)
        self.assertEqual(self.state(connection), "expired")
        self.assertFalse(connection.push_healthy)

    def test_polled_more_often_when_it_is_not_good_and_not_all_at_once(self):
        connection, account = self.connect("google")
        self.sync()
        self.notify(account, "ready")
        self.sync()
        waits = self.waits(connection)
        self.assertGreaterEqual(min(waits), timedelta(minutes=11))
        self.assertLessEqual(max(waits), timedelta(minutes=19))
        self.assertGreater(len(set(waits)), 5)
        connection.unannounced = 2
        self.assertLessEqual(max(self.waits(connection)), timedelta(minutes=7))

    def waits(self, connection):
        found = []
        for _run in range(9):
            self.sync_all()
            found.append(connection.next_sync - fields.Datetime.now())
        return found

    def test_a_paused_one_says_nothing(self):
        connection, _account = self.connect("google")
        connection.state = "paused"
        self.assertFalse(connection.push_status)

    def test_a_broker_reads_the_words_and_not_the_channels(self):
        connection, _account = self.connect("google")
        self.sync()
        own = connection.with_user(self.broker)
        self.assertTrue(own.push_status)
        with self.assertRaises(AccessError):
            own.channel_ids.read(["state"])
