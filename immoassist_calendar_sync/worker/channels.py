"""Push channels: registered, renewed before they expire, stopped when they are not needed."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from uuid import uuid4

from ..core import (
    CalendarProvider,
    Channel,
    CursorExpired,
    Gone,
    ProviderError,
    PushRefused,
    Reauthorise,
    Rejected,
    RetryLater,
    VersionConflict,
)
from ..core.schedule import LIFETIME
from .lease import Lease

_logger = logging.getLogger(__name__)

REFUSED = (PushRefused, Rejected, Gone, VersionConflict, CursorExpired, Reauthorise)
"""What trying again soon does not heal, and what concerns this channel alone.

A forbidden channel too: whether the broker has to connect again is told by the calendars.
"""


@dataclass(frozen=True)
class ChannelPlan:
    """What is to be done about the channels of one connection, in this order but for `register`.

    :param register: (source id or None for the account, calendar id).
    :param renew: (row id, channel).
    :param astray: (row id, channel); they lead to an address of which nobody reads any more.
    :param stop: (row id, channel); after `register`, so that nothing is missed in between.
    :param address: of the webhook.
    """

    register: tuple[tuple[int | None, str], ...]
    renew: tuple[tuple[int, Channel], ...]
    astray: tuple[tuple[int, Channel], ...]
    stop: tuple[tuple[int, Channel], ...]
    address: str

    @property
    def empty(self) -> bool:
        """Whether all channels are in order."""
        return not (self.register or self.renew or self.astray or self.stop)


def keep_channels(lease: Lease, provider: CalendarProvider) -> None:
    """Bring the channels in order.

    Without them the calendar is polled: what fails here is tried again in the next run.
    """
    try:
        plan = _plan(lease, provider)
        renewed = [_renew(lease, provider, row_id, channel) for row_id, channel in plan.renew]
        if not all(renewed):
            plan = _plan(lease, provider)  # those have to be replaced
        for row_id, channel in plan.astray:
            stop(lease, provider, row_id, channel)
        for source_id, calendar_id in plan.register:
            _register(lease, provider, plan.address, source_id, calendar_id)
        for row_id, _channel in plan.stop:
            # Read again: what was registered just now may tell how to stop it.
            channel = lease.run(lambda c, id_=row_id: c._channel(id_)._as_channel())
            stop(lease, provider, row_id, channel)
    except RetryLater as error:
        _logger.info("Connection %s: channels: %s", lease.connection_id, error.code)


def stop(lease: Lease, provider: CalendarProvider, row_id: int, channel: Channel) -> None:
    """Stop one channel; only then is it forgotten."""
    if channel.external_id:
        try:
            provider.unwatch(channel)
        except REFUSED as error:
            # It ends by itself, within days; until then nobody listens to it.
            _logger.info("Connection %s: not stopped: %s", lease.connection_id, error.code)
    lease.run(lambda c: c._channel(row_id).unlink())


def _plan(lease: Lease, provider: CalendarProvider) -> ChannelPlan:
    return lease.run(lambda c: c._channel_plan(per_account=provider.per_account))


def _register(
    lease: Lease,
    provider: CalendarProvider,
    address: str,
    source_id: int | None,
    calendar_id: str,
) -> None:
    channel_id, secret = str(uuid4()), secrets.token_urlsafe(32)
    # Stored before it is asked for: the first notification may come before the answer.
    row_id = lease.run(lambda c: c._begin_channel(source_id, channel_id, secret, address).id)
    try:
        channel = provider.watch(calendar_id, channel_id, secret, address, LIFETIME)
    except REFUSED as error:
        code = error.code
        lease.run(lambda c: c._channel(row_id)._note_refusal(code))
        return
    except ProviderError:
        lease.run(lambda c: c._channel(row_id).write({"state": "stopping"}))
        raise
    lease.run(lambda c: c._channel(row_id)._activate(channel))


def _renew(lease: Lease, provider: CalendarProvider, row_id: int, channel: Channel) -> bool:
    """Return whether it was prolonged; if not, it is to be replaced."""
    try:
        renewed = provider.renew(channel, LIFETIME)
    except REFUSED:
        renewed = None
    if renewed:
        lease.run(lambda c: c._channel(row_id)._activate(renewed))
    else:
        lease.run(lambda c: c._channel(row_id).write({"state": "stopping"}))
    return bool(renewed)
