"""Fields of an event as JSON, for the base that is stored between two runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from .snapshot import Fields

MOMENTS = frozenset({"start", "stop"})


def dump(fields: Fields) -> dict[str, object]:
    """Return what JSON can hold: dates and datetimes become ISO 8601 texts."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
    }


def load(stored: Mapping[str, object] | None) -> dict[str, object]:
    """Return the fields that :func:`dump` wrote."""
    return {
        name: _moment(value) if name in MOMENTS and isinstance(value, str) else value
        for name, value in (stored or {}).items()
    }


def _moment(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
