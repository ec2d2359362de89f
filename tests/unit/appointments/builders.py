"""Short ways to say what the tests are about. 1 March 2027 is a Monday."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from odoo.addons.immoassist_appointments.core.agenda import Busy
from odoo.addons.immoassist_appointments.core.intervals import Interval
from odoo.addons.immoassist_appointments.core.query import AvailabilityQuery
from odoo.addons.immoassist_appointments.core.rules import SlotRule
from odoo.addons.immoassist_appointments.core.travel import Place
from odoo.addons.immoassist_appointments.core.working_time import WeeklyHours

UTC = timezone.utc
TORONTO = ZoneInfo("America/Toronto")
PARIS = ZoneInfo("Europe/Paris")
VISIT = "visit"
ALL_DAY_EVERY_DAY = tuple(WeeklyHours(day, 0, 24) for day in range(7))
OFFICE_HOURS = tuple(WeeklyHours(day, 9, 17) for day in range(5))

OLD_PORT = Place(45.5075, -73.5540)
CITY_HALL = Place(45.5088, -73.5540)  # 145 m north of the old port
LAVAL = Place(45.6066, -73.7124)  # 16.5 km away from both


def at(text: str, zone: ZoneInfo = TORONTO, fold: int = 0) -> datetime:
    """Return the wall-clock time ``text`` ("2027-03-01 09:00") of ``zone``."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def between(start: str, stop: str, zone: ZoneInfo = TORONTO) -> Interval:
    return Interval(at(start, zone), at(stop, zone))


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def rule(duration: int = 60, step: int = 30, **options) -> SlotRule:
    return SlotRule(minutes(duration), minutes(step), **options)


def busy(start: str, stop: str, zone: ZoneInfo = TORONTO, **options) -> Busy:
    return Busy(start=at(start, zone), stop=at(stop, zone), **options)


def query(start: str, stop: str, zone: ZoneInfo = TORONTO, **options) -> AvailabilityQuery:
    options.setdefault("rule", rule())
    options.setdefault("weekly", OFFICE_HOURS)
    options.setdefault("now", at("2027-02-28 12:00", zone))
    return AvailabilityQuery(window=between(start, stop, zone), zone=zone, **options)


def starts(slots, zone: ZoneInfo = TORONTO) -> list[str]:
    """Return the local starts as "09:30"; the second 01:30 of an autumn night is "01:30 again"."""
    local = [slot.start.astimezone(zone) for slot in slots]
    return [f"{moment:%H:%M}" + (" again" if moment.fold else "") for moment in local]


# Strategies: one week around 1 March 2027, on a grid of five minutes.
MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
moments = st.integers(0, 7 * 24 * 12).map(lambda n: MONDAY + minutes(5 * n))
lengths = st.integers(1, 60).map(lambda n: minutes(5 * n))
intervals = st.builds(lambda start, length: Interval(start, start + length), moments, lengths)
places = st.sampled_from([None, OLD_PORT, CITY_HALL, LAVAL])


@st.composite
def busy_times(draw, physical: bool = True) -> Busy:
    visit = draw(intervals)
    before, after = draw(st.sampled_from([0, 10, 30])), draw(st.sampled_from([0, 10, 30]))
    return Busy(
        start=visit.start - minutes(before),
        stop=visit.stop + minutes(after),
        type_key=draw(st.sampled_from([None, VISIT, "call"])),
        place=draw(places) if physical else None,
        travels=physical and draw(st.booleans()),
        visit=visit,
    )


ONE_PLACE = st.just(1)


@st.composite
def rules(draw, capacity: st.SearchStrategy[int] = ONE_PLACE) -> SlotRule:
    return SlotRule(
        duration=minutes(draw(st.sampled_from([15, 30, 45, 60, 90]))),
        step=minutes(draw(st.sampled_from([15, 20, 30, 35, 60]))),
        buffer_before=minutes(draw(st.sampled_from([0, 10, 25]))),
        buffer_after=minutes(draw(st.sampled_from([0, 5, 40]))),
        min_notice=timedelta(hours=draw(st.integers(0, 48))),
        horizon_days=draw(st.integers(0, 9)),
        max_per_day=draw(st.integers(0, 3)),
        capacity=draw(capacity),
        type_key=VISIT,
    )
