import json

from werkzeug.exceptions import RequestEntityTooLarge

from odoo import http
from odoo.http import request

from ..models.immoassist_calendar_notification import Received

LARGEST = 256 * 1024
"""Bytes of a notification: Graph sends a few kilobytes, Google nothing."""
LONGEST_TOKEN = 4096
TEXT = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
STATES = {"sync": "ready", "exists": "change", "not_exists": "change"}
LIFECYCLE = {
    "missed": "missed",
    "reauthorizationRequired": "reauthorise",
    "subscriptionRemoved": "removed",
}
OPTIONS = {
    "type": "http",
    "auth": "none",  # security: no user, no session: each notification carries its channel's secret
    "methods": ["POST"],
    "csrf": False,  # security: no browser, no cookie
    "save_session": False,
    "readonly": False,
    "max_content_length": LARGEST,
}


class Webhooks(http.Controller):
    """What Google and Microsoft post when a calendar changed.

    It is checked, noted and acknowledged; the worker asks the provider. Whoever posts something
    forged or malformed learns nothing: the answer is the same. Only what is too large is refused:
    before anything of it is read, or without its length, as soon as it is.
    """

    @http.route("/webhooks/google/calendar", **OPTIONS)
    def google(self, **_params):
        """See https://developers.google.com/workspace/calendar/api/guides/push"""
        headers = request.httprequest.headers
        names = ("Channel-Token", "Channel-ID", "Resource-ID")
        secret, channel, resource = (headers.get(f"X-Goog-{name}", "") for name in names)
        kind = STATES.get(headers.get("X-Goog-Resource-State"))
        if secret and channel and kind:
            self._receive({Received(secret, channel, kind, resource)})
        return request.make_response("", TEXT, status=204)

    @http.route("/webhooks/microsoft/calendar", **OPTIONS)
    def microsoft(self, **_params):
        """See https://learn.microsoft.com/graph/change-notifications-delivery-webhooks"""
        return self._microsoft(lambda item: "change")

    @http.route("/webhooks/microsoft/calendar/lifecycle", **OPTIONS)
    def microsoft_lifecycle(self, **_params):
        """See https://learn.microsoft.com/graph/change-notifications-lifecycle-events"""
        return self._microsoft(lambda item: LIFECYCLE.get(str(item.get("lifecycleEvent"))))

    def _microsoft(self, kind_of):
        # Of the address alone, never of a form.
        token = request.httprequest.args.get("validationToken", "")
        if 0 < len(token) <= LONGEST_TOKEN:
            # The handshake: the token comes back as it is, as plain text.
            return request.make_response(token, TEXT)
        received = set()
        body = request.httprequest.get_data()
        if len(body) >= LARGEST:
            # It came in pieces, without a length: werkzeug reads as much, and no further.
            raise RequestEntityTooLarge
        for item in _items(body):
            kind, secret, subscription = (
                kind_of(item),
                item.get("clientState"),
                item.get("subscriptionId"),
            )
            if kind and _is_text(secret) and _is_text(subscription):
                received.add(Received(secret, subscription, kind))
        if received:
            self._receive(received)
        return request.make_response("", TEXT, status=202)

    def _receive(self, received):
        # sudo: the provider has no user; the secret of the channel is what it shows instead.
        request.env["immoassist.calendar.notification"].sudo()._receive(received)


def _items(body):
    """The notifications of a body; none of what is no collection of them."""
    try:
        items = json.loads(body).get("value")
    except (ValueError, AttributeError, RecursionError):
        return []
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _is_text(value):
    return isinstance(value, str) and bool(value)
