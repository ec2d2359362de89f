"""The page ``/``: a person sees and edits the simulated calendars. It needs no script."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from .call import Call, Reply
from .control import save_plain
from .store import Account, Calendar

if TYPE_CHECKING:
    from .server import Simulator

WEEKS = timedelta(weeks=4)
TITLES = {"google": "Google", "microsoft": "Outlook"}
PAGE = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
ACCOUNT = Template(
    '<section class="$provider" data-account="$email"><h2>$title: $email '
    '<span class="muted">$name</span></h2>$calendars</section>'
)
CALENDAR = Template(
    '<div data-calendar="$id"><h3>$name <span class="muted">$zone</span></h3>$rows</div>'
)
FORM = Template(
    '<form class="event$new" method="post" action="$action" data-event="$id">'
    '<input type="hidden" name="id" value="$id"><input type="hidden" name="allday" value="$allday">'
    '<input name="name" value="$name" required aria-label="Title" placeholder="New event">'
    '<input type="$type" name="start" value="$start" required aria-label="Start">'
    '<input type="$type" name="stop" value="$stop" required aria-label="End">'
    '<input name="location" value="$location" aria-label="Place" placeholder="Place">$buttons'
    "$guests</form>"
)
SAVE = (
    '<button name="do" value="save">Save</button><button name="do" value="delete">Delete</button>'
)
ADD = '<button class="main" name="do" value="save">Add</button>'


class Page:
    """Answers what is neither a provider nor the control."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def handle(self, call: Call) -> Reply:
        """Show the calendars, or do what a form asks and show them again."""
        if call.method == "GET" and not call.segments:
            return Reply.html(self._render())
        if call.method == "POST" and call.segments[:1] == ["page"]:
            return self._act(call)
        return Reply.html("<!doctype html><title>Not found</title><p>There is no such page.", 404)

    def _act(self, call: Call) -> Reply:
        origin = call.headers.get("Origin")
        if origin and origin.partition("://")[2] != call.headers.get("Host"):
            return Reply.html("<!doctype html><p>This form belongs to another site.", 403)
        try:
            self._do(call.segments[1:], call.form)
        except (LookupError, ValueError) as error:
            text = f'<!doctype html><p>{escape(str(error))}</p><p><a href="/">Back</a>'
            return Reply.html(text, 400)
        return Reply.redirect("/")

    def _do(self, path: list[str], form: dict[str, str]) -> None:
        sides = self.simulator.sides
        if path == ["accounts"]:
            side = sides[form.pop("provider")]
            side.create_account(**{name: text for name, text in form.items() if text})
            return
        provider, email, calendar = path
        side = sides[provider]
        if form.pop("do") == "delete":
            side.delete(email, calendar, form["id"])
            return
        plain: dict[str, Any] = {**form, "allday": form["allday"] == "1"}
        if plain["allday"]:
            plain["stop"] = _shifted(form["stop"], 1)
        else:
            zone = ZoneInfo(side.find(email, calendar)[1].zone)
            for name in ("start", "stop"):
                local = datetime.fromisoformat(form[name]).replace(tzinfo=zone)
                plain[name] = local.isoformat()
        save_plain(side, email, calendar, plain)

    def _render(self) -> str:
        accounts = "".join(
            ACCOUNT.substitute(
                provider=account.provider,
                title=TITLES[account.provider],
                email=escape(account.email),
                name=escape(account.name),
                calendars="".join(
                    self._calendar(account, calendar) for calendar in account.calendars.values()
                ),
            )
            for account in self.simulator.store.accounts()
        )
        return PAGE.substitute(accounts=accounts or "<p>There is no account yet.</p>")

    def _calendar(self, account: Account, calendar: Calendar) -> str:
        now = self.simulator.clock.now()
        side = self.simulator.sides[account.provider]
        parts = (account.provider, account.email, calendar.id)
        action = "/page/" + "/".join(quote(part, safe="") for part in parts)
        zone = ZoneInfo(calendar.zone)
        events = side.shown(account.email, calendar.id, now, now + WEEKS)
        rows = [_form(action, plain, zone, SAVE) for plain in events]
        start = (now.astimezone(zone) + timedelta(days=1)).replace(hour=10, minute=0)
        fresh = {"start": start.isoformat(), "stop": (start + timedelta(hours=1)).isoformat()}
        rows.append(_form(action, fresh, zone, ADD, " new"))
        return CALENDAR.substitute(
            id=escape(calendar.id),
            name=escape(calendar.name),
            zone=calendar.zone,
            rows="".join(rows),
        )


def _form(action: str, plain: dict[str, Any], zone: ZoneInfo, buttons: str, new: str = "") -> str:
    allday = bool(plain.get("allday"))
    guests = ", ".join(f"{guest['email']} ({guest['answer']})" for guest in plain.get("guests", ()))
    return FORM.substitute(
        new=new,
        action=escape(action),
        id=escape(plain.get("id", "")),
        name=escape(plain.get("name", "")),
        location=escape(plain.get("location", "")),
        allday="1" if allday else "",
        type="date" if allday else "datetime-local",
        start=plain["start"] if allday else _local(plain["start"], zone),
        stop=_shifted(plain["stop"], -1) if allday else _local(plain["stop"], zone),
        guests=f'<span class="guests muted">Guests: {escape(guests)}</span>' if guests else "",
        buttons=buttons,
    )


def _shifted(day: str, days: int) -> str:
    """A person names the last day, everybody else the one after it."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _local(text: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
