"""Recurrence patterns of Graph, expanded."""

from datetime import date, datetime
from itertools import islice

import pytest

from tests.simulator.microsoft.errors import GraphError
from tests.simulator.microsoft.series import dates, validate

FIRST = datetime.fromisoformat("2026-01-31T09:00")


def expanded(pattern, limits=None, first=FIRST, count=4):
    recurrence = {"pattern": {"interval": 1, **pattern}, "range": limits or {"type": "noEnd"}}
    return [f"{day:%m-%d}" for day in islice(dates(validate(recurrence), first), count)]


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        ({"type": "daily", "interval": 2}, ["01-31", "02-02", "02-04", "02-06"]),
        ({"type": "weekly", "daysOfWeek": ["saturday", "monday"]},
         ["01-31", "02-02", "02-07", "02-09"]),
        ({"type": "weekly", "daysOfWeek": ["monday"], "interval": 2, "firstDayOfWeek": "monday"},
         ["02-09", "02-23", "03-09", "03-23"]),
        ({"type": "absoluteMonthly", "dayOfMonth": 31}, ["01-31", "02-28", "03-31", "04-30"]),
        ({"type": "relativeMonthly", "daysOfWeek": ["friday"], "index": "last"},
         ["02-27", "03-27", "04-24", "05-29"]),
        ({"type": "relativeMonthly", "daysOfWeek": ["monday"], "index": "second"},
         ["02-09", "03-09", "04-13", "05-11"]),
        ({"type": "absoluteYearly", "month": 3, "dayOfMonth": 1},
         ["03-01", "03-01", "03-01", "03-01"]),
    ],
)  # fmt: skip
def test_patterns(pattern, days):
    assert expanded(pattern) == days


def test_ranges():
    daily = {"type": "daily"}
    assert expanded(daily, {"type": "numbered", "numberOfOccurrences": 2}) == ["01-31", "02-01"]
    assert expanded(daily, {"type": "endDate", "endDate": "2026-02-02"})[-1] == "02-02"
    later = {"type": "noEnd", "startDate": date(2026, 3, 1).isoformat()}
    assert expanded(daily, later)[0] == "03-01"


@pytest.mark.parametrize(
    "pattern",
    [
        {"type": "hourly"},
        {"type": "daily", "interval": 0},
        {"type": "weekly"},
        {"type": "weekly", "daysOfWeek": ["Monday"]},
    ],
)
def test_what_is_no_pattern(pattern):
    with pytest.raises(GraphError) as refused:
        expanded(pattern)
    assert refused.value.status == 400


def test_a_range_needs_its_end():
    with pytest.raises(GraphError):
        expanded({"type": "daily"}, {"type": "numbered"})
