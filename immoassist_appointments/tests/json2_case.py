"""Calls of Odoo's JSON-2 API, as programs with an API key make them."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase
from odoo.tools import mute_logger


class Json2Case(HttpCase):
    """Over HTTP nothing is frozen: dates are relative to today."""

    def setUp(self):
        super().setUp()
        # Refusals are the subject here, not news for the log.
        self.enterContext(mute_logger("odoo.http"))

    @classmethod
    def make_key(cls, user):
        # sudo: a key that does not expire.
        return cls.env["res.users.apikeys"].with_user(user).sudo()._generate(None, "Test", None)

    @classmethod
    def monday(cls):
        """A Monday in two to three weeks, ISO."""
        soon = fields.Date.today() + timedelta(days=21)
        return (soon - timedelta(days=soon.weekday())).isoformat()

    def call(self, key, model, method, **body):
        """:param str key: an API key; None for a stranger"""
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {key}"} if key else {}
        return self.url_open(
            f"/json/2/{model}/{method}",
            # Datetimes as the API writes them.
            data=json.dumps(body, default=str),
            headers=headers,
            allow_redirects=False,
        )

    def message(self, answer):
        """What the program is told."""
        return answer.json()["message"]
