"""The warnings and errors in Odoo's log that do not fail a test run, each with its reason.

Keep it short: an entry belongs here only when the addons can do nothing about it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Allowed:
    """A pattern searched in `LEVEL logger: text`, and why it may appear."""

    pattern: str
    reason: str


ALLOWED = (
    Allowed(
        r"^WARNING odoo\.addons\.[\w.]+: Missing dependency .*wkhtmltopdf",
        "PDF reports are not used; wkhtmltopdf is not in Debian any more.",
    ),
    Allowed(
        r"(?s)^ERROR odoo\.http: Exception during request handling\..*Couldn't bind the websocket",
        "No reverse proxy stands before the test server: websockets arrive on the wrong port.",
    ),
)


def reason(level: str, logger: str, text: str, allowed: tuple[Allowed, ...] = ALLOWED) -> str:
    """Return why this entry is allowed, or an empty string when it is not."""
    line = f"{level} {logger}: {text}"
    for entry in allowed:
        if re.search(entry.pattern, line):
            return entry.reason
    return ""
