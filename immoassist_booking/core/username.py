"""The last part of `/book/<username>`: what it may be, and what to propose."""

import re
import unicodedata
from collections.abc import Collection

MIN_LENGTH = 3
MAX_LENGTH = 40
SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Pages that stand, or may one day stand, where a broker's name is expected.
# fmt: off
RESERVED = frozenset(
    (
        "admin", "agency", "api", "book", "booking", "broker", "brokers", "cancel",
        "confirmation", "contact", "embed", "feed", "help", "login", "manage", "move", "new",
        "photo", "search", "signup", "slots", "static", "team", "test", "type", "types", "web",
        "website",
    )
)
# fmt: on


def problem(username: str) -> str | None:
    """Return what is wrong with `username`: "length", "shape", "reserved", or None."""
    if not MIN_LENGTH <= len(username) <= MAX_LENGTH:
        return "length"
    if not SHAPE.fullmatch(username):
        return "shape"
    if username in RESERVED:
        return "reserved"
    return None


def slugify(name: str) -> str:
    """Return `name` in lower-case ASCII letters, digits and single hyphens, at most 40 long.

    "Éloïse d'Arc-Côté" gives "eloise-d-arc-cote". What has no ASCII likeness is dropped, so the
    result may be empty.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_LENGTH].strip("-")


def propose(name: str, taken: Collection[str]) -> str:
    """Return a valid username made from `name` that is not in `taken`."""
    base = slugify(name)
    if problem(base):
        base = f"agent-{base}"[:MAX_LENGTH].strip("-") if base else "agent"
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        suffix = f"-{number}"
        candidate = base[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix
    return candidate
