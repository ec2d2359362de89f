"""``/control``: what a test in another process does and asks, as JSON.

========================================================  =====================================
GET    /control/                                          time, faults, counters and mails
GET    /control/accounts                                  accounts with their calendars
POST   /control/accounts                                  ``provider, email, name, zone``
POST   /control/PROVIDER/EMAIL/calendars                  ``name`` and fields of store.Calendar
GET    /control/PROVIDER/EMAIL/CALENDAR                   events; ``?deleted=1``: also deleted
PUT    /control/PROVIDER/EMAIL/CALENDAR                   create or replace: the provider's JSON
POST   /control/PROVIDER/EMAIL/CALENDAR                   create or change a plain event (side.py)
GET, PATCH, DELETE /control/PROVIDER/EMAIL/CALENDAR/ID    one event
POST   /control/PROVIDER/EMAIL/CALENDAR/ID/answer         ``guest, answer``
POST   /control/PROVIDER/EMAIL/revoke                     also ``expire_tokens, expire_cursors``
POST   /control/microsoft/EMAIL/lifecycle                 ``event``: see microsoft/subscriptions.py
GET    /control/mails, /control/pushes, /control/requests what was recorded
POST   /control/pushes                                    drop, double...: see pushes.Behaviour
POST   /control/pushes/hold, release, flush               ``flush`` waits until all are out
GET, POST, DELETE /control/faults                         see faults.Fault
POST   /control/settings/PROVIDER                         quotas and lifetimes of a side
POST   /control/clock                                     ``advance``: seconds
POST   /control/reset                                     forget everything
========================================================  =====================================

A mistake is answered with 400 or 404 and ``error``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .call import Call, Reply
from .faults import Fault
from .side import Side
from .store import Account

if TYPE_CHECKING:
    from .server import Simulator


class Control:
    """Answers under ``/control``."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def handle(self, call: Call) -> Reply:
        """Answer one request."""
        head = call.segments[0] if call.segments else ""
        try:
            if head in self.simulator.sides:
                return Reply.json(self._side(call, self.simulator.sides[head], call.segments[1:]))
            act = getattr(self, f"_{call.method.lower()}_{head or 'root'}", None)
            if act is None:
                raise LookupError(f"{call.method} {'/'.join(call.segments)} is not known here.")
            return Reply.json(act(call))
        except LookupError as error:
            return Reply.json({"error": str(error)}, 404)
        except (ValueError, TypeError) as error:
            return Reply.json({"error": str(error)}, 400)

    def _side(self, call: Call, side: Side, path: list[str]) -> Any:
        if len(path) < 2:
            raise LookupError("Which account, and what of it?")
        email, what, *rest = path
        if call.method == "POST" and not rest:
            if what == "calendars":
                return _calendar(side.create_calendar(email, **call.json()))
            if what in side.acts:
                getattr(side, what)(email, **call.json())
                return {}
        if rest:
            return self._event(call, side, email, what, rest)
        if call.method == "GET":
            return {"events": side.events(email, what, deleted="deleted" in call.query)}
        if call.method == "PUT":
            return side.put(email, what, call.json())
        if call.method == "POST":
            return save_plain(side, email, what, call.json())
        raise LookupError(f"{call.method} is not known here.")

    def _event(self, call: Call, side: Side, email: str, calendar: str, rest: list[str]) -> Any:
        event = rest[0]
        if rest[1:] == ["answer"] and call.method == "POST":
            return side.answer(email, calendar, event, **call.json())
        if len(rest) > 1:
            raise LookupError(f"{rest[1]} is not known here.")
        if call.method == "PATCH":
            return side.patch(email, calendar, event, call.json())
        if call.method == "DELETE":
            side.delete(email, calendar, event)
            return {}
        return side.get(email, calendar, event)

    def _get_root(self, _call: Call) -> Any:
        simulator = self.simulator
        faults = [asdict(fault) for fault in simulator.faults.all()]
        now = simulator.clock.now().isoformat()
        return {"now": now, "faults": faults, **simulator.ledger.as_json()}

    def _get_accounts(self, _call: Call) -> Any:
        return {"accounts": [_account(account) for account in self.simulator.store.accounts()]}

    def _post_accounts(self, call: Call) -> Any:
        data = call.json()
        provider = data.pop("provider", None)
        if provider not in self.simulator.sides:
            raise ValueError("`provider` is google or microsoft.")
        return _account(self.simulator.sides[provider].create_account(**data))

    def _get_mails(self, _call: Call) -> Any:
        return {"mails": [asdict(mail) for mail in list(self.simulator.ledger.mails)]}

    def _get_requests(self, _call: Call) -> Any:
        return {"requests": [asdict(seen) for seen in list(self.simulator.ledger.seen)]}

    def _get_pushes(self, _call: Call) -> Any:
        return {"pushes": [asdict(push) for push in list(self.simulator.ledger.pushes)]}

    def _post_pushes(self, call: Call) -> Any:
        pushes = self.simulator.pushes
        what = call.segments[1] if len(call.segments) > 1 else ""
        if what == "flush":
            return {"flushed": pushes.flush(**call.json())}
        if what in ("hold", "release"):
            getattr(pushes, what)()
            return {}
        return asdict(pushes.order(**call.json()))

    def _get_faults(self, _call: Call) -> Any:
        return {"faults": [asdict(fault) for fault in self.simulator.faults.all()]}

    def _post_faults(self, call: Call) -> Any:
        return asdict(self.simulator.faults.order(Fault.parse(call.json())))

    def _delete_faults(self, _call: Call) -> Any:
        self.simulator.faults.reset()
        return {}

    def _post_settings(self, call: Call) -> Any:
        name = call.segments[1] if len(call.segments) > 1 else ""
        if name not in self.simulator.sides:
            raise LookupError("Settings of google or of microsoft?")
        return self.simulator.sides[name].configure(**call.json())

    def _post_clock(self, call: Call) -> Any:
        return {"now": self.simulator.clock.advance(call.json()["advance"]).isoformat()}

    def _post_reset(self, _call: Call) -> Any:
        self.simulator.reset()
        return {}


def save_plain(side: Side, email: str, calendar: str, plain: dict[str, Any]) -> dict[str, Any]:
    """Create a plain event, or change that with its ``id``; return it in the provider's JSON."""
    zone = side.find(email, calendar)[1].zone
    body = side.from_plain(plain, zone)
    if plain.get("id"):
        return side.patch(email, calendar, plain["id"], body)
    return side.put(email, calendar, body)


def _account(account: Account) -> dict[str, Any]:
    calendars = [_calendar(calendar) for calendar in account.calendars.values()]
    return {
        "provider": account.provider,
        "email": account.email,
        "name": account.name,
        "id": account.id,
        "zone": account.zone,
        "calendars": calendars,
    }


def _calendar(calendar: Any) -> dict[str, Any]:
    names = ("id", "name", "zone", "primary", "role")
    return {name: getattr(calendar, name) for name in names}
