"""Google's OAuth 2.0 for web servers.

Source: https://developers.google.com/identity/protocols/oauth2/web-server
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import requests
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error
from requests.adapters import HTTPAdapter
from requests_oauthlib import OAuth2Session

from ..core.backoff import parse_retry_after
from ..core.failures import (
    AdministratorNeeded,
    ConsentRefused,
    ProviderError,
    Reauthorise,
    Rejected,
    RetryLater,
    ScopesMissing,
)
from ..core.grant import Grant
from .settings import CONNECT_SECONDS, GoogleSettings, is_loopback

_PREFIX = "https://www.googleapis.com/auth/"
NEEDED = frozenset({f"{_PREFIX}calendar.events", f"{_PREFIX}calendar.calendarlist.readonly"})
"""The least that a sync in both directions can do with; who is free is read from the events."""
SCOPES = (*sorted(NEEDED), "openid", f"{_PREFIX}userinfo.email")

_LIFETIME = timedelta(hours=1)
"""Life of an access token when Google does not tell it."""
_BROKER = {"invalid_grant": Reauthorise, "access_denied": ConsentRefused}
_TEMPORARY = {"server_error", "temporarily_unavailable", "internal_failure", "missing_token"}
_OURS = {
    *("admin_policy_enforced", "deleted_client", "disabled_client", "invalid_client"),
    *("invalid_scope", "org_internal", "redirect_uri_mismatch", "unauthorized_client"),
}

# On DEBUG these write tokens, codes and the client's secret into the log.
for _name in ("oauthlib", "requests_oauthlib", "google_auth_oauthlib"):
    logging.getLogger(_name).setLevel(logging.INFO)


class GoogleAuthoriser:
    """Connect a Google account: an :class:`Authoriser`."""

    def __init__(self, settings: GoogleSettings) -> None:
        self._settings = settings
        self._timeout = (CONNECT_SECONDS, settings.read_seconds)

    def begin(self, redirect_uri: str, login_hint: str = "") -> tuple[str, Mapping[str, str]]:
        state = secrets.token_urlsafe(32)
        flow = self._flow(list(SCOPES), state=state, redirect_uri=redirect_uri)
        # Only a new consent is sure to bring a refresh token.
        hint = {"login_hint": login_hint} if login_hint else {}
        url, _ = flow.authorization_url(access_type="offline", prompt="consent", **hint)
        kept = {"state": state, "code_verifier": flow.code_verifier, "redirect_uri": redirect_uri}
        secure = _secure(self._settings.auth_uri)
        return self._settings.auth_uri + url.removeprefix(secure), kept

    def finish(self, flow: Mapping[str, str], params: Mapping[str, str]) -> Grant:
        if "error" in params:
            raise _failure(params["error"])
        if not params.get("code"):
            raise Reauthorise("noCode")
        # Given no scopes, oauthlib does not compare: with some unticked it would raise a Warning
        # and keep the token for itself, unless the whole process is told otherwise.
        web = self._flow(
            None,
            state=flow["state"],
            redirect_uri=flow["redirect_uri"],
            code_verifier=flow["code_verifier"],
        )
        token = _ask(lambda: web.fetch_token(code=params["code"], timeout=self._timeout))
        grant = _grant(token, token.get("refresh_token"))
        missing = NEEDED - grant.scopes
        if missing:
            raise ScopesMissing(missing)
        account = _ask(lambda: self._userinfo(web.oauth2session))
        return Grant(
            grant.access_token,
            grant.expires_at,
            grant.scopes,
            grant.refresh_token,
            account_id=str(account.get("id") or ""),
            account_email=str(account.get("email") or "").lower(),
        )

    def refresh(self, refresh_token: str) -> Grant:
        settings = self._settings
        session = _prepared(OAuth2Session(settings.client_id), settings)
        token = _ask(
            lambda: session.refresh_token(
                _secure(settings.token_uri),
                refresh_token=refresh_token,
                timeout=self._timeout,
                client_id=settings.client_id,
                client_secret=settings.client_secret,
            )
        )
        # The library hands the old one back when Google sends none.
        renewed = token.get("refresh_token")
        return _grant(token, None if renewed == refresh_token else renewed)

    def revoke(self, token: str) -> None:
        def post() -> requests.Response:
            with requests.Session() as session:
                return session.post(
                    self._settings.revoke_uri,
                    data={"token": token},
                    timeout=self._timeout,
                    allow_redirects=False,
                )

        status = _checked(_ask(post)).status_code
        if status not in (200, 400):  # 400: it was invalid already
            raise Rejected(str(status))

    def _flow(self, scopes: list[str] | None, **options: str) -> Flow:
        settings = self._settings
        config = {
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "auth_uri": _secure(settings.auth_uri),
            "token_uri": _secure(settings.token_uri),
        }
        flow = Flow.from_client_config({"web": config}, scopes, **options)
        _prepared(flow.oauth2session, settings)
        return flow

    def _userinfo(self, session: OAuth2Session) -> dict[str, Any]:
        answer = _checked(session.get(_secure(self._settings.userinfo_uri), timeout=self._timeout))
        if answer.status_code != 200:
            raise Reauthorise(str(answer.status_code))
        found = answer.json()
        if not found.get("id"):
            raise RetryLater("noAccount")
        return found


def _grant(token: Mapping[str, Any], refresh_token: str | None) -> Grant:
    seconds = token.get("expires_in")
    life = timedelta(seconds=int(seconds)) if seconds else _LIFETIME
    return Grant(
        token["access_token"],
        datetime.now(timezone.utc) + life,
        frozenset(token.get("scope") or SCOPES),  # it may be left out when all were granted
        refresh_token,
    )


def _ask(call: Callable[[], Any]) -> Any:
    """Return the answer; raise what it means outside of ``except``, so that no request with its
    secrets is the context of the failure.
    """
    try:
        return call()
    except ProviderError as error:
        problem = error
    except OAuth2Error as error:
        problem = _failure(error.error)
    except requests.RequestException as error:
        problem = RetryLater(type(error).__name__)
    except (ValueError, TypeError, AttributeError):
        problem = RetryLater("malformedAnswer")
    raise problem


def _failure(error: object) -> ProviderError:
    """Return what an OAuth error code (RFC 6749, 4.1.2.1 and 5.2) means."""
    if not isinstance(error, str):
        return AdministratorNeeded("oauthError")
    if error in _BROKER:
        return _BROKER[error](error)
    if error in _OURS:
        return AdministratorNeeded(error)
    if error in _TEMPORARY:
        return RetryLater(error)
    # It came through the browser, so it may be anything, and does not go into a log.
    return AdministratorNeeded("oauthError")


def _checked(answer: requests.Response) -> requests.Response:
    """Return the answer; when time will heal it, its body is not what the library expects."""
    if answer.status_code == 429 or answer.status_code >= 500:
        asked = parse_retry_after(answer.headers.get("Retry-After"), datetime.now(timezone.utc))
        raise RetryLater(str(answer.status_code), asked)
    return answer


def _prepared(session: OAuth2Session, settings: GoogleSettings) -> OAuth2Session:
    for hook in ("access_token_response", "refresh_token_response"):
        session.register_compliance_hook(hook, _checked)
    session.max_redirects = 0  # a redirected POST would take the client's secret along
    for address in (settings.token_uri, settings.userinfo_uri):
        if is_loopback(address):
            session.mount(f"https://{urlsplit(address).netloc}/", _Loopback())
    return session


def _secure(address: str) -> str:
    """Return the address as oauthlib is told it.

    oauthlib refuses http, unless a variable of the environment allows it, and then to any host and
    in the whole process. So a simulator on this machine is called https towards the library, and
    :class:`_Loopback` of this one session alone knows better. Real addresses are not touched.
    """
    return "https" + address.removeprefix("http") if is_loopback(address) else address


class _Loopback(HTTPAdapter):
    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        request.url = "http" + str(request.url).removeprefix("https")
        return super().send(request, **kwargs)
