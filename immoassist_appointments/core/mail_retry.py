"""When a mail that the mail server did not take is tried again, and when not any more."""

from __future__ import annotations

import re
from datetime import timedelta

PATIENCE = timedelta(hours=24)
"""Older mails stay failed: they are no news any more."""
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
# What Odoo keeps of it: `SMTPRecipientsRefused: {'a@b.c': (550, b'No such user')}`.
_RECIPIENT = "SMTPRecipientsRefused"
_CODE = re.compile(r"\((\d{3}), ")


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many failures in a row (1 or more)."""
    return min(FIRST * 2 ** min(attempts - 1, 10), LONGEST)


def is_hopeless(reason: str) -> bool:
    """Tell whether the address itself was refused for good, by what Odoo keeps of a failure.

    Any other refusal is about the server, which somebody repairs: also one with a permanent code.
    """
    if _RECIPIENT not in reason:
        return False
    codes = _CODE.findall(reason)
    return bool(codes) and all(code.startswith("5") for code in codes)
