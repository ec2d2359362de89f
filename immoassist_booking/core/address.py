"""Addresses within a booking page. They are relative: that keeps the path, and its language."""

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode

from .query import format_month, format_slot


def address(asked: Mapping[str, str], kept: Mapping[str, str], fragment: str = "") -> str:
    """Return "?month=2027-03&tz=Europe/Paris#times".

    :param kept: what every address of the page goes on saying, see `TimesQuery.kept`
    """
    query = "?" + urlencode({**asked, **kept}, safe=":/")
    return f"{query}#{fragment}" if fragment else query


def month_url(month: date, kept: Mapping[str, str]) -> str:
    return address({"month": format_month(month)}, kept, "month")


def day_url(day: date, kept: Mapping[str, str], fragment: str = "times") -> str:
    return address({"month": format_month(day), "date": day.isoformat()}, kept, fragment)


def slot_url(start: datetime, day: date, kept: Mapping[str, str]) -> str:
    """:param day: the one on which the visitor reads it"""
    asked = {"month": format_month(day), "date": day.isoformat(), "slot": format_slot(start)}
    return address(asked, kept, "details")
