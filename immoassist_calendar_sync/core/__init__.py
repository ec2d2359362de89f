"""The decisions of ImmoAssist Calendar Sync, without Odoo.

Standard library only, no I/O, no clock, no randomness: ``now`` and random numbers are arguments.
"""

from .backoff import next_delay, parse_retry_after
from .fingerprint import fingerprint, same
from .guard import is_suspicious_emptying
from .merge import Conflict
from .reconcile import Action, Decision, reconcile
from .snapshot import Base, LocalEvent, Origin, Presence, RemoteEvent, Role

__all__ = [
    "Action",
    "Base",
    "Conflict",
    "Decision",
    "LocalEvent",
    "Origin",
    "Presence",
    "RemoteEvent",
    "Role",
    "fingerprint",
    "is_suspicious_emptying",
    "next_delay",
    "parse_retry_after",
    "reconcile",
    "same",
]
