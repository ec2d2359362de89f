"""Subscriptions of Microsoft Graph: one covers all calendars of the account.

https://learn.microsoft.com/graph/api/resources/subscription
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from ..core.failures import Gone, PushRefused, Reauthorise, Rejected, RetryLater, VersionConflict
from ..core.provider import Channel
from .microsoft_events import moment
from .microsoft_http import GraphHttp, Request

RESOURCE = "me/events"
LONGEST = timedelta(minutes=10_050)
"""Documented are 10,080 minutes; Graph refuses more than 10,070, counted on its own clock."""
UNREACHABLE = "endpoint_not_reachable"
# Everything else in our request is constant: what Graph finds invalid is the address, or that it
# did not answer the handshake.
_ABOUT_THE_ADDRESS = frozenset({"ValidationError", "InvalidRequest"})


def subscribe(http: GraphHttp, secret: str, address: str, lifetime: timedelta) -> Channel:
    """Subscribe; Graph calls the address, and waits for its answer, before this returns.

    There can be only one subscription for the same changes: an earlier one of ours, which a crash
    or a lost answer left behind, is deleted. One that leads to another address belongs to another
    installation, and stays.

    :raise PushRefused: ``endpoint_not_reachable``: Graph got no right answer from the address.
    """
    request = Request("POST", "/subscriptions", _subscription(secret, address, lifetime))
    try:
        try:
            return _channel(http.call(request))
        except VersionConflict:  # 409
            _delete_own(http, address)
        return _channel(http.call(request))
    except (Rejected, Reauthorise, VersionConflict, Gone) as error:
        code = UNREACHABLE if error.code in _ABOUT_THE_ADDRESS else error.code
    raise PushRefused(code)


def renew(http: GraphHttp, channel: Channel, lifetime: timedelta) -> Channel | None:
    """Prolong a subscription; None: it is gone, or cannot be prolonged."""
    body = {"expirationDateTime": _expiry(lifetime)}
    try:
        return _channel(http.call(Request("PATCH", _path(channel.external_id), body)))
    except (Gone, Rejected, VersionConflict, Reauthorise):
        return None


def unsubscribe(http: GraphHttp, external_id: str) -> None:
    """Delete a subscription; one that is gone is no error."""
    with suppress(Gone):
        http.call(Request("DELETE", _path(external_id)))


def _subscription(secret: str, address: str, lifetime: timedelta) -> dict[str, str]:
    return {
        "changeType": "created,updated,deleted",
        "notificationUrl": address,
        "lifecycleNotificationUrl": f"{address}/lifecycle",
        "resource": RESOURCE,
        "expirationDateTime": _expiry(lifetime),
        "clientState": secret,
    }


def _delete_own(http: GraphHttp, address: str) -> None:
    pages = http.pages(Request("GET", "/subscriptions"))
    listed = [item for page in pages for item in page["value"]]
    for item in listed:
        about_events = str(item.get("resource", "")).strip("/").lower() == RESOURCE
        if about_events and item.get("notificationUrl") == address:
            unsubscribe(http, item["id"])


def _channel(found: Any) -> Channel:
    try:
        return Channel(found["id"], "", moment(found["expirationDateTime"]))
    except (KeyError, TypeError, ValueError):
        raise RetryLater("no_subscription") from None


def _expiry(lifetime: timedelta) -> str:
    return f"{datetime.now(timezone.utc) + min(lifetime, LONGEST):%Y-%m-%dT%H:%M:%SZ}"


def _path(external_id: str) -> str:
    return f"/subscriptions/{quote(external_id, safe='')}"
