"""The Microsoft side: requests go from here to where they are answered."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

from ..call import Call, Reply
from ..ledger import Mail
from ..store import Account
from . import batch, calendars, render, schedule
from .box import PERSONAL, Box
from .calendars import Request, read_json
from .consent import Consent
from .delta import Deltas
from .errors import GraphError, bad_query, denied
from .events import Event
from .login import Login, Token, metadata
from .mailbox import Change, Mailbox, Person
from .outlook import Outlook
from .render import Preferences
from .routes import WRITES, Route, route
from .settings import Settings
from .subscriptions import Subscriptions

READ, WRITE = (
    frozenset({"Calendars.Read", "Calendars.ReadWrite"}),
    frozenset({"Calendars.ReadWrite"}),
)
CODES = {
    401: "InvalidAuthenticationToken",
    403: "ErrorAccessDenied",
    404: "ErrorItemNotFound",
    410: "syncStateNotFound",
    412: "ErrorIrresolvableConflict",
    429: "ApplicationThrottled",
    500: "ErrorInternalServerError",
    503: "ErrorServerBusy",
    504: "ErrorTimeout",
}
"""Of a status that is ordered without a body."""
HANDLERS: dict[str, Callable[[Request], Reply]] = {
    "me": calendars.me,
    "calendars.list": calendars.calendars_list,
    "calendars.get": calendars.calendars_get,
    "calendarView.list": calendars.calendar_view,
    "calendarView.delta": calendars.delta,
    "events.list": calendars.events_list,
    "events.get": calendars.events_get,
    "events.instances": calendars.events_instances,
    "events.create": calendars.events_create,
    "events.update": calendars.events_update,
    "events.delete": calendars.events_delete,
    "events.cancel": calendars.events_act,
    "events.accept": calendars.events_act,
    "events.decline": calendars.events_act,
    "events.tentativelyAccept": calendars.events_act,
}


class Microsoft(Outlook):
    """Login v2 under ``/microsoft/{tenant}``, Graph under ``/microsoft/v1.0``."""

    name = "microsoft"
    writes = WRITES
    acts = Outlook.acts | {"lifecycle"}

    def __init__(self, simulator: Any) -> None:
        super().__init__(simulator)
        self.reset()

    def reset(self) -> None:
        self.settings = Settings()
        self.boxes: dict[str, Box] = {}
        self.login = Login(self.clock, self.settings)
        self.consent = Consent(self.login, self.settings)
        self.subscriptions = Subscriptions(self.pushes)

    def configure(self, **settings: Any) -> dict[str, Any]:
        known = {item.name for item in fields(Settings)}
        if set(settings) - known:
            raise ValueError(f"There is no setting {', '.join(sorted(set(settings) - known))}.")
        for name, value in settings.items():
            setattr(self.settings, name, value)
        return asdict(self.settings)

    # --- accounts ---

    def create_account(self, email: str, name: str = "", **options: Any) -> Account:
        """Open an account; ``zone``; ``personal``: at outlook.com; ``consent="admin"``: only an
        administrator may consent."""
        zone = options.pop("zone", "Europe/Paris")
        tenant = PERSONAL if options.pop("personal", False) else str(uuid.uuid4())
        email = email.lower()
        account = Account(self.name, email, name or email, str(uuid.uuid4()), zone)
        account.options = {"tenant": tenant, **options}
        with self.store.lock:
            self.store.add(account)
            self.create_calendar(email, "Calendar", primary=True)
            mailbox = Mailbox(
                Person(email, account.name),
                self.clock.now,
                lambda change: self._changed(email, change),
                lambda reason, to, event: self._mailed(email, reason, to, event),
            )
            self.boxes[email] = Box(account, mailbox, Deltas(mailbox, self.settings))
        return account

    def _changed(self, email: str, change: Change) -> None:
        self.subscriptions.notify(self.boxes[email], change, self.settings.notifications)

    def _mailed(self, email: str, reason: str, to: str, event: Event) -> None:
        if not self.boxes[email].quiet:
            name = render.identify(event.token, immutable=True)
            subject = event.content["subject"]
            self.ledger.mail(Mail(self.name, email, to, reason, name, subject))

    # --- requests ---

    def kind(self, call: Call) -> str:
        return f"{self.name}.{route(call).kind}"

    def identify(self, call: Call) -> str:
        if call.segments[:1] == ["v1.0"]:
            token = self.login.access.get(_bearer(call))
            return token.email if token else ""
        return self.login.owner(call.form) if call.method == "POST" else ""

    def enter(self, call: Call) -> Reply | None:
        """Refuse the fifth request at once in a mailbox; parts of a batch are one with it."""
        box = self.boxes.get(call.account)
        if box is None or call.part:
            return None
        with self.store.lock:
            if box.under_way >= self.settings.concurrency:
                return self._throttled("Application is over its MailboxConcurrency limit.")
            box.under_way += 1
        return None

    def leave(self, call: Call) -> None:
        box = self.boxes.get(call.account)
        if box is not None and not call.part:
            with self.store.lock:
                box.under_way = max(box.under_way - 1, 0)  # a reset may come in between

    def handle(self, call: Call) -> Reply:
        found = route(call)
        if call.segments[:1] != ["v1.0"]:
            with self.store.lock:
                return self._sign_in(call, found)
        try:
            reply = self._graph(call, found)
        except GraphError as error:
            reply = self._error(error)
        reply.headers.setdefault("request-id", str(uuid.uuid4()))
        if "client-request-id" in call.headers:
            reply.headers["client-request-id"] = call.headers["client-request-id"]
        return reply

    def _sign_in(self, call: Call, found: Route) -> Reply:
        if found.kind == "token":
            accounts = {box.account.email: box.account for box in self.boxes.values()}
            return self.login.redeem(call, accounts)
        if found.kind == "authorize":
            accounts = [box.account for box in self.boxes.values()]
            if call.method == "POST":
                return self.consent.decide(call.form, accounts)
            return self.consent.show(call.query.to_dict(), accounts)
        if found.kind == "metadata":
            return Reply.json(metadata(call.base, call.segments[0]))
        return Reply.json({"error": "not_found"}, 404)

    def _graph(self, call: Call, found: Route) -> Reply:
        with self.store.lock:
            token = self._authorise(call, found)
            prefer = Preferences.parse(call.headers.getlist("Prefer"))
            box = self.boxes[token.email]
            request = Request(call, found, box, prefer, self.settings)
        if found.kind == "batch":
            parts = batch.run(call, lambda part: self.simulator.perform(self, part))
            return request.reply({"responses": parts})
        if found.kind == "subscriptions.create":
            return self.subscriptions.create(request, token, self.store.lock)
        with self.store.lock:
            return self._answer(request, token)

    def _answer(self, request: Request, token: Token) -> Reply:
        kind = request.route.kind
        if kind in HANDLERS:
            return HANDLERS[kind](request)
        if kind.startswith("subscriptions."):
            return self.subscriptions.handle(request, token)
        if kind == "calendar.getSchedule":
            body = read_json(request.call)
            return request.reply(schedule.answer(body, request.box, self.boxes.get))
        raise bad_query(f"Resource not found for the segment '{request.call.segments[-1]}'.")

    def _authorise(self, call: Call, found: Route) -> Token:
        token = self.login.access.get(_bearer(call))
        if token is None or token.revoked or token.expires <= self.clock.now():
            raise GraphError(
                401,
                "InvalidAuthenticationToken",
                "Access token has expired or is not yet valid."
                if token
                else "Access token is empty or malformed.",
                {"WWW-Authenticate": 'Bearer realm=""'},
            )
        if found.kind in ("batch", "unknown"):
            return token  # a batch: each part is checked by itself
        needed = {"User.Read"} if found.kind == "me" else READ
        if f"{self.name}.{found.kind}" in WRITES:
            needed = WRITE
        if not needed & token.scopes:
            raise denied()
        return token

    # --- faults ---

    def fault(self, name: str, call: Call) -> Reply:
        if name == "quota":
            return self._throttled("Application is over its request limit.")
        if name == "cursor_expired":
            self.expire_cursors(call.account)
        elif name == "token_expired":
            self.expire_tokens(call.account)
        elif name == "token_revoked":
            self.revoke(call.account)
        else:
            raise ValueError(f"Microsoft knows no fault {name}.")
        return self.handle(call)

    def failure(self, status: int, call: Call) -> Any:
        if call.segments[:1] == ["v1.0"]:
            code = CODES.get(status, "UnknownError")
            return GraphError(status, code, "Ordered.").body(self.clock.now())
        return self.login.failure(90033, "temporarily_unavailable", "Ordered.")

    def _throttled(self, message: str) -> Reply:
        wait = {"Retry-After": str(self.settings.retry_after)}
        return self._error(GraphError(429, "ApplicationThrottled", message, wait))

    def _error(self, error: GraphError) -> Reply:
        reply = Reply.json(error.body(self.clock.now()), error.status)
        reply.headers.update(error.headers)
        return reply

    def expire_cursors(self, email: str) -> None:
        with self.store.lock:
            self.box(email).deltas.expire()

    def expire_tokens(self, email: str) -> None:
        with self.store.lock:
            for token in self.login.access.values():
                if token.email == email:
                    token.expires = self.clock.now() - timedelta(seconds=1)

    def revoke(self, email: str) -> None:
        with self.store.lock:
            for token in [*self.login.access.values(), *self.login.refresh.values()]:
                token.revoked = token.revoked or token.email == email
            for code in self.login.codes.values():
                code.used = code.used or code.email == email

    def lifecycle(self, email: str, event: str) -> None:
        """Let something happen to the subscriptions of an account: ``reauthorizationRequired``,
        ``subscriptionRemoved`` or ``missed``."""
        with self.store.lock:
            self.subscriptions.lifecycle(self.box(email), event)

    def grant(self, email: str, *scopes: str, client_id: str = "test") -> str:
        """Return an access token without a sign-in, for tests of what comes after."""
        token = f"EwB{secrets.token_urlsafe(16)}"
        wanted = frozenset(scopes) or frozenset({"User.Read", "Calendars.ReadWrite"})
        expires = self.clock.now() + timedelta(seconds=self.settings.access_seconds)
        self.login.access[token] = Token(email.lower(), client_id, wanted, expires)
        return token


def _bearer(call: Call) -> str:
    scheme, _, token = call.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""
