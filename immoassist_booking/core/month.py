"""The month grid: which weeks are shown, and in what order the days stand."""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def first_of(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    return (day.replace(day=1) + 32 * DAY).replace(day=1)


def previous_month(day: date) -> date:
    return (day.replace(day=1) - DAY).replace(day=1)


def weeks(
    month: date, week_start: int, today: date, free: AbstractSet[date]
) -> list[list[date | None]]:
    """Return the weeks of `month` as rows of seven days; None stands for a day of another month.

    Weeks that are over and offer nothing are left out, so that the first row is the current week.

    :param month: first day of the month
    :param week_start: 1 for Monday to 7 for Sunday
    :param free: the days that can be chosen
    """
    row_start = month - DAY * ((month.isoweekday() - week_start) % 7)
    after = next_month(month)
    rows = []
    while row_start < after:
        days = [row_start + DAY * offset for offset in range(7)]
        over = days[-1] < today and free.isdisjoint(days)
        if not over:
            rows.append([day if month <= day < after else None for day in days])
        row_start += WEEK
    return rows


def part_of_day(hour: int) -> str:
    """Return "night", "morning", "afternoon" or "evening"."""
    if hour < 6:
        return "night"
    if hour < 12:
        return "morning"
    return "afternoon" if hour < 17 else "evening"
