"""Our Outlook client and the simulated Microsoft that it talks to."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

from odoo.addons.immoassist_calendar_sync.core.provider import Verb, Window, Write
from odoo.addons.immoassist_calendar_sync.providers.microsoft import OutlookCalendar
from odoo.addons.immoassist_calendar_sync.providers.settings import MicrosoftSettings

from tests.simulator import Simulator

UTC = timezone.utc
ANN, CARL = "ann@agency.example", "carl@client.example"
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
MARCH = Window(datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
DATABASE = "5f0c7d0e-9f38-4a66-8a53-0f1c7a0f9a55"
SECRET = "client-secret-never-told"


def settings(sim: Simulator) -> MicrosoftSettings:
    return MicrosoftSettings(
        "client", SECRET, f"{sim.url}/microsoft/v1.0", f"{sim.url}/microsoft/common"
    )


class Account:
    """Ann's account: ``client`` is ours, everything else is what she does in Outlook."""

    def __init__(self, sim: Simulator, email: str = ANN) -> None:
        self.sim, self.email = sim, email
        sim.microsoft.create_account(email, "Ann", zone="Europe/Paris")
        self.token = sim.microsoft.grant(email, "Calendars.ReadWrite", "User.Read")
        self.client = OutlookCalendar(settings(sim), self.token)
        self.calendar = next(one for one in self.client.calendars() if one.is_primary).external_id

    def put(self, **members: Any) -> dict[str, Any]:
        """Create an event by hand, of an hour at noon unless told otherwise."""
        members = {"subject": "Lunch", "start": hand(NOON), "end": hand(NOON, 1), **members}
        return self.sim.microsoft.put(self.email, self.calendar, members)

    def send(self, *writes: Write) -> list[Any]:
        return self.client.send(self.calendar, writes)

    def changes(self, cursor: str | None = None, window: Window = MARCH) -> Changes:
        return Changes(self.client.changes(self.calendar, cursor, window))

    def events(self) -> list[dict[str, Any]]:
        """Return what she has in her calendar."""
        return self.sim.microsoft.events(self.email, self.calendar)


class Changes:
    """All pages of an answer to "what changed", applied in their order."""

    def __init__(self, pages: Any) -> None:
        self.events, self.vanished, self.cursors = {}, set(), []
        for page in pages:
            for event in page.events:
                self.events[event.external_id] = event
                self.vanished.discard(event.external_id)
            for gone in page.vanished:
                self.events.pop(gone, None)
                self.vanished.add(gone)
            self.cursors.append(page.cursor)

    @property
    def cursor(self) -> str:
        assert self.cursors[:-1] == [None] * (len(self.cursors) - 1)
        return self.cursors[-1]

    @property
    def names(self) -> list[str]:
        return sorted(event.fields.get("name", "") for event in self.events.values())


def hand(moment: datetime, hours: float = 0) -> dict[str, str]:
    at = moment + timedelta(hours=hours)
    return {"dateTime": f"{at:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def key() -> str:
    return uuid.uuid4().hex


def content(**changes: Any) -> dict[str, Any]:
    fields = {
        "name": "Visit",
        "description": "Bring the keys",
        "details": "Guest: Carl",
        "location": "12 rue Haute",
        "start": NOON,
        "stop": NOON + timedelta(hours=1),
        "allday": False,
        "free": False,
        "private": False,
        "tentative": False,
    }
    return {**fields, **changes}


def create(**changes: Any) -> Write:
    return Write(Verb.CREATE, key(), "", content(**changes), None, "Europe/Paris", DATABASE)


def update(external_id: str, if_match: str | None = None, **fields: Any) -> Write:
    return Write(Verb.UPDATE, key(), external_id, fields, if_match, "Europe/Paris", DATABASE)


def end(verb: Verb, external_id: str, if_match: str | None = None) -> Write:
    return Write(verb, key(), external_id, if_match=if_match)
