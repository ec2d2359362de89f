"""What reconciliation looks at: one event as both sides last agreed on it, and as each side sees it
now.

``fields`` map the names that are kept the same (``name``, ``start``...) to values that
:mod:`fingerprint` can compare. Both sides use one vocabulary: the providers translate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

Fields = Mapping[str, object]


class Origin(Enum):
    """Where the appointment was born; that side wins when both changed the same field."""

    ODOO = "odoo"
    PROVIDER = "provider"


class Role(Enum):
    """What the broker is in the external event."""

    ORGANISER = "organiser"
    GUEST = "guest"


class Presence(Enum):
    """How the external event stands in the broker's calendar.

    ``DECLINED`` counts for a guest only: an organiser's own answer ends no meeting.
    """

    LIVE = "live"
    DECLINED = "declined"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Base:
    """The common ancestor: what both sides agreed on.

    :param fields: a name that is missing was never agreed on, so it has no ancestor.
    :param etag: version of the external event that ``fields`` describe; None: not known.
    """

    fields: Fields
    etag: str | None = None
    presence: Presence = Presence.LIVE


@dataclass(frozen=True, slots=True)
class LocalEvent:
    """The appointment as it is in Odoo.

    :param ical_uid: identity of the meeting in all calendars; that of one occurrence of a series
        includes its recurrence id, because all occurrences share the UID.
    """

    fields: Fields = field(default_factory=dict)
    cancelled: bool = False
    ical_uid: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteEvent:
    """The event as the provider returned it; a deletion often comes without fields or UID."""

    fields: Fields = field(default_factory=dict)
    etag: str | None = None
    presence: Presence = Presence.LIVE
    ical_uid: str | None = None
