"""When to try again after a failure that time may heal."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

FIRST = timedelta(seconds=15)
"""Longest wait after the first failure; it doubles with each one."""
CAP = timedelta(hours=1)
"""Longest wait that we choose ourselves."""
LONGEST_ASKED = timedelta(days=1)
"""Longest ``Retry-After`` obeyed: a broken header must not silence a calendar for years."""

_NO_TIME = timedelta(0)
_SECONDS_DIGITS = 9
_DOUBLINGS = 64


def next_delay(
    attempt: int,
    fraction: float,
    retry_after: timedelta | None = None,
    *,
    first: timedelta = FIRST,
    cap: timedelta = CAP,
) -> timedelta:
    """Return how long to wait: anything from 0 to a ceiling that doubles ("full jitter").

    Those who failed together must not come back together, so what the provider asked for is a
    floor, and the jitter comes on top of it.

    :param attempt: failures so far, the one just met included.
    :param fraction: the random number, from 0 to 1; an argument, so that a test knows it.
    :param retry_after: what the provider asked for, see :func:`parse_retry_after`.
    """
    if attempt < 1:
        raise ValueError(f"Nothing failed yet: {attempt}")
    if not 0 <= fraction <= 1:
        raise ValueError(f"Not a fraction: {fraction}")
    doubled = first.total_seconds() * 2.0 ** min(attempt - 1, _DOUBLINGS)
    ceiling = min(doubled, cap.total_seconds())
    return _bounded(retry_after or _NO_TIME) + timedelta(seconds=fraction * ceiling)


def parse_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Return the wait that a ``Retry-After`` header asks for: seconds or a date (RFC 9110).

    :return: from 0 to :data:`LONGEST_ASKED`; None without a header or when it cannot be read.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        huge = len(text.lstrip("0")) > _SECONDS_DIGITS
        return LONGEST_ASKED if huge else _bounded(timedelta(seconds=int(text)))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000": UTC, of which nothing is known about the sender's zone
        moment = moment.replace(tzinfo=timezone.utc)
    return _bounded(moment - now)


def _bounded(asked: timedelta) -> timedelta:
    return min(max(asked, _NO_TIME), LONGEST_ASKED)
