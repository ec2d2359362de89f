import json
import logging
import random
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .. import providers
from ..controllers.webhooks import LARGEST, LONGEST_TOKEN
from .common import SyncMixin

GOOGLE = "/webhooks/google/calendar"
MICROSOFT = "/webhooks/microsoft/calendar"
LIFECYCLE = f"{MICROSOFT}/lifecycle"


@tagged("post_install", "-at_install")
class TestWebhooks(SyncMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_sync()
        mailbox = {"outlook": ("memory", "MemoryMailbox")}
        cls.startClassPatcher(patch.dict(providers.CALENDARS, mailbox))

    def setUp(self):
        super().setUp()
        self.google, self.at_google = self.connect("google")
        self.outlook, self.at_outlook = self.connect("outlook")
        self.sync()
        ((self.channel, self.there),) = self.at_google.channels.items()
        ((self.subscription, self.told),) = self.at_outlook.channels.items()
        self.resource = self.google.channel_ids.resource_id
        self.assertTrue(self.resource)
        self.env["ir.cron.trigger"].search([]).unlink()

    # ---------------------------------------------------------------- calling

    def post(self, path, body=b"", **headers):
        """As a provider does: no session, no cookie."""
        self.env.flush_all()
        self.opener.cookies.clear()
        answer = self.opener.post(self.base_url() + path, data=body, headers=headers, timeout=30)
        self.assertNotIn("Set-Cookie", answer.headers)
        self.env.invalidate_all()
        return answer

    def call_google(self, **changes):
        headers = {
            "X-Goog-Channel-ID": self.channel,
            "X-Goog-Channel-Token": self.there.secret,
            "X-Goog-Resource-ID": self.resource,
            "X-Goog-Resource-State": "exists",
            "X-Goog-Message-Number": "10",
            **{f"X-Goog-{name.replace('_', '-')}": value for name, value in changes.items()},
        }
        return self.post(GOOGLE, **{name: value for name, value in headers.items() if value})

    def item(self, **changes):
        item = {
            "subscriptionId": self.subscription,
            "clientState": self.told.secret,
            "changeType": "updated",
            "resource": "Users/1/Events/2",
            "resourceData": {"id": "2"},
            **changes,
        }
        return {name: value for name, value in item.items() if value is not None}

    def call_microsoft(self, *items, path=MICROSOFT):
        body = json.dumps({"value": items or [self.item()]})
        return self.post(path, body, **{"Content-Type": "application/json"})

    def received(self):
        """The notifications that wait: [(provider, kind)]."""
        rows = self.env["immoassist.calendar.notification"].search([])
        return sorted((row.channel_id.connection_id.provider, row.kind) for row in rows)

    def triggers(self):
        return self.env["ir.cron.trigger"].search_count([])

    # ---------------------------------------------------------------- authentic

    def test_google(self):
        answer = self.call_google()
        self.assertEqual((answer.status_code, answer.text), (204, ""))
        self.assertEqual(self.received(), [("google", "change")])
        self.assertEqual(self.triggers(), 2)  # each worker is woken

    def test_google_says_that_the_channel_was_made(self):
        self.call_google(Resource_State="sync")
        self.assertEqual(self.received(), [("google", "ready")])
        self.assertFalse(self.triggers())

    def test_microsoft(self):
        answer = self.call_microsoft()
        self.assertEqual((answer.status_code, answer.text), (202, ""))
        self.assertEqual(self.received(), [("outlook", "change")])

    def test_lifecycle(self):
        events = ("missed", "reauthorizationRequired", "subscriptionRemoved")
        items = [self.item(lifecycleEvent=event) for event in (*events, "toBeInvented", 7, [1])]
        answer = self.call_microsoft(*items, path=LIFECYCLE)
        self.assertEqual(answer.status_code, 202)
        kinds = [kind for _provider, kind in self.received()]
        self.assertEqual(kinds, ["missed", "reauthorise", "removed"])

    def test_before_the_answer_to_the_registration(self):
        self.google.channel_ids.write({"state": "registering", "resource_id": False})
        self.outlook.channel_ids.write({"state": "registering", "external_id": False})
        self.call_google()
        self.call_microsoft()
        self.assertEqual(len(self.received()), 2)

    def test_doubled_and_reordered_it_is_one_wish(self):
        calls = [
            *[lambda n=n: self.call_google(Message_Number=str(n)) for n in range(12)],
            *[self.call_microsoft] * 12,
        ]
        random.Random(4).shuffle(calls)  # noqa: S311 - no secret
        for call in calls:
            call()
        self.assertEqual(len(self.received()), 2)
        self.assertEqual(self.triggers(), 2)  # the workers woken by the first find the other too

    def test_what_comes_after_the_worker_looked_is_a_new_one(self):
        self.call_google()
        self.sync()
        self.assertFalse(self.received())
        self.call_google()
        self.assertEqual(self.received(), [("google", "change")])

    # ---------------------------------------------------------------- the handshake

    def test_the_handshake_gives_the_token_back_as_plain_text(self):
        token = "Validation: <script>alert(1)</script> é+% \n&"
        for path in (MICROSOFT, LIFECYCLE):
            answer = self.opener.post(
                self.base_url() + path, params={"validationToken": token}, timeout=30
            )
            self.assertEqual((answer.status_code, answer.text), (200, token))
            self.assertEqual(answer.headers["Content-Type"], "text/plain; charset=utf-8")
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_no_handshake_of_what_is_too_long_or_comes_in_a_form(self):
        answer = self.post(f"{MICROSOFT}?validationToken={'x' * (LONGEST_TOKEN + 1)}")
        self.assertEqual((answer.status_code, answer.text), (202, ""))
        answer = self.post(MICROSOFT, {"validationToken": "<b>"})
        self.assertEqual((answer.status_code, answer.text), (202, ""))
        files = {"validationToken": ("name", b"<b>")}
        answer = self.opener.post(self.base_url() + MICROSOFT, files=files, timeout=30)
        self.assertEqual((answer.status_code, answer.text), (202, ""))

    # ---------------------------------------------------------------- forged and malformed

    def test_forged_calls_get_the_same_answer_and_leave_nothing(self):
        other = self.told.secret
        for changes in (
            {"Channel_Token": "wrong"},
            {"Channel_Token": ""},
            {"Channel_Token": other},
            {"Channel_ID": "another"},
            {"Channel_ID": ""},
            {"Resource_ID": "another"},
            {"Resource_State": "invented"},
            {"Resource_State": ""},
        ):
            with self.subTest(changes):
                answer = self.call_google(**changes)
                self.assertEqual((answer.status_code, answer.text), (204, ""))
        for changes in (
            {"clientState": "wrong"},
            {"clientState": None},
            {"clientState": ["a"]},
            {"clientState": self.there.secret},
            {"clientState": "half \ud83d"},
            {"subscriptionId": "half \ud83d"},
            {"subscriptionId": "another"},
            {"subscriptionId": 7},
            {"subscriptionId": "nul \x00"},
        ):
            with self.subTest(changes):
                answer = self.call_microsoft(self.item(**changes))
                self.assertEqual((answer.status_code, answer.text), (202, ""))
        self.assertFalse(self.received())
        self.assertFalse(self.triggers())

    def test_malformed_calls_get_the_same_answer(self):
        deep = b'{"value":' + b"[" * 100_000
        for body in (
            *(b"", b"{", b"null", b"[]", b"7", b'"value"', b"\xff\xfe\x00", b"{}"),
            *(b'{"value": 7}', b'{"value": [7, null, [], "x"]}', b'{"value": {"value": []}}'),
            *(deep, deep + b"]" * 100_000 + b"}", b'{"value": [' + b"9" * 5000 + b"]}"),
        ):
            for path in (MICROSOFT, LIFECYCLE, GOOGLE):
                with self.subTest(body=body[:20], path=path):
                    answer = self.post(path, body, **{"Content-Type": "application/json"})
                    self.assertEqual(answer.text, "")
                    self.assertIn(answer.status_code, (202, 204))
        self.assertFalse(self.received())

    def test_too_large(self):
        body = json.dumps({"value": [self.item(padding="x" * LARGEST)]}).encode()
        for path in (MICROSOFT, LIFECYCLE, GOOGLE):
            for type_ in ("application/json", "application/x-www-form-urlencoded"):
                answer = self.post(path, body, **{"Content-Type": type_})
                self.assertEqual(answer.status_code, 413)
        self.assertFalse(self.received())

    def test_only_posted(self):
        for path in (MICROSOFT, LIFECYCLE, GOOGLE):
            answer = self.opener.get(self.base_url() + f"{path}?validationToken=x", timeout=30)
            self.assertEqual(answer.status_code, 405)

    def test_nothing_of_it_is_logged(self):
        with self.assertLogs(level=logging.INFO) as logs:
            self.call_google()
            self.call_google(Channel_Token="guessed")
            self.call_microsoft(self.item(), self.item(clientState="guessed \ud83d"))
            self.post(MICROSOFT, b'{"value": "ada@client.example"}')
        written = "\n".join(logs.output)
        for text in (self.there.secret, self.told.secret, "guessed", "ada@", self.subscription):
            self.assertNotIn(text, written)
        self.assertEqual({record.levelno for record in logs.records}, {logging.INFO})

    # ---------------------------------------------------------------- what it costs

    def test_statements(self):
        """Of the whole request, Odoo's own included."""
        self.call_google()  # fills the caches
        self.call_microsoft()
        again, forged = (
            self.cost(self.call_google),
            self.cost(lambda: self.call_google(Channel_Token="wrong")),
        )
        nothing = self.cost(lambda: self.call_google(Channel_Token=""))
        self.assertLessEqual(nothing, 1)
        self.assertLessEqual(forged, nothing + 1)
        self.assertLessEqual(again, nothing + 2)
        many = [self.item(resource=str(number)) for number in range(200)]
        self.assertLessEqual(self.cost(lambda: self.call_microsoft(*many)), nothing + 2)
        guesses = [self.item(clientState=str(number)) for number in range(1000)]
        self.assertLessEqual(self.cost(lambda: self.call_microsoft(*guesses)), nothing + 1)

    def cost(self, call):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before
