"""The decisions of ImmoAssist Calendar Sync, without Odoo.

Standard library only, no I/O, no clock, no randomness: ``now`` and random numbers are arguments.
"""

from .backoff import next_delay, parse_retry_after
from .failures import (
    AccessTokenRefused,
    AdministratorNeeded,
    ConsentRefused,
    CursorExpired,
    Gone,
    ProviderError,
    PushRefused,
    Reauthorise,
    Rejected,
    RetryLater,
    ScopesMissing,
    Throttled,
    VersionConflict,
)
from .fingerprint import fingerprint, same
from .grant import Authoriser, Grant
from .guard import is_suspicious_emptying
from .merge import Conflict
from .provider import (
    FIELDS,
    OWN_FIELDS,
    Calendar,
    CalendarProvider,
    Channel,
    Event,
    Guest,
    Mark,
    Page,
    Verb,
    Window,
    Write,
    Written,
)
from .reconcile import Action, Decision, reconcile
from .snapshot import Base, LocalEvent, Origin, Presence, RemoteEvent, Role

__all__ = [
    "FIELDS",
    "OWN_FIELDS",
    "AccessTokenRefused",
    "Action",
    "AdministratorNeeded",
    "Authoriser",
    "Base",
    "Calendar",
    "CalendarProvider",
    "Channel",
    "Conflict",
    "ConsentRefused",
    "CursorExpired",
    "Decision",
    "Event",
    "Gone",
    "Grant",
    "Guest",
    "LocalEvent",
    "Mark",
    "Origin",
    "Page",
    "Presence",
    "ProviderError",
    "PushRefused",
    "Reauthorise",
    "Rejected",
    "RemoteEvent",
    "RetryLater",
    "Role",
    "ScopesMissing",
    "Throttled",
    "Verb",
    "VersionConflict",
    "Window",
    "Write",
    "Written",
    "fingerprint",
    "is_suspicious_emptying",
    "next_delay",
    "parse_retry_after",
    "reconcile",
    "same",
]
