"""The question: everything that decides which times are offered, and how good they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from .agenda import Busy
from .intervals import Interval, as_utc
from .rules import SlotRule
from .travel import Place
from .wall_clock import DAY, local_date, midnight
from .working_time import DateOverride, WeeklyHours

PARTS_OF_DAY = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}
"""Wall-clock hours of each part of the day: first included, last excluded."""


@dataclass(frozen=True, slots=True)
class Preference:
    """What the client would like. Empty means no wish; both given means both must hold.

    :param parts: names of :data:`PARTS_OF_DAY`.
    :param weekdays: 0 is Monday.
    :raise ValueError: an unknown part or weekday.
    """

    parts: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not set(self.parts) <= set(PARTS_OF_DAY) or not set(self.weekdays) <= set(range(7)):
            raise ValueError(f"Unknown part of day or weekday: {self}")

    def accepts(self, local: datetime) -> bool | None:
        """Tell whether the wall-clock start ``local`` is wished for; None: nothing was asked."""
        if not self.parts and not self.weekdays:
            return None
        hours = (PARTS_OF_DAY[part] for part in self.parts)
        in_part = not self.parts or any(first <= local.hour < last for first, last in hours)
        return in_part and (not self.weekdays or local.weekday() in self.weekdays)


@dataclass(frozen=True, slots=True)
class AvailabilityQuery:
    """One question about one broker. Datetimes are aware, collections are tuples in any order.

    ``leaves`` and ``busy`` must cover :func:`reach`, which is wider than ``window``: caps, travel
    and holes in the day look at whole dates.

    :param window: when the slot may start.
    :param now: the moment of asking.
    :param zone: the broker's zone. Hours, dates, the grid and the preference are meant in it.
    :param rule: the rules of the appointment type.
    :param weekly: weekly hours.
    :param overrides: openings and closures on single dates.
    :param leaves: time off.
    :param busy: appointments, meetings, imported blocks, holds. When an appointment is being moved,
        leave it out.
    :param place: where the appointment would be; None is unknown.
    :param travels: the broker has to go there.
    :param day_start_place: where the broker's day begins (home, office); None is unknown.
    :param day_end_place: where it ends.
    :param preference: what the client would like.
    :raise TypeError: ``zone`` is not a ``ZoneInfo``.
    :raise ValueError: ``now`` is naive.
    """

    window: Interval
    now: datetime
    zone: ZoneInfo
    rule: SlotRule
    weekly: tuple[WeeklyHours, ...] = ()
    overrides: tuple[DateOverride, ...] = ()
    leaves: tuple[Interval, ...] = ()
    busy: tuple[Busy, ...] = ()
    place: Place | None = None
    travels: bool = False
    day_start_place: Place | None = None
    day_end_place: Place | None = None
    preference: Preference = field(default_factory=Preference)

    def __post_init__(self) -> None:
        # A pytz zone would be accepted by datetime and silently answer with local mean time.
        if not isinstance(self.zone, ZoneInfo):
            raise TypeError(f"The zone must be a zoneinfo.ZoneInfo: {self.zone!r}")
        object.__setattr__(self, "now", as_utc(self.now))


def reach(window: Interval, rule: SlotRule, zone: ZoneInfo) -> Interval:
    """Return the time that can matter to slots that start inside ``window``.

    That is every date they touch with their buffers, and the dates next to them, because a slot
    just after midnight is judged by the evening before.
    """
    first = local_date(window.start - rule.buffer_before, zone)
    last = local_date(window.stop + rule.duration + rule.buffer_after, zone)
    return Interval(midnight(first - DAY, zone), midnight(last + 2 * DAY, zone))
