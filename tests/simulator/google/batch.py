"""Batches (https://developers.google.com/workspace/calendar/api/guides/batch)."""

from __future__ import annotations

import secrets
from email.message import Message
from email.parser import BytesParser
from http import HTTPStatus
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers

from ..call import Call, Reply
from .errors import ApiError

if TYPE_CHECKING:
    from .side import Google

MOST_PARTS = 50


def answer(side: Google, call: Call) -> Reply:
    """Carry out the parts, and answer them in another order than they were asked in."""
    parts = _parts(call)
    if len(parts) > MOST_PARTS:
        raise ApiError(400, "badRequest", f"The batch request has more than {MOST_PARTS} calls.")
    inner = [(part.get("Content-ID", ""), _inner(part, call)) for part in parts]
    answers = [(name, side.simulator.perform(side, one)) for name, one in inner]
    boundary = "batch_" + secrets.token_hex(12)
    chunks = [_chunk(boundary, name, reply) for name, reply in reversed(answers)]
    body = b"".join(chunks) + f"--{boundary}--\r\n".encode()
    return Reply(200, body, f"multipart/mixed; boundary={boundary}")


def _parts(call: Call) -> list[Message]:
    kind = call.headers.get("Content-Type", "")
    message = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.body)
    if message.get_content_type() != "multipart/mixed" or not message.is_multipart():
        raise ApiError(400, "badRequest", "Failed to parse batch request.")
    return message.get_payload()


def _inner(part: Message, outer: Call) -> Call:
    """Return the request in a part; without an Authorization of its own, the batch's counts."""
    if part.get_content_type() != "application/http":
        raise ApiError(400, "badRequest", "Failed to parse batch request.")
    raw = part.get_payload(decode=True).lstrip().replace(b"\r\n", b"\n")
    head, _, body = raw.partition(b"\n\n")
    request, *lines = head.decode().split("\n")
    try:
        method, target, _version = request.split(" ")
    except ValueError:
        raise ApiError(400, "badRequest", "Failed to parse batch request.") from None
    headers = Headers(tuple(line.split(": ", 1)) for line in lines if ": " in line)
    if "Authorization" not in headers and "Authorization" in outer.headers:
        headers["Authorization"] = outer.headers["Authorization"]
    call = Call.parse(method, target, headers, body.strip(), base=outer.base, part=True)
    if call.segments[:1] == ["google"]:
        call.segments = call.segments[1:]
    return call


def _chunk(boundary: str, name: str, reply: Reply) -> bytes:
    phrase = HTTPStatus(reply.status).phrase
    data = reply.data
    lines = [
        f"--{boundary}",
        "Content-Type: application/http",
        f"Content-ID: {name.replace('<', '<response-', 1)}",
        "",
        f"HTTP/1.1 {reply.status} {phrase}",
        *(f"{key}: {value}" for key, value in reply.headers.items()),
        f"Content-Type: {reply.content_type}",
        f"Content-Length: {len(data)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + data + b"\r\n"
