"""The end of a connection, at the provider."""

from __future__ import annotations

import logging

from odoo.tools import groupby

from ..core import CalendarProvider, ProviderError, RetryLater
from .channels import stop
from .lease import Lease

_logger = logging.getLogger(__name__)


def leave(lease: Lease, provider: CalendarProvider) -> None:
    """Remove what was written, if that was asked for; stop the channels; take back the grant.

    :raise RetryLater: it has to be tried again. Whatever else fails there ends by itself.
    """
    _remove(lease, provider)
    for row_id, channel in lease.run(lambda c: [(h.id, h._as_channel()) for h in c.channel_ids]):
        try:
            stop(lease, provider, row_id, channel)
        except RetryLater:
            raise
        except ProviderError as error:  # it ends by itself, in a few days
            _logger.info("Connection %s: channel not stopped: %s", lease.connection_id, error.code)
    if token := lease.run(lambda c: c._token_to_revoke()):
        lease.run(lambda c: c._authoriser()).revoke(token)


def _remove(lease: Lease, provider: CalendarProvider) -> None:
    while removals := lease.run(lambda c: c._removals(provider.batch_size)):
        for source_id, group in groupby(removals, key=lambda item: item[1]):
            calendar_id = lease.run(lambda c, id_=source_id: c._source(id_).external_id)
            answers = provider.send(calendar_id, [write for _link, _source, write in group])
            failed = [answer for answer in answers if isinstance(answer, RetryLater)]
            done = [
                link_id
                for (link_id, _source, _write), answer in zip(group, answers, strict=True)
                if not isinstance(answer, RetryLater)
            ]
            lease.run(lambda c, done=done: c._note_removed(done))
            if failed:
                raise failed[0]
