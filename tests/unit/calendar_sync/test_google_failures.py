"""What Google's client says to everything that can go wrong, against a server that is told to."""

import logging
import socket
import time
import traceback
from datetime import timedelta

import pytest

from odoo.addons.immoassist_calendar_sync.core import failures
from odoo.addons.immoassist_calendar_sync.core.provider import (
    Channel,
    Verb,
    Window,
    Write,
    Written,
)
from odoo.addons.immoassist_calendar_sync.core.snapshot import Presence
from odoo.addons.immoassist_calendar_sync.providers import open_calendar, settings
from odoo.addons.immoassist_calendar_sync.providers.settings import GoogleSettings

from tests.unit.calendar_sync.builders import NINE, hours, visit
from tests.unit.calendar_sync.scripted_server import CUT, Answer, ScriptedServer, batch, refusal

TOKEN = "ya29.secret-token"
KEY = "0123456789abcdef0123456789abcdef"
CALENDAR = "ann@agency.example"
WINDOW = Window(NINE, NINE + timedelta(days=30))
ITEM = {
    "id": KEY,
    "etag": '"1"',
    "status": "confirmed",
    "summary": "Visit",
    "start": {"dateTime": "2027-03-01T10:00:00+01:00"},
    "end": {"dateTime": "2027-03-01T11:00:00+01:00"},
    "extendedProperties": {"private": {"immoassist_database": "db", "immoassist_key": KEY}},
}


def account(url: str, **options):
    endpoint = f"{url}/calendar/v3/"
    told = GoogleSettings("id", "secret", api_endpoint=endpoint, **options)
    return open_calendar("google", told, TOKEN)


def create(key: str = KEY) -> Write:
    return Write(Verb.CREATE, key, fields=visit(), zone="Europe/Paris", database="db")


def update(**changes) -> Write:
    return Write(Verb.UPDATE, KEY, KEY, changes or {"name": "x"}, if_match='"1"')


def failing(*answers, act=lambda google: list(google.changes(CALENDAR, None, WINDOW))):
    with ScriptedServer(*answers) as server:
        google = account(server.url)
        with pytest.raises(failures.ProviderError) as raised:
            act(google)
        assert not server.answers
    return raised.value


def sending(*answers, writes=None):
    with ScriptedServer(*answers) as server:
        google = account(server.url)
        outcomes = google.send(CALENDAR, writes or [create()])
        assert not server.answers
        assert google.requests == len(server.seen)
    return outcomes, server.seen


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (400, "timeRangeEmpty", failures.Rejected),
        (400, "invalid", failures.Rejected),
        (401, "authError", failures.AccessTokenRefused),
        (403, "userRateLimitExceeded", failures.Throttled),
        (403, "rateLimitExceeded", failures.Throttled),
        (403, "quotaExceeded", failures.Throttled),
        (403, "forbiddenForNonOrganizer", failures.Rejected),
        (403, "insufficientPermissions", failures.Reauthorise),
        (403, "accessNotConfigured", failures.AdministratorNeeded),
        (403, "SERVICE_DISABLED", failures.AdministratorNeeded),
        (404, "notFound", failures.Gone),
        (409, "duplicate", failures.Rejected),
        (409, "conflict", failures.RetryLater),
        (410, "fullSyncRequired", failures.CursorExpired),
        (410, "updatedMinTooLongAgo", failures.CursorExpired),
        (412, "conditionNotMet", failures.VersionConflict),
        (429, "rateLimitExceeded", failures.Throttled),
        (500, "backendError", failures.RetryLater),
        (503, "backendError", failures.RetryLater),
    ],
)
@pytest.mark.parametrize("in_batch", [False, True])
def test_every_answer_says_what_to_do(status, reason, kind, in_batch):
    answer = refusal(status, reason, f"{CALENDAR} {TOKEN}")
    if not in_batch:
        failure = failing(answer)
        assert failure.code == reason
    elif status == 401:  # the library asks for a new token, and there is none to be had from it
        failure = failing(batch(answer), act=lambda google: google.send(CALENDAR, [update()]))
    else:
        (failure,), _ = sending(batch(answer), writes=[update()])
        assert failure.code == reason
    assert type(failure) in (kind, *kind.__subclasses__())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(503, "<html>secret</html>"), "503"),
        (Answer(403, "secret"), "403"),
        (Answer(500, {"error": {"errors": [{"reason": "secret: ann@x <b>"}]}}), "500"),
        (Answer(500, {"error": {"errors": []}}), "500"),
        (Answer(500, ["secret"]), "500"),
        (Answer(302, "", {"Location": "https://elsewhere.example/"}), "302"),
        (Answer(200, "<html>secret</html>"), "malformedAnswer"),
    ],
)
def test_strange_answers_leave_a_code_and_nothing_else(answer, code):
    assert failing(answer).code == code


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, "no multipart"),
        Answer(200, "--b\r\n\r\n", {"Content-Type": "multipart/mixed; boundary=b"}),
        Answer(200, "--b--\r\n", {"Content-Type": "multipart/mixed; boundary=b"}),
        Answer(
            200,
            "--b\r\nContent-ID: <response-1 + 0>\r\n\r\nHTTP/1.1 200 OK",
            {"Content-Type": "multipart/mixed; boundary=b"},
        ),
        batch(Answer(200, "{")),
    ],
)
def test_a_batch_answer_that_cannot_be_read(answer):
    failure = failing(answer, act=lambda google: google.send(CALENDAR, [create()]))
    assert isinstance(failure, failures.RetryLater) and failure.code == "malformedAnswer"


def test_retry_after_is_told():
    answer = refusal(429, "rateLimitExceeded", Retry_After="120")
    assert failing(answer).retry_after == timedelta(minutes=2)
    assert failing(refusal(403, "rateLimitExceeded")).retry_after is None
    assert failing(refusal(403, "quotaExceeded")).retry_after == timedelta(hours=1)
    (failure,), _ = sending(batch(answer), writes=[update()])
    assert failure.retry_after == timedelta(minutes=2)


def test_no_network():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    google = account(url)
    with pytest.raises(failures.RetryLater) as raised:
        google.calendars()
    assert raised.value.code == "ConnectionRefusedError"


def test_a_cut_connection_is_tried_once_more_by_the_library_and_then_told():
    assert failing(CUT, CUT).code == "RemoteDisconnected"


def test_a_creation_whose_answer_was_lost_is_found_again():
    """httplib2 sends it again by itself: the id that is ours makes that harmless."""
    with ScriptedServer(
        CUT,
        batch(refusal(409, "duplicate")),
        batch(Answer(200, ITEM)),
    ) as server:
        (written,) = account(server.url).send(CALENDAR, [create()])
    assert written.adopted and written.external_id == KEY
    assert f'"id": "{KEY}"' in server.seen[0].body and server.seen[0].body == server.seen[1].body


def test_no_failure_holds_what_is_nobodys_business(caplog):
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(
        refusal(403, "insufficientPermissions", f"{TOKEN} of {CALENDAR}"),
        Answer(403, f"{TOKEN} of {CALENDAR}"),
        Answer(401, f"{TOKEN} of {CALENDAR}"),
        batch(refusal(401, "authError", f"{TOKEN} of {CALENDAR}")),
    ) as server:
        google = account(server.url)
        for act in (
            lambda: google.fetch(CALENDAR, ["x"]),
            lambda: list(google.changes(CALENDAR, None, WINDOW)),
            google.calendars,
            lambda: google.send(CALENDAR, [create()]),
        ):
            with pytest.raises(failures.ProviderError) as raised:
                act()
            error = raised.value
            assert error.__context__ is None and error.__cause__ is None
            told = "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
            assert TOKEN not in told and CALENDAR not in told and server.url not in told
    assert TOKEN not in caplog.text and "agency" not in caplog.text
    assert not caplog.records or {r.levelno for r in caplog.records} <= {logging.DEBUG}


def test_what_was_done_before_a_failure_is_not_lost():
    writes = [create(f"{number:032x}") for number in range(70)]
    done = [Answer(200, {**ITEM, "id": write.key}) for write in writes[:50]]
    outcomes, seen = sending(batch(*done), Answer(503), writes=writes)
    assert len(seen) == 2
    assert [outcome.external_id for outcome in outcomes[:50]] == [w.key for w in writes[:50]]
    assert {type(outcome) for outcome in outcomes[50:]} == {failures.RetryLater}
    assert len(outcomes) == 70


def test_the_second_question_fails_and_the_first_answers_stay():
    other = "f" * 32
    outcomes, _ = sending(
        batch(Answer(200, {**ITEM, "id": other}), refusal(409, "duplicate")),
        Answer(503),
        writes=[create(other), create()],
    )
    assert isinstance(outcomes[0], Written)
    assert isinstance(outcomes[1], failures.RetryLater)


def test_one_answer_for_each_write_in_its_order():
    keys = ["a" * 32, "b" * 32, "c" * 32]
    outcomes, seen = sending(
        batch(
            Answer(200, {**ITEM, "id": keys[0]}),
            refusal(400, "invalid"),
            Answer(200, {**ITEM, "id": keys[2]}),
        ),
        writes=[create(key) for key in keys],
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["Written", "Malformed", "Written"]
    assert outcomes[2].external_id == keys[2]
    assert len(seen) == 1 and seen[0].path == "/batch/calendar/v3"
    assert seen[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert seen[0].body.count("sendUpdates=none") == 3 and "attendees" not in seen[0].body.replace(
        "attendees%28", ""
    )


def test_half_of_the_text_is_written_on_the_version_that_was_read():
    update = Write(Verb.UPDATE, KEY, KEY, {"details": "Ann Bell"})
    _, seen = sending(
        batch(Answer(200, {**ITEM, "etag": '"7"', "description": "Ring"})),
        batch(Answer(200, ITEM)),
        writes=[update],
    )
    assert 'If-Match: "7"' in seen[1].body
    assert '"description": "Ring\\n\\n\\u2014 ImmoAssist' in seen[1].body


def test_an_answer_keeps_the_guests_that_google_leaves_out():
    own = {"email": CALENDAR, "self": True, "responseStatus": "declined"}
    others = [{"email": "bob@home.example", "responseStatus": "accepted"}]
    there = {**ITEM, "organizer": {"email": "bob@home.example"}, "attendees": [*others, own]}
    omitted = {**there, "attendees": [{**own, "responseStatus": "accepted"}]}
    (accepted,), seen = sending(
        batch(Answer(200, there)),
        batch(Answer(200, {**omitted, "attendeesOmitted": True})),
        writes=[Write(Verb.ACCEPT, "", KEY)],
    )
    assert [guest.email for guest in accepted.event.guests] == ["bob@home.example"]
    assert accepted.event.presence is Presence.LIVE
    assert '"attendeesOmitted": true' in seen[1].body and "bob@home" not in seen[1].body


def test_who_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        google = account(f"http://127.0.0.1:{silent.getsockname()[1]}", read_seconds=0.2)
        started = time.monotonic()
        with pytest.raises(failures.RetryLater) as raised:
            google.calendars()
    assert raised.value.code == "TimeoutError"
    assert time.monotonic() - started < settings.CONNECT_SECONDS


def test_an_id_that_is_taken_and_not_seen():
    outcomes, _ = sending(batch(refusal(409, "duplicate")), batch(refusal(404, "notFound")))
    assert isinstance(outcomes[0], failures.RetryLater)


def test_a_deleted_event_that_cannot_be_brought_back_gets_the_next_id():
    """https://github.com/googleapis/google-api-ruby-client/issues/1811"""
    (written,), seen = sending(
        batch(refusal(409, "duplicate")),
        batch(Answer(200, {"id": KEY, "status": "cancelled"})),
        batch(refusal(403, "forbidden")),
        batch(Answer(200, {**ITEM, "id": f"{KEY}g1"})),
    )
    assert written.external_id == f"{KEY}g1" and written.event.mark.key == KEY
    assert not written.adopted and f'"id": "{KEY}g1"' in seen[3].body


def test_an_id_taken_by_another_database_is_refused():
    mark = {"private": {"immoassist_database": "copy", "immoassist_key": KEY}}
    outcomes, _ = sending(
        batch(refusal(409, "duplicate")),
        batch(Answer(200, {**ITEM, "extendedProperties": mark})),
    )
    assert isinstance(outcomes[0], failures.Rejected)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(400, "pushNotSupportedForRequestedResource"), failures.PushRefused),
        (refusal(400, "push.webhookUrlNotHttps"), failures.PushRefused),
        (refusal(400, "push.channelTypeNotSupported"), failures.PushRefused),
        (refusal(400, "channelIdNotUnique"), failures.RetryLater),
        (refusal(404, "notFound"), failures.Gone),
        (refusal(503, "backendError"), failures.RetryLater),
    ],
)
def test_channels_that_are_refused(answer, kind):
    failure = failing(
        answer, act=lambda google: google.watch(CALENDAR, "id", "s", "https://x.example", hours(1))
    )
    assert type(failure) is kind
    assert failure.__cause__ is None


def test_a_channel_that_is_gone_is_stopped():
    with ScriptedServer(refusal(404, "notFound"), Answer(204)) as server:
        google = account(server.url)
        google.unwatch(Channel("id", "resource", NINE))
        google.unwatch(Channel("id", "resource", NINE))
        assert google.renew(Channel("id", "resource", NINE), hours(1)) is None
    assert len(server.seen) == 2 and '"resourceId": "resource"' in server.seen[0].body


@pytest.mark.parametrize(
    ("cursor", "answers"),
    [
        ("no cursor", []),
        ('["only a token"]', []),
        ('["t", "2027-03-01T09:00:00+00:00", "2027-03-02T09:00:00+00:00"]', [Answer(410)]),
        (
            '["t", "2027-03-01T09:00:00+00:00", "2027-03-02T09:00:00+00:00"]',
            [refusal(400, "invalid")],
        ),
        (None, [Answer(200, {"nextPageToken": "p"}), refusal(400, "invalid")]),
    ],
)
def test_cursors_that_are_of_no_use(cursor, answers):
    failure = failing(*answers, act=lambda google: list(google.changes(CALENDAR, cursor, WINDOW)))
    assert type(failure) is failures.CursorExpired
