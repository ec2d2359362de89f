"""Change notifications: subscriptions, their handshake, what is posted to webhooks.

https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
https://learn.microsoft.com/graph/change-notifications-lifecycle-events

Unlike the real one, it also posts to ``http`` addresses of this computer, so that tests and the
demo need no certificate. Every other ``http`` address is refused.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from ..call import Reply
from ..pushes import Push, Pushes
from . import render, times
from .box import Box
from .calendars import Request, read_json
from .consent import is_loopback
from .errors import GraphError, bad_query, invalid
from .login import Token
from .mailbox import Change

SHORTEST = timedelta(minutes=45)
TOKEN = "Validation: Testing client application reachability for subscription Request-Id: "
LIFECYCLE = ("reauthorizationRequired", "subscriptionRemoved", "missed")
MOST = 1000
MEMBERS = frozenset(
    [
        "changeType",
        "notificationUrl",
        "lifecycleNotificationUrl",
        "resource",
        "expirationDateTime",
        "clientState",
        "latestSupportedTlsVersion",
    ]
)


@dataclass(slots=True)
class Subscription:
    """One subscription. ``authorised``: False stops it until it is renewed."""

    id: str
    email: str
    client_id: str
    creator: str
    resource: str
    changes: frozenset[str]
    members: dict[str, Any]
    expires: datetime
    immutable: bool
    authorised: bool = True
    sent: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it as Graph does, its ``clientState`` included."""
        return {
            "id": self.id,
            "resource": self.members["resource"],
            "applicationId": self.client_id,
            "changeType": self.members["changeType"],
            "clientState": self.members.get("clientState"),
            "notificationUrl": self.members["notificationUrl"],
            "lifecycleNotificationUrl": self.members.get("lifecycleNotificationUrl"),
            "expirationDateTime": times.stamp(self.expires),
            "creatorId": self.creator,
            "latestSupportedTlsVersion": self.members.get("latestSupportedTlsVersion", "v1_2"),
        }


class Subscriptions:
    """The subscriptions of all accounts. Hold the store's lock, except for :meth:`create`."""

    def __init__(self, pushes: Pushes) -> None:
        self.pushes = pushes
        self.all: dict[str, Subscription] = {}

    def create(self, request: Request, token: Token, lock: Any) -> Reply:
        """Subscribe; the handshake is made meanwhile, without the lock."""
        with lock:
            new = self._checked(request, token)
        for name in ("notificationUrl", "lifecycleNotificationUrl"):
            if new.members.get(name):
                self._shake_hands(new, new.members[name])
        with lock:
            self._check_single(new, request.box.mailbox.now())
            self.all[new.id] = new
        return request.reply(new.as_json(), 201)

    def handle(self, request: Request, token: Token) -> Reply:
        """Answer what is not a creation."""
        self._drop_expired(request.box.mailbox.now())
        mine = [one for one in self.all.values() if _owned(one, request, token)]
        verb = request.route.kind.rpartition(".")[2]
        if verb == "list":
            return request.reply({"value": [one.as_json() for one in mine]})
        found = next((one for one in mine if one.id == request.route.identifier), None)
        if found is None:
            raise GraphError(404, "ResourceNotFound", "The object was not found.")
        if verb == "delete":
            del self.all[found.id]
            return Reply(204)
        if verb == "update":
            body = read_json(request.call)
            if set(body) != {"expirationDateTime"}:
                raise invalid("Only expirationDateTime can be changed.")
            found.expires = self._expiry(request, body)
        if verb in ("update", "reauthorize"):
            found.authorised = True
        return Reply(204) if verb == "reauthorize" else request.reply(found.as_json())

    def notify(self, box: Box, change: Change, count: int) -> None:
        """Post a change, as often as the real one may; ``updated`` follows ``created``."""
        self._drop_expired(box.mailbox.now())
        again = "updated" if change.kind == "created" else change.kind
        kinds = [change.kind] + [again] * (count - 1 if change.kind != "deleted" else 0)
        for one in self.all.values():
            if one.email == box.account.email and one.authorised:
                for kind in kinds:
                    if kind in one.changes:
                        self._send(one, kind, _item(one, box, change, kind), "notificationUrl")

    def lifecycle(self, box: Box, event: str) -> None:
        """Let something happen to the subscriptions of an account.

        :raise ValueError: there is no such event.
        """
        if event not in LIFECYCLE:
            raise ValueError(f"A lifecycle event is one of {', '.join(LIFECYCLE)}.")
        for one in [one for one in self.all.values() if one.email == box.account.email]:
            if event == "subscriptionRemoved":
                del self.all[one.id]
            one.authorised = one.authorised and event != "reauthorizationRequired"
            if one.members.get("lifecycleNotificationUrl"):
                item = {**_head(one, box), "lifecycleEvent": event}
                self._send(one, event, item, "lifecycleNotificationUrl")

    def _send(self, one: Subscription, state: str, item: dict[str, Any], address: str) -> None:
        one.sent += 1
        self.pushes.send(
            Push(
                provider="microsoft",
                account=one.email,
                channel=one.id,
                address=one.members[address],
                state=state,
                number=one.sent,
                headers={"Content-Type": "application/json; charset=utf-8"},
                body=json.dumps({"value": [item]}).encode(),
                retry=lambda status: not 200 <= status < 300,
            )
        )

    def _shake_hands(self, new: Subscription, address: str) -> None:
        # What a body that is escaped, quoted or not decoded would show.
        token = f'{TOKEN}{uuid.uuid4()} <&"+%2B>'
        answer = self.pushes.post(
            Push(
                provider="microsoft",
                account=new.email,
                channel=new.id,
                address=address,
                state="validation",
                headers={"Content-Type": "text/plain; charset=utf-8"},
                query={"validationToken": token},
            )
        )
        if answer is None:
            raise _unreachable("Subscription validation request timed out.")
        plain = answer.headers.get("Content-Type", "").partition(";")[0].strip() == "text/plain"
        if answer.status_code != 200 or not plain or answer.content.decode() != token:
            text = "Notification endpoint must respond with 200 OK to validation request."
            raise _unreachable(f"Subscription validation request failed. {text}")

    def _checked(self, request: Request, token: Token) -> Subscription:
        body = read_json(request.call)
        if not isinstance(body, dict) or set(body) - MEMBERS:
            raise bad_query("The request body holds an unknown property.")
        for name in ("changeType", "notificationUrl", "resource", "expirationDateTime"):
            if not body.get(name):
                raise invalid(f"{name} is required.")
        changes = frozenset(part.strip() for part in body["changeType"].split(","))
        if not changes <= {"created", "updated", "deleted"}:
            raise invalid("changeType has to be of created, updated, deleted.")
        if len(body.get("clientState") or "") > 128:
            raise invalid("clientState is longer than 128 characters.")
        for name in ("notificationUrl", "lifecycleNotificationUrl"):
            _check_address(body.get(name), name)
        account = request.box.account
        new = Subscription(
            id=str(uuid.uuid4()),
            email=account.email,
            client_id=token.client_id,
            creator=account.id,
            resource=_resource(body["resource"], request),
            changes=changes,
            members=body,
            expires=self._expiry(request, body),
            immutable=request.prefer.immutable,
        )
        self._check_single(new, request.box.mailbox.now())
        return new

    def _check_single(self, new: Subscription, now: datetime) -> None:
        self._drop_expired(now)
        mine = [one for one in self.all.values() if one.email == new.email]
        if len(mine) >= MOST:
            raise GraphError(403, "ExtensionError", "There are too many subscriptions already.")
        for one in mine:
            if (one.client_id, one.changes) == (new.client_id, new.changes):
                text = f"Subscription Id <{one.id}> already exists for the requested combination"
                raise GraphError(409, "ExtensionError", text)

    def _expiry(self, request: Request, body: dict[str, Any]) -> datetime:
        now = request.box.mailbox.now()
        wanted = times.parse_moment(body["expirationDateTime"], "expirationDateTime")
        longest = request.settings.longest_minutes
        if wanted > now + timedelta(minutes=longest):
            text = f"Subscription expiration can only be {longest} minutes in the future."
            raise GraphError(400, "ExtensionError", text)
        if wanted <= now:
            raise invalid("expirationDateTime is in the past.")
        return max(wanted, now + SHORTEST)

    def _drop_expired(self, now: datetime) -> None:
        self.all = {name: one for name, one in self.all.items() if one.expires > now}


def _owned(one: Subscription, request: Request, token: Token) -> bool:
    return (one.email, one.client_id) == (request.box.account.email, token.client_id)


def _resource(text: str, request: Request) -> str:
    account = request.box.account
    own = {"me/events", f"users/{account.id}/events", f"users/{account.email}/events"}
    if text.strip("/").lower() not in {name.lower() for name in own}:
        raise invalid(f"The resource '{text}' is not supported for subscriptions.")
    return "me/events"


def _check_address(address: str | None, name: str) -> None:
    if not address:
        return
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise invalid(f"{name}: only https addresses are supported.")


def _unreachable(text: str) -> GraphError:
    return GraphError(400, "ValidationError", text)


def _head(one: Subscription, box: Box) -> dict[str, Any]:
    return {
        "subscriptionId": one.id,
        "subscriptionExpirationDateTime": times.stamp(one.expires),
        "clientState": one.members.get("clientState"),
        "tenantId": box.tenant,
    }


def _item(one: Subscription, box: Box, change: Change, kind: str) -> dict[str, Any]:
    name = render.identify(change.instance.token, one.immutable)
    resource = f"Users/{box.account.id}/Events/{name}"
    data = {
        "@odata.type": "#Microsoft.Graph.Event",
        "@odata.id": resource,
        "@odata.etag": change.instance.etag,
        "id": name,
    }
    return {**_head(one, box), "changeType": kind, "resource": resource, "resourceData": data}
