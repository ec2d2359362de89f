"""A running simulator, a webhook, and Google's own client libraries."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from googleapiclient.discovery import Resource
from googleapiclient.errors import HttpError
from werkzeug.datastructures import Headers
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.simulator import Simulator
from tests.unit.simulator.google_client import ANN, Google


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.reset()
    return running


class Webhook:
    """A real web server that notes what comes, and answers with ``statuses``, the last for ever."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[Headers] = []
        self.statuses = [200]

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.bodies.append(request.get_data())
        self.headers.append(Headers(request.headers))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return Response(status=status)(environ, start_response)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    app = Webhook()
    server = make_server("127.0.0.1", 0, app)
    app.address = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield app
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def google(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # it is http, on this computer
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    sim.google.create_account(ANN, "Ann", zone="Europe/Paris")
    helper = Google(sim)
    yield helper
    helper.close()


@pytest.fixture
def calendar(google: Google) -> Resource:
    """``service.events()`` and the rest, with every scope."""
    return google.service()


@pytest.fixture
def refused() -> Callable[..., dict[str, Any]]:
    """Run a request that has to be refused, and return Google's first error."""

    def run(request: Any, status: int) -> dict[str, Any]:
        with pytest.raises(HttpError) as caught:
            request.execute()
        assert caught.value.status_code == status, caught.value
        return caught.value.error_details[0]

    return run
