import contextlib
import io
import os
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.module import Manifest
from odoo.tests import tagged

from .. import encryption
from ..core.grant import Grant
from .common import SyncCase, moment

PREFIX = "immoassist_calendar_sync."


@tagged("post_install", "-at_install")
class TestSettings(SyncCase):
    def setUp(self):
        super().setUp()
        self.admin = self.env.ref("base.user_admin")
        self.parameters = self.env["ir.config_parameter"].sudo()

    def save(self, **values):
        settings = self.env["res.config.settings"].with_user(self.admin).create(values)
        settings.execute()
        return settings

    def test_a_secret_goes_in_and_never_out(self):
        settings = self.save(immoassist_google_secret=" the-secret ")
        self.assertEqual(self.settings()._google().client_secret, "the-secret")
        self.assertNotIn("the-secret", str(settings.read()))
        opened = self.env["res.config.settings"].with_user(self.admin).create({})
        self.assertNotIn("the-secret", str(opened.read()))
        self.assertTrue(opened.immoassist_google_secret_known)
        opened.execute()
        self.assertEqual(self.settings()._google().client_secret, "the-secret")

    def stored(self):
        self.env.flush_all()
        query = "SELECT value FROM ir_config_parameter WHERE key = %s"
        self.env.cr.execute(query, (f"{PREFIX}google_client_secret",))
        return self.env.cr.fetchone()[0]

    def test_a_secret_is_stored_encrypted_whoever_writes_it(self):
        for number, write in enumerate(
            (
                lambda secret: self.save(immoassist_google_secret=secret),
                lambda secret: self.parameters.set_param(f"{PREFIX}google_client_secret", secret),
                lambda secret: self.parameters.search(
                    [("key", "=", f"{PREFIX}google_client_secret")]
                ).write({"value": secret}),
            )
        ):
            secret = f"the-secret-{number}"
            with self.subTest(number=number):
                write(secret)
                self.assertEqual(self.settings()._google().client_secret, secret)
                self.assertNotIn(secret, self.stored())

    def test_without_a_key_no_secret_is_taken(self):
        with patch.dict(os.environ, {encryption.VARIABLE: ""}):
            with self.assertRaisesRegex(ValidationError, "encryption key first"):
                self.save(immoassist_google_secret="the-secret")
            self.save(immoassist_google_client_id="not a secret")

    def test_with_another_key_the_secret_has_to_be_entered_again(self):
        self.save(immoassist_google_secret="the-secret")
        with patch.dict(os.environ, {encryption.VARIABLE: Fernet.generate_key().decode()}):
            right, words = self.check()["Google"]
            self.assertFalse(right)
            self.assertIn("enter it again", words)
            flow = self.env["immoassist.calendar.oauth.flow"].with_user(self.broker)
            with self.assertRaisesRegex(UserError, "enter them again"):
                flow._begin("google")

    def test_the_environment_wins_and_is_named(self):
        with patch.dict(os.environ, {"GOOGLE_CLIENT_ID": "from-the-environment"}):
            settings = self.env["res.config.settings"].with_user(self.admin).create({})
            self.assertEqual(settings.immoassist_google_environment, "GOOGLE_CLIENT_ID")
            google = self.env["immoassist.calendar.settings"]._google()
            self.assertEqual(google.client_id, "from-the-environment")

    def test_addresses_to_copy(self):
        self.parameters.set_param(f"{PREFIX}webhook_base_url", "https://hooks.agency.example/")
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        self.assertTrue(
            settings.immoassist_google_redirect.endswith(
                "/calendar/connections/oauth/google/callback"
            )
        )
        self.assertEqual(
            settings.immoassist_microsoft_webhook,
            "https://hooks.agency.example/webhooks/microsoft/calendar",
        )

    def test_workers(self):
        connections = self.env["immoassist.calendar.connection"].sudo()
        for number in (5, 1, 2):
            with self.subTest(number=number):
                self.save(immoassist_sync_workers=number)
                self.assertEqual(len(connections._worker_crons()), number)
        with self.assertRaises(ValidationError):
            self.save(immoassist_sync_workers=21)

    def check(self):
        return {what: (right, words) for right, what, words in self.settings()._check()}

    def settings(self):
        return self.env["immoassist.calendar.settings"]

    def test_the_test_tells_what_is_wrong(self):
        self.parameters.set_param(f"{PREFIX}webhook_base_url", "http://hooks.agency.example")
        self.parameters.set_param(f"{PREFIX}google_client_secret", False)
        self.parameters.set_param(f"{PREFIX}microsoft_authority", "http://login.example/common")
        with patch.dict(os.environ, {encryption.VARIABLE: "nonsense"}):
            found = self.check()
        for what, words in (
            ("Encryption key", "malformed"),
            ("Google", "missing"),
            ("Outlook", "address"),
            ("Webhook address", "not https"),
        ):
            with self.subTest(what=what):
                self.assertFalse(found[what][0])
                self.assertIn(words, found[what][1])

    def test_the_test_is_content(self):
        self.parameters.set_param(f"{PREFIX}webhook_base_url", "https://hooks.agency.example")
        self.assertEqual([right for right, _what, _words in self.settings()._check()], [True] * 4)
        action = self.save().action_test_calendar_sync()
        check = self.env["immoassist.calendar.check"].browse(action["res_id"])
        self.assertEqual(check.result.count("fa-check-circle"), 4)

    def test_administrators_alone_test(self):
        with self.assertRaises(AccessError):
            self.env["immoassist.calendar.check"].with_user(self.manager).create({})


@tagged("post_install", "-at_install")
class TestKeyAndCopy(SyncCase):
    def setUp(self):
        super().setUp()
        self.connection, self.account = self.connect("google")
        expires = moment("2027-06-01 10:00")
        token = f"google-{self.broker.id}"
        self.connection._store_grant(
            Grant(token, expires, frozenset(), "refresh", "id", "a@b.example")
        )
        self.env.flush_all()

    def test_the_key_is_replaced(self):
        old, new = os.environ[encryption.VARIABLE], Fernet.generate_key().decode()
        with patch.dict(os.environ, {encryption.VARIABLE: f"{new},{old}"}):
            number, failed = self.connection._rotate_key()
        self.assertFalse(failed)
        self.assertGreaterEqual(number, 1)
        with patch.dict(os.environ, {encryption.VARIABLE: new}):
            self.assertEqual(encryption.decrypt(self.connection.refresh_token), "refresh")

    def test_the_key_of_the_secrets_is_replaced(self):
        parameters = self.env["ir.config_parameter"]
        name, old = f"{PREFIX}google_client_secret", os.environ[encryption.VARIABLE]
        new = Fernet.generate_key().decode()
        with patch.dict(os.environ, {encryption.VARIABLE: ""}):
            parameters.set_param(f"{PREFIX}microsoft_client_secret", "in clear")
        with patch.dict(os.environ, {encryption.VARIABLE: f"{new},{old}"}):
            self.assertFalse(parameters._immoassist_rotate_secrets())
        self.assertNotIn("clear", parameters.get_param(f"{PREFIX}microsoft_client_secret"))
        with patch.dict(os.environ, {encryption.VARIABLE: new}):
            settings = self.env["immoassist.calendar.settings"]
            self.assertEqual(settings._google().client_secret, "google-client_secret")
            self.assertEqual(settings._microsoft().client_secret, "in clear")
        with patch.dict(os.environ, {encryption.VARIABLE: old}):
            self.assertIn(name, parameters._immoassist_rotate_secrets())

    def test_a_lost_key_is_told(self):
        with patch.dict(os.environ, {encryption.VARIABLE: Fernet.generate_key().decode()}):
            _number, failed = self.connection._rotate_key()
        self.assertEqual(failed, self.connection.ids)

    def test_the_command_is_found_by_odoo(self):
        from odoo.cli.command import find_command

        command = find_command("immoassist_rotate_key")
        self.assertEqual(command.name, "immoassist_rotate_key")
        output = io.StringIO()
        with contextlib.redirect_stdout(output), self.assertRaises(SystemExit):
            command().run(["--help"])
        self.assertIn("immoassist_rotate_key", output.getvalue())

    def test_neutralised_it_opens_nothing(self):
        path = Path(Manifest.for_addon("immoassist_calendar_sync").path, "data", "neutralize.sql")
        self.env.cr.execute(path.read_text(encoding="utf-8"))
        self.env.invalidate_all()
        connection = self.connection
        self.assertFalse(connection.access_token or connection.refresh_token)
        self.assertEqual((connection.state, connection.pause_reason), ("paused", "database"))
        self.assertFalse(connection._worker_crons().filtered("active"))
        calls = []
        self.account.fault = calls.append
        self.book()
        self.sync_all()
        self.assertFalse(calls)
