"""The first part of the booking pages' address: `/book` unless the agency wants another."""

import re
from collections.abc import Collection

DEFAULT = "book"
SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MIN_LENGTH = 2
MAX_LENGTH = 40


def problem(prefix: str, taken: Collection[str]) -> str | None:
    """Return what is wrong with `prefix`: "shape", "taken", or None.

    :param taken: first parts of addresses that lead elsewhere on this site
    """
    if not MIN_LENGTH <= len(prefix) <= MAX_LENGTH or not SHAPE.fullmatch(prefix):
        return "shape"
    return "taken" if prefix != DEFAULT and prefix in taken else None


def ours(path: str, prefix: str = DEFAULT) -> bool:
    """Tell whether `path` (of a route or an address) is a booking page under `prefix`."""
    return re.match(rf"/{re.escape(prefix)}(?:[/?#]|$)", path) is not None


def swap(path: str, old: str, new: str) -> str:
    """Return `path` under the prefix `new` when it is one under `old`, else unchanged."""
    return f"/{new}{path[len(old) + 1 :]}" if ours(path, old) else path
