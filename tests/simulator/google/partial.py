"""Partial answers: ``fields=items(id,start/dateTime),nextPageToken``."""

from __future__ import annotations

import re
from typing import Any

from .errors import invalid

TOKEN = re.compile(r"[A-Za-z0-9_*]+|[(),/]")
Mask = dict[str, Any]


def select(value: Any, text: str) -> Any:
    """Return only the named fields of an answer.

    :raise ApiError: 400, the selection cannot be read.
    """
    tokens = TOKEN.findall(text)
    if "".join(tokens) != text.replace(" ", ""):
        raise invalid("Invalid field selection " + text, "fields")
    try:
        mask = _mask(tokens)
    except IndexError:
        tokens = [")"]
    if tokens:
        raise invalid("Invalid field selection " + text, "fields")
    return _apply(value, mask)


def _mask(tokens: list[str]) -> Mask:
    mask: Mask = {}
    while True:
        name = tokens.pop(0)
        inner: Mask = {}
        mask[name] = inner
        while tokens and tokens[0] == "/":
            tokens.pop(0)
            deeper: Mask = {}
            inner[tokens.pop(0)] = deeper
            inner = deeper
        if tokens and tokens[0] == "(":
            tokens.pop(0)
            inner.update(_mask(tokens))
            if tokens.pop(0) != ")":
                raise IndexError
        if not tokens or tokens[0] != ",":
            return mask
        tokens.pop(0)


def _apply(value: Any, mask: Mask) -> Any:
    if not mask:
        return value
    if isinstance(value, list):
        return [_apply(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    if "*" in mask:
        return {name: _apply(item, mask["*"]) for name, item in value.items()}
    return {name: _apply(value[name], inner) for name, inner in mask.items() if name in value}
