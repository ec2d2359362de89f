"""Google's OAuth 2.0 for web servers (https://developers.google.com/identity/protocols/oauth2/web-server).

Clients are those of the setting ``clients``; with ``redirect_uris`` None every address on this
computer is registered, else the exact ones.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Any
from urllib.parse import unquote

from ..call import Call, Reply
from ..clock import Clock
from ..store import Account, Store
from .errors import bad_token
from .grants import Access, Code, Grant, OAuthError, back, id_token, proved, registered
from .scopes import ALIASES, IDENTITY, KNOWN, PREFIX

CODE_LIFE = 600
UNUSED = 183 * 86400
MOST_TOKENS = 100


class OAuth:
    """Codes, grants and tokens."""

    def __init__(self, store: Store, clock: Clock, settings: dict[str, Any]) -> None:
        self.store, self.clock, self.settings = store, clock, settings
        self.reset()

    def reset(self) -> None:
        """Forget every grant."""
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, Grant] = {}
        self._access: dict[str, Access] = {}

    # --- consent ---

    def request(self, query: dict[str, str]) -> frozenset[str]:
        """Check an authorisation request, and return the scopes that it asks for.

        :raise OAuthError: Google shows a page, and does not go back to the client.
        """
        client = self.settings["clients"].get(query.get("client_id"))
        if client is None:
            raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
        if not registered(query.get("redirect_uri", ""), client):
            raise OAuthError("redirect_uri_mismatch", "This redirect_uri is not registered.")
        if query.get("response_type") != "code":
            raise OAuthError("invalid_request", "Only response_type=code is simulated.")
        challenge = query.get("code_challenge")
        if challenge and query.get("code_challenge_method", "plain") not in ("S256", "plain"):
            raise OAuthError("invalid_request", "Invalid code_challenge_method.")
        asked = {ALIASES.get(name, name) for name in query.get("scope", "").split()}
        if not asked:
            raise OAuthError("invalid_request", "Missing required parameter: scope")
        if asked - KNOWN:
            unknown = ", ".join(sorted(asked - KNOWN))
            raise OAuthError("invalid_scope", f"Some requested scopes were invalid: {unknown}")
        return frozenset(asked)

    def allow(self, query: dict[str, str], account: Account, ticked: set[str]) -> str:
        """Grant what the person ticked, and return where to send the browser."""
        asked = self.request(query)
        scopes = asked & (ticked | IDENTITY)
        client = query["client_id"]
        earlier = [one for one in self._grants(account.email) if one.client == client]
        if query.get("include_granted_scopes") == "true":
            scopes = scopes.union(*(one.scopes for one in earlier))
        grant = Grant(client, account.email, scopes, used=self.clock.timestamp())
        again = "consent" in query.get("prompt", "").split()
        if query.get("access_type") == "offline" and (again or not earlier):
            grant.refresh = "1//sim-" + secrets.token_urlsafe(32)
        code = "4/sim-" + secrets.token_urlsafe(32)
        self._codes[code] = Code(
            grant,
            query["redirect_uri"],
            query.get("code_challenge", ""),
            query.get("code_challenge_method", "plain"),
            self.clock.timestamp() + CODE_LIFE,
        )
        return back(query, code=code, scope=" ".join(sorted(scopes)))

    # --- tokens ---

    def token(self, call: Call) -> Reply:
        """Answer the token endpoint."""
        form = call.form
        client = self._client(call, form)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._redeem(form, client)
        if kind == "refresh_token":
            return self._renew(form, client)
        raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {kind}")

    def _client(self, call: Call, form: dict[str, str]) -> str:
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _, value = call.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                pair = base64.b64decode(value, validate=True).decode()
            except ValueError:
                raise OAuthError("invalid_client", "Unauthorized", 401) from None
            name, secret = (unquote(part) for part in pair.partition(":")[::2])
        client = self.settings["clients"].get(name)
        if client is None:
            raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
        if not hmac.compare_digest(client["secret"].encode(), secret.encode()):
            raise OAuthError("invalid_client", "Unauthorized", 401)
        return name

    def _redeem(self, form: dict[str, str], client: str) -> Reply:
        if not form.get("code"):
            raise OAuthError("invalid_request", "Missing required parameter: code")
        code = self._codes.pop(form["code"], None)
        now = self.clock.timestamp()
        if code is None or code.grant.client != client or code.expires < now:
            raise OAuthError("invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "Bad Request")
        if code.challenge:
            if not form.get("code_verifier"):
                raise OAuthError("invalid_grant", "Missing code verifier.")
            if not proved(form["code_verifier"], code):
                raise OAuthError("invalid_grant", "Invalid code verifier.")
        elif form.get("code_verifier"):
            raise OAuthError("invalid_grant", "code_verifier or verifier is not needed.")
        grant = code.grant
        grant.used = now
        extra: dict[str, Any] = {}
        if grant.refresh:
            self._drop_oldest(grant)
            self._refresh[grant.refresh] = grant
            extra["refresh_token"] = grant.refresh
        if "openid" in grant.scopes:
            extra["id_token"] = self._identity(grant)
        return self._issue(grant, grant.scopes, extra)

    def _renew(self, form: dict[str, str], client: str) -> Reply:
        grant = self._refresh.get(form.get("refresh_token", ""))
        now = self.clock.timestamp()
        dead = grant is None or not grant.alive or now - grant.used > UNUSED
        if dead or self._account(grant) is None:
            raise OAuthError("invalid_grant", "Token has been expired or revoked.")
        if grant.client != client:
            raise OAuthError("unauthorized_client", "Unauthorized", 401)
        scopes = frozenset(form["scope"].split()) if form.get("scope") else grant.scopes
        if not scopes <= grant.scopes:
            raise OAuthError("invalid_scope", "Some requested scopes were not granted.")
        grant.used = now
        extra = {"id_token": self._identity(grant)} if "openid" in scopes else {}
        return self._issue(grant, scopes, extra)

    def _issue(self, grant: Grant, scopes: frozenset[str], extra: dict[str, Any]) -> Reply:
        token = "ya29.sim-" + secrets.token_urlsafe(48)
        life = self.settings["token_life"]
        self._access[token] = Access(grant, self.clock.timestamp() + life, scopes)
        reply = Reply.json(
            {
                "access_token": token,
                "expires_in": life - 1,
                "scope": " ".join(sorted(scopes)),
                "token_type": "Bearer",
                **extra,
            }
        )
        reply.headers["Cache-Control"] = "no-store"
        return reply

    def _drop_oldest(self, grant: Grant) -> None:
        """The 101st refresh token of an account for a client silently ends the first one."""
        same = [
            token
            for token, one in self._refresh.items()
            if one.alive and (one.client, one.email) == (grant.client, grant.email)
        ]
        for token in same[: len(same) - MOST_TOKENS + 1]:
            del self._refresh[token]

    def _identity(self, grant: Grant) -> str:
        account = self.store.get("google", grant.email)
        return id_token(grant, account, int(self.clock.timestamp()))

    def _account(self, grant: Grant) -> Account | None:
        try:
            return self.store.get("google", grant.email)
        except LookupError:
            return None

    # --- use and end of tokens ---

    def peek(self, call: Call) -> Access | None:
        """Return the access token that a request carries, good or not; None: unknown or none."""
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        return self._access.get(token) if scheme.lower() == "bearer" else None

    def access(self, call: Call) -> Access:
        """Return the good access token of a request.

        :raise ApiError: 401.
        """
        access = self.peek(call)
        if access is None or not access.grant.alive or access.expires <= self.clock.timestamp():
            raise bad_token()
        return access

    def grant(self, email: str, scopes: frozenset[str]) -> str:
        """Return an access token without a sign-in, for tests of what comes after."""
        (client, *_others) = self.settings["clients"]
        token = "ya29.sim-" + secrets.token_urlsafe(48)
        expires = self.clock.timestamp() + self.settings["token_life"]
        self._access[token] = Access(Grant(client, email.lower(), scopes), expires, scopes)
        return token

    def revoke(self, token: str) -> bool:
        """End the grant of an access or refresh token; False: it is dead already."""
        access = self._access.get(token)
        grant = access.grant if access else self._refresh.get(token)
        if grant is None or not grant.alive:
            return False
        self._end(grant)
        return True

    def revoke_account(self, email: str) -> None:
        """End all grants of an account."""
        for grant in self._grants(email):
            self._end(grant)

    def expire(self, email: str) -> None:
        """Let the access tokens of an account expire."""
        for access in self._access.values():
            if access.grant.email == email.lower():
                access.expires = 0

    def userinfo(self, call: Call) -> Reply:
        """Answer who the account is."""
        access = self.access(call)
        account = self.store.get("google", access.grant.email)
        info: dict[str, Any] = {"id": account.id}
        if PREFIX + "userinfo.email" in access.scopes:
            info |= {"email": account.email, "verified_email": True}
        if PREFIX + "userinfo.profile" in access.scopes:
            info["name"] = account.name
        return Reply.json(info)

    def _grants(self, email: str) -> list[Grant]:
        tokens = (access.grant for access in self._access.values())
        found = {id(one): one for one in (*self._refresh.values(), *tokens)}
        return [one for one in found.values() if one.alive and one.email == email.lower()]

    def _end(self, grant: Grant) -> None:
        grant.alive = False
        self._refresh.pop(grant.refresh, None)
