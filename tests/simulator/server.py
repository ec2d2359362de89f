"""The server that plays both providers, on 127.0.0.1 alone."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from .call import Call, Cut, Reply
from .clock import Clock
from .control import Control
from .faults import Fault, Faults
from .google import Google
from .ledger import Ledger
from .microsoft import Microsoft
from .page import Page
from .pushes import Pushes
from .side import Side
from .store import Store


class Handler(WSGIRequestHandler):
    """Quiet, quick, and known to its server, which closes it at the end."""

    disable_nagle_algorithm = True  # else each answer on a kept connection waits 40 ms
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def log(self, *_args: Any) -> None:
        """Say nothing: the ledger knows."""

    def version_string(self) -> str:
        return "Simulator"


class Simulator:
    """Google, Microsoft, the control and the page, in threads of this process.

    ``with Simulator() as sim:`` serves at ``sim.url``.
    """

    def __init__(self, port: int = 0) -> None:
        self.clock = Clock()
        self.store = Store(self.clock)
        self.ledger = Ledger()
        self.faults = Faults()
        self.pushes = Pushes(self.ledger)
        self.google = Google(self)
        self.microsoft = Microsoft(self)
        self.sides: dict[str, Side] = {"google": self.google, "microsoft": self.microsoft}
        self._control = Control(self)
        self._page = Page(self)
        self._stopping = threading.Event()
        self._open(port)

    @property
    def url(self) -> str:
        """Return where it serves, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Simulator:
        self._thread.start()
        return self

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Let nobody reach the simulator inside the block: its port is closed.

        What it holds stays, and can be changed.
        """
        port = self._server.server_port
        self._close()
        try:
            yield
        finally:
            self._open(port)
            self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        self._close()
        self.pushes.close()

    def _open(self, port: int) -> None:
        self._server = make_server(
            "127.0.0.1", port, self.application, threaded=True, request_handler=Handler
        )
        self._server.connections = set()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="simulator", daemon=True
        )

    def _close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for connection in list(self._server.connections):
            _close(connection)

    def serve(self) -> None:
        """Serve until interrupted, in the thread of the caller."""
        with self:
            self._thread.join()

    def reset(self) -> None:
        """Forget everything: accounts, tokens, faults, counters, pushes; the time is real again."""
        self.pushes.reset()
        self.faults.reset()
        self.clock.reset()
        self.store.reset()
        for side in self.sides.values():
            side.reset()
        self.ledger.reset()

    def application(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """WSGI: answer one request."""
        request = Request(environ)
        target = environ.get("REQUEST_URI", "/")
        if "://" in target.partition("?")[0]:  # a client that thinks we are a proxy
            target = "/" + target.partition("://")[2].partition("/")[2]
        call = Call.parse(request.method, target, Headers(request.headers), request.get_data())
        try:
            reply = self._answer(call, request.host_url)
        except Cut:
            _close(environ["werkzeug.socket"])
            # Werkzeug takes this as a client that went away, and lets the connection go.
            raise ConnectionAbortedError from None
        response = Response(
            reply.data, reply.status, reply.headers, content_type=reply.content_type
        )
        if reply.status in (204, 304):
            response.headers.remove("Content-Type")
        return response(environ, start_response)

    def _answer(self, call: Call, host: str) -> Reply:
        head = call.segments[0] if call.segments else ""
        if head in self.sides:
            call.base = host + head
            call.segments = call.segments[1:]
            return self.perform(self.sides[head], call)
        if head == "control":
            call.segments = call.segments[1:]
            return self._control.handle(call)
        return self._page.handle(call)

    def perform(self, side: Side, call: Call) -> Reply:
        """Carry out a request or a part of a batch: count it, let faults strike, answer.

        :raise Cut: the connection of the request has to be closed.
        """
        call.kind = side.kind(call)
        call.account = side.identify(call)
        self.ledger.count(call.kind, call.kind in side.writes, call.part)
        status = 0
        try:
            reply = side.enter(call) or self._let_in(side, call)
            status = reply.status
            return reply
        finally:
            self.ledger.answered(call.kind, call.account, status, call.part)

    def _let_in(self, side: Side, call: Call) -> Reply:
        try:
            return self._with_faults(side, call)
        finally:
            side.leave(call)

    def _wait(self, due: Iterable[Fault]) -> None:
        latency = sum(fault.latency for fault in due)
        if latency:
            self._stopping.wait(latency)

    def _with_faults(self, side: Side, call: Call) -> Reply:
        due = self.faults.take(call)
        self._wait(fault for fault in due if not fault.late)
        ending = next((fault for fault in due if fault.ends), None)
        if ending is None:
            reply = side.handle(call)
            late = [fault for fault in due if fault.late]
            for fault in late:
                fault.done += 1
            self._wait(late)
            return reply
        if ending.when == "after":
            side.handle(call)
            ending.done += 1
        return _strike(side, call, ending)


def _strike(side: Side, call: Call, fault: Fault) -> Reply:
    if fault.error:
        return side.fault(fault.error, call)
    return fault.reply(side.failure(fault.status, call))


def _close(connection: socket.socket) -> None:
    """Close a connection for both, at once, whoever else still holds the object."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other end was faster
