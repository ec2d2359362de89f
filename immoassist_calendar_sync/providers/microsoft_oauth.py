"""OAuth 2.0 of the Microsoft identity platform, by Microsoft's own library.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
https://learn.microsoft.com/entra/identity-platform/reference-error-codes

Each call makes a new msal application: its caches (tokens, and failures that it replays for a
minute) are per application, and must not pass from one account to another.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import msal
import requests
from msal.exceptions import MsalError

from ..core.backoff import parse_retry_after
from ..core.failures import (
    AdministratorNeeded,
    ConsentRefused,
    ProviderError,
    Reauthorise,
    RetryLater,
    ScopesMissing,
)
from ..core.grant import Grant
from .microsoft_http import GraphHttp, Request
from .settings import CONNECT_SECONDS, MicrosoftSettings, is_loopback

SCOPES = ("Calendars.ReadWrite", "User.Read")
"""All of them are needed; msal adds ``openid profile offline_access`` itself."""

_PUBLIC = "https://login.microsoftonline.com"
_GRAPH_HOST = "graph.microsoft.com"
_LIFETIME = 3599
"""Life of an access token, in seconds, when it is not told."""

_BROKER = {50076, 50079, 50089, 50173, 54005, 65001, 70000, 70008, 70043, 700082, 700084}
_ADMINISTRATOR = {
    *(50011, 50105, 53003, 65005, 90002, 90008, 90093, 90094, 90095, 500113, 700016),
    *(700025, 7000112, 7000215, 7000218, 7000222),
}
_DECLINED = {65004}
_TEMPORARY = {50196, 90033}
_BY_WORD: dict[str, type[ProviderError]] = {
    "access_denied": ConsentRefused,
    "consent_required": Reauthorise,
    "interaction_required": Reauthorise,
    "invalid_grant": Reauthorise,
    "login_required": Reauthorise,
    "server_error": RetryLater,
    "temporarily_unavailable": RetryLater,
}
_CODE = re.compile(r"AADSTS(\d{4,9})\b")

# msal writes accounts into the log, and whole answers, with their tokens, when it cannot read them.
logging.getLogger("msal").setLevel(logging.CRITICAL)


class MicrosoftAuthoriser:
    """Connects a Microsoft account; implements :class:`Authoriser`."""

    def __init__(self, settings: MicrosoftSettings) -> None:
        self._settings = settings

    def begin(self, redirect_uri: str, login_hint: str = "") -> tuple[str, Mapping[str, str]]:
        """Return the address to send the broker to, and what :meth:`finish` needs.

        :raise AdministratorNeeded, RetryLater: the address is asked from Microsoft.
        """
        flow = self._ask(
            lambda app: app.initiate_auth_code_flow(
                self._scopes(),
                redirect_uri=redirect_uri,
                prompt="select_account",
                login_hint=login_hint or None,
                response_mode="form_post",
            )
        )
        # A form posted from another site comes without the session's cookie (SameSite=Lax), so the
        # broker would be a stranger. msal warns on every use of the query, which PKCE makes safe.
        url = flow["auth_uri"].replace("response_mode=form_post", "response_mode=query")
        kept = {name: flow[name] for name in ("state", "code_verifier", "nonce", "redirect_uri")}
        return url, {**kept, "scope": " ".join(flow["scope"])}

    def finish(self, flow: Mapping[str, str], params: Mapping[str, str]) -> Grant:
        """Redeem the code."""
        if "error" in params:
            raise _refusal(params)
        if not params.get("code") or params.get("state") != flow["state"]:
            raise Reauthorise("no_code")
        kept = {**flow, "scope": flow["scope"].split()}
        found = self._redeem(lambda app: app.acquire_token_by_auth_code_flow(kept, dict(params)))
        grant = _grant(found)
        missing = frozenset(SCOPES) - grant.scopes
        if not grant.refresh_token:
            missing |= {"offline_access"}
        if missing:
            raise ScopesMissing(missing)
        account_id, email = self._account(found)
        return Grant(
            grant.access_token,
            grant.expires_at,
            grant.scopes,
            grant.refresh_token,
            account_id,
            email,
        )

    def refresh(self, refresh_token: str) -> Grant:
        """Return a new access token, and a new refresh token, which replaces the old one."""
        found = self._redeem(
            lambda app: app.acquire_token_by_refresh_token(refresh_token, self._scopes())
        )
        return _grant(found)

    def revoke(self, token: str) -> None:
        """Do nothing: Microsoft documents no way to take back a single grant.

        What ends it is to forget the tokens, and to delete the subscriptions before.
        """

    def _account(self, found: Mapping[str, Any]) -> tuple[str, str]:
        """Return id and address: object and tenant, as the same person may be in several."""
        claims = found.get("id_token_claims") or {}
        object_id, tenant = claims.get("oid") or "", claims.get("tid") or ""
        email = claims.get("preferred_username") or claims.get("email") or ""
        if not object_id or not email:
            me = GraphHttp(self._settings, found["access_token"]).call(Request("GET", "/me")) or {}
            object_id = object_id or me.get("id") or ""
            email = email or me.get("mail") or me.get("userPrincipalName") or ""
        if not object_id:
            raise RetryLater("no_account")
        return f"{object_id}.{tenant}".rstrip("."), email.strip().lower()

    def _scopes(self) -> list[str]:
        """Return the scopes; those of a national cloud are named after its Graph."""
        endpoint = self._settings.graph_endpoint
        host = urlsplit(endpoint).hostname
        if host == _GRAPH_HOST or is_loopback(endpoint):
            return list(SCOPES)
        return [f"https://{host}/{scope}" for scope in SCOPES]

    def _redeem(self, call: Callable[[Any], Any]) -> Mapping[str, Any]:
        found = self._ask(call)
        if not isinstance(found, Mapping) or "error" in found:
            raise _refusal(found if isinstance(found, Mapping) else {})
        if not found.get("access_token"):
            raise RetryLater("no_token")
        return found

    def _ask(self, call: Callable[[Any], Any]) -> Any:
        """Return what msal answers; raise what it means outside of ``except``, so that no message
        with a nonce, an address or a body is the context of the failure.
        """
        problem: ProviderError
        with _Http(self._settings) as http:
            try:
                app = self._application(http)
            except (ValueError, KeyError):
                # The tenant or the address is wrong: msal got no configuration from it.
                problem = http.throttled or AdministratorNeeded("authority")
            except (MsalError, RuntimeError, requests.RequestException) as error:
                problem = http.problem(error)
            else:
                try:
                    found = call(app)
                except (ValueError, MsalError, requests.RequestException) as error:
                    problem = http.problem(error)
                except RuntimeError:
                    problem = Reauthorise("nonce")
                else:
                    if isinstance(found, Mapping) and http.throttled:
                        problem = http.throttled
                    else:
                        return found
        raise problem

    def _application(self, http: _Http) -> Any:
        return msal.ConfidentialClientApplication(
            self._settings.client_id,
            client_credential=self._settings.client_secret,
            authority=http.authority,
            http_client=http,
            instance_discovery=False,
        )


class _Http(requests.Session):
    """What msal sends its requests with: timeouts, no retries, no redirects, no ~/.netrc.

    msal insists on https. A simulator on this machine is called login.microsoftonline.com towards
    it, and requests for that go to the simulator; other authorities are used as they are.
    """

    def __init__(self, settings: MicrosoftSettings) -> None:
        super().__init__()
        self.auth = _as_it_is
        self.authority = authority = settings.authority
        self._timeout = (CONNECT_SECONDS, settings.read_seconds)
        self.throttled: RetryLater | None = None
        self._base = ""
        if is_loopback(authority):
            self._base, _, tenant = authority.rstrip("/").rpartition("/")
            self.authority = f"{_PUBLIC}/{tenant}"

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request, and remember when Microsoft asked for a pause."""
        if self._base and url.startswith(f"{_PUBLIC}/"):
            url = self._base + url.removeprefix(_PUBLIC)
        kwargs.update(timeout=self._timeout, allow_redirects=False)
        answer = super().request(method, url, *args, **kwargs)
        if answer.status_code == 429 or answer.status_code >= 500:
            asked = parse_retry_after(answer.headers.get("Retry-After"), datetime.now(timezone.utc))
            self.throttled = RetryLater(str(answer.status_code), asked)
        return answer

    def problem(self, error: Exception) -> ProviderError:
        """Return what an exception means that is no answer of the provider."""
        if self.throttled:
            return self.throttled
        return RetryLater("no_json" if isinstance(error, ValueError) else type(error).__name__)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _grant(found: Mapping[str, Any]) -> Grant:
    granted = found.get("scope")
    names = granted.split() if isinstance(granted, str) else granted or SCOPES
    seconds = int(found.get("expires_in") or _LIFETIME)
    return Grant(
        access_token=found["access_token"],
        expires_at=datetime.now(timezone.utc) + timedelta(seconds=seconds),
        # Answers name them with or without the address of Graph, and not always in our case.
        scopes=frozenset(_scope(name) for name in names),
        refresh_token=found.get("refresh_token"),
    )


def _scope(name: str) -> str:
    short = name.rpartition("/")[2]
    return next((known for known in SCOPES if known.lower() == short.lower()), short)


def _refusal(found: Mapping[str, Any]) -> ProviderError:
    """Return what an OAuth error means; its AADSTS number says more than its word."""
    numbers = {int(number) for number in _CODE.findall(str(found.get("error_description") or ""))}
    if isinstance(found.get("error_codes"), list):
        numbers.update(number for number in found["error_codes"] if isinstance(number, int))
    for known, kind in (
        (_ADMINISTRATOR, AdministratorNeeded),
        (_DECLINED, ConsentRefused),
        (_BROKER, Reauthorise),
        (_TEMPORARY, RetryLater),
    ):
        if numbers & known:
            return kind(f"AADSTS{min(numbers & known)}")
    word = found.get("error")
    if word in _BY_WORD:
        return _BY_WORD[word](str(word))
    # Through the browser it may be anything: no unknown word goes into a log.
    return AdministratorNeeded(f"AADSTS{min(numbers)}" if numbers else "oauth_error")
