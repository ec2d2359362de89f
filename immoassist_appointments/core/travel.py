"""How long it takes to drive from one visit to the next.

The default needs no service: straight line, a detour factor, a city speed, and some minutes to
park. It is one implementation of :class:`TravelTime`; a routing service would be another.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

SAME_PLACE_KM = 0.05
"""Closer than this is the same building: nobody drives."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map, in decimal degrees (WGS 84). An unknown place is ``None``, never
    ``Place(0, 0)``.

    :raise ValueError: a coordinate is out of range.
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not -90 <= self.latitude <= 90 or not -180 <= self.longitude <= 180:
            raise ValueError(f"Not on the map: {self.latitude}, {self.longitude}")


class TravelTime(Protocol):
    """Anything that can tell a travel time."""

    def time(self, origin: Place | None, destination: Place | None) -> timedelta:
        """Return the time, never negative; ``None`` stands for an unknown place."""
        ...


def great_circle_km(a: Place, b: Place) -> float:
    """Return the distance over ground in kilometres (haversine formula, error below 0.6 %)."""
    phi_a, phi_b = math.radians(a.latitude), math.radians(b.latitude)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(b.longitude - a.longitude) / 2
    h = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    # Rounding may take h a hair above 1 for antipodes, where asin would raise.
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))


@dataclass(frozen=True, slots=True)
class TravelModel:
    """Travel time from the straight line.

    :param detour: length of the road divided by the straight line.
    :param speed_kmh: average speed door to door.
    :param fixed: parking, stairs, keys; added to every trip.
    :param unknown: the answer when either place is unknown: a default, so that a missing address
        never blocks.
    :raise ValueError: a parameter is negative, or the speed is zero.
    """

    detour: float = 1.3
    speed_kmh: float = 30.0
    fixed: timedelta = timedelta(minutes=5)
    unknown: timedelta = timedelta(minutes=20)

    def __post_init__(self) -> None:
        if self.detour < 0 or self.speed_kmh <= 0 or min(self.fixed, self.unknown) < timedelta(0):
            raise ValueError(f"Travel takes a positive speed and no negative time: {self}")

    def time(self, origin: Place | None, destination: Place | None) -> timedelta:
        """Return the travel time; zero within :data:`SAME_PLACE_KM`."""
        if origin is None or destination is None:
            return self.unknown
        distance = great_circle_km(origin, destination)
        if distance < SAME_PLACE_KM:
            return timedelta(0)
        return timedelta(hours=distance * self.detour / self.speed_kmh) + self.fixed


class RememberedTravel:
    """A :class:`TravelTime` that asks the wrapped one once per pair of places.

    A month has thousands of slots but few pairs (at most the events of a day plus one), and a
    routing service is slow and paid by the call. Lives as long as one computation, so it needs no
    expiry.
    """

    def __init__(self, travel: TravelTime) -> None:
        self.time = functools.cache(travel.time)


DEFAULT_TRAVEL = TravelModel()
