from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import encryption
from ..core import RetryLater
from ..providers import memory
from .common import SyncCase


class ConnectCase(SyncCase):
    def setUp(self):
        super().setUp()
        self.account = self.open_account("marie")
        self.connections = self.env["immoassist.calendar.connection"]

    def open_account(self, token):
        account = memory.ACCOUNTS[token] = memory.MemoryAccount()
        self.addCleanup(memory.ACCOUNTS.pop, token)
        return account

    def flows(self, user=None):
        return self.env["immoassist.calendar.oauth.flow"].with_user(user or self.broker)

    def consent(self, code="marie", provider="google", user=None, **params):
        """Go to the consent page and come back; the connection, as its broker sees it."""
        self.env.flush_all()
        flows = self.flows(user)
        (state,) = parse_qs(urlsplit(flows._begin(provider)).query)["state"]
        id_ = flows._finish(provider, params or {"code": code} | {"state": state})
        self.env.invalidate_all()
        return self.connections.with_user(user or self.broker).browse(id_)

    def connected(self, **options):
        """Connected, looked at and started."""
        connection = self.consent(**options)
        self.sync()
        connection.action_start()
        self.sync()
        return connection


@tagged("post_install", "-at_install")
class TestConsent(ConnectCase):
    def test_connected_it_waits_to_be_agreed_to(self):
        self.book()
        self.account.put(self.event())
        self.account.put(self.event("e2"))
        connection = self.consent()
        self.assertEqual((connection.state, connection.pause_reason), ("paused", "preview"))
        self.assertEqual(connection.account_email, "marie@memory.example")
        (source,) = connection.source_ids
        self.assertTrue(source.is_target)
        self.assertEqual(source.import_mode, "full")
        with self.assertRaises(UserError):
            connection.action_start()
        self.sync()
        self.assertTrue(connection.preview_at)
        self.assertEqual(connection.preview_import, 2)
        self.assertEqual(connection.preview_push, 1)
        self.assertEqual(self.account.writes, 0)
        self.assertFalse(self.imported())

    def test_a_choice_changes_the_preview(self):
        self.account.put(self.event())
        connection = self.consent()
        self.sync()
        connection.source_ids.import_mode = "busy"
        self.assertEqual((connection.preview_import, connection.preview_busy), (0, 1))

    def test_started_both_sides_are_the_same(self):
        appointment = self.book()
        self.account.put(self.event())
        connection = self.connected()
        self.assertEqual(connection.state, "connected")
        self.assertTrue(appointment.google_event_id)
        self.assertEqual(self.imported().name, "Dentist")

    def test_a_state_is_good_once(self):
        flows = self.flows()
        (state,) = parse_qs(urlsplit(flows._begin("google")).query)["state"]
        flows._finish("google", {"code": "marie", "state": state})
        with self.assertRaisesRegex(UserError, "used already"):
            flows._finish("google", {"code": "marie", "state": state})

    def test_a_state_is_of_its_user_and_used_up_by_another(self):
        (state,) = parse_qs(urlsplit(self.flows()._begin("google")).query)["state"]
        with self.assertRaisesRegex(UserError, "Somebody else"):
            self.flows(self.paris)._finish("google", {"code": "marie", "state": state})
        with self.assertRaisesRegex(UserError, "used already"):
            self.flows()._finish("google", {"code": "marie", "state": state})
        self.assertFalse(self.connections.search([("state", "!=", "draft")]))

    def test_a_state_ends_and_is_of_its_provider(self):
        for provider in ("outlook", "google"):
            (state,) = parse_qs(urlsplit(self.flows()._begin("google")).query)["state"]
            self.env["immoassist.calendar.oauth.flow"].search([]).write(
                {"expires_at": "2027-01-04 11:59:59"} if provider == "google" else {}
            )
            self.env.flush_all()
            with self.subTest(provider=provider), self.assertRaisesRegex(UserError, "ten minutes"):
                self.flows()._finish(provider, {"code": "marie", "state": state})

    def test_declined(self):
        flows = self.flows()
        (state,) = parse_qs(urlsplit(flows._begin("google")).query)["state"]
        with self.assertRaisesRegex(UserError, "You declined"):
            flows._finish("google", {"error": "access_denied", "state": state})

    def test_a_permission_is_missing_by_name(self):
        with self.assertRaisesRegex(UserError, "see and change events"):
            self.consent(code="unticked")

    def test_no_key_no_connection(self):
        without = patch.dict("os.environ", {"IMMOASSIST_ENCRYPTION_KEY": ""})
        with without, self.assertRaisesRegex(UserError, "encryption key"):
            self.flows()._begin("google")

    def test_no_credentials_no_connection(self):
        self.env["ir.config_parameter"].set_param(
            "immoassist_calendar_sync.microsoft_client_secret", False
        )
        with self.assertRaisesRegex(UserError, "Outlook is not set up"):
            self.flows()._begin("outlook")

    def test_another_account_is_asked_about(self):
        connection = self.connected()
        self.book()
        self.sync()
        other = self.open_account("julie")
        self.consent(code="julie")
        self.assertEqual(connection.pending_email, "julie@memory.example")
        self.assertEqual(connection.account_email, "marie@memory.example")
        self.sync_all()
        self.assertEqual(other.writes, 0)
        connection.action_keep_account()
        self.assertFalse(connection.pending_email)
        self.consent(code="julie")
        connection.action_use_new_account()
        self.assertEqual(connection.account_email, "julie@memory.example")
        self.assertEqual(connection.pause_reason, "preview")
        self.sync()
        connection.action_start()
        self.sync()
        self.assertEqual(len(other.live()), 1)
        self.assertEqual(len(self.account.live()), 1)

    def test_reconnected_it_goes_on(self):
        connection = self.connected()
        connection.sudo().state = "reauth"
        self.book()
        self.sync()
        self.assertFalse(self.account.live())
        self.consent()
        self.assertEqual(connection.state, "connected")
        self.sync()
        self.assertEqual(len(self.account.live()), 1)

    def test_reconnected_after_the_key_was_lost(self):
        connection = self.connected()
        self.book()
        self.sync()
        with patch.dict("os.environ", {encryption.VARIABLE: Fernet.generate_key().decode()}):
            self.sync_all()
            found = (connection.state, connection.pause_reason, connection.sudo().last_error)
            self.assertEqual(found, ("paused", "administrator", "encryption_key"))
            secret = "immoassist_calendar_sync.google_client_secret"
            self.env["ir.config_parameter"].set_param(secret, "entered again")
            self.consent()
            self.assertEqual(connection.state, "connected")
            self.book("2027-03-01 17:00", "2027-03-01 18:00")
            self.sync_all()
        self.assertEqual(len(self.account.live()), 2)

    def imported(self):
        return self.env["immoassist.appointment"].search([("source", "=", "google")])


@tagged("post_install", "-at_install")
class TestFromDayToDay(ConnectCase):
    def test_paused_nothing_moves(self):
        connection = self.connected()
        connection.action_pause()
        self.book()
        self.account.put(self.event())
        self.sync_all()
        self.assertEqual(len(self.account.live()), 1)
        connection.action_resume()
        self.sync()
        self.assertEqual(len(self.account.live()), 2)

    def test_to_busy_the_appointments_leave_odoo_and_stay_there(self):
        self.account.put(self.event())
        connection = self.connected()
        writes = self.account.writes
        connection.source_ids.import_mode = "busy"
        self.sync()
        self.assertFalse(self.env["immoassist.appointment"].search([("source", "=", "google")]))
        self.assertEqual(len(connection.source_ids.busy_ids), 1)
        connection.source_ids.import_mode = "none"
        self.sync()
        self.assertFalse(connection.source_ids.busy_ids)
        connection.source_ids.import_mode = "full"
        self.sync()
        self.assertEqual(
            len(self.env["immoassist.appointment"].search([("source", "=", "google")])), 1
        )
        self.assertEqual((len(self.account.live()), self.account.writes), (1, writes))

    def test_what_was_put_under_a_transaction_stays(self):
        self.account.put(self.event())
        connection = self.connected()
        appointment = self.env["immoassist.appointment"].search([("source", "=", "google")])
        appointment.transaction_id = self.make_transaction()
        connection.source_ids.import_mode = "none"
        self.sync()
        self.assertTrue(appointment.exists())

    def test_what_failed_is_tried_again(self):
        connection = self.connected()
        appointment = self.book()
        link = appointment.sudo().calendar_link_ids
        link.write({"state": "failed", "last_error": "loop"})
        self.sync()
        self.assertFalse(self.account.live())
        self.assertEqual(connection.failed_count, 1)
        with self.assertRaises(AccessError):
            link.with_user(self.paris).action_retry()
        link.with_user(self.broker).action_retry()
        self.sync()
        self.assertEqual(len(self.account.live()), 1)

    def test_what_failed_is_left_alone(self):
        connection = self.connected()
        link = self.book().sudo().calendar_link_ids
        link.write({"state": "failed", "last_error": "loop"})
        link.with_user(self.broker).action_ignore()
        self.sync_all()
        self.assertFalse(self.account.live())
        self.assertEqual(connection.failed_count, 0)

    @mute_logger("odoo.sql_db")
    def test_a_copy_of_the_database_touches_nothing(self):
        connection = self.connected()
        self.book()
        self.env["ir.config_parameter"].set_param("database.uuid", "a-copy")
        before = self.account.version
        calls = []
        self.account.fault = calls.append
        self.sync_all()
        self.assertEqual((connection.state, connection.pause_reason), ("paused", "database"))
        self.assertEqual((calls, self.account.version), ([], before))

    def test_no_calendar_file_by_mail_to_who_has_it_in_the_calendar(self):
        self.assertTrue(self.broker._wants_invitation_file())
        self.connected()
        self.assertFalse(self.broker._wants_invitation_file())


@tagged("post_install", "-at_install")
class TestDisconnect(ConnectCase):
    def disconnect(self, connection, mode):
        wizard = self.env["immoassist.calendar.disconnect"].with_user(self.broker)
        action = connection.action_disconnect()
        wizard.with_context(**action["context"]).create({"mode": mode}).action_disconnect()
        self.sync()

    def test_removed(self):
        self.account.put(self.event())
        connection = self.connected()
        self.book()
        self.sync()
        self.assertEqual(len(self.account.live()), 2)
        self.disconnect(connection, "remove")
        self.assertEqual(list(self.account.live()), ["e1"])
        self.assertEqual(connection.state, "draft")
        self.assertTrue(self.account.revoked)
        self.assertFalse(connection.sudo().refresh_token or connection.sudo().access_token)
        self.assertFalse(self.env["immoassist.appointment"].search([("source", "=", "google")]))
        self.connected()
        self.assertEqual(len(self.account.live()), 2)

    def test_kept_and_found_again(self):
        self.account.put(self.event())
        connection = self.connected()
        appointment = self.book()
        self.sync()
        self.disconnect(connection, "keep")
        self.assertEqual(len(self.account.live()), 2)
        self.assertTrue(self.account.revoked)
        self.assertFalse(self.env["immoassist.appointment"].search([("source", "=", "google")]))
        appointment.name = "Second visit"
        self.sync()
        self.connected()
        self.assertEqual(len(self.account.live()), 2)
        names = {event.fields["name"] for event in self.account.live().values()}
        self.assertEqual(names, {"Second visit", "Dentist"})

    def test_the_provider_does_not_answer_for_a_while(self):
        connection = self.connected()
        self.book()
        self.sync()

        def fail(kind):
            raise RetryLater("503")

        self.account.fault = fail
        self.disconnect(connection, "remove")
        self.assertEqual(connection.leaving, "remove")
        self.account.fault = lambda kind: None
        self.sync_all()
        self.assertEqual(connection.state, "draft")
        self.assertFalse(self.account.live())

    def test_a_manager_may_disconnect_and_nothing_else(self):
        connection = self.connected().with_user(self.manager)
        for name in ("action_connect", "action_pause", "action_sync_now", "action_start"):
            with self.subTest(button=name), self.assertRaises(AccessError):
                getattr(connection, name)()
        connection._disconnect("keep")
        self.sync()
        self.assertEqual(connection.state, "draft")
        with self.assertRaises(AccessError):
            connection.with_user(self.paris).action_disconnect()
