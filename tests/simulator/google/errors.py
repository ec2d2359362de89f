"""Google's errors (https://developers.google.com/workspace/calendar/api/guides/errors)."""

from __future__ import annotations

from typing import Any

from ..call import Reply

REASONS = {
    400: "badRequest",
    401: "authError",
    403: "rateLimitExceeded",
    404: "notFound",
    409: "conflict",
    410: "fullSyncRequired",
    412: "conditionNotMet",
    429: "rateLimitExceeded",
}
DOMAINS = {"rateLimitExceeded": "usageLimits", "userRateLimitExceeded": "usageLimits"}


class ApiError(Exception):
    """What Google refuses.

    :param location: what is to blame, and of what type it is: ``parameter`` or ``header``.
    """

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        *,
        domain: str = "",
        location: tuple[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = body(status, reason, message, domain, location)
        self.body["error"].update(extra or {})

    def reply(self) -> Reply:
        """Return the answer that says so."""
        return Reply.json(self.body, self.status)


def body(
    status: int,
    reason: str = "",
    message: str = "",
    domain: str = "",
    location: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Return Google's error object; the reason that is usual for a status, if none is given."""
    reason = reason or REASONS.get(status, "backendError")
    error = {
        "domain": domain or DOMAINS.get(reason, "global"),
        "reason": reason,
        "message": message or reason,
    }
    if location:
        error["locationType"], error["location"] = location
    return {"error": {"errors": [error], "code": status, "message": message or reason}}


def invalid(message: str = "Invalid value.", parameter: str = "") -> ApiError:
    """Return 400 ``invalid``."""
    location = ("parameter", parameter) if parameter else None
    return ApiError(400, "invalid", message, location=location)


def required(message: str) -> ApiError:
    """Return 400 ``required``."""
    return ApiError(400, "required", message)


def not_found() -> ApiError:
    """Return 404."""
    return ApiError(404, "notFound", "Not Found")


def full_sync() -> ApiError:
    """Return 410: the sync token is no longer good."""
    return ApiError(
        410,
        "fullSyncRequired",
        "Sync token is no longer valid, a full sync is required.",
        domain="calendar",
        location=("parameter", "syncToken"),
    )


def bad_token() -> ApiError:
    """Return 401: no access token, or one that is expired or revoked."""
    where = ("header", "Authorization")
    return ApiError(401, "authError", "Invalid Credentials", location=where)


def no_scope() -> ApiError:
    """Return 403: the token is good, for other things."""
    details = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    }
    error = ApiError(
        403,
        "insufficientPermissions",
        "Insufficient Permission",
        extra={"status": "PERMISSION_DENIED", "details": [details]},
    )
    error.body["error"]["message"] = "Request had insufficient authentication scopes."
    return error
