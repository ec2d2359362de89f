"""The query options of Graph (OData), as far as a calendar client needs them.

What is not understood is refused, never ignored. https://learn.microsoft.com/graph/query-parameters
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from .errors import GraphError, bad_query
from .events import Instance
from .payload import PROPERTY_ID
from .render import uid

DEFAULT_SIZE = 10
OPTIONS = frozenset(
    {"$top", "$skip", "$select", "$expand", "$filter", "$orderby", "startDateTime", "endDateTime"}
)
ORDERS: dict[str, Callable[[Instance], Any]] = {
    "start/dateTime": lambda item: item.start,
    "end/dateTime": lambda item: item.end,
    "createdDateTime": lambda item: item.event.created,
    "lastModifiedDateTime": lambda item: item.event.modified,
    "subject": lambda item: item.event.content["subject"],
}
_TEXT = r"'((?:[^']|'')*)'"
_EXPAND = re.compile(
    rf"singleValueExtendedProperties\(\$filter=(id eq {_TEXT}(?: or id eq {_TEXT})*)\)"
)
_ANY = re.compile(
    rf"singleValueExtendedProperties/[Aa]ny\((\w+): ?\1/id eq {_TEXT} and \1/value"
    rf" (?:eq {_TEXT}|(ne) null)\)"
)
_UID = re.compile(rf"iCalUId eq {_TEXT}")


@dataclass(frozen=True, slots=True)
class Query:
    """Options of a listing or of reading one event."""

    top: int = DEFAULT_SIZE
    skip: int = 0
    select: frozenset[str] = frozenset()
    expand: frozenset[str] = frozenset()
    keep: Callable[[Instance], bool] | None = None
    order: str = ""

    @classmethod
    def parse(cls, values: MultiDict, size: int | None = None) -> Query:
        """Read the options; ``size`` is that of the ``Prefer`` header."""
        unknown = [name for name in values if name not in OPTIONS]
        if unknown:
            raise bad_query(f"The query parameter '{unknown[0]}' is not supported.")
        select = values.get("$select", "")
        order = values.get("$orderby", "")
        if order and order.split(" ")[0] not in ORDERS:
            raise bad_query(f"The $orderby '{order}' is not supported.")
        return cls(
            top=_number(values, "$top", size or DEFAULT_SIZE, 1),
            skip=_number(values, "$skip", 0, 0),
            select=frozenset(name.strip() for name in select.split(",") if name),
            expand=_expand(values.get("$expand", "")),
            keep=_filter(values.get("$filter", "")),
            order=order,
        )

    def page(self, items: list[Instance]) -> tuple[list[Instance], int | None]:
        """Return the items of this page, and where the next one begins."""
        if self.keep is not None:
            items = [item for item in items if self.keep(item)]
        if self.order:
            name, _, direction = self.order.partition(" ")
            items = sorted(items, key=ORDERS[name], reverse=direction == "desc")
        end = self.skip + self.top
        return items[self.skip : end], end if end < len(items) else None

    def shown(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return only the members asked for."""
        if not self.select:
            return event
        always = {"@odata.etag", "id", "singleValueExtendedProperties"}
        return {name: value for name, value in event.items() if name in self.select | always}


def _number(values: MultiDict, name: str, default: int, least: int) -> int:
    text = values.get(name)
    if text is None:
        return default
    if not text.isdecimal() or not least <= int(text) <= (1000 if name == "$top" else 10**9):
        raise bad_query(f"The value '{text}' of {name} is invalid.")
    return int(text)


def _unquoted(text: str) -> str:
    return text.replace("''", "'")


def _expand(text: str) -> frozenset[str]:
    if not text:
        return frozenset()
    if not _EXPAND.fullmatch(text):
        raise bad_query(f"The $expand '{text}' is not supported.")
    return frozenset(_property(found) for found in re.findall(f"id eq {_TEXT}", text))


def _property(text: str) -> str:
    name = _unquoted(text)
    if not PROPERTY_ID.fullmatch(name):
        raise GraphError(400, "ErrorInvalidProperty", f"'{name}' is not an extended property.")
    return name


def _filter(text: str) -> Callable[[Instance], bool] | None:
    if not text:
        return None
    if found := _ANY.fullmatch(text):
        name, value = _property(found[2]), found[3]
        if found[4]:
            return lambda item: name in item.event.properties
        wanted = _unquoted(value).lower()  # documented: the value is not case-sensitive
        return lambda item: item.event.properties.get(name, "\0").lower() == wanted
    if found := _UID.fullmatch(text):
        wanted = _unquoted(found[1])
        return lambda item: uid(item) == wanted
    raise GraphError(400, "ErrorInvalidUrlQueryFilter", f"The $filter '{text}' is not supported.")
