"""Which calendars the account has: the broker adds some at the provider, and takes others away."""

from __future__ import annotations

import logging

from ..core import AccessTokenRefused, CalendarProvider, ProviderError, RetryLater
from .lease import Lease

_logger = logging.getLogger(__name__)


def list_calendars(lease: Lease, provider: CalendarProvider) -> None:
    """Ask again which calendars there are. Without an answer those known go on as before."""
    try:
        calendars = provider.calendars()
    except (AccessTokenRefused, RetryLater):
        raise
    except ProviderError as error:
        # What really is no longer granted is told by the calendars themselves.
        _logger.info("Connection %s: calendars: %s", lease.connection_id, error.code)
        return
    if calendars:  # an account has one at least: none is no answer
        lease.run(lambda connection: connection._refresh_calendars(calendars))
