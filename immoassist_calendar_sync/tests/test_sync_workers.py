import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta, timezone
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from .. import providers, worker
from ..core.grant import Grant
from ..providers import memory
from ..worker.lease import LeaseLost
from .common import CONSENT, IN_MEMORY

BROKERS = 50
LOGIN = "sync_worker_"


class WorkersCase(TransactionCase):
    """Real workers, each with its own connections to the database: what is made here is committed,
    and removed afterwards.
    """

    def setUp(self):
        super().setUp()
        key = Fernet.generate_key().decode()
        for patcher in (
            patch.dict("os.environ", {"IMMOASSIST_ENCRYPTION_KEY": key}),
            # The tests run with the lock of the registries held; a new environment needs it too.
            patch.object(Registry, "_lock", DummyRLock()),
        ):
            self.startPatcher(patcher)
        self.addCleanup(self.clean_up)
        with self.connection() as env:
            self.last_trigger = env["ir.cron.trigger"].search([], order="id desc", limit=1).id or 0

    def connection(self):
        """A new transaction, committed at its end."""
        return _Connection(self.env.cr.dbname)

    def make(self, brokers):
        """Brokers with Google and Outlook and one appointment each."""
        with self.connection() as env:
            users = self.make_users(env, brokers)
            expires = fields.Datetime.now().replace(tzinfo=timezone.utc) + timedelta(days=9)
            connections = env["immoassist.calendar.connection"].create(
                [
                    {"user_id": user.id, "provider": provider, "state": "connected"}
                    for user in users
                    for provider in ("google", "outlook")
                ]
            )
            for connection in connections:
                token = self.open_account(connection)
                connection._store_grant(Grant(token, expires, frozenset(), token))
            env["immoassist.calendar.source"].create(
                [
                    {
                        "connection_id": connection.id,
                        "external_id": self.calendar_of(connection),
                        "name": "Calendar",
                        "is_target": True,
                        "import_mode": "full",
                    }
                    for connection in connections
                ]
            )
            start = fields.Datetime.now() + timedelta(days=3)
            env["immoassist.appointment"].create(
                [{"name": "Visit", "broker_id": user.id, "start": start} for user in users]
            )
            return connections.ids

    def open_account(self, connection):
        """Its access token."""
        raise NotImplementedError  # each kind of provider has its own

    def calendar_of(self, connection):
        """The id of its calendar."""
        raise NotImplementedError  # each kind of provider has its own

    def make_users(self, env, count):
        group = env.ref("immoassist_appointments.group_broker")
        users = env["res.users"].with_context(
            no_reset_password=True, mail_create_nolog=True, mail_notrack=True
        )
        return users.create(
            [
                {"name": f"Broker {n}", "login": f"{LOGIN}{n}", "group_ids": [(4, group.id)]}
                for n in range(count)
            ]
        )

    def clean_up(self):
        self.remove_brokers()
        self.forget()

    def forget(self):
        """What was made beside the brokers."""
        raise NotImplementedError  # each kind of provider has its own

    def remove_brokers(self):
        with self.connection() as env:
            users = env["res.users"].search([("login", "=like", f"{LOGIN}%")])
            env["immoassist.appointment"].search([("broker_id", "in", users.ids)]).unlink()
            env["immoassist.calendar.connection"].search([("user_id", "in", users.ids)]).unlink()
            env["ir.cron.trigger"].search([("id", ">", self.last_trigger)]).unlink()
            env["mail.mail"].search([("author_id", "in", users.partner_id.ids)]).unlink()
            env["immoassist.booking.guard"].search([("broker_id", "in", users.ids)]).unlink()
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def lease(self):
        return worker.lease_next(Registry(self.env.cr.dbname))

    def run_at_once(self, workers):
        """:return: how many connections each of the workers had"""
        barrier, errors, had = threading.Barrier(workers), [], Counter()

        def run(number):
            try:
                barrier.wait()
                while lease := self.lease():
                    if worker.run(lease):
                        had[number] += 1
            except Exception as error:  # of a thread: whichever it is, the test fails below
                errors.append(error)

        threads = [threading.Thread(target=run, args=[number]) for number in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=240)
        self.assertFalse([thread for thread in threads if thread.is_alive()])
        self.assertFalse(errors)
        return had

    def assert_nothing_is_left(self, ids):
        with self.connection() as env:
            connections = env["immoassist.calendar.connection"].browse(ids)
            self.assertEqual(set(connections.mapped("failures")), {0})
            self.assertFalse(any(connections.mapped("lease_until")))


@tagged("post_install", "-at_install")
class TestSyncWorkers(WorkersCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(providers.CALENDARS, IN_MEMORY))
        self.startPatcher(patch.dict(providers.AUTHORISERS, CONSENT))

    def forget(self):
        for token in [token for token in memory.ACCOUNTS if token.startswith("worker-")]:
            del memory.ACCOUNTS[token]

    def open_account(self, connection):
        token = f"worker-{connection.id}"
        memory.ACCOUNTS[token] = memory.MemoryAccount()
        return token

    def calendar_of(self, connection):
        return memory.CALENDAR

    def assert_each_written_once(self, ids):
        for id_ in ids:
            account = memory.ACCOUNTS[f"worker-{id_}"]
            self.assertEqual((len(account.live()), account.writes), (1, 1))
        self.assert_nothing_is_left(ids)

    def test_a_worker_that_wakes_up_late_writes_nothing(self):
        (first, _second) = self.make(1)
        late = self.lease()
        self.assertEqual(late.connection_id, first)
        with self.connection() as env:
            past = fields.Datetime.now() - timedelta(seconds=1)
            env["immoassist.calendar.connection"].browse(first).lease_until = past
        other = self.lease()
        self.assertEqual(other.connection_id, first)
        with self.assertRaises(LeaseLost):
            late.run(lambda connection: connection.write({"last_error": "late"}))
        self.assertIsNone(worker.run(late))
        # What its run begins with it had read already: so it may look, which harms nobody.
        self.assertFalse(memory.ACCOUNTS[f"worker-{first}"].writes)
        with self.connection() as env:
            self.assertFalse(env["immoassist.calendar.connection"].browse(first).last_error)
        self.assertTrue(worker.run(other))
        self.run_at_once(1)
        self.assert_each_written_once([first, _second])

    def test_the_clock_was_set_back_by_a_day(self):
        """What was stored before lies in the future: none of it holds the sync up."""
        (first, _second) = self.make(1)
        self.run_at_once(1)
        ahead = fields.Datetime.now() + timedelta(days=1)
        moments = {"last_sync": ahead, "next_sync": ahead, "answered_at": ahead}
        with self.connection() as env:
            connection = env["immoassist.calendar.connection"].browse(first)
            connection.write({**moments, "lease_until": ahead})  # killed with its lease
        lease = self.lease()
        self.assertEqual(lease.connection_id, first)
        self.assertTrue(lease.begun.pulls, "the calendar is looked at")
        self.assertTrue(worker.run(lease))
        self.assertIsNone(self.lease(), "once")
        with self.connection() as env:
            connection = env["immoassist.calendar.connection"].browse(first)
            self.assertLess(connection.next_sync, fields.Datetime.now() + timedelta(hours=1))

    def test_a_lease_lost_in_the_middle_of_a_transaction_is_not_committed(self):
        """Who has the row cannot lose it before the commit: the other waits, and gets nothing."""
        (first, _second) = self.make(1)
        lease = self.lease()
        tried = []

        def try_meanwhile(connection):
            tried.append(self.lease())
            connection.last_error = "mine"

        lease.run(try_meanwhile)
        self.assertNotIn(first, [lease.connection_id for lease in tried if lease])
        with self.connection() as env:
            self.assertEqual(env["immoassist.calendar.connection"].browse(first).last_error, "mine")

    def test_a_save_does_not_lose_against_a_worker_that_begins(self):
        """Odoo lets who lost a race wait for up to two seconds."""
        (first, _second) = self.make(1)
        self.run_at_once(1)
        with self.connection() as env:
            env["immoassist.calendar.connection"].browse(first).next_sync = False
        with self.connection() as saving:
            broker = saving["immoassist.calendar.connection"].browse(first).user_id
            self.assertEqual(self.lease().connection_id, first)
            start = fields.Datetime.now() + timedelta(days=4)
            saved = saving["immoassist.appointment"].create(
                {"name": "Visit", "broker_id": broker.id, "start": start}
            )
            links = saving["immoassist.calendar.link"].search([("appointment_id", "=", saved.id)])
            self.assertIn(first, links.connection_id.ids)

    def test_who_lost_a_race_for_a_broker_has_the_turn_the_next_time(self):
        """However many clients book with the broker meanwhile."""
        (first, _second) = self.make(1)
        self.run_at_once(1)
        with self.connection() as env:
            env["immoassist.calendar.connection"].browse(first).next_sync = False
        lease = self.lease()
        attempts = []

        def take(connection):
            attempts.append(connection.id)
            broker = connection.user_id
            with self.connection() as client:
                guard = client["immoassist.booking.guard"]
                if guard.search([("broker_id", "=", broker.id)]).try_lock_for_update():
                    guard._take(broker.with_env(client))
            connection.env["immoassist.booking.guard"]._take(broker)

        lease.run(take)
        self.assertEqual(len(attempts), 2)

    def test_nothing_is_left_of_a_connection_that_is_deleted(self):
        ids = self.make(1)
        with self.connection() as env:
            links = env["immoassist.calendar.link"].search([("connection_id", "in", ids)])
            self.assertEqual(len(links), 2)
            env["immoassist.calendar.connection"].browse(ids).unlink()
            self.assertFalse(links.exists())

    def test_a_booking_that_the_transaction_cannot_see_runs_it_again(self):
        """It is no fault of the event, which would be put aside for good."""
        (first, _second) = self.make(1)
        self.run_at_once(1)
        (event,) = memory.ACCOUNTS[f"worker-{first}"].live().values()
        delta = timedelta(hours=5)
        moved = {name: event.fields[name] + delta for name in ("start", "stop")}
        event = replace(event, etag="moved", fields={**event.fields, **moved})
        attempts = []

        def take_over(connection):
            connection.env.cr.execute("SELECT 1")  # from here on it sees no news
            if not attempts:
                self.insert_booking(connection.user_id.id, moved)
            attempts.append(connection.id)
            return connection.source_ids._take_over([event])

        with self.connection() as env:
            env["immoassist.calendar.connection"].browse(first).next_sync = False
        lease = self.lease()
        self.assertFalse(lease.run(take_over)["failed"])
        self.assertEqual(len(attempts), 2)
        with self.connection() as env:
            link = env["immoassist.calendar.connection"].browse(first).source_ids.link_ids
            self.assertEqual((link.state, link.etag), ("ok", "moved"))

    def insert_booking(self, broker_id, times):
        """A booking that knows nothing of guard or ORM, so that the constraint alone sees it."""
        query = """
            INSERT INTO immoassist_appointment
                   (name, start, stop, busy_start, busy_stop, exclusive, state, source, show_as,
                    broker_id, company_id)
            SELECT 'x', %(start)s, %(stop)s, %(start)s, %(stop)s, TRUE, 'confirmed', 'backend',
                   'busy', id, company_id FROM res_users WHERE id = %(broker)s
        """
        naive = {name: moment.replace(tzinfo=None) for name, moment in times.items()}
        with self.connection() as env:
            env.cr.execute(query, {**naive, "broker": broker_id})

    def test_a_worker_is_awaited_until_it_begins(self):
        """As Odoo runs a cron: its triggers are deleted first, and that is committed last."""
        model = "immoassist.calendar.connection"
        with self.connection() as env:
            crons = env[model]._worker_crons()
            env["ir.cron.trigger"].search([("cron_id", "in", crons.ids)]).unlink()
        with self.connection() as env:
            self.assertFalse(env[model]._is_worker_awaited())
            env[model]._wake_workers()
        with self.connection() as env:
            self.assertTrue(env[model]._is_worker_awaited())
        with self.connection() as late, self.connection() as running:
            late.cr.execute("SELECT 1")  # what it sees is of now
            for cron in crons.with_env(running):
                cron._clear_schedule({"id": cron.id})
            with self.connection() as env:
                self.assertFalse(env[model]._is_worker_awaited())
                env[model]._wake_workers()
            running.cr.commit()
            self.assertFalse(late[model]._is_worker_awaited())
            late.cr.execute("SELECT 1")  # it can go on
        with self.connection() as env:
            self.assertTrue(env[model]._is_worker_awaited())

    def test_two_workers_on_one_broker(self):
        ids = self.make(1)
        self.run_at_once(2)
        self.assert_each_written_once(ids)

    def test_ten_workers_on_a_hundred_connections(self):
        ids = self.make(BROKERS)
        had = self.run_at_once(10)
        self.assertGreaterEqual(had.total(), len(ids))
        self.assertGreater(len(had), 5, "the work is shared")
        self.assert_each_written_once(ids)


class _Connection:
    def __init__(self, database):
        self.cursor = db_connect(database).cursor()

    def __enter__(self):
        return api.Environment(self.cursor, SUPERUSER_ID, {})

    def __exit__(self, kind, *_rest):
        if kind is None:
            self.cursor.commit()
        self.cursor.close()
