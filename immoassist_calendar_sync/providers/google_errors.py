"""Google's answers that are no success, as failures by what to do.

Source: https://developers.google.com/workspace/calendar/api/guides/errors
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

from googleapiclient.errors import HttpError

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


class Malformed(Rejected):
    """400."""


class Taken(Rejected):
    """409: another event has this id, maybe a deleted one."""


class Deleted(Gone):
    """410: it was there once."""


_ANTI_ABUSE = "quotaExceeded"
_LONG_PAUSE = timedelta(hours=1)
"""What "do not hammer" of the anti-abuse limit is taken for, when no header says it."""
_THROTTLED = {"rateLimitExceeded", "userRateLimitExceeded", _ANTI_ABUSE}
_BY_REASON: dict[str, type[ProviderError]] = {
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Reauthorise,
    "SERVICE_DISABLED": AdministratorNeeded,
    "accessNotConfigured": AdministratorNeeded,
    "duplicate": Taken,
    "fullSyncRequired": CursorExpired,
    "insufficientPermissions": Reauthorise,
    "updatedMinTooLongAgo": CursorExpired,
}
_BY_STATUS: dict[int, type[ProviderError]] = {
    400: Malformed,
    401: AccessTokenRefused,
    404: Gone,
    410: Deleted,
    412: VersionConflict,
}
# A reason is a word. Anything else in its place may be content, and content is not for logs.
_WORD = re.compile(r"[A-Za-z0-9_.]{1,64}")


def failure(error: HttpError) -> ProviderError:
    """Return what an answer means; of its content only Google's own word for it is kept."""
    status, reason = error.status_code, _reason(error.content)
    code = reason or str(status)
    if status == 429 or reason in _THROTTLED:
        return Throttled(code, _pause(error, reason))
    if not 400 <= status < 500 or status == 408 or reason == "conflict":
        return RetryLater(code, _pause(error, reason))
    return (_BY_REASON.get(reason) or _BY_STATUS.get(status, Rejected))(code)


def _pause(error: HttpError, reason: str) -> timedelta | None:
    asked = parse_retry_after(error.resp.get("retry-after"), datetime.now(timezone.utc))
    return _LONG_PAUSE if asked is None and reason == _ANTI_ABUSE else asked


def _reason(content: bytes) -> str:
    try:
        error = json.loads(content)["error"]
        reason = error["errors"][0]["reason"]
    except (ValueError, LookupError, TypeError):
        return ""
    return reason if isinstance(reason, str) and _WORD.fullmatch(reason) else ""
