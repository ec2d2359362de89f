"""Writes to Google: each one a small conversation, all of them held at once in batches.

A conversation is a generator: it yields a request and is sent its answer, or thrown its failure. So
fifty creations, one of which finds its id taken, cost two HTTP requests.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from googleapiclient.http import HttpRequest

from ..core.failures import Gone, ProviderError, Rejected, RetryLater, VersionConflict
from ..core.provider import Event, Mark, Verb, Write, Written
from ..core.snapshot import Fields
from .google_errors import Taken
from .google_events import (
    PARTS,
    Json,
    ids,
    is_cancelled,
    own_attendee,
    to_body,
    to_event,
    to_mark,
)
from .google_http import BATCH, Api

Conversation = Generator[HttpRequest, Json, Written]

_TEXT = {"description", "details"}
"""What we tell apart and Google keeps in one text."""


def send(api: Api, calendar_id: str, writes: Sequence[Write]) -> list[Written | ProviderError]:
    """Do the writes, :data:`BATCH` at once; see :meth:`CalendarProvider.send`."""
    outcomes: list[Written | ProviderError] = []
    for first in range(0, len(writes), BATCH):
        calls = [_Calls(api, calendar_id, write) for write in writes[first : first + BATCH]]
        try:
            outcomes += _converse(api, [call.start() for call in calls])
        except ProviderError as failure:
            if not outcomes:
                raise
            # What is known of the others must not get lost; these are tried again.
            return outcomes + [failure] * (len(writes) - len(outcomes))
    return outcomes


def _converse(api: Api, conversations: Sequence[Conversation]) -> list[Written | ProviderError]:
    outcomes: dict[int, Written | ProviderError] = {}
    waiting = {number: next(talk) for number, talk in enumerate(conversations)}
    while waiting:
        try:
            answers = api.batch(list(waiting.values()))
        except ProviderError as failure:
            if not outcomes:
                raise
            outcomes.update(dict.fromkeys(waiting, failure))
            break
        for number, answer in zip(tuple(waiting), answers, strict=True):
            del waiting[number]
            try:
                waiting[number] = _tell(conversations[number], answer)
            except StopIteration as end:
                outcomes[number] = end.value
            except ProviderError as failure:
                outcomes[number] = failure
    return [outcomes[number] for number in range(len(conversations))]


def _tell(talk: Conversation, answer: Json | ProviderError) -> HttpRequest:
    return talk.throw(answer) if isinstance(answer, ProviderError) else talk.send(answer)


class _Calls:
    """The conversation of one write. No call of it mails anybody."""

    def __init__(self, api: Api, calendar_id: str, write: Write) -> None:
        self._events, self._calendar_id, self._write = api.events, calendar_id, write

    def start(self) -> Conversation:
        """Return the conversation, its first request not sent yet."""
        by_verb: Mapping[Verb, Callable[[], Conversation]] = {
            Verb.CREATE: self._create,
            Verb.UPDATE: self._update,
            Verb.DELETE: self._delete,
            Verb.DECLINE: lambda: self._answer("declined"),
            Verb.ACCEPT: lambda: self._answer("accepted"),
        }
        return by_verb[self._write.verb]()

    def _create(self) -> Conversation:
        """Insert under an id of ours. When that is taken, an earlier attempt may have done it, or
        the broker has deleted it since.
        """
        write = self._write
        body = {**to_body(write.fields, write.zone, patch=False), **self._mark()}
        for event_id in ids(write.key):
            try:
                return _written((yield self._insert({**body, "id": event_id})))
            except Taken:
                pass
            try:
                there = yield self._get(event_id)
            except Gone:
                raise RetryLater("duplicate") from None  # taken, and not to be seen yet
            if not is_cancelled(there):
                return self._adopted(to_event(there))
            try:
                revived = yield self._revive(event_id)
            except (Rejected, Gone):
                continue
            if not is_cancelled(revived):
                return _written(revived)
        raise Rejected("duplicate")

    def _adopted(self, event: Event) -> Written:
        if event.mark != Mark(self._write.database, self._write.key):
            raise Rejected("duplicate")  # of another database: a copy of ours, or its original
        return Written(event.external_id, event, adopted=True)

    def _update(self) -> Conversation:
        write, fields, etag = self._write, self._write.fields, self._write.if_match
        if len(_TEXT & fields.keys()) == 1:
            there = yield self._get(write.external_id)
            if etag and there.get("etag") != etag:
                raise VersionConflict("412")
            fields, etag = _with_whole_text(fields, there), there.get("etag")
        body = to_body(fields, write.zone, patch=True)
        changed = yield self._patch(write.external_id, body, etag)
        if is_cancelled(changed):
            raise Gone("cancelled")
        return _written(changed)

    def _delete(self) -> Conversation:
        write = self._write
        request = self._events.delete(
            calendarId=self._calendar_id, eventId=write.external_id, sendUpdates="none"
        )
        try:
            yield _conditional(request, write.if_match)
        except Gone as error:
            # Before it is forgotten: one that is still there would stay for good.
            with suppress(Gone):
                if not is_cancelled((yield self._get(write.external_id))):
                    raise RetryLater(error.code) from None
        return Written(write.external_id)

    def _answer(self, answer: str) -> Conversation:
        """Change the own entry among the invited, and nothing else: the rest is the organiser's."""
        write, declines = self._write, self._write.verb is Verb.DECLINE
        try:
            there = yield self._get(write.external_id, whole=True)
            if is_cancelled(there):
                raise Gone("cancelled")
        except Gone:
            if declines:
                return Written(write.external_id)
            raise
        own = own_attendee(there)
        if own is None:
            raise Rejected("notInvited")
        if own.get("responseStatus") != answer:
            own = {**own, "responseStatus": answer}
            body = {"attendees": [own], "attendeesOmitted": True}
            changed = yield self._patch(write.external_id, body, write.if_match)
            there = {**changed, "attendees": [*_others(there), own]}
        return Written(write.external_id) if declines else _written(there)

    def _insert(self, body: Json) -> HttpRequest:
        return self._events.insert(
            calendarId=self._calendar_id, body=body, sendUpdates="none", fields=PARTS
        )

    def _revive(self, event_id: str) -> HttpRequest:
        body = {"status": "confirmed", **to_body(self._write.fields, self._write.zone, patch=True)}
        return self._patch(event_id, {**body, **self._mark()}, None)

    def _get(self, event_id: str, *, whole: bool = False) -> HttpRequest:
        parts = {} if whole else {"fields": PARTS}
        return self._events.get(calendarId=self._calendar_id, eventId=event_id, **parts)

    def _patch(self, event_id: str, body: Json, etag: str | None) -> HttpRequest:
        request = self._events.patch(
            calendarId=self._calendar_id,
            eventId=event_id,
            body=body,
            sendUpdates="none",
            fields=PARTS,
        )
        return _conditional(request, etag)

    def _mark(self) -> Json:
        return to_mark(self._write.database, self._write.key)


def _conditional(request: HttpRequest, etag: str | None) -> HttpRequest:
    if etag:
        request.headers["If-Match"] = etag
    return request


def _written(item: Mapping[str, Any]) -> Written:
    event = to_event(item)
    return Written(event.external_id, event)


def _with_whole_text(fields: Fields, there: Mapping[str, Any]) -> Fields:
    """Add the half of the text that does not change: Google can only be given both."""
    if is_cancelled(there):
        raise Gone("cancelled")
    before = to_event(there).fields
    return {**{name: before.get(name) for name in _TEXT}, **fields}


def _others(item: Mapping[str, Any]) -> list[Json]:
    return [entry for entry in item.get("attendees", ()) if not entry.get("self")]
