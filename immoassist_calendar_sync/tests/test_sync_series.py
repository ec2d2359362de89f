from datetime import datetime, timedelta, timezone

from odoo.tests import tagged

from .agreement import Agreement
from .simulated import MARIE, SimulatedCase


@tagged("post_install", "-at_install")
class TestSyncSeries(SimulatedCase):
    """An appointment of Odoo is made recurring by the broker, in the provider's own screen.

    It stays the first occurrence; the others come in like any event that was entered there.
    """

    def setUp(self):
        super().setUp()
        self.first_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        now = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
        self.start = now + timedelta(days=9)

    def prepare(self, provider):
        _connection, account = self.connect(provider)
        visit = self.book(self.start)
        self.poll_again()
        (id_,) = account.live()
        return visit, account, id_

    def repeat(self, provider, account, id_):
        if provider == "google":
            body = {"recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]}
        else:
            day = f"{self.start:%Y-%m-%d}"
            kept = {"type": "numbered", "startDate": day, "numberOfOccurrences": 3}
            pattern = {"type": "daily", "interval": 1}
            body = {"recurrence": {"pattern": pattern, "range": kept}}
        account.side.patch(MARIE, account.calendar, id_, body)
        self.poll_again()
        self.poll_again()

    def live(self):
        return self.appointments().filtered(lambda a: a.state != "cancelled")

    def check_series(self, provider):
        visit, account, id_ = self.prepare(provider)
        self.repeat(provider, account, id_)
        self.assertEqual(len(account.live()), 3)
        self.assertEqual(len(self.live()), 3)
        self.assertEqual(visit.state, "confirmed")
        self.assertEqual(len(set(self.live().mapped("start"))), 3)
        self.assertEqual(set((self.live() - visit).mapped("source")), {provider})
        Agreement(self).check()
        account.side.expire_cursors(MARIE)
        Agreement(self).check()
        self.assertEqual(len(self.live()), 3, "listed anew")
        visit.location = "12, rue Saint-Paul"
        self.poll_again()
        places = sorted(event.fields["location"] for event in account.live().values())
        self.assertEqual(places, ["", "", "12, rue Saint-Paul"])
        visit.action_cancel()
        self.poll_again()
        self.assertEqual((len(account.live()), len(self.live())), (2, 2))
        Agreement(self).check()
        self.assertFalse(self.sim.ledger.mails)

    def test_at_google(self):
        self.check_series("google")

    def test_at_microsoft(self):
        self.check_series("outlook")
