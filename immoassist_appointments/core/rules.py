"""What an appointment type asks of a slot."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta

from .wall_clock import DAY, MINUTE

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class SlotRule:
    """The rules of one appointment type. All times are ``timedelta``.

    :param duration: length of the appointment, real elapsed time.
    :param step: distance between two starts on the wall clock, whole minutes, at most a day.
    :param buffer_before: time kept free before the appointment.
    :param buffer_after: time kept free after it.
    :param min_notice: shortest time between asking and the start.
    :param horizon_days: how many dates after today can be booked; 0 is today only.
    :param max_per_day: appointments of this type per date; 0 is no limit.
    :param capacity: people who can share one session; more than 1 is an open house.
    :param type_key: identifies the type in :class:`~.agenda.Busy`. Needed by ``max_per_day`` and
        ``capacity``.
    :raise ValueError: a value makes no sense; the message names it.
    """

    duration: timedelta
    step: timedelta
    buffer_before: timedelta = NO_TIME
    buffer_after: timedelta = NO_TIME
    min_notice: timedelta = NO_TIME
    horizon_days: int = 60
    max_per_day: int = 0
    capacity: int = 1
    type_key: Hashable | None = None

    def __post_init__(self) -> None:
        if self.duration <= NO_TIME:
            raise ValueError(f"The duration must be positive: {self.duration}")
        if not NO_TIME < self.step <= DAY or self.step % MINUTE:
            raise ValueError(f"The step must be whole minutes, up to a day: {self.step}")
        for name in ("buffer_before", "buffer_after", "min_notice"):
            if getattr(self, name) < NO_TIME:
                raise ValueError(f"{name} cannot be negative: {getattr(self, name)}")
        if self.horizon_days < 0 or self.max_per_day < 0:
            raise ValueError("horizon_days and max_per_day cannot be negative")
        if self.capacity < 1:
            raise ValueError(f"The capacity is at least 1: {self.capacity}")
        if self.type_key is None and (self.max_per_day or self.capacity > 1):
            raise ValueError(
                "max_per_day and capacity count appointments of a type: type_key is missing"
            )
