"""``events.insert, import, get, patch, update, delete`` as the API has them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..call import Call, Reply
from ..ledger import Mail
from ..store import Account, Calendar, Entry
from .book import Book, check_match, present
from .errors import ApiError, invalid, required
from .times import moment, normal_end, zone_named
from .validate import WRITABLE, clean, merge, new_id

if TYPE_CHECKING:
    from .side import Google

PRIVATE = {"reminders", "transparency", "visibility", "colorId", "extendedProperties", "attendees"}
UPDATES = ("all", "externalOnly", "none")


class Events:
    """Single events, for one who holds a token."""

    def __init__(self, side: Google) -> None:
        self.side = side
        self.book: Book = side.book

    def insert(self, call: Call, account: Account, calendar: Calendar) -> Reply:
        """Create. A taken id is refused also when its event is deleted."""
        given = clean(body_of(call))
        mailing = _mailing(call)
        chosen = call.json().get("id")
        if chosen is not None and given.get("iCalUID"):
            raise invalid("Only one of id and iCalUID may be given.", "iCalUID")
        event = secrets.token_hex(13) if chosen is None else new_id(chosen)
        uid = given.get("iCalUID")
        if event in calendar.entries or (uid and _by_uid(calendar, uid)):
            raise ApiError(409, "duplicate", "The requested identifier already exists.")
        entry = self.book.create(account, calendar, event, given)
        self._mails(mailing, account, calendar, entry, "invitation")
        return _reply(call, entry)

    def import_(self, call: Call, account: Account, calendar: Calendar) -> Reply:
        """Add a private copy of an event of somebody else. One of the same iCalUID is replaced."""
        given = clean(body_of(call))
        if not given.get("iCalUID"):
            raise required("Missing required field: iCalUID")
        if given.get("eventType", "default") != "default":
            raise invalid("Only default events can be imported.", "eventType")
        earlier = _by_uid(calendar, given["iCalUID"])
        if earlier is not None:
            return _reply(call, self.book.change(account, calendar, earlier, given))
        event = secrets.token_hex(13)
        organizer = given.get("organizer")
        return _reply(call, self.book.create(account, calendar, event, given, organizer))

    def get(self, call: Call, _account: Account, calendar: Calendar) -> Reply:
        """Read one; a deleted one too."""
        entry = self.book.find(calendar, call.segments[5])
        if call.headers.get("If-None-Match") == entry.body["etag"]:
            return Reply(304, headers={"ETag": entry.body["etag"]})
        return _reply(call, entry)

    def patch(self, call: Call, account: Account, calendar: Calendar) -> Reply:
        """Change what is named; lists are replaced, null clears."""
        entry = self.book.find(calendar, call.segments[5])
        check_match(entry, call.headers.get("If-Match"))
        raw = body_of(call)
        given = clean(raw)
        old = {name: value for name, value in entry.body.items() if name in WRITABLE}
        if raw.get("attendeesOmitted") and "attendees" in given:
            given["attendees"] = _own_entry(old, given["attendees"])
        return self._write(call, account, calendar, entry, merge(old, given))

    def update(self, call: Call, account: Account, calendar: Calendar) -> Reply:
        """Replace: what is left out is reset."""
        entry = self.book.find(calendar, call.segments[5])
        check_match(entry, call.headers.get("If-Match"))
        return self._write(call, account, calendar, entry, clean(body_of(call)))

    def delete(self, call: Call, account: Account, calendar: Calendar) -> Reply:
        """Delete; a second time is 410."""
        entry = self.book.find(calendar, call.segments[5])
        mailing = _mailing(call)
        if entry.deleted:
            raise ApiError(410, "deleted", "Resource has been deleted")
        check_match(entry, call.headers.get("If-Match"))
        self.book.cancel(account, calendar, entry)
        own = entry.body["organizer"].get("self")
        self._mails(mailing, account, calendar, entry, "cancellation" if own else "answer")
        return Reply(204)

    def _write(
        self,
        call: Call,
        account: Account,
        calendar: Calendar,
        entry: Entry,
        given: dict[str, Any],
    ) -> Reply:
        mailing = _mailing(call)
        if entry.deleted and given.get("status") in ("confirmed", "tentative"):
            if not self.side.settings["revive"]:
                raise ApiError(403, "forbidden", "Forbidden")
        elif entry.deleted:
            given["status"] = "cancelled"
        own = entry.body["organizer"].get("self")
        if not own and not entry.body.get("guestsCanModify"):
            _check_guest(entry.body, given, calendar)
        reason = "cancellation" if given.get("status") == "cancelled" else "update"
        before = {one["email"] for one in entry.body.get("attendees", ())}
        written = self.book.change(account, calendar, entry, given)
        self._mails(mailing, account, calendar, written, reason if own else "answer", before)
        return _reply(call, written)

    def _mails(
        self,
        mailing: Callable[[str], bool],
        account: Account,
        calendar: Calendar,
        entry: Entry,
        reason: str,
        before: set[str] | None = None,
    ) -> None:
        """Record the mails that Google would send."""
        organizer = entry.body["organizer"]
        guests = {one["email"] for one in entry.body.get("attendees", ())}
        to = guests | (before or set()) if organizer.get("self") else {organizer["email"]}
        for email in sorted(to - {account.email, calendar.id}):
            if mailing("" if self._has_google(email) else email):
                subject = entry.body.get("summary", "")
                mail = Mail("google", account.email, email, reason, entry.id, subject)
                self.side.ledger.mail(mail)

    def _has_google(self, email: str) -> bool:
        if email.endswith("@gmail.com"):
            return True
        return any(one.email == email for one in self.side.store.accounts("google"))


def body_of(call: Call) -> dict[str, Any]:
    """Return the JSON object that a request carries.

    :raise ApiError: 400.
    """
    try:
        value = call.json()
    except ValueError:
        raise ApiError(400, "parseError", "Parse Error") from None
    if not isinstance(value, dict):
        raise ApiError(400, "parseError", "Parse Error")
    return value


def _mailing(call: Call) -> Callable[[str], bool]:
    """Return who is mailed, asked with the address of one without Google, or with nothing.

    Left out, nobody is notified, but "some emails might still be sent": those outside of Google
    count as mailed, so that a client that relies on it is found.
    """
    updates = call.query.get("sendUpdates")
    if updates is None and call.query.get("sendNotifications") == "true":
        updates = "all"
    if updates is not None and updates not in UPDATES:
        raise invalid("Invalid value for: sendUpdates", "sendUpdates")
    return lambda outside: updates == "all" or (updates != "none" and bool(outside))


def _check_guest(old: dict[str, Any], given: dict[str, Any], calendar: Calendar) -> None:
    """Check that a guest changes only what is his own.

    :raise ApiError: 403.
    """
    zone = zone_named(calendar.zone)
    same = _others(old, calendar) == _others(given, calendar)
    same = same and _shared(old) == _shared(given)
    for name in WRITABLE - PRIVATE - {"organizer", "sequence", "iCalUID", "eventType"}:
        before, after = old.get(name), given.get(name)
        if name in ("start", "end"):
            before, after = (moment(normal_end(one, name, zone), zone) for one in (before, after))
        elif name == "status":
            after = after or "confirmed"
        same = same and before == after
    if not same:
        message = "Shared properties can only be changed by the organizer of the event."
        raise ApiError(403, "forbiddenForNonOrganizer", message, domain="calendar")


def _shared(body: dict[str, Any]) -> Any:
    return (body.get("extendedProperties") or {}).get("shared")


def _others(body: dict[str, Any], calendar: Calendar) -> set[tuple[str, str]]:
    return {
        (one["email"].lower(), one.get("responseStatus", "needsAction"))
        for one in body.get("attendees") or ()
        if isinstance(one, dict) and one.get("email", "").lower() != calendar.id.lower()
    }


def _own_entry(old: dict[str, Any], given: Any) -> list[dict[str, Any]]:
    """``attendeesOmitted``: the list names only one who answers, the others stay."""
    by_email = {one["email"]: one for one in old.get("attendees", ())}
    for one in given if isinstance(given, list) else ():
        email = str(one.get("email", "")).lower()
        by_email[email] = {**by_email.get(email, {}), **one}
    return list(by_email.values())


def _by_uid(calendar: Calendar, uid: str) -> Entry | None:
    found = (one for one in calendar.entries.values() if one.body["iCalUID"] == uid)
    return next((one for one in found if "recurringEventId" not in one.body), None)


def _reply(call: Call, entry: Entry) -> Reply:
    zone = call.query.get("timeZone")
    try:
        shown = present(entry.body, zone_named(zone) if zone else None)
    except ValueError:
        raise invalid("Invalid time zone.", "timeZone") from None
    reply = Reply.json(shown)
    reply.headers["ETag"] = entry.body["etag"]
    return reply
