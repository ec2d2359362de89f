"""HTTP to Microsoft Graph: one request, all pages of a list, many requests in one (``$batch``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from ..core.failures import AdministratorNeeded, ProviderError, RetryLater
from .microsoft_errors import failure
from .settings import CONNECT_SECONDS, MicrosoftSettings

BATCH_SIZE = 20
"""https://learn.microsoft.com/graph/json-batching"""
PREFER = 'IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="text"'
"""On every request, also inside a batch: one id without it would be that of another event."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    :param path: from the version on, with its query: ``/me/events``.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request inside a batch; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300


class GraphHttp:
    """The requests of one account. Nothing is sent twice here: who calls decides that."""

    def __init__(self, settings: MicrosoftSettings, access_token: str) -> None:
        self.requests = 0
        self._timeout = (CONNECT_SECONDS, settings.read_seconds)
        self._endpoint = settings.graph_endpoint.rstrip("/")
        self._session = requests.Session()  # its adapters do not retry
        # An `auth`, not a header: requests would let a ~/.netrc replace the header.
        self._session.auth = _bearer(access_token)

    def call(self, request: Request) -> Any:
        """Return the body of the answer, None when it has none.

        :raise ProviderError:
        """
        return self._call(request.method, self._endpoint + request.path, request)

    def pages(self, request: Request) -> Iterator[Mapping[str, Any]]:
        """Yield the pages of a list.

        :param request: its path may be a whole link, as an earlier answer gave it.
        :raise ProviderError: also for a link to elsewhere, which must not get the token.
        """
        seen: set[str] = set()
        link: str | None = request.path
        while link:
            url = link if "://" in link else self._endpoint + link
            if not self.is_own(url):
                raise AdministratorNeeded("link_to_elsewhere")
            if url in seen:
                raise RetryLater("link_repeated")
            seen.add(url)
            page = self._call("GET", url, request)
            if not isinstance(page, Mapping) or not isinstance(page.get("value"), list):
                raise RetryLater("no_list")
            yield page
            link = page.get("@odata.nextLink")

    def is_own(self, url: str) -> bool:
        """Tell whether a link leads to the configured Graph."""
        ours, theirs = urlsplit(self._endpoint), urlsplit(url)
        same_host = (ours.scheme, ours.netloc.lower()) == (theirs.scheme, theirs.netloc.lower())
        return same_host and theirs.path.startswith(ours.path + "/")

    def batch(self, items: Sequence[Request]) -> list[Answer | ProviderError]:
        """Do up to 20 requests in one; what was not answered failed, without being known how.

        :raise ProviderError: nothing was answered.
        """
        listed = [
            {
                "id": str(number),
                "method": item.method,
                "url": item.path,
                "headers": {"Prefer": PREFER, **_json_header(item), **item.headers},
                **({} if item.body is None else {"body": item.body}),
            }
            for number, item in enumerate(items)
        ]
        body = self.call(Request("POST", "/$batch", {"requests": listed}))
        answers = body.get("responses") if isinstance(body, Mapping) else None
        if not isinstance(answers, list):
            raise RetryLater("no_batch")
        by_id = {str(one.get("id")): one for one in answers if isinstance(one, Mapping)}
        return [_answer(by_id.get(str(number))) for number in range(len(items))]

    def batches(self, items: Sequence[Request]) -> list[Answer | ProviderError]:
        """Do any number of requests, one batch after the other: a mailbox takes four at once.

        After a batch that failed as a whole the others are not tried, and have its failure.

        :raise ProviderError: nothing was answered.
        """
        found: list[Answer | ProviderError] = []
        for start in range(0, len(items), BATCH_SIZE):
            try:
                found += self.batch(items[start : start + BATCH_SIZE])
            except ProviderError as error:
                if not found:
                    raise
                return found + [error] * (len(items) - len(found))
        return found

    def _call(self, method: str, url: str, request: Request) -> Any:
        self.requests += 1
        try:
            response = self._session.request(
                method,
                url,
                json=request.body,
                headers={"Prefer": PREFER, "Accept": "application/json", **request.headers},
                timeout=self._timeout,
                allow_redirects=False,
            )
            problem, body = None, _json(response)
        except requests.RequestException as error:
            problem = RetryLater(type(error).__name__)
        if problem:
            # Outside of the handler: the error of requests, which holds the address, is let go.
            raise problem
        if not 200 <= response.status_code < 300:
            headers = {name.lower(): value for name, value in response.headers.items()}
            raise failure(response.status_code, headers, body)
        if body is None and response.content:
            raise RetryLater("no_json")
        return body


def _bearer(token: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    def authorise(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return authorise


def _json_header(item: Request) -> dict[str, str]:
    return {} if item.body is None else {"Content-Type": "application/json"}


def _json(response: requests.Response) -> Any:
    try:
        return response.json() if response.content else None
    except requests.JSONDecodeError:
        return None


def _answer(found: Mapping[str, Any] | None) -> Answer | ProviderError:
    if found is None or not isinstance(found.get("status"), int):
        return RetryLater("no_answer")
    headers = {
        str(name).lower(): str(value) for name, value in (found.get("headers") or {}).items()
    }
    return Answer(found["status"], headers, found.get("body"))
