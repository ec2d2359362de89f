"""The token endpoint of the simulated Microsoft identity platform (v2.0).

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from ..call import Call, Reply
from ..clock import Clock
from ..store import Account
from .settings import Settings

PUBLIC = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com/"
OPENID = ("openid", "profile", "email", "offline_access")
KNOWN = frozenset({*OPENID, "User.Read", "Calendars.Read", "Calendars.ReadWrite"})
SUBERRORS = {65001: "consent_required", 50076: "basic_action", 53003: "message_only"}


@dataclass(slots=True)
class Code:
    """An authorization code. ``query``: of the authorize request."""

    email: str
    query: dict[str, str]
    expires: datetime
    used: bool = False


@dataclass(slots=True)
class Token:
    """An access or refresh token."""

    email: str
    client_id: str
    scopes: frozenset[str]
    expires: datetime
    revoked: bool = False


class Refused(Exception):
    """An answer of the token endpoint that is none."""

    def __init__(self, error: str, code: int, text: str, status: int = 400):
        super().__init__(text)
        self.error = error
        self.code = code
        self.text = text
        self.status = status


def scopes_of(text: str) -> list[str]:
    """Return short names: ``https://graph.microsoft.com/User.Read`` and ``User.Read`` are one."""
    return [scope.removeprefix(GRAPH) for scope in text.split()]


def metadata(base: str, tenant: str) -> dict[str, Any]:
    """Return the openid-configuration.

    msal refuses a token endpoint that is not https: its ``http_client`` has to rewrite the host.
    """
    return {
        "issuer": f"{PUBLIC}/{{tenantid}}/v2.0",
        "authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{PUBLIC}/{tenant}/oauth2/v2.0/token",
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
    }


class Login:
    """Codes and tokens. Whoever calls holds the lock of the store."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self.clock = clock
        self.settings = settings
        self.codes: dict[str, Code] = {}
        self.access: dict[str, Token] = {}
        self.refresh: dict[str, Token] = {}

    def code(self, email: str, query: dict[str, str]) -> str:
        """Return a new code for an account that consented."""
        name = f"0.AX{secrets.token_urlsafe(48)}"
        expires = self.clock.now() + timedelta(seconds=self.settings.code_seconds)
        self.codes[name] = Code(email, query, expires)
        return name

    def owner(self, form: dict[str, str]) -> str:
        """Return whose code or refresh token a token request carries, or empty."""
        code = self.codes.get(form.get("code", ""))
        token = self.refresh.get(form.get("refresh_token", ""))
        return code.email if code else token.email if token else ""

    def redeem(self, call: Call, accounts: dict[str, Account]) -> Reply:
        """Answer a token request."""
        try:
            return Reply.json(self._redeem(call, accounts), Cache_Control="no-store")
        except Refused as refused:
            return self.refusal(refused)

    def refusal(self, refused: Refused) -> Reply:
        """Return the answer to a request that is refused."""
        body = self.failure(refused.code, refused.error, refused.text)
        return Reply.json(body, refused.status)

    def failure(self, code: int, error: str, text: str) -> dict[str, Any]:
        """Return the JSON of an error."""
        now, trace = self.clock.now(), str(uuid.uuid4())
        stamp = now.strftime("%Y-%m-%d %H:%M:%SZ")
        body: dict[str, Any] = {
            "error": error,
            "error_description": f"AADSTS{code}: {text} Trace ID: {trace} Timestamp: {stamp}",
            "error_codes": [code],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": str(uuid.uuid4()),
        }
        if code in SUBERRORS:
            body["suberror"] = SUBERRORS[code]
        return body

    def _redeem(self, call: Call, accounts: dict[str, Account]) -> dict[str, Any]:
        form = call.form
        client = self._client(call, form)
        grant = form.get("grant_type")
        if grant == "authorization_code":
            email, asked, nonce = self._by_code(form, client)
        elif grant == "refresh_token":
            email, asked, nonce = self._by_refresh_token(form, client)
        else:
            raise Refused("unsupported_grant_type", 70003, f"grant_type '{grant}' not supported.")
        if email in self.settings.refusals:
            code = self.settings.refusals[email]
            raise Refused("invalid_grant", code, "Refused on order.")
        return self._answer(accounts[email], client, asked, nonce)

    def _client(self, call: Call, form: dict[str, str]) -> str:
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _, encoded = call.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            client, secret = _basic(encoded)
        if not client:
            text = "The request body must contain the following parameter: 'client_id'."
            raise Refused("invalid_request", 900144, text)
        if not secret:
            text = "The request body must contain: 'client_assertion' or 'client_secret'."
            raise Refused("invalid_client", 7000218, text, 401)
        if secret != (self.settings.client_secret or secret):
            raise Refused("invalid_client", 7000215, "Invalid client secret provided.", 401)
        return client

    def _by_code(self, form: dict[str, str], client: str) -> tuple[str, frozenset[str], str]:
        code = self.codes.get(form.get("code", ""))
        if code is None or code.query["client_id"] != client:
            raise Refused("invalid_grant", 70000, "The provided value for 'code' is not valid.")
        if code.used:
            text = "OAuth2 Authorization code was already redeemed."
            raise Refused("invalid_grant", 54005, text)
        if code.expires <= self.clock.now():
            raise Refused("invalid_grant", 70008, "The authorization code has expired.")
        if form.get("redirect_uri") != code.query["redirect_uri"]:
            text = "The reply address does not match that of the authorization request."
            raise Refused("invalid_client", 500112, text)
        challenge = code.query.get("code_challenge")
        if challenge and not _proves(form.get("code_verifier", ""), challenge):
            text = "The Code_Verifier does not match the code_challenge of the request."
            raise Refused("invalid_grant", 501481, text)
        code.used = True
        asked = frozenset(scopes_of(code.query["scope"]))
        return code.email, asked, code.query.get("nonce", "")

    def _by_refresh_token(
        self, form: dict[str, str], client: str
    ) -> tuple[str, frozenset[str], str]:
        token = self.refresh.get(form.get("refresh_token", ""))
        if token is None or token.client_id != client:
            raise Refused("invalid_grant", 70000, "The provided refresh token is not valid.")
        if token.revoked:
            text = "The provided grant has expired due to it being revoked."
            raise Refused("invalid_grant", 50173, text)
        if token.expires <= self.clock.now():
            text = "The refresh token has expired due to inactivity."
            raise Refused("invalid_grant", 700082, text)
        asked = frozenset(scopes_of(form.get("scope", ""))) or token.scopes
        if not asked - set(OPENID) <= token.scopes:
            text = "The user or administrator has not consented to use the application."
            raise Refused("invalid_grant", 65001, text)
        return token.email, token.scopes, ""

    def _answer(
        self, account: Account, client: str, asked: frozenset[str], nonce: str
    ) -> dict[str, Any]:
        granted = asked - set(self.settings.withheld)
        answer: dict[str, Any] = {
            "token_type": "Bearer",
            "scope": " ".join(self._named(granted)),
            "expires_in": self.settings.access_seconds,
            "ext_expires_in": self.settings.access_seconds,
            "access_token": self._token(self.access, "EwB", account, client, granted),
        }
        if "offline_access" in asked:
            answer["refresh_token"] = self._token(self.refresh, "0.A", account, client, granted)
        if "openid" in asked:
            answer["id_token"] = self._id_token(account, client, nonce)
            tenant = account.options["tenant"]
            answer["client_info"] = _encode({"uid": account.id, "utid": tenant})
        return answer

    def _named(self, granted: Iterable[str]) -> list[str]:
        names = sorted(set(granted) - {"offline_access"})
        if not self.settings.full_scopes:
            return names
        return [name if name in OPENID else GRAPH + name for name in names]

    def _token(
        self,
        kept: dict[str, Token],
        head: str,
        account: Account,
        client: str,
        scopes: frozenset[str],
    ) -> str:
        settings = self.settings
        life = settings.access_seconds if kept is self.access else settings.refresh_seconds
        name = head + secrets.token_urlsafe(64)
        expires = self.clock.now() + timedelta(seconds=life)
        kept[name] = Token(account.email, client, scopes, expires)
        return name

    def _id_token(self, account: Account, client: str, nonce: str) -> str:
        now, tenant = int(self.clock.timestamp()), account.options["tenant"]
        claims: dict[str, Any] = {
            "ver": "2.0",
            "iss": f"{PUBLIC}/{tenant}/v2.0",
            "aud": client,
            "iat": now,
            "nbf": now,
            "exp": now + self.settings.access_seconds,
            "sub": f"sub-{account.id}",
            "oid": account.id,
            "tid": tenant,
            "preferred_username": account.email,
            "name": account.name,
        }
        if nonce:
            claims["nonce"] = nonce
        return f"{_encode({'alg': 'none', 'typ': 'JWT'})}.{_encode(claims)}."


def _basic(encoded: str) -> tuple[str, str]:
    try:
        client, _, secret = base64.b64decode(encoded).decode().partition(":")
    except ValueError as error:
        raise Refused("invalid_client", 7000215, "Malformed client credentials.", 401) from error
    return unquote_plus(client), unquote_plus(secret)


def _proves(verifier: str, challenge: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge


def _encode(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
