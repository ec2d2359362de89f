"""Google's own client library, told where to go, when to give up and what not to do by itself."""

from __future__ import annotations

import json
import logging
import os
import weakref
from collections.abc import Callable, Sequence
from functools import lru_cache
from http.client import HTTPException
from typing import Any

import httplib2
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import BatchError, HttpError
from googleapiclient.http import HttpRequest

from ..core.failures import AccessTokenRefused, ProviderError, RetryLater
from .google_errors import failure
from .settings import CONNECT_SECONDS, GoogleSettings

BATCH = 50
"""https://developers.google.com/workspace/calendar/api/guides/batch"""

_SERVICE_PATH = "calendar/v3/"
_MALFORMED = "malformedAnswer"

# These write addresses (calendar ids are e-mail addresses), headers or contents of answers into
# the log. What went wrong is told by the exceptions.
for _name, _level in (
    ("googleapiclient", logging.ERROR),
    ("google.auth", logging.INFO),
    ("google_auth_httplib2", logging.WARNING),
):
    logging.getLogger(_name).setLevel(_level)


class Api:
    """The Calendar API of one account: raises :class:`ProviderError` and nothing else."""

    def __init__(self, settings: GoogleSettings, access_token: str) -> None:
        self._http = _Http(settings.read_seconds)
        # The library's objects know each other in a circle: they would keep the connection open
        # until the garbage is collected some day.
        weakref.finalize(self, self._http.close)
        # No refresh: who holds the refresh token is the caller, who must store what comes of it.
        authorised = AuthorizedHttp(
            Credentials(access_token), http=self._http, refresh_status_codes=()
        )
        self._service = build_from_document(_document(settings.api_endpoint), http=authorised)
        self.events = self._service.events()
        self.calendar_list = self._service.calendarList()
        self.channels = self._service.channels()

    @property
    def requests(self) -> int:
        """HTTP requests so far, a batch counted once."""
        return self._http.sent

    def call(self, request: HttpRequest) -> dict[str, Any]:
        """Send one request, once, and return its answer."""
        answer, problem = _attempt(lambda: _content(request.execute()))
        if problem:
            raise problem
        return answer

    def batch(self, requests: Sequence[HttpRequest]) -> list[dict[str, Any] | ProviderError]:
        """Send up to :data:`BATCH` requests as one; return their answers in the same order."""
        answers: dict[str, dict[str, Any] | ProviderError] = {}

        def receive(key: str, answer: dict[str, Any] | None, error: HttpError | None) -> None:
            answers[key] = failure(error) if error else _content(answer)

        batch = self._service.new_batch_http_request(callback=receive)
        keys = [str(number) for number in range(len(requests))]
        for key, request in zip(keys, requests, strict=True):
            batch.add(request, request_id=key)
        _, problem = _attempt(batch.execute)
        if problem:
            raise problem
        return [answers[key] for key in keys]


def _content(answer: Any) -> dict[str, Any]:
    if answer == "":  # 204
        return {}
    if not isinstance(answer, dict):  # the library hands over what is no JSON as it is
        raise RetryLater(_MALFORMED)
    return answer


def _attempt(execute: Callable[[], Any]) -> tuple[Any, ProviderError | None]:
    """Return the answer or the failure.

    It is returned, so that it is raised outside of any ``except``: the library's exceptions hold
    addresses and contents, which a traceback must not find as the context of ours.
    """
    try:
        return execute(), None
    except ProviderError as error:
        return None, error
    except RefreshError:  # one part of a batch was answered 401, and the library wants to help
        return None, AccessTokenRefused("401")
    except BatchError:  # before HttpError, which it is a kind of
        return None, RetryLater(_MALFORMED)
    except HttpError as error:
        return None, failure(error)
    except (ValueError, LookupError, TypeError, AttributeError):
        # What the library's parsers say to an answer that is cut, or comes from somebody else.
        return None, RetryLater(_MALFORMED)


@lru_cache(maxsize=4)
def _document(endpoint: str) -> str:
    """Return the library's own description of the API, moved to ``endpoint``.

    The library's ``api_endpoint`` option does not move the batch address, this does.
    """
    document = json.loads(get_static_doc("calendar", "v3"))
    root = (endpoint.rstrip("/") + "/").removesuffix(_SERVICE_PATH)
    document.update(rootUrl=root, servicePath=_SERVICE_PATH)
    return json.dumps(document)


class _Http(httplib2.Http):
    """One connection that counts, and tells all troubles of the network as one.

    When a kept-alive connection was closed, httplib2 sends the request once more by itself, even a
    POST, and cannot be told not to. No harm is done: events are created with an id of ours, so the
    second creation is refused as a duplicate; what is changed is set, not added to, and mostly
    under If-Match; the second deletion says that it is gone.
    """

    def __init__(self, read_seconds: float) -> None:
        # A company's own authority comes in the variable that `requests` reads as well.
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or None
        super().__init__(timeout=read_seconds, ca_certs=bundle)
        self.follow_redirects = False  # the API has none, and the token is for the API alone
        self.sent = 0

    def request(self, uri: str, *args: Any, **kwargs: Any) -> tuple[httplib2.Response, bytes]:
        self.sent += 1
        kwargs["connection_type"] = _Secure if uri.startswith("https:") else _Plain
        try:
            return super().request(uri, *args, **kwargs)
        except (OSError, HTTPException, httplib2.HttpLib2Error) as error:
            trouble = type(error).__name__
        raise RetryLater(trouble)


class _Patience:
    """Give up soon on a connection, as there may be many addresses to try; wait for an answer."""

    # http.client's `connect` returns nothing.
    def connect(self) -> None:  # pylint: disable=missing-return
        read_seconds, self.timeout = self.timeout, CONNECT_SECONDS
        super().connect()
        self.timeout = read_seconds
        self.sock.settimeout(read_seconds)


class _Plain(_Patience, httplib2.HTTPConnectionWithTimeout):
    pass


class _Secure(_Patience, httplib2.HTTPSConnectionWithTimeout):
    pass
