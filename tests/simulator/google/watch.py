"""Push channels (https://developers.google.com/workspace/calendar/api/guides/push).

One thing is allowed here that Google refuses: a webhook at ``http`` on this computer itself.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from ..call import Call, Reply
from ..pushes import Push
from ..store import Account, Calendar
from .errors import ApiError, invalid, required
from .events import body_of
from .grants import LOOPBACK, Access

if TYPE_CHECKING:
    from .side import Google

ID = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")
TOKEN_LENGTH = 256


@dataclass(slots=True)
class Channel:
    """A push channel; ``expires`` is in seconds since 1970."""

    id: str
    email: str
    client: str
    calendar: str
    resource: str
    address: str
    token: str
    expires: float
    number: int = 0


class Channels:
    """The push channels, live ones and those whose ids are used up."""

    def __init__(self, side: Google) -> None:
        self.side, self.clock, self.store = side, side.clock, side.store
        self.reset()

    def reset(self) -> None:
        """Forget all channels."""
        self._used: set[tuple[str, str]] = set()
        self._live: dict[tuple[str, str], dict[str, Channel]] = {}
        self._random = random.Random(9)

    def watch(self, call: Call, access: Access, account: Account, calendar: Calendar) -> Reply:
        """Open a channel. Its first message is delivered before the answer. Not under the lock."""
        given = body_of(call)
        with self.store.lock:
            channel = self._open(given, access, account, calendar)
            push = self._push(channel, "sync")
        self.side.pushes.post(push, certain=False)
        answer = {
            "kind": "api#channel",
            "id": channel.id,
            "resourceId": channel.resource,
            "resourceUri": _uri(calendar.id),
            "expiration": str(int(channel.expires * 1000)),
        }
        if channel.token:
            answer["token"] = channel.token
        return Reply.json(answer)

    def stop(self, call: Call, access: Access) -> Reply:
        """Close a channel of the same account and client."""
        given = body_of(call)
        name, resource = given.get("id"), given.get("resourceId")
        if not name or not resource:
            raise required("Missing required field: " + ("resourceId" if name else "id"))
        for channels in self._live.values():
            channel = channels.get(name)
            if channel and channel.resource == resource and self._may_stop(channel, access):
                del channels[name]
                return Reply(204)
        project = access.grant.client.partition(".")[0]
        message = f"Channel '{name}' not found for project '{project}'"
        raise ApiError(404, "notFound", message)

    def changed(self, account: Account, calendar: Calendar) -> None:
        """Tell the channels of a calendar that something in it changed. Under the lock."""
        for channel in self.live(account.email, calendar.id):
            self.side.pushes.send(self._push(channel, "exists"))

    def live(self, email: str, calendar: str) -> list[Channel]:
        """Return the channels of a calendar that have not expired."""
        now = self.clock.timestamp()
        channels = self._live.get((email, calendar), {})
        return [channel for channel in channels.values() if channel.expires > now]

    def _may_stop(self, channel: Channel, access: Access) -> bool:
        mine = (channel.email, channel.client) == (access.grant.email, access.grant.client)
        return mine and channel.expires > self.clock.timestamp()

    def _open(
        self, given: dict[str, Any], access: Access, account: Account, calendar: Calendar
    ) -> Channel:
        self._check(given, calendar)
        client = access.grant.client
        if (client, given["id"]) in self._used:
            raise ApiError(400, "channelIdNotUnique", f"Channel id {given['id']} not unique")
        self._used.add((client, given["id"]))
        secret = sha256(f"{account.id} {calendar.id}".encode()).hexdigest()[:27]
        channel = Channel(
            id=given["id"],
            email=account.email,
            client=client,
            calendar=calendar.id,
            resource=secret,
            address=given["address"],
            token=given.get("token") or "",
            expires=self._expiry(given),
        )
        self._live.setdefault((account.email, calendar.id), {})[channel.id] = channel
        return channel

    def _check(self, given: dict[str, Any], calendar: Calendar) -> None:
        for name in ("id", "type", "address"):
            if not isinstance(given.get(name), str) or not given[name]:
                raise required(f"Missing required field: {name}")
        if not ID.fullmatch(given["id"]):
            raise invalid("Invalid channel id.", "id")
        if given["type"] not in ("web_hook", "webhook"):
            reason = "push.channelTypeNotSupported"
            raise ApiError(400, reason, f"Unsupported channel type: {given['type']}")
        parts = urlsplit(given["address"])
        local = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not local and not (parts.scheme == "https" and parts.hostname):
            message = f"WebHook callback must be HTTPS: {given['address']}"
            raise ApiError(400, "push.webhookUrlNotHttps", message)
        if len(given.get("token") or "") > TOKEN_LENGTH:
            raise invalid("Channel token is too long.", "token")
        if not calendar.options.get("push", True):
            reason = "pushNotSupportedForRequestedResource"
            message = "Push notifications are not supported by this resource."
            raise ApiError(400, reason, message)

    def _expiry(self, given: dict[str, Any]) -> float:
        now, settings = self.clock.timestamp(), self.side.settings
        expires = now + settings["channel_life"]
        try:
            if "expiration" in given:
                expires = int(given["expiration"]) / 1000
            elif "ttl" in (given.get("params") or {}):
                expires = now + int(given["params"]["ttl"])
        except (TypeError, ValueError):
            raise invalid("Invalid expiration.", "expiration") from None
        if expires <= now:
            raise invalid("Channel expiration lies in the past.", "expiration")
        return float(int(min(expires, now + settings["channel_most"])))

    def _push(self, channel: Channel, state: str) -> Push:
        # Numbers grow, and are not consecutive.
        channel.number += 1 if state == "sync" else self._random.randint(1, 4)
        expires = datetime.fromtimestamp(channel.expires, timezone.utc)
        headers = {
            "X-Goog-Channel-ID": channel.id,
            "X-Goog-Message-Number": str(channel.number),
            "X-Goog-Resource-ID": channel.resource,
            "X-Goog-Resource-State": state,
            "X-Goog-Resource-URI": _uri(channel.calendar),
            "X-Goog-Channel-Expiration": format_datetime(expires, usegmt=True),
        }
        if channel.token:
            headers["X-Goog-Channel-Token"] = channel.token
        return Push(
            provider="google",
            account=channel.email,
            channel=channel.id,
            address=channel.address,
            state=state,
            number=channel.number,
            headers=headers,
        )


def _uri(calendar: str) -> str:
    place = quote(calendar, safe="")
    return f"https://www.googleapis.com/calendar/v3/calendars/{place}/events?alt=json"
