"""Google's calendars themselves: events, series and their exceptions, versions, deletions.

No tokens, parameters or mails here: what the API asks for and what a person does both end here.
Call it under the store's lock.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..clock import Clock
from ..store import Account, Calendar, Entry
from .errors import ApiError, invalid, not_found
from .times import Instance, instances, moment, render, stamp, zone_named
from .validate import complete

HORIZON = timedelta(days=730)
GONE = "_gone"  # private: occurrences that a series had once, with the sequence of their end
MINIMAL = ("kind", "etag", "id", "status", "recurringEventId", "originalStartTime")
MEANS_MOVE = ("start", "end", "recurrence")
SYSTEM = ("kind", "id", "created", "iCalUID", "creator", "organizer", "eventType", "htmlLink")
SERIES = ("recurringEventId", "originalStartTime")


class Book:
    """Reads and writes events.

    :param changed: is told of each calendar in which something changed.
    """

    def __init__(self, clock: Clock, changed: Callable[[Account, Calendar], None]) -> None:
        self.clock, self.changed = clock, changed

    # --- reading ---

    def find(self, calendar: Calendar, event: str) -> Entry:
        """Return an event, an exception, or an occurrence as its series has it.

        :raise ApiError: 404.
        """
        entry = calendar.entries.get(event)
        if entry is not None:
            return entry
        master_id, _, key = event.rpartition("_")
        master = calendar.entries.get(master_id)
        if master is None or "recurrence" not in master.body:
            raise not_found()
        for instance in self.expand(calendar, master.body):
            if instance.key == key:
                return Entry(event, occurrence(master.body, instance), master.deleted)
        if key in master.body.get(GONE, {}):
            return Entry(event, tombstone(master.body, key), deleted=True)
        raise not_found()

    def expand(
        self,
        calendar: Calendar,
        body: dict[str, Any],
        start: datetime | None = None,
        stop: datetime | None = None,
    ) -> Iterator[Instance]:
        """Yield the occurrences of a series, two years into the future at most."""
        end = self.clock.now() + HORIZON
        stop = min(stop, end) if stop else end
        return instances(body, zone_named(calendar.zone), start, stop)

    # --- writing ---

    def create(
        self,
        account: Account,
        calendar: Calendar,
        event: str,
        given: dict[str, Any],
        organizer: dict[str, Any] | None = None,
    ) -> Entry:
        """Create an event from cleaned properties.

        :param organizer: somebody else's ``email`` and ``displayName``; None: this calendar.
        :raise ApiError: 400.
        """
        if given.get("eventType") == "fromGmail":
            raise invalid("Event type cannot be created: fromGmail", "eventType")
        if given.get("status") == "cancelled":
            raise invalid("Invalid value for: status", "status")
        body = complete({**given, "organizer": None}, zone_named(calendar.zone), calendar.id)
        link = urlsafe_b64encode(f"{event} {calendar.id}".encode()).decode().rstrip("=")
        body |= {
            "kind": "calendar#event",
            "id": event,
            "htmlLink": f"https://www.google.com/calendar/event?eid={link}",
            "created": stamp(self.clock.now()),
            "iCalUID": body.get("iCalUID") or f"{event}@google.com",
            "creator": _party({"email": account.email}, calendar),
            "organizer": _party(organizer or {"email": calendar.id}, calendar),
            "sequence": body.get("sequence", 0),
        }
        return self._store(account, calendar, Entry(event, body), {})

    def change(
        self, account: Account, calendar: Calendar, entry: Entry, given: dict[str, Any]
    ) -> Entry:
        """Replace the writable properties of an event, which may be deleted: it can revive.

        :raise ApiError: 400.
        """
        old = entry.body
        if given.get("eventType", old["eventType"]) != old["eventType"]:
            raise invalid("Event type cannot be changed.", "eventType")
        if given.get("status") == "cancelled":
            return self.cancel(account, calendar, entry)
        body = complete(given, zone_named(calendar.zone), calendar.id)
        body |= {name: old[name] for name in (*SYSTEM, *SERIES) if name in old}
        moved = any(body.get(name) != old.get(name) for name in MEANS_MOVE)
        body["sequence"] = max(old["sequence"] + moved, body.get("sequence") or 0)
        return self._store(account, calendar, Entry(entry.id, body), old)

    def cancel(self, account: Account, calendar: Calendar, entry: Entry) -> Entry:
        """Delete an event, a whole series, or one occurrence."""
        body = {**entry.body, "status": "cancelled"}
        return self._store(account, calendar, Entry(entry.id, body, deleted=True), entry.body)

    def answer(
        self, account: Account, calendar: Calendar, entry: Entry, email: str, answer: str
    ) -> Entry:
        """Set what a guest answered.

        :raise LookupError: nobody of that address is invited.
        """
        attendees = [dict(one) for one in entry.body.get("attendees", ())]
        mine = [one for one in attendees if one["email"] == email.lower()]
        if not mine:
            raise LookupError(f"{email} is not invited to {entry.id}.")
        mine[0]["responseStatus"] = answer
        body = {**entry.body, "attendees": attendees}
        return self._store(account, calendar, Entry(entry.id, body, entry.deleted), entry.body)

    def _store(
        self, account: Account, calendar: Calendar, entry: Entry, old: dict[str, Any]
    ) -> Entry:
        body = entry.body
        now = int(self.clock.timestamp() * 1000)
        version = max(now, _version(old) + 1)
        body["etag"] = f'"{version * 2000}"'
        reminders_only = bool(old) and _without(body) == _without(old)
        body["updated"] = old["updated"] if reminders_only else stamp(self.clock.now())
        if "recurrence" in body or "recurrence" in old:
            self._keep_series(calendar, entry, old)
        if "recurringEventId" in body:
            exceptions = calendar.options.setdefault("exceptions", {})
            exceptions.setdefault(body["recurringEventId"], set()).add(entry.id)
        _mark_organizer(body)
        calendar.save(entry)
        self.changed(account, calendar)
        return entry

    def _keep_series(self, calendar: Calendar, entry: Entry, old: dict[str, Any]) -> None:
        """Note which occurrences are no more; exceptions do not outlive a move of the series."""
        body = entry.body
        moved = any(body.get(name) != old.get(name) for name in MEANS_MOVE)
        before = _keys(self, calendar, old)
        now = set() if entry.deleted else _keys(self, calendar, body)
        gone = {key: at for key, at in old.get(GONE, {}).items() if key not in now}
        if old and (moved or entry.deleted):
            for event in calendar.options.get("exceptions", {}).pop(entry.id, ()):
                calendar.entries.pop(event, None)
        gone.update({key: calendar.sequence + 1 for key in before - now if key not in gone})
        if gone:
            body[GONE] = gone


def present(body: dict[str, Any], zone: ZoneInfo | None = None) -> dict[str, Any]:
    """Return an event as the API shows it.

    :param zone: to write the times in; None: the calendar's own.
    """
    shown = {name: value for name, value in body.items() if not name.startswith("_")}
    if zone is not None:
        for name in ("start", "end", "originalStartTime"):
            if "dateTime" in shown.get(name, ()):
                at = moment(shown[name], zone)
                shown[name] = {**shown[name], "dateTime": render(at, zone)}
    return shown


def minimal(body: dict[str, Any]) -> dict[str, Any]:
    """Return all that is guaranteed of a cancelled event in a listing."""
    return {name: body[name] for name in MINIMAL if name in body}


def busy_only(body: dict[str, Any]) -> dict[str, Any]:
    """Return what somebody sees who may only see when the calendar is busy."""
    kept = (*MINIMAL, "start", "end", "transparency", "updated", "eventType")
    return {**{name: body[name] for name in kept if name in body}, "visibility": "private"}


def occurrence(master: dict[str, Any], instance: Instance) -> dict[str, Any]:
    """Return the body of one occurrence of a series."""
    body = {name: value for name, value in master.items() if name not in ("recurrence", GONE)}
    return body | {
        "id": f"{master['id']}_{instance.key}",
        "recurringEventId": master["id"],
        "originalStartTime": instance.start,
        "start": instance.start,
        "end": instance.end,
    }


def tombstone(master: dict[str, Any], key: str) -> dict[str, Any]:
    """Return all that is told of an occurrence that is no more."""
    day = f"{key[:4]}-{key[4:6]}-{key[6:8]}"
    clock = f"{key[9:11]}:{key[11:13]}:{key[13:15]}Z" if len(key) > 8 else ""
    start = {"dateTime": f"{day}T{clock}", "timeZone": "UTC"} if clock else {"date": day}
    return {
        "kind": "calendar#event",
        "etag": master["etag"],
        "id": f"{master['id']}_{key}",
        "status": "cancelled",
        "recurringEventId": master["id"],
        "originalStartTime": start,
    }


def check_match(entry: Entry, etag: str | None) -> None:
    """Check a conditional write.

    :raise ApiError: 412.
    """
    if etag not in (None, "*", entry.body["etag"]):
        where = ("header", "If-Match")
        raise ApiError(412, "conditionNotMet", "Precondition Failed", location=where)


def _keys(book: Book, calendar: Calendar, body: dict[str, Any]) -> set[str]:
    if "recurrence" not in body or body["status"] == "cancelled":
        return set()
    return {instance.key for instance in book.expand(calendar, body)}


def _version(body: dict[str, Any]) -> int:
    return int(body["etag"].strip('"')) // 2000 if body else 0


def _without(body: dict[str, Any]) -> dict[str, Any]:
    volatile = ("etag", "updated", "reminders", "sequence", GONE)
    return {name: value for name, value in body.items() if name not in volatile}


def _party(person: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    kept = {name: person[name] for name in ("email", "displayName") if name in person}
    return {**kept, "self": True} if kept["email"] == calendar.id else kept


def _mark_organizer(body: dict[str, Any]) -> None:
    for one in body.get("attendees", ()):
        if one["email"] == body["organizer"]["email"]:
            one["organizer"] = True
