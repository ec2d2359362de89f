"""What OAuth hands around: grants, codes, access tokens, and how they are checked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..call import Reply
from ..store import Account
from .scopes import PREFIX

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class OAuthError(Exception):
    """What the token endpoint refuses; on the consent page, what the person reads."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status

    def reply(self) -> Reply:
        """Return the answer of the token endpoint."""
        return Reply.json({"error": self.error, "error_description": self.description}, self.status)


@dataclass(slots=True)
class Grant:
    """What one account granted one client at one time, and its tokens."""

    client: str
    email: str
    scopes: frozenset[str]
    refresh: str = ""
    used: float = 0
    alive: bool = True


@dataclass(slots=True)
class Code:
    """An authorisation code: single use, ten minutes."""

    grant: Grant
    redirect_uri: str
    challenge: str
    method: str
    expires: float


@dataclass(slots=True)
class Access:
    """An access token."""

    grant: Grant
    expires: float
    scopes: frozenset[str] = field(default_factory=frozenset)


def registered(address: str, client: dict[str, Any]) -> bool:
    """Whether a client may be sent back to this address."""
    known = client.get("redirect_uris")
    if known is not None:
        return address in known
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK and not parts.fragment


def back(query: dict[str, str], **params: str) -> str:
    """Return the address to go back to, with the state that came."""
    if "state" in query:
        params = {"state": query["state"], **params}
    mark = "&" if "?" in query["redirect_uri"] else "?"
    return query["redirect_uri"] + mark + urlencode(params)


def proved(verifier: str, code: Code) -> bool:
    """Whether the verifier of a token request fits the challenge (RFC 7636)."""
    if code.method == "plain":
        return hmac.compare_digest(verifier, code.challenge)
    digest = hashlib.sha256(verifier.encode()).digest()
    proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(proof, code.challenge)


def id_token(grant: Grant, account: Account, now: int) -> str:
    """Return an OpenID token, unsigned: who trusts it got it straight from the token endpoint."""
    claims: dict[str, Any] = {
        "iss": "https://accounts.google.com",
        "aud": grant.client,
        "sub": account.id,
        "iat": now,
        "exp": now + 3600,
    }
    if PREFIX + "userinfo.email" in grant.scopes:
        claims |= {"email": account.email, "email_verified": True}
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    texts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
    return ".".join(text.rstrip(b"=").decode() for text in texts) + "."
