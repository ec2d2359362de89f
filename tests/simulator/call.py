"""One request and its answer, the same for a request of its own and for a part of a batch."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

from werkzeug.datastructures import Headers, MultiDict

JSON = "application/json; charset=UTF-8"


class Cut(Exception):
    """Close the connection without an answer."""


@dataclass(slots=True)
class Call:
    """A request, its path relative to where the side is mounted.

    :param segments: of the path, decoded one by one: an id may contain a slash.
    :param kind: what it asks for, for instance ``google.events.insert``; set by the server.
    :param account: address of the account whose token it carries, or empty; set by the server.
    :param base: address of the side without a slash at the end, as the caller wrote it.
    :param part: whether it is a part of a batch.
    """

    method: str
    segments: list[str]
    query: MultiDict
    headers: Headers
    body: bytes = b""
    base: str = ""
    part: bool = False
    kind: str = ""
    account: str = ""

    @classmethod
    def parse(
        cls, method: str, target: str, headers: Headers, body: bytes = b"", **options: Any
    ) -> Call:
        """Make a call of a request target such as ``/calendar/v3/events?alt=json``."""
        path, _, query = target.partition("?")
        segments = [unquote(part) for part in path.split("/") if part]
        values = MultiDict(parse_qsl(query, keep_blank_values=True))
        return cls(method.upper(), segments, values, headers, body, **options)

    @property
    def form(self) -> dict[str, str]:
        """Return the fields of a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def multi_form(self) -> dict[str, list[str]]:
        """Return the fields of a form, each with all its values."""
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def json(self) -> Any:
        """Return the JSON body; an empty one is an empty object.

        :raise ValueError: it is none.
        """
        return json.loads(self.body) if self.body.strip() else {}


@dataclass(slots=True)
class Reply:
    """An answer."""

    status: int = 200
    body: bytes | str = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> Reply:
        """Answer with JSON; the names of ``headers`` have ``_`` for ``-``."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, json.dumps(value, ensure_ascii=False), JSON, named)

    @classmethod
    def html(cls, page: str, status: int = 200) -> Reply:
        """Answer with a page that runs nothing and loads nothing."""
        policy = "default-src 'none'; style-src 'unsafe-inline'; form-action *"
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return cls(status, page, "text/html; charset=utf-8", headers)

    @classmethod
    def redirect(cls, address: str) -> Reply:
        """Send a browser on, with a GET."""
        return cls(303, b"", "text/plain", {"Location": address})

    @property
    def data(self) -> bytes:
        """Return the body as it goes over the wire."""
        return self.body.encode() if isinstance(self.body, str) else self.body
