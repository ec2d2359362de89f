from odoo.tests import tagged

from .test_connect import ConnectCase

# Needs `google_calendar` and `microsoft_calendar`: run by `make test-install`.
NEIGHBOURS = tagged("post_install", "-at_install", "-standard", "immoassist_beside")


@NEIGHBOURS
class TestBesideOdooSync(ConnectCase):
    def activate(self, provider, broker=None):
        """As the user does at the end of Odoo's own consent."""
        broker = broker or self.broker
        settings = self.env["res.users.settings"]._find_or_create_for_user(broker)
        user = {"google": settings, "outlook": broker}[provider]
        name = {"google": "google", "outlook": "microsoft"}[provider]
        getattr(user, f"_set_{name}_auth_tokens")("access", "refresh", 3600)
        self.env.flush_all()

    def card(self, provider):
        self.connections.with_user(self.broker).action_open_mine()
        domain = [("user_id", "=", self.broker.id), ("provider", "=", provider)]
        return self.connections.with_user(self.broker).search(domain)

    def warnings_of(self, broker):
        return self.env["mail.activity"].search([("user_id", "=", broker.id)])

    def test_connected_there_first_the_card_warns(self):
        for provider in ("google", "outlook"):
            with self.subTest(provider=provider):
                card = self.card(provider)
                self.assertFalse(card.beside_odoo)
                self.activate(provider)
                card.invalidate_recordset()
                self.assertEqual(card.state, "draft")
                self.assertTrue(card.beside_odoo)
                self.assertFalse(self.warnings_of(self.broker))

    def test_stopped_from_the_card(self):
        for provider in ("google", "outlook"):
            with self.subTest(provider=provider):
                self.activate(provider)
                card = self.card(provider)
                card.action_stop_odoo_sync()
                card.invalidate_recordset()
                self.assertFalse(card.beside_odoo)
                self.assertFalse(self.broker._odoo_sync_runs(provider))

    def test_the_preview_warns_before_anything_is_written(self):
        self.activate("google")
        connection = self.consent()
        self.sync()
        self.assertTrue(connection.preview_at)
        self.assertTrue(connection.beside_odoo)
        self.assertEqual(self.account.writes, 0)

    def test_connected_here_first_theirs_stays_stopped_and_says_why(self):
        for provider in ("google", "outlook"):
            with self.subTest(provider=provider):
                connection = self.consent(provider=provider)
                before = self.warnings_of(self.broker)
                self.activate(provider)
                self.assertFalse(self.broker._odoo_sync_runs(provider))
                warning = self.warnings_of(self.broker) - before
                self.assertIn("stays stopped", warning.summary)
                self.assertIn("twice", warning.note)
                connection.invalidate_recordset()
                self.assertFalse(connection.beside_odoo)

    def test_who_resumes_it_has_both_and_the_card_says_so(self):
        connection = self.consent()
        self.activate("google")
        self.broker.with_user(self.broker).restart_google_synchronization()
        self.env.flush_all()
        connection.invalidate_recordset()
        self.assertTrue(connection.beside_odoo)
        self.assertEqual(len(self.warnings_of(self.broker)), 1)

    def test_others_are_left_alone(self):
        self.consent()
        self.activate("google", self.paris)
        self.activate("outlook")
        self.assertTrue(self.paris._odoo_sync_runs("google"))
        self.assertTrue(self.broker._odoo_sync_runs("outlook"))
        self.assertFalse(self.warnings_of(self.broker) | self.warnings_of(self.paris))
