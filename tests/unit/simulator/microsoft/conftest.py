"""A simulated Outlook account, and a client of Graph that is nothing but requests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.simulator import Simulator

ANN = "ann@agency.example"
HEADERS = {"Prefer": 'IdType="ImmutableId", outlook.timezone="UTC"'}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.reset()
    running.microsoft.create_account(ANN, "Ann", zone="Europe/Paris")
    return running


class Graph(requests.Session):
    """Requests to Graph with the token of one account."""

    def __init__(self, sim: Simulator, email: str = ANN, *scopes: str) -> None:
        super().__init__()
        self.base = f"{sim.url}/microsoft/v1.0"
        self.headers["Authorization"] = f"Bearer {sim.microsoft.grant(email, *scopes)}"
        self.headers.update(HEADERS)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        address = url if url.startswith("http") else self.base + url
        return super().request(method, address, timeout=20, **options)

    def create(self, subject: str = "Visit", start: str = "2026-12-01T13:00:00", **members: Any):
        """Create an event of an hour, in UTC; return its JSON."""
        answer = self.post("/me/events", json=event(subject, start, **members))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def pages(self, url: str, **options: Any) -> list[dict[str, Any]]:
        """Follow a listing to its end."""
        found = []
        while url:
            answer = self.get(url, **options)
            assert answer.status_code == 200, answer.text
            found.append(answer.json())
            url = found[-1].get("@odata.nextLink")
        return found


def event(subject: str = "Visit", start: str = "2026-12-01T13:00:00", **members: Any):
    """Return the JSON of an event of an hour."""
    day, clock = start.split("T")
    stop = f"{day}T{int(clock[:2]) + 1:02d}{clock[2:]}"
    return {"subject": subject, "start": at(start), "end": at(stop), **members}


def at(text: str, zone: str = "UTC") -> dict[str, str]:
    """Return a dateTimeTimeZone."""
    return {"dateTime": text, "timeZone": zone}


def guest(address: str) -> dict[str, Any]:
    """Return an attendee."""
    return {"emailAddress": {"address": address}}


def code_of(answer: requests.Response) -> tuple[int, str]:
    """Return status and error code."""
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def graph(sim: Simulator) -> Graph:
    return Graph(sim)


class Webhook:
    """A real web server that answers the handshake as ``reply`` says, and notes the rest."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.shakes: list[str] = []
        self.url = ""
        self.reply = self.echo

    @staticmethod
    def echo(token: str) -> Response:
        return Response(token, content_type="text/plain")

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        if "validationToken" in request.args:
            self.shakes.append(request.full_path)
            return self.reply(request.args["validationToken"])(environ, start_response)
        self.items += request.get_json()["value"]
        return Response(status=202)(environ, start_response)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    server = make_server("127.0.0.1", 0, hook, threaded=True)
    hook.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield hook
    server.shutdown()
    thread.join()
    server.server_close()
