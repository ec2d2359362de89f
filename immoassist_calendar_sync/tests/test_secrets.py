import logging
from datetime import datetime, timezone

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.immoassist_appointments.tests.common import ADMINISTRATOR

from ..core import AdministratorNeeded, Reauthorise, RetryLater
from ..core.grant import Grant
from ..providers import memory
from .test_channels import ChannelCase

ACCESS, REFRESH = "ya29.ACCESS-nobody-may-see", "1//REFRESH-nobody-may-see"
PERSONAL = "Dentist of Ada"


@tagged("post_install", "-at_install")
class TestSecrets(ChannelCase):
    """Whatever goes well or wrong: no token in any log or table, nothing personal in the log."""

    def setUp(self):
        super().setUp()
        self.google, self.account = self.connect("google")
        memory.ACCOUNTS[ACCESS] = self.account
        self.addCleanup(memory.ACCOUNTS.pop, ACCESS)
        expires = datetime(2030, 1, 1, tzinfo=timezone.utc)
        self.google._store_grant(Grant(ACCESS, expires, frozenset({"calendar"}), REFRESH))

    def test_in_no_log_and_no_table(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            self.account.put(self.event(name=PERSONAL))
            self.book(name=PERSONAL)
            self.sync()
            (appointment,) = self.env["immoassist.appointment"].search([("source", "=", "google")])
            self.assertEqual(appointment.name, PERSONAL)
            self.fail_in_each_way()
        written = "\n".join(logging.Formatter().format(record) for record in logs.records)
        self.assertIn("ZeroDivisionError", written)
        self.assertNotIn("nobody-may-see", written)
        ours = [r for r in logs.records if r.name.startswith("odoo.addons.immoassist_calendar")]
        shown = "\n".join(map(logging.Formatter().format, ours))
        self.assertIn("calendar sync connection=", shown)
        self.assertNotIn(PERSONAL, shown)
        self.assertFalse(self.tables_with("nobody-may-see"))
        secrets = [channel.secret for channel in self.account.channels.values()]
        self.assertTrue(secrets)
        for secret in secrets:
            self.assertFalse(self.tables_with(secret))
        self.assertIn("immoassist_appointment", self.tables_with(PERSONAL))

    def fail_in_each_way(self):
        quoting = f"{ACCESS} {REFRESH} {PERSONAL}"
        for error in (
            RetryLater("503"),
            ZeroDivisionError(quoting),
            AdministratorNeeded("invalid_client"),
            Reauthorise("invalid_grant"),
        ):
            for kind in ("changes", "watch"):
                self.google.write({"state": "connected", "channel_ids": [(5, 0)]})
                self.break_(self.account, kind, error)
                self.later(hours=2)
                self.sync_all()
        self.google.state = "connected"
        self.sync_all()

    def tables_with(self, text):
        """The tables in which a text stands anywhere."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        found = set()
        for (table,) in self.env.cr.fetchall():
            query = SQL(
                "SELECT 1 FROM %s t WHERE strpos(t::text, %s) > 0 LIMIT 1",
                SQL.identifier(table),
                text,
            )
            if self.env.execute_query(query):
                found.add(table)
        return found

    def test_no_user_reads_a_token(self):
        administrator = self.make_user("patronne", ADMINISTRATOR)
        for user in (self.broker, self.manager, administrator):
            (shown,) = self.google.with_user(user).read()
            self.assertIn("state", shown)
            self.assertFalse({"access_token", "refresh_token"} & shown.keys())
