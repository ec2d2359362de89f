"""Refusals of Microsoft Graph, by what to do about them.

https://learn.microsoft.com/graph/errors : ``error.code`` decides, ``error.message`` is for people,
changes without notice and may hold content: it is never read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ..core.backoff import parse_retry_after
from ..core.failures import (
    AccessTokenRefused,
    AdministratorNeeded,
    CursorExpired,
    Gone,
    ProviderError,
    Reauthorise,
    Rejected,
    RetryLater,
    Throttled,
    VersionConflict,
)

DUPLICATE = "ErrorDuplicateTransactionId"
MALFORMED_ID = "ErrorInvalidIdMalformed"

# Any status of 4xx goes with them.
_CURSOR = frozenset({"resyncrequired", "syncstatenotfound", "syncstateinvalid"})
# The mailbox is on premises, or was never licensed.
_NO_MAILBOX = frozenset({"MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI"})
# 424: another request of the same batch failed, and this one was not tried.
_TEMPORARY = frozenset({408, 423, 424, 425})
_BY_STATUS: dict[int, type[ProviderError]] = {
    401: AccessTokenRefused,
    403: Reauthorise,
    404: Gone,
    409: VersionConflict,
    410: CursorExpired,
    412: VersionConflict,
    501: Rejected,
}
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,79}")


def failure(status: int, headers: Mapping[str, str], body: Any) -> ProviderError:
    """Return what a refused request means.

    :param headers: names in lower case.
    :param body: as parsed; anything but Graph's error object has no code.
    """
    code = error_code(body) or str(status)
    if code.lower() in _CURSOR:
        return CursorExpired(code)
    if code in _NO_MAILBOX:
        return AdministratorNeeded(code)
    if status in _BY_STATUS:
        return _BY_STATUS[status](code)
    if status == 429 or status in _TEMPORARY or status >= 500:
        asked = parse_retry_after(headers.get("retry-after"), datetime.now(timezone.utc))
        return (Throttled if status == 429 else RetryLater)(code, asked)
    return Rejected(code)


def write_failure(status: int, headers: Mapping[str, str], body: Any) -> ProviderError:
    """Return what a refused write means: 403 is about this event or calendar, not the account."""
    found = failure(status, headers, body)
    return Rejected(found.code) if isinstance(found, Reauthorise) else found


def error_code(body: Any) -> str:
    """Return ``error.code``, empty when it is none: what is no word may be content."""
    error = body.get("error") if isinstance(body, Mapping) else None
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, str) and _WORD.fullmatch(code) else ""
