"""The consent that goes with the accounts in memory."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from ..core import ConsentRefused, Grant, ScopesMissing
from .memory import ACCOUNTS


class MemoryAuthoriser:
    """A :class:`core.Authoriser` whose code is the access token of the account."""

    def __init__(self, settings: object) -> None:
        """Need no settings."""

    def begin(self, redirect_uri: str, login_hint: str = "") -> tuple[str, Mapping[str, str]]:
        state = secrets.token_urlsafe(16)
        return f"https://consent.example/?state={state}", {"state": state}

    def finish(self, flow: Mapping[str, str], params: Mapping[str, str]) -> Grant:
        if "error" in params:
            raise ConsentRefused(params["error"])
        if params["code"] == "unticked":
            raise ScopesMissing(frozenset({"Calendars.ReadWrite"}))
        return self._grant(params["code"], f"refresh {params['code']}")

    def refresh(self, refresh_token: str) -> Grant:
        token = refresh_token.removeprefix("refresh ")
        if token in ACCOUNTS:
            ACCOUNTS[token].fault("refresh")
        return self._grant(token, None)

    def revoke(self, token: str) -> None:
        ACCOUNTS[token.removeprefix("refresh ")].revoked = True

    def _grant(self, token: str, refresh_token: str | None) -> Grant:
        expires = datetime.now(timezone.utc) + timedelta(days=900)
        scopes = frozenset({"Calendars.ReadWrite"})
        return Grant(token, expires, scopes, refresh_token, token, f"{token}@memory.example")
