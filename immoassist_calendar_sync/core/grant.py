"""OAuth 2.0 (RFC 6749, RFC 7636): what a provider's authorisation has to be able to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Grant:
    """What the provider granted (RFC 6749).

    :param refresh_token: None: keep the one there was (Google's refresh sends none).
    :param expires_at: of the access token, aware.
    :param account_id: stable id of the account; empty after a refresh.
    :param account_email: empty after a refresh.
    """

    access_token: str
    expires_at: datetime
    scopes: frozenset[str]
    refresh_token: str | None = None
    account_id: str = ""
    account_email: str = ""


class Authoriser(Protocol):
    """OAuth 2.0 authorization code flow with PKCE of one provider."""

    def begin(self, redirect_uri: str, login_hint: str = "") -> tuple[str, Mapping[str, str]]:
        """Return the address to send the broker to, and what :meth:`finish` needs.

        The second is plain JSON, holds ``state`` (random) and the code verifier, and must stay on
        the server.
        """

    def finish(self, flow: Mapping[str, str], params: Mapping[str, str]) -> Grant:
        """Redeem the code; ``params`` is the query of the callback, its state already checked.

        :raise ConsentRefused, ScopesMissing, AdministratorNeeded, Reauthorise, RetryLater:
        """

    def refresh(self, refresh_token: str) -> Grant:
        """Return a new access token.

        :raise Reauthorise: the refresh token is dead.
        :raise AdministratorNeeded, RetryLater:
        """

    def revoke(self, token: str) -> None:
        """Take the grant back, where the provider has a way to."""
