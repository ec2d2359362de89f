"""Writing to a calendar of Microsoft Graph, twenty writes in one request.

https://learn.microsoft.com/graph/api/user-post-events , /graph/api/event-update

- A creation carries a ``transactionId``. Sent again, Graph refuses it, and the earlier event is
  returned. When somebody deleted that one, the next generation of the id is used; generations are
  tried in order, so that a second attempt finds what the first one made.
- ``body`` and ``showAs`` each hold two of our fields: an update of one of the two reads the other.
- Nobody is mailed: no attendees, and answers to invitations with ``sendResponse`` false. Those are
  unconditional, Graph has no condition for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..core.failures import AccessTokenRefused, Gone, ProviderError, RetryLater
from ..core.provider import Mark, Verb, Write, Written
from .microsoft_errors import DUPLICATE, error_code, write_failure
from .microsoft_events import KEY, Json, mark_properties, read_event, write_event
from .microsoft_http import Answer, GraphHttp, Request
from .microsoft_read import GraphReader, calendar_path, event_path, find_event, get_event

GENERATIONS = 9
TOGETHER = (frozenset({"description", "details"}), frozenset({"free", "tentative"}))
"""Fields that are one property of Graph."""

Answers = dict[int, Answer | ProviderError]
Results = dict[int, Json | ProviderError | None]
"""The event, why there is none, or None: done, and no event is left."""


class GraphSender:
    """The writes of one call. Dictionaries are by the place of a write in that call."""

    def __init__(self, http: GraphHttp, calendar_id: str) -> None:
        self._http = http
        self._reader = GraphReader(http)
        self._calendar_id = calendar_id
        self._unanswered: ProviderError | None = None
        self._adopted: set[int] = set()

    def send(self, writes: Sequence[Write]) -> list[Written | ProviderError]:
        """Do the writes; see :meth:`CalendarProvider.send`."""
        found: dict[int, Written | ProviderError] = {}
        for part in _rounds(writes):
            if self._unanswered:  # nor would these be
                found.update(dict.fromkeys(part, self._unanswered))
            else:
                found.update(self._written(part, self._do(part)))
        outcomes = [found[place] for place in range(len(writes))]
        if self._unanswered and all(one is self._unanswered for one in outcomes):
            raise self._unanswered
        refused = [one for one in outcomes if isinstance(one, AccessTokenRefused)]
        if refused and len(refused) == len(outcomes):
            raise refused[0]
        return outcomes

    def _do(self, writes: Mapping[int, Write]) -> Results:
        ready, results = self._complete(writes)
        answers = self._ask({place: self._request(write) for place, write in ready.items()})
        results.update({place: _result(ready[place], one) for place, one in answers.items()})
        results.update(self._adopt(ready, _duplicates(answers)))
        results.update(self._look_again(ready, answers))
        accepted = {
            place: get_event(write.external_id)
            for place, write in ready.items()
            if write.verb is Verb.ACCEPT and not isinstance(results[place], ProviderError)
        }
        results.update(self._read(accepted))
        return results

    def _look_again(self, writes: Mapping[int, Write], answers: Answers) -> Results:
        """Return what became of deletions of what is gone, it was said: before it is forgotten, as
        one that is still there would stay for good.
        """
        gone = {
            place: get_event(writes[place].external_id)
            for place, one in answers.items()
            if writes[place].verb is Verb.DELETE and isinstance(one, Answer) and one.status == 404
        }
        found = self._read(gone)
        return {
            place: RetryLater("404") if isinstance(one, Mapping) else one
            for place, one in found.items()
            if not isinstance(one, Gone)
        }

    def _written(
        self, writes: Mapping[int, Write], results: Results
    ) -> dict[int, Written | ProviderError]:
        bodies = {place: one for place, one in results.items() if isinstance(one, Mapping)}
        try:
            events = dict(zip(bodies, self._reader.events(list(bodies.values())), strict=True))
        except ProviderError as error:
            # Done, but without the series or the own addresses it cannot be told how it looks.
            events, results = {}, {**results, **dict.fromkeys(bodies, error)}
        found: dict[int, Written | ProviderError] = {}
        for place, write in writes.items():
            result, event = results[place], events.get(place)
            if isinstance(result, ProviderError):
                found[place] = result
            elif event and write.verb is Verb.CREATE:
                marked = replace(event, mark=Mark(write.database, write.key))
                found[place] = Written(event.external_id, marked, place in self._adopted)
            else:
                found[place] = Written(write.external_id, event)
        return found

    def _complete(self, writes: Mapping[int, Write]) -> tuple[dict[int, Write], Results]:
        """Return the writes that can be sent, with the other half of what is one in Graph."""
        lacking = {place: half for place, one in writes.items() if (half := _other_half(one))}
        current = self._read({place: get_event(writes[place].external_id) for place in lacking})
        ready, results = dict(writes), Results()
        for place, half in lacking.items():
            item = current[place]
            if isinstance(item, Mapping):
                known = read_event(item).fields
                fields = {name: known[name] for name in half if name in known}
                ready[place] = replace(writes[place], fields={**fields, **writes[place].fields})
            else:
                results[place] = item
                del ready[place]
        return ready, results

    def _adopt(self, writes: Mapping[int, Write], again: dict[int, Answer]) -> Results:
        """Return the events that earlier attempts at the same creations made."""
        results: Results = {}
        for generation in range(1, GENERATIONS + 1):
            found = self._read(
                {place: self._earlier(writes[place], again[place]) for place in again}
            )
            deleted = [place for place, one in found.items() if isinstance(one, Gone)]
            results.update({place: one for place, one in found.items() if place not in deleted})
            self._adopted.update(place for place in found if place not in deleted)
            answers = self._ask(
                {place: self._request(writes[place], generation) for place in deleted}
            )
            results.update({place: _result(writes[place], one) for place, one in answers.items()})
            again = _duplicates(answers)
            if not again:
                break
        return results

    def _earlier(self, write: Write, answer: Answer) -> Request:
        told = answer.body["error"].get("@event.existingEventId")
        return get_event(told) if told else find_event(self._calendar_id, KEY, write.key)

    def _read(self, requests: Mapping[int, Request]) -> Results:
        """Return single events; of a list the first. None found is not proof that there is none:
        the request that makes it may still be under way.
        """
        if not requests:
            return {}
        results: Results = {}
        try:
            answers = self._reader.answers(requests.values())
        except ProviderError as error:
            self._unanswered = error
            return dict.fromkeys(requests, error)
        for place, one in zip(requests, answers, strict=True):
            if isinstance(one, Mapping) and "value" in one:
                results[place] = next(iter(one["value"]), RetryLater(DUPLICATE))
            else:
                results[place] = one
        return results

    def _ask(self, requests: Mapping[int, Request]) -> Answers:
        if not requests:
            return {}
        try:
            return dict(zip(requests, self._http.batches(list(requests.values())), strict=True))
        except ProviderError as error:
            self._unanswered = error
            return dict.fromkeys(requests, error)

    def _request(self, write: Write, generation: int = 0) -> Request:
        path = event_path(write.external_id)
        condition = {"If-Match": write.if_match} if write.if_match else {}
        if write.verb is Verb.UPDATE:
            return Request("PATCH", path, write_event(write.fields, write.zone), condition)
        if write.verb is Verb.DELETE:
            return Request("DELETE", path, headers=condition)
        if write.verb is not Verb.CREATE:
            return Request("POST", f"{path}/{write.verb.value}", {"sendResponse": False})
        body = {
            **write_event(write.fields, write.zone),
            "transactionId": f"{write.key}-{generation}" if generation else write.key,
            "singleValueExtendedProperties": mark_properties(Mark(write.database, write.key)),
        }
        return Request("POST", f"{calendar_path(self._calendar_id)}/events", body)


def _rounds(writes: Iterable[Write]) -> Iterator[dict[int, Write]]:
    """Yield parts in which no event is written twice: a batch has no order."""
    pending = dict(enumerate(writes))
    while pending:
        part: dict[int, Write] = {}
        for place, write in pending.items():
            if not write.external_id or write.external_id not in {
                one.external_id for one in part.values()
            }:
                part[place] = write
        yield part
        pending = {place: one for place, one in pending.items() if place not in part}


def _other_half(write: Write) -> frozenset[str]:
    """Return the fields that an update does not name, of a property that it changes."""
    if write.verb is not Verb.UPDATE:
        return frozenset()
    changed = (pair for pair in TOGETHER if pair & write.fields.keys())
    return frozenset().union(*changed) - write.fields.keys()


def _result(write: Write, answer: Answer | ProviderError) -> Json | ProviderError | None:
    if isinstance(answer, ProviderError):
        return answer
    if not answer.ok:
        error = write_failure(answer.status, answer.headers, answer.body)
        over = isinstance(error, Gone) and write.verb in (Verb.DELETE, Verb.DECLINE)
        return None if over else error
    if write.verb not in (Verb.CREATE, Verb.UPDATE):
        # Graph has nothing to say to these: who says something is not Graph.
        return RetryLater("no_answer") if answer.body else None
    if isinstance(answer.body, Mapping) and isinstance(answer.body.get("id"), str):
        return answer.body
    return RetryLater("no_event")


def _duplicates(answers: Answers) -> dict[int, Answer]:
    """Return the refusals of creations that were done before."""
    return {
        place: one
        for place, one in answers.items()
        if isinstance(one, Answer) and error_code(one.body) == DUPLICATE
    }
