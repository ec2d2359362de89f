"""Content compared by what it means, not by how each side writes it.

Providers return the same event in other words: line ends, accents as two characters, another time
zone, an empty text instead of none. Two such values are equal here and have the same hash; without
this every round trip would look like a change, and every change like a loop.
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, timezone

Canonical = list[object] | None
"""A value that JSON can write in one way only: tagged by its kind, or None when it is empty."""


def fingerprint(fields: Mapping[str, object]) -> str:
    """Return a hash of the content, whatever the order of the names; empty fields do not count."""
    text = json.dumps(canonical(fields), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def same(one: object, other: object) -> bool:
    """Tell whether both values mean the same."""
    return canonical(one) == canonical(other)


def canonical(value: object) -> Canonical:
    """Return the one way to write ``value``.

    Texts lose their outer white space and their way to end lines; datetimes lose their zone and
    their fraction of a second, which Odoo does not store; sets and mappings lose their order.
    Nothing, an empty text and an empty collection are equal. ``False`` and 0 are values.

    :raise TypeError: a value of a kind that is not compared.
    :raise ValueError: a naive datetime, or a number that is not finite.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, date):
        return _moment(value)
    return _collection(value)


def _text(value: str) -> Canonical:
    unified = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return ["text", unicodedata.normalize("NFC", unified)] if unified else None


def _number(value: int | float) -> Canonical:
    if not math.isfinite(value):
        raise ValueError(f"Not a finite number: {value!r}")
    return ["number", int(value) if value == int(value) else value]


def _moment(value: date) -> Canonical:
    if not isinstance(value, datetime):
        return ["date", value.isoformat()]
    if value.utcoffset() is None:
        raise ValueError(f"A naive datetime has no place on the time line: {value!r}")
    return ["datetime", value.astimezone(timezone.utc).replace(microsecond=0).isoformat()]


def _collection(value: object) -> Canonical:
    items: list[object]
    if isinstance(value, Mapping):
        pairs = ((name, canonical(value[name])) for name in sorted(value))
        kind, items = "mapping", [[name, item] for name, item in pairs if item is not None]
    elif isinstance(value, Set):
        kind, items = "set", sorted((canonical(item) for item in value), key=json.dumps)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        kind, items = "sequence", [canonical(item) for item in value]
    else:
        raise TypeError(f"No way to compare a {type(value).__name__}")
    return [kind, *items] if items else None
