"""What Graph refuses, what does not arrive, and what must not be told."""

import traceback
from collections.abc import Iterator
from datetime import timedelta

import pytest
import responses

from odoo.addons.immoassist_calendar_sync.core.failures import (
    AccessTokenRefused,
    AdministratorNeeded,
    CursorExpired,
    Gone,
    ProviderError,
    Reauthorise,
    Rejected,
    RetryLater,
    Throttled,
    VersionConflict,
)
from odoo.addons.immoassist_calendar_sync.providers import open_calendar
from odoo.addons.immoassist_calendar_sync.providers.microsoft_errors import failure, write_failure
from odoo.addons.immoassist_calendar_sync.providers.settings import MicrosoftSettings

from tests.unit.calendar_sync.outlook import MARCH, create

GRAPH = "https://graph.microsoft.com/v1.0"
TOKEN = "EwB-access-token-never-told"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as web:
        yield web


@pytest.fixture
def outlook():
    return open_calendar("outlook", MicrosoftSettings("client", "secret"), TOKEN)


def error(code: object) -> dict:
    return {"error": {"code": code, "message": "Carl's visit at 12 rue Haute"}}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "InvalidAuthenticationToken", AccessTokenRefused),
        (403, "ErrorAccessDenied", Reauthorise),
        (403, "MailboxNotEnabledForRESTAPI", AdministratorNeeded),
        (404, "ErrorItemNotFound", Gone),
        (404, "MailboxNotEnabledForRESTAPI", AdministratorNeeded),
        (409, "ErrorIrresolvableConflict", VersionConflict),
        (412, "ErrorIrresolvableConflict", VersionConflict),
        (410, "whatever", CursorExpired),
        (400, "SyncStateNotFound", CursorExpired),
        (404, "resyncRequired", CursorExpired),
        (400, "ErrorPropertyValidationFailure", Rejected),
        (400, "ErrorOccurrenceCrossingBoundary", Rejected),
        (413, "RequestEntityTooLarge", Rejected),
        (302, "", Rejected),
        (424, "FailedDependency", RetryLater),
        (429, "ApplicationThrottled", Throttled),
        (500, "generalException", RetryLater),
        (501, "notImplemented", Rejected),
        (503, "", RetryLater),
        (504, "UnknownError", RetryLater),
    ],
)
def test_what_a_refusal_means(status, code, kind):
    found = failure(status, {}, error(code))
    assert (type(found), found.code) == (kind, code or str(status))


@pytest.mark.parametrize(
    "body",
    [None, "<html>", [], {}, {"error": "text"}, error(None), error("rue Haute 12"), error(7)],
)
def test_what_is_no_code_is_not_told(body):
    assert failure(400, {}, body).code == "400"


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", timedelta(seconds=7)), ("soon", None), ("", None), ("-1", None)],
)
def test_how_long_to_wait(header, wait):
    assert failure(429, {"retry-after": header}, None).retry_after == wait


def test_a_write_that_is_denied_is_about_the_event():
    assert type(write_failure(403, {}, error("ErrorAccessDenied"))) is Rejected
    assert type(write_failure(401, {}, error("x"))) is AccessTokenRefused


def told(caught: pytest.ExceptionInfo[ProviderError]) -> str:
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    # The last line is the exception; those above show our own source, not values.
    return traceback.format_exception_only(caught.value)[-1]


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (responses.ConnectionError(f"{GRAPH}/me {TOKEN}"), "ConnectionError"),
        (TimeoutError(f"{GRAPH}/me"), None),
    ],
)
def test_what_does_not_arrive(web, outlook, problem, code):
    if code is None:
        problem, code = __import__("requests").ReadTimeout(str(problem)), "ReadTimeout"
    web.get(f"{GRAPH}/me/calendars", body=problem)
    with pytest.raises(RetryLater) as caught:
        outlook.calendars()
    assert told(caught).strip().endswith(f"RetryLater: {code}")


def test_the_token_goes_to_graph_alone_whatever_netrc_says(web, outlook, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine graph.microsoft.com login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    web.get(f"{GRAPH}/me/calendars", json={"value": []})
    outlook.calendars()
    (call,) = web.calls
    assert call.request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert 'IdType="ImmutableId"' in call.request.headers["Prefer"]
    assert 'outlook.timezone="UTC"' in call.request.headers["Prefer"]


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.microsoft.com.evil.example/v1.0/me/calendars",
        "http://graph.microsoft.com/v1.0/me/calendars",
        "https://graph.microsoft.com/beta/me/calendars",
        "https://graph.microsoft.com@evil.example/v1.0/me/calendars",
    ],
)
def test_a_link_to_elsewhere_is_not_followed(web, outlook, link):
    web.get(f"{GRAPH}/me/calendars", json={"value": [], "@odata.nextLink": link})
    with pytest.raises(AdministratorNeeded) as caught:
        outlook.calendars()
    assert "evil" not in told(caught)
    assert len(web.calls) == 1


def test_a_redirect_is_not_followed(web, outlook):
    web.get(f"{GRAPH}/me/calendars", status=302, headers={"Location": "https://evil.example/"})
    with pytest.raises(Rejected):
        outlook.calendars()
    assert len(web.calls) == 1


def test_pages_that_go_in_a_circle(web, outlook):
    web.get(f"{GRAPH}/me/calendars", json={"value": [], "@odata.nextLink": f"{GRAPH}/me/x?y=1"})
    web.get(f"{GRAPH}/me/x", json={"value": [], "@odata.nextLink": f"{GRAPH}/me/x?y=1"})
    with pytest.raises(RetryLater):
        outlook.calendars()
    assert len(web.calls) == 2


@pytest.mark.parametrize("body", ["<html>Sign in to the airport</html>", "[]", '{"value": {}}'])
def test_an_answer_that_is_none(web, outlook, body):
    web.get(f"{GRAPH}/me/calendars", body=body)
    with pytest.raises(RetryLater):
        outlook.calendars()


@pytest.mark.parametrize("body", [{}, {"responses": {}}, []])
def test_a_batch_without_answers(web, outlook, body):
    web.post(f"{GRAPH}/$batch", json=body)
    with pytest.raises(RetryLater):
        outlook.send("calendar", [create()])


def test_a_batch_in_which_one_answer_is_missing(web, outlook):
    answers = [{"id": "0", "status": 201, "body": {"id": "made"}}, {"id": "9", "status": 201}]
    web.post(f"{GRAPH}/$batch", json={"responses": answers})
    first, second = outlook.send("calendar", [create(), create()])
    assert (first.external_id, second.code) == ("made", "no_answer")
    assert isinstance(second, RetryLater)


def test_a_batch_of_which_an_answer_has_no_event(web, outlook):
    web.post(f"{GRAPH}/$batch", json={"responses": [{"id": "0", "status": 201}]})
    (outcome,) = outlook.send("calendar", [create()])
    assert isinstance(outcome, RetryLater)


def test_ids_are_escaped(web, outlook):
    web.get(f"{GRAPH}/me/calendars/a%2F..%2Fb%3F%3D/calendarView/delta", json={"value": []})
    assert len(list(outlook.changes("a/../b?=", None, MARCH))) == 1


def test_requests_are_counted(web, outlook):
    web.get(f"{GRAPH}/me/calendars", json={"value": []})
    assert outlook.requests == 0
    outlook.calendars()
    assert outlook.requests == 1
    assert (outlook.batch_size, outlook.per_account) == (20, True)
