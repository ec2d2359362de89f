import json

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from odoo import http
from odoo.http import request

LARGEST = 256 * 1024
"""Bytes of a notification: Graph sends a few kilobytes, Google nothing."""
LONGEST_TOKEN = 4096
TEXT = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
LIFECYCLE = {
    "missed": "missed",
    "reauthorizationRequired": "reauthorise",
    "subscriptionRemoved": "removed",
}
OPTIONS = {
    "type": "http",
    "auth": "public",
    "methods": ["POST"],
    "csrf": False,  # no browser, no cookie: each notification carries its channel's secret
    "save_session": False,
}


class Webhooks(http.Controller):
    """What Google and Microsoft post when a calendar changed.

    It is checked, noted and acknowledged; the worker asks the provider. Whoever posts something
    forged learns nothing: the answer is the same.
    """

    @http.route("/webhooks/google/calendar", **OPTIONS)
    def google(self, **_params):
        """See https://developers.google.com/workspace/calendar/api/guides/push"""
        headers = request.httprequest.headers
        # "sync" only says that the channel was made.
        if headers.get("X-Goog-Resource-State") in ("exists", "not_exists"):
            self._receive(headers.get("X-Goog-Channel-Token"), headers.get("X-Goog-Channel-ID"))
        return request.make_response("", TEXT, status=204)

    @http.route("/webhooks/microsoft/calendar", **OPTIONS)
    def microsoft(self, **params):
        """See https://learn.microsoft.com/graph/change-notifications-delivery-webhooks"""
        return self._microsoft(params, lambda item: "change")

    @http.route("/webhooks/microsoft/calendar/lifecycle", **OPTIONS)
    def microsoft_lifecycle(self, **params):
        """See https://learn.microsoft.com/graph/change-notifications-lifecycle-events"""
        return self._microsoft(params, lambda item: LIFECYCLE.get(item.get("lifecycleEvent")))

    def _microsoft(self, params, kind_of):
        if token := params.get("validationToken"):
            # The handshake: the token comes back as it is, as plain text.
            return request.make_response(token[:LONGEST_TOKEN], TEXT)
        seen = set()
        for item in self._items():
            kind = kind_of(item)
            secret, subscription = item.get("clientState"), item.get("subscriptionId")
            if not kind or not isinstance(secret, str) or not isinstance(subscription, str):
                continue
            seen.add((secret, subscription, kind))
        for secret, subscription, kind in seen:
            self._receive(secret, subscription, kind)
        return request.make_response("", TEXT, status=202)

    def _items(self):
        http_request = request.httprequest
        if (http_request.content_length or 0) > LARGEST:
            raise RequestEntityTooLarge
        try:
            items = json.loads(http_request.get_data()).get("value")
        except (ValueError, AttributeError, RecursionError):
            raise BadRequest("This is not a change notification.") from None
        if not isinstance(items, list):
            raise BadRequest("This is not a change notification.")
        return [item for item in items if isinstance(item, dict)]

    def _receive(self, secret, external_id, kind="change"):
        # sudo: the provider has no user; the secret of the channel is what it shows instead.
        request.env["immoassist.calendar.channel"].sudo()._receive(secret, external_id, kind)
