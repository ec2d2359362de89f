"""The decisions of ImmoAssist Appointments, without Odoo.

Standard library only, no I/O, no clock: ``now`` is an argument and every datetime is aware. The
models load records, build an :class:`AvailabilityQuery`, and ask :func:`availability`.
"""

from .agenda import Busy
from .availability import availability, nearest
from .common_time import any_slots, common_slots
from .intervals import Interval, intersect, merge, subtract
from .query import AvailabilityQuery, Preference, reach
from .ranking import RankedSlot, Reason, rank, suggest
from .rules import SlotRule
from .slots import Slot, free_slots
from .travel import Place, TravelModel, TravelTime, great_circle_km
from .working_time import DateOverride, WeeklyHours, working_windows

__all__ = [
    "AvailabilityQuery",
    "Busy",
    "DateOverride",
    "Interval",
    "Place",
    "Preference",
    "RankedSlot",
    "Reason",
    "Slot",
    "SlotRule",
    "TravelModel",
    "TravelTime",
    "WeeklyHours",
    "any_slots",
    "availability",
    "common_slots",
    "free_slots",
    "great_circle_km",
    "intersect",
    "merge",
    "nearest",
    "rank",
    "reach",
    "subtract",
    "suggest",
    "working_windows",
]
