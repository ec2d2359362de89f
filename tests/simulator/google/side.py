"""Google as a side of the simulator: which request is what, who may do it, and a person's acts."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from ..call import Call, Reply
from ..store import Account, Calendar
from . import batch, consent, errors, freebusy, partial, scopes
from .book import Book
from .errors import ApiError, bad_token, full_sync, not_found
from .events import Events
from .grants import Access, OAuthError
from .listing import Listing
from .oauth import OAuth
from .person import Person
from .quota import Quota, refusal
from .routes import find_kind
from .watch import Channels

if TYPE_CHECKING:
    from ..server import Simulator

CLIENT_ID = "simulated.apps.googleusercontent.com"
CLIENT_SECRET = "simulated-google-secret"
DAY = 86400
SETTINGS: dict[str, Any] = {
    "clients": {CLIENT_ID: {"secret": CLIENT_SECRET, "redirect_uris": None}},
    "token_life": 3600,
    "cursor_life": 28 * DAY,  # not published; also how old updatedMin may be
    "most_per_page": 2500,
    "user_per_minute": 600,
    "project_per_minute": 10_000,
    "calendar_writes_per_minute": None,
    "quota_status": 403,  # or 429: Google answers either
    "revive": True,  # whether a deleted event may be written back to life; False: 403
    "channel_life": 7 * DAY,
    "channel_most": 30 * DAY,
}
"""None in place of a limit: there is none."""
SEES = ("owner", "writer", "reader")


class Google(Person):
    """OAuth, Calendar v3, batch and push."""

    writes = scopes.WRITES

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        self.settings = copy.deepcopy(SETTINGS)
        self.oauth = OAuth(self.store, self.clock, self.settings)
        self.quota = Quota(self.clock, self.settings)
        self.channels = Channels(self)
        self.book = Book(self.clock, self.channels.changed)
        self.listing = Listing(self)
        api = Events(self)
        self._single = {
            "google.events.insert": api.insert,
            "google.events.import": api.import_,
            "google.events.get": api.get,
            "google.events.patch": api.patch,
            "google.events.update": api.update,
            "google.events.delete": api.delete,
        }

    def reset(self) -> None:
        """Forget tokens, channels, listings and settings."""
        with self.store.lock:
            self.settings.update(copy.deepcopy(SETTINGS))
            for part in (self.oauth, self.quota, self.channels, self.listing):
                part.reset()

    def configure(self, **settings: Any) -> dict[str, Any]:
        """Change settings, see :data:`SETTINGS`; return all."""
        unknown = set(settings) - set(SETTINGS)
        if unknown:
            raise ValueError(f"There is no setting {', '.join(sorted(unknown))}.")
        self.settings.update(settings)
        return dict(self.settings)

    # --- what a program asks for ---

    def kind(self, call: Call) -> str:
        """Name a request, after it said what it really is."""
        override = call.headers.get("X-HTTP-Method-Override", "").upper()
        if override and call.method == "POST":
            call.method = override
            if override == "GET":  # an address too long for a GET has its query in the body
                call.query.update(call.multi_form)
                call.body = b""
        return find_kind(call)

    def identify(self, call: Call) -> str:
        """Name the account whose token it carries."""
        access = self.oauth.peek(call)
        return access.grant.email if access else ""

    def handle(self, call: Call) -> Reply:
        """Answer one request."""
        try:
            if call.kind == "google.batch":
                return batch.answer(self, call)
            if call.kind.startswith(("google.auth", "google.token", "google.revoke")):
                with self.store.lock:
                    return self._oauth(call)
            return self._partial(call, self._api(call))
        except ApiError as error:
            return error.reply()
        except OAuthError as error:
            return error.reply()

    def failure(self, status: int, call: Call) -> Any:
        """Return the body of a fault with a status."""
        if call.kind.startswith("google.token"):
            return {"error": "internal_failure", "error_description": "Ordered by a test."}
        return errors.body(status)

    def fault(self, name: str, call: Call) -> Reply:
        """Do a fault by name."""
        with self.store.lock:
            return self._fault(name, self.oauth.peek(call))

    def _fault(self, name: str, access: Access | None) -> Reply:
        if name == "cursor_expired":
            return full_sync().reply()
        if name == "quota":
            return refusal(self.settings["quota_status"]).reply()
        if name == "token_expired":
            if access:
                access.expires = 0
            return bad_token().reply()
        if name == "token_revoked":
            if access:
                self.oauth.revoke_account(access.grant.email)
                return bad_token().reply()
            return OAuthError("invalid_grant", "Token has been expired or revoked.").reply()
        raise ValueError(f"There is no fault {name}.")

    def _oauth(self, call: Call) -> Reply:
        if call.kind == "google.auth":
            return consent.show(self, call)
        if call.kind == "google.auth.decide":
            return consent.decide(self, call)
        if call.kind == "google.revoke":
            token = call.form.get("token") or call.query.get("token", "")
            dead = not self.oauth.revoke(token)
            return Reply.json({"error": "invalid_token"} if dead else {}, 400 if dead else 200)
        return self.oauth.token(call)

    def _api(self, call: Call) -> Reply:
        with self.store.lock:
            if call.kind == "google.userinfo":
                return self.oauth.userinfo(call)
            access = self.oauth.access(call)
            if call.kind == "google.unknown":
                raise not_found()
            account = self.store.get(self.name, access.grant.email)
            calendar = self._calendar(call, account)
            owned = calendar is None or calendar.role == "owner"
            scopes.check(call.kind, access.scopes, owned)
            writes = call.kind in scopes.WRITES and calendar
            place = calendar.id if writes else ""
            self.quota.spend(access.grant.client, account.email, call.kind, place)
            if calendar is None:
                return self._elsewhere(call, access, account)
            if writes and calendar.role not in ("owner", "writer"):
                message = "You need to have writer access to this calendar."
                raise ApiError(403, "requiredAccessLevel", message, domain="calendar")
            if call.kind == "google.events.list":
                hide = calendar.role not in SEES or not scopes.sees_details(access.scopes)
                return self.listing.list(call, account, calendar, hide)
            if call.kind in self._single:
                return self._single[call.kind](call, account, calendar)
        return self.channels.watch(call, access, account, calendar)

    def _calendar(self, call: Call, account: Account) -> Calendar | None:
        """Return the calendar that a request is about; None: it is about none, or not known."""
        if not call.kind.startswith("google.events."):
            return None
        try:
            return self.find(account.email, call.segments[3])[1]
        except LookupError:
            return None

    def _elsewhere(self, call: Call, access: Access, account: Account) -> Reply:
        if call.kind == "google.channels.stop":
            return self.channels.stop(call, access)
        if call.kind == "google.freebusy.query":
            return freebusy.answer(self, call, account)
        if call.kind == "google.calendarList.list":
            return self._calendar_list(call, account)
        if call.kind == "google.settings.get":
            return Reply.json({"kind": "calendar#setting", "id": "timezone", "value": account.zone})
        if call.kind == "google.calendars.get":
            try:
                calendar = self.find(account.email, call.segments[3])[1]
            except LookupError:
                raise not_found() from None
            entry = {"kind": "calendar#calendar", "id": calendar.id}
            return Reply.json({**entry, "summary": calendar.name, "timeZone": calendar.zone})
        raise not_found()  # events of a calendar that is none

    def _calendar_list(self, call: Call, account: Account) -> Reply:
        if "syncToken" in call.query:
            raise errors.invalid("syncToken is not simulated here.", "syncToken")
        text, mark = call.query.get("maxResults", "100"), call.query.get("pageToken", "0")
        if not (text.isdigit() and mark.isdigit()) or int(text) < 1:
            raise errors.invalid()
        first, last = int(mark), int(mark) + min(int(text), 250)
        calendars = list(account.calendars.values())
        answer: dict[str, Any] = {"kind": "calendar#calendarList", "etag": '"p1"'}
        answer["items"] = [_list_entry(calendar) for calendar in calendars[first:last]]
        if last < len(calendars):
            answer["nextPageToken"] = str(last)
        return Reply.json(answer)

    def _partial(self, call: Call, reply: Reply) -> Reply:
        fields = call.query.get("fields")
        if fields and reply.status == 200:
            reply.body = json.dumps(partial.select(json.loads(reply.data), fields))
        return reply


def _list_entry(calendar: Calendar) -> dict[str, Any]:
    entry = {
        "kind": "calendar#calendarListEntry",
        "etag": '"1"',
        "id": calendar.id,
        "summary": calendar.name,
        "timeZone": calendar.zone,
        "accessRole": calendar.role,
        "selected": True,
        "backgroundColor": "#9fe1e7",
        "defaultReminders": [],
    }
    return {**entry, "primary": True} if calendar.primary else entry
