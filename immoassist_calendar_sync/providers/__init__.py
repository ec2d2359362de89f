"""The calendar providers: HTTP only, no ORM. Each implements the protocols of ``core.provider``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..core.grant import Authoriser
from ..core.provider import CalendarProvider
from .settings import GoogleSettings, MicrosoftSettings

# Module and class by `immoassist.calendar.connection.provider`. Tests put `memory` in their place.
CALENDARS = {"google": ("google", "GoogleCalendar"), "outlook": ("microsoft", "OutlookCalendar")}
AUTHORISERS = {
    "google": ("google_oauth", "GoogleAuthoriser"),
    "outlook": ("microsoft_oauth", "MicrosoftAuthoriser"),
}


def open_calendar(
    kind: str, settings: GoogleSettings | MicrosoftSettings, access_token: str
) -> CalendarProvider:
    """Return an account; nothing is sent yet. One thread at a time may use it.

    :param kind: ``google`` or ``outlook``, as in ``immoassist.calendar.connection``.
    :raise KeyError: no such kind.
    """
    return _load(*CALENDARS[kind])(settings, access_token)


def open_authoriser(kind: str, settings: GoogleSettings | MicrosoftSettings) -> Authoriser:
    """Return what connects an account of this kind; see :func:`open_calendar`."""
    return _load(*AUTHORISERS[kind])(settings)


def _load(module: str, name: str) -> Any:
    # Imported when first needed: each client library costs every Odoo worker tens of megabytes.
    return getattr(import_module(f".{module}", __name__), name)
