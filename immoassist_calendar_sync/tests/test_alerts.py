import logging
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.immoassist_appointments.tests.common import NOW

from ..core import AdministratorNeeded, Reauthorise, RetryLater
from .test_channels import ChannelCase

LOGGER = "odoo.addons.immoassist_calendar_sync.models.immoassist_calendar_connection_alerts"


class AlertCase(ChannelCase):
    def mails(self):
        return self.env["mail.mail"].search([("subject", "like", "Please reconnect")])

    def activities(self):
        type_ = self.env.ref("immoassist_calendar_sync.mail_activity_type_failing")
        return self.env["mail.activity"].search([("activity_type_id", "=", type_.id)])


@tagged("post_install", "-at_install")
class TestAlerts(AlertCase):
    def test_the_broker_is_asked_once_to_reconnect(self):
        connection, account = self.connect("google")
        self.break_(account, "changes", Reauthorise("invalid_grant"), times=9)
        self.sync()
        self.sync_all()
        self.assertEqual(connection.state, "reauth")
        (mail,) = self.mails()
        self.assertIn(self.broker.email, mail.email_to)
        self.assertEqual(mail.subject, "Please reconnect your Google calendar")
        self.assertIn(f"/odoo/immoassist.calendar.connection/{connection.id}", mail.body_html)
        self.assertFalse(self.activities())

    def test_asked_again_the_next_time(self):
        connection, account = self.connect("google")
        for count in (1, 2):
            self.break_(account, "changes", Reauthorise("invalid_grant"))
            self.sync_all()
            self.assertEqual(len(self.mails()), count)
            connection.state = "connected"
            self.sync_all()
            self.assertFalse(connection.failing_since)

    def test_a_failure_that_lasts_is_the_administrators(self):
        connection, account = self.connect("google")
        self.break_(account, "changes", RetryLater("503"), times=99)
        self.sync()
        self.later(hours=23)
        self.sync_all()
        self.assertFalse(self.activities())
        for _hour in range(3):
            self.later(hours=1)
            self.sync_all()
        (activity,) = self.activities()
        self.assertIn("503", activity.summary)
        self.assertEqual(connection.failing_since, fields.Datetime.to_datetime(NOW))
        administrators = self.env.ref("immoassist_appointments.group_administrator").all_user_ids
        self.assertIn(activity.user_id, administrators)
        activity.unlink()
        self.later(hours=1)
        self.sync_all()
        self.assertFalse(self.activities())

    def test_the_same_failure_of_several_brokers_is_told_once(self):
        company = self.broker.company_id
        brokers = [self.broker, self.paris, self.manager]
        self.assertEqual({broker.company_id for broker in brokers}, {company})
        for count, broker in enumerate(brokers):
            self.assertFalse(self.activities(), count)
            _connection, account = self.connect("google", broker)
            self.break_(account, "changes", RetryLater("backendError"), times=99)
            self.sync()
        self.assertEqual(len(self.activities()), 1)
        self.sync_all()
        self.assertEqual(len(self.activities()), 1)

    def test_what_only_the_administrator_can_heal_is_told_at_once(self):
        for broker in (self.broker, self.paris):
            connection, account = self.connect("outlook", broker)
            self.break_(account, "changes", AdministratorNeeded("invalid_client"))
            self.sync()
            self.assertEqual(connection.pause_reason, "administrator")
        self.assertEqual(len(self.activities()), 1)

    def test_failures_of_another_kind_or_company_do_not_add_up(self):
        for broker, code in ((self.broker, "503"), (self.paris, "500"), (self.stranger, "503")):
            _connection, account = self.connect("google", broker)
            self.break_(account, "changes", RetryLater(code), times=9)
            self.sync()
        self.assertFalse(self.activities())


@tagged("post_install", "-at_install")
class TestRuns(AlertCase):
    def test_one_line_in_the_log_per_run(self):
        connection, account = self.connect("google", name="Private of Ada")
        account.put(self.event(name="Dentist of Ada"))
        self.book(name="Visit of Ada")
        with self.assertLogs(LOGGER, logging.INFO) as logs:
            self.sync()
        (line,) = logs.output
        self.assertIn(f"calendar sync connection={connection.id} provider=google", line)
        self.assertRegex(line, r"imported=1 .*pushed=1 .*requests=\d+ ms=\d+")
        self.assertNotIn("Ada", line)

    def test_a_failure_is_in_the_line_by_its_code(self):
        _connection, account = self.connect("google")
        self.break_(account, "changes", RetryLater("backendError"))
        with self.assertLogs(LOGGER, logging.INFO) as logs:
            self.sync()
        self.assertIn("error=backendError", logs.output[0])

    def test_kept_for_three_months(self):
        connection, account = self.connect("google")
        account.put(self.event())
        self.sync()
        (run,) = connection.run_ids
        old = run.copy({"start": fields.Datetime.now() - timedelta(days=91)})
        young = run.copy({"start": fields.Datetime.now() - timedelta(days=89)})
        done, _more = self.env["immoassist.calendar.sync.run"]._gc_old_runs()
        self.assertEqual(done, 1)
        self.assertEqual((old | young | run).exists(), young | run)

    def test_each_broker_sees_his_own_and_the_manager_the_teams(self):
        for broker in (self.broker, self.paris, self.stranger):
            _connection, account = self.connect("google", broker)
            account.put(self.event())
        self.sync()
        runs = self.env["immoassist.calendar.sync.run"]
        seen = {
            user: runs.with_user(user).search([]).user_id
            for user in (self.broker, self.manager, self.stranger)
        }
        self.assertEqual(seen[self.broker], self.broker)
        self.assertEqual(seen[self.manager], self.broker | self.paris)
        self.assertEqual(seen[self.stranger], self.stranger)
        with self.assertRaises(AccessError):
            runs.with_user(self.internal).search([])

    def test_figures_per_broker_and_day(self):
        _connection, account = self.connect("google")
        account.put(self.event())
        self.sync()
        grouped = (
            self.env["immoassist.calendar.sync.run"]
            .with_user(self.broker)
            .formatted_read_group([], ["user_id", "start:day"], ["imported:sum"])
        )
        self.assertEqual([row["imported:sum"] for row in grouped], [1])
