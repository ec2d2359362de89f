"""Sliding windows of a minute (https://developers.google.com/workspace/calendar/api/guides/quota)."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

from ..clock import Clock
from .errors import ApiError

WINDOW = 60
PATCH_COST = 3


class Quota:
    """Counts the requests of each user and of each project (client) in the last minute."""

    def __init__(self, clock: Clock, settings: dict[str, Any]) -> None:
        self.clock, self.settings = clock, settings
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        self._seen: dict[str, deque[float]] = defaultdict(deque)

    def spend(self, client: str, email: str, kind: str, calendar: str = "") -> None:
        """Count a request.

        :raise ApiError: 403 or 429, as the setting ``quota_status`` wants.
        """
        settings = self.settings
        cost = PATCH_COST if kind == "google.events.patch" else 1
        self._take(f"{client} {email}", cost, settings["user_per_minute"], "userRateLimitExceeded")
        self._take(client, cost, settings["project_per_minute"], "rateLimitExceeded")
        if calendar:
            limit = settings["calendar_writes_per_minute"]
            self._take(f"{email}/{calendar}", 1, limit, "quotaExceeded")

    def _take(self, key: str, cost: int, limit: int | None, reason: str) -> None:
        if limit is None:
            return
        now, seen = self.clock.timestamp(), self._seen[key]
        while seen and seen[0] <= now - WINDOW:
            seen.popleft()
        if len(seen) + cost > limit:
            raise refusal(self.settings["quota_status"], reason)
        seen.extend([now] * cost)


def refusal(status: int, reason: str = "userRateLimitExceeded") -> ApiError:
    """Return the refusal of one request too many."""
    if reason == "quotaExceeded":
        message = "Calendar usage limits exceeded."
        return ApiError(403, reason, message, domain="usageLimits")
    if status == 429:
        reason = "rateLimitExceeded"
    return ApiError(status, reason, "Rate Limit Exceeded", domain="usageLimits")
