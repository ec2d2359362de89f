"""``POST /$batch``. https://learn.microsoft.com/graph/json-batching"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import Headers

from ..call import Call, Reply
from .calendars import read_json
from .errors import bad_query

MOST = 20


def run(call: Call, perform: Callable[[Call], Reply]) -> list[dict[str, Any]]:
    """Carry out the parts, those that others depend on first; the answers have no order."""
    waiting = _parts(read_json(call))
    done: dict[str, dict[str, Any]] = {}
    while waiting:
        ready = [part for part in waiting if set(part.get("dependsOn", ())) <= done.keys()]
        if not ready:
            raise bad_query("The requests depend on each other in a circle.")
        for part in ready:
            failed = any(done[name]["status"] >= 400 for name in part.get("dependsOn", ()))
            done[part["id"]] = _failed(part) if failed else _answer(part, call, perform)
        waiting = [part for part in waiting if part["id"] not in done]
    answers = list(done.values())
    random.Random(len(answers)).shuffle(answers)
    return answers


def _parts(body: Any) -> list[dict[str, Any]]:
    parts = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(parts, list) or not parts:
        raise bad_query("Invalid batch payload: requests has to be a list of requests.")
    if len(parts) > MOST:
        raise bad_query(f"Number of batch request steps exceeds the maximum value of {MOST}.")
    names = [part.get("id") for part in parts]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        raise bad_query("Each request of a batch needs an id of its own.")
    for part in parts:
        if not {"method", "url"} <= part.keys() or "$batch" in part["url"]:
            raise bad_query(f"Request {part['id']} needs a method and a relative url.")
        if not set(part.get("dependsOn", ())) <= set(names) - {part["id"]}:
            raise bad_query(f"Request {part['id']} depends on an unknown request.")
    return parts


def _answer(part: dict[str, Any], call: Call, perform: Callable[[Call], Reply]) -> dict[str, Any]:
    headers = Headers(part.get("headers") or {})
    headers["Authorization"] = call.headers.get("Authorization", "")
    body = json.dumps(part["body"]).encode() if part.get("body") is not None else b""
    target = "/v1.0/" + part["url"].lstrip("/")
    inner = Call.parse(part["method"], target, headers, body, base=call.base, part=True)
    reply = perform(inner)
    answer: dict[str, Any] = {"id": part["id"], "status": reply.status, "headers": reply.headers}
    if reply.data:
        answer["headers"] = {**reply.headers, "Content-Type": "application/json"}
        answer["body"] = _json(reply.data)
    return answer


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:  # of a fault on order: text, as a proxy in between would send it
        return data.decode("utf-8", "replace")


def _failed(part: dict[str, Any]) -> dict[str, Any]:
    error = {"code": "FailedDependency", "message": "A request that it depends on has failed."}
    return {"id": part["id"], "status": 424, "headers": {}, "body": {"error": error}}
