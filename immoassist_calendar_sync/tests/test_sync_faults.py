"""Each fault of the simulator at each kind of request, one by one, at Google and at Outlook."""

from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..providers import microsoft_read
from .agreement import Agreement
from .simulated import PATIENCE, SimulatedCase

# What a row prepares, and the request that it meets: at Google, at Microsoft.
KINDS = {
    "refresh": ("google.token.refresh", "microsoft.token"),
    "calendars": ("google.calendarList.list", "microsoft.calendars.list"),
    "first page": ("google.events.list", "microsoft.calendarView.delta"),
    "next page": ("google.events.list", "microsoft.calendarView.delta"),
    "get": ("google.events.get", "microsoft.events.get"),
    "insert": ("google.events.insert", "microsoft.events.create"),
    "update": ("google.events.patch", "microsoft.events.update"),
    "delete": ("google.events.delete", "microsoft.events.delete"),
    "batch": ("google.batch", "microsoft.batch"),
    "watch": ("google.events.watch", "microsoft.subscriptions.create"),
    "renew": (None, "microsoft.subscriptions.update"),
    "stop": ("google.channels.stop", "microsoft.subscriptions.delete"),
}
SIDES = ("google", "outlook")
ASKED = 120
FAULTS = {
    "400": {"status": 400},
    "401": {"status": 401},
    "403 rate": {"status": 403},
    "403 forbidden": {"status": 403},
    "404": {"status": 404},
    "409": {"status": 409},
    "410": {"status": 410},
    "412": {"status": 412},
    "429, wait": {"status": 429, "retry_after": ASKED},
    "500": {"status": 500},
    "502": {"status": 502, "body": "<html>Bad Gateway</html>"},
    "503": {"status": 503},
    "503, wait": {"status": 503, "retry_after": ASKED},
    "slow": {"latency": PATIENCE + 0.2},
    "cut before": {"cut": True},
    "cut after": {"cut": True, "when": "after"},
    "malformed": {"status": 200, "body": '{"items": ['},
    "revoked": {"error": "token_revoked"},
}
SPEAKS = {
    "reauth": "reconnect",
    "administrator": "administrator has to act",
    "later": "tried again by itself",
    "waiting": "tried again by itself",
    "failed": "Retry",
    "polled": "every few minutes",
}
"""What the words of an outcome say about who must act; healed and gone need nobody."""
# By the first letters of the outcomes, at Google and at Outlook, in the order of FAULTS: healed in
# the same run, later (the connection), waiting (one event), failed (one event), polled (no push).
EXPECTED = {
    "refresh": "ll ll l- al ll ll ll ll ll ll ll ll ll ll ll ll ll rr",
    "calendars": "hh hh l- hh hh lh hh hh ll ll ll ll ll ll hl hl ll rr",
    "first page": "hh hh l- lr gg ll hh ll ll ll ll ll ll ll hl hl ll rr",
    "next page": "hh hh l- lr gg ll hh ll ll ll ll ll ll ll hl hl ll rr",
    "get": "ll hh l- lr ww ll ll ll ll ll ll ll ll ll hl hl ll rr",
    "insert": "ff hh w- ff ww ww ww ww ww ww ww ww ww ll hl hl lw rr",
    "update": "ff hh w- ff hh wh ww hh ww ww ww ww ww ll hl hl lw rr",
    "delete": "ff hh w- ff ww wh ww hh ww ww ww ww ww ll hl hl lw rr",
    "batch": "ll hh l- lr ll ll ll ll ll ll ll ll ll ll hl hl ll rr",
    "watch": "pp hh p- pp pp ph pp ph pp pp pp pp pp pp hp pp pp rr",
    "renew": "-h -h -- -h -h -h -h -h -h -h -h -h -h -h -h -h -h -r",
    "stop": "hp hh h- hp hp hp hp hp hp hp hp hp hp hp hp hp hp rr",
}


@tagged("post_install", "-at_install")
class TestSyncFaults(SimulatedCase):
    def setUp(self):
        super().setUp()
        # No pause is over at once.
        self.startPatcher(patch("random.SystemRandom.random", return_value=0.9))
        self.startPatcher(patch.object(microsoft_read, "PAGE_SIZE", 2))  # as Google below
        # Hours of a broker's life in a minute: Google would refuse them all after 600 requests.
        self.sim.google.configure(most_per_page=2, user_per_minute=None)
        self.first = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
        self.number = 0
        self.first_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        for provider in SIDES:
            self.connect(provider)
        self.entered = {
            provider: [account.enter(self.moment()) for _n in range(3)]
            for provider, (_connection, account) in self.sides.items()
        }
        self.visits = [self.book(self.moment()) for _n in range(4)]
        self.settle()

    def moment(self):
        self.number += 1
        return self.first + timedelta(days=1, hours=2 * self.number)

    # ---------------------------------------------------------------- the table
    # A test for each kind: what one transaction changed again and again makes it ever slower.

    def test_refresh(self):
        self.each_fault("refresh")

    def test_calendars(self):
        self.each_fault("calendars")

    def test_first_page(self):
        self.each_fault("first page")

    def test_next_page(self):
        self.each_fault("next page")

    def test_get(self):
        self.each_fault("get")

    def test_insert(self):
        self.each_fault("insert")

    def test_update(self):
        self.each_fault("update")

    def test_delete(self):
        self.each_fault("delete")

    def test_batch(self):
        self.each_fault("batch")

    def test_watch(self):
        self.each_fault("watch")

    def test_renew(self):
        self.each_fault("renew")

    def test_stop(self):
        self.each_fault("stop")

    def each_fault(self, kind):
        outcomes = EXPECTED[kind].split()
        for (name, options), expected in zip(FAULTS.items(), outcomes, strict=True):
            with self.subTest(kind=kind, fault=name):
                self.assertEqual(self.row(kind, name, options), expected)

    def row(self, kind, name, options):
        self.prepare(kind)
        ordered = self.order(kind, name, options)
        try:
            self.sync()
            self.wait_for_the_simulator()
            met = {provider: fault.met for provider, fault in ordered.items()}
            expected = dict.fromkeys(ordered, 1)
            self.assertEqual(met, expected, f"the request was not made; {self.errors()}")
            outcomes = {provider: self.outcome(provider) for provider in ordered}
            self.check_words(outcomes)
            if "wait" in name:
                self.check_pause(ordered, outcomes)
        finally:
            self.sim.faults.reset()
            self.settle()
        Agreement(self).check_all()
        self.assertFalse(self.sim.ledger.mails)
        return "".join(outcomes.get(provider, "-")[0] for provider in self.sides)

    def order(self, kind, name, options):
        ordered = {}
        for provider, request in zip(self.sides, KINDS[kind], strict=True):
            options_ = dict(options)
            if name == "403 forbidden" and provider == "google":
                options_["body"] = _google(403, "forbidden")
            if name == "403 rate" and provider == "outlook":
                continue  # it says 429
            if name == "410" and kind in ("first page", "next page"):
                options_ = {"error": "cursor_expired"}
            if kind == "next page":
                options_["skip"] = 1
            if kind == "get":  # asked for when somebody else was faster
                self.sim.faults.add(KINDS["update"][SIDES.index(provider)], status=412)
            if request:
                ordered[provider] = self.sim.faults.add(request, **options_)
        return ordered

    def prepare(self, kind):
        """Have something to be done by this kind of request, and something else beside it."""
        for provider, (connection, account) in self.sides.items():
            some = self.entered[provider] if "page" in kind else self.entered[provider][:1]
            for id_ in some:
                account.change(id_, name=f"Dentist {self.number}")
            if kind == "refresh":
                connection.expires_at = fields.Datetime.now()
            elif kind == "calendars":
                connection.calendars_at = False
            elif kind in ("renew", "stop"):
                connection.channel_ids.renew_wanted = True
            if kind == "watch" or (kind == "stop" and provider == "outlook"):
                connection.channel_ids.state = "stopping"
            connection.next_sync = False
        self.number += 1
        for visit in self.visits[:2]:
            visit.location = f"Place {self.number}"
        if kind == "insert":
            self.visits.append(self.book(self.moment()))
        elif kind == "delete":
            self.visits.pop(2).action_cancel()
            self.visits.append(self.book(self.moment()))

    # ---------------------------------------------------------------- what it led to

    def outcome(self, provider):
        connection, _account = self.sides[provider]
        links = connection.source_ids.link_ids
        if connection.state == "reauth":
            return "reauth"
        if connection.state == "paused":
            return connection.pause_reason
        if links.filtered(lambda link: link.state == "failed"):
            return "failed"
        if connection.failures:
            return "later"
        if connection.source_ids.filtered("gone"):
            return "gone"
        if links.filtered(lambda link: link.waiting):
            return "waiting"
        pushed = "active" in connection.channel_ids.mapped("state")
        return "healed" if pushed else "polled"

    def check_words(self, outcomes):
        for provider, outcome in outcomes.items():
            if outcome in ("waiting", "failed"):
                links = self.sides[provider][0].source_ids.link_ids
                stuck = links.filtered(lambda link: link.waiting or link.state == "failed")
                self.assertEqual(len(stuck), 1, "nothing else waits for it")
            if outcome in SPEAKS:
                self.assertIn(SPEAKS[outcome], self.words(provider, outcome))

    def words(self, provider, outcome):
        connection, _account = self.sides[provider]
        if outcome in ("failed", "waiting"):
            return " ".join(filter(None, connection.source_ids.link_ids.mapped("problem")))
        return connection.push_status if outcome == "polled" else connection.status

    def check_pause(self, ordered, outcomes):
        soonest = fields.Datetime.now() + timedelta(seconds=ASKED - 10)
        for provider in ordered:
            connection, _account = self.sides[provider]
            if outcomes[provider] == "later":
                self.assertGreater(connection.not_before, soonest)
            elif outcomes[provider] == "waiting":
                waits = connection.source_ids.link_ids.filtered("next_attempt")
                self.assertGreater(min(waits.mapped("next_attempt")), soonest)

    def errors(self):
        """Why something may not have come as it was meant to, for whoever reads a failure."""
        return {p: connection.last_error for p, (connection, _a) in self.sides.items()}

    # ---------------------------------------------------------------- quiet again

    def settle(self):
        """Everything pressed that a person can press, and time."""
        for provider, (connection, _account) in self.sides.items():
            if connection.state == "reauth":
                self.consent(provider)
            elif connection.state == "paused":
                connection.with_user(self.broker).action_resume()
            connection.source_ids.link_ids.filtered(lambda link: link.state == "failed").with_user(
                self.broker
            ).action_retry()
            connection.channel_ids.filtered(lambda c: c.state == "refused").unlink()
        for _round in range(5):
            self.later()
            writes = self.writes()
            if not any(map(_did_something, self.sync())):
                break
        else:
            self.fail(f"it does not become quiet; {self.errors()}")
        self.assertEqual(self.writes(), writes, "a run when nothing changed")


def _did_something(report):
    """Whether a run did more than hear again of what is known."""
    failed = report.error or report.crashed or report.emptied
    return failed or report.counts.keys() - {"pulled"}


def _google(status, reason):
    error = {"domain": "global", "reason": reason, "message": reason}
    return {"error": {"errors": [error], "code": status, "message": reason}}
