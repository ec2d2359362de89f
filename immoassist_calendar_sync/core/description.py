"""The details block: our own lines under the description that the broker writes.

A calendar has one text for both. The block stands below a separator line, so that each can be
changed on either side without touching the other.
"""

from __future__ import annotations

import re

SEPARATOR = "— ImmoAssist —"
"""The line between the description and the details; the same in every language."""

# Calendars rewrite white space, and people rewrite dashes.
_LINE = re.compile(r"^[^\S\n]*[-–—]+[^\S\n]*ImmoAssist[^\S\n]*[-–—]+[^\S\n]*$", re.MULTILINE)


def compose(description: str | None, details: str | None) -> str:
    """Return the one text that a calendar holds; :func:`split` takes it apart again.

    Separator lines inside ``details`` are left out: the last one in the text has to be ours.
    """
    above = _unified(description)
    below = _LINE.sub("", _unified(details)).strip()
    # A description that somebody pasted with a separator in it needs ours below all the same.
    if not below and not _LINE.search(above):
        return above
    return f"{above}\n\n{SEPARATOR}\n{below}".strip()


def split(text: str | None) -> tuple[str, str]:
    """Return (description, details), each without outer white space; no separator: no details."""
    unified = _unified(text)
    lines = list(_LINE.finditer(unified))
    if not lines:
        return unified, ""
    return unified[: lines[-1].start()].strip(), unified[lines[-1].end() :].strip()


def _unified(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
