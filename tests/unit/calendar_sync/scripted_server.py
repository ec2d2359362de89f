"""A server on this machine that gives the answers it was told, in their order, and no others."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Seen(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


class Answer(NamedTuple):
    """One answer; status 0: the connection is cut instead."""

    status: int
    body: Any = ""
    headers: dict[str, str] = {}


CUT = Answer(0)


class ScriptedServer:
    """``with ScriptedServer(Answer(200, {...}), CUT) as server``; ``server.seen``: the requests."""

    def __init__(self, *answers: Answer | Callable[[Seen], Answer]) -> None:
        self.answers = list(answers)
        self.seen: list[Seen] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def _any(self) -> None:
                script._serve(self)

            do_GET = do_POST = do_PATCH = do_DELETE = _any

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        seen = Seen(handler.command, handler.path, headers, handler.rfile.read(length).decode())
        self.seen.append(seen)
        answer = self.answers.pop(0)
        if callable(answer):
            answer = answer(seen)
        if not answer.status:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        handler.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            handler.send_header(name, value)
        # After 401 and the like a client may have sent more than was read; a new start is simple.
        handler.send_header("Content-Length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())


def refusal(status: int, reason: str, message: str = "secret content", **headers: str) -> Answer:
    """Google's body of an error."""
    error = {"code": status, "message": message, "errors": [{"reason": reason}]}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"error": error}, named)


def batch(*answers: Answer) -> Callable[[Seen], Answer]:
    """Answer each part of a batch with the answer at its place; the parts come in another order."""

    def answer(seen: Seen) -> Answer:
        names = re.findall(r"^Content-ID: <(.*)>\r?$", seen.body, re.MULTILINE)
        assert len(names) == len(answers), (len(names), len(answers))
        parts = [_part(name, one) for name, one in zip(names, answers, strict=True)]
        body = "".join(f"--b\r\n{part}\r\n" for part in reversed(parts)) + "--b--\r\n"
        return Answer(200, body, {"Content-Type": "multipart/mixed; boundary=b"})

    return answer


def _part(name: str, answer: Answer) -> str:
    body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    headers = {"Content-Type": "application/json", **answer.headers}
    lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    head = f"Content-Type: application/http\r\nContent-ID: <response-{name}>\r\n\r\n"
    return f"{head}HTTP/1.1 {answer.status} X\r\n{lines}\r\n{body}"
