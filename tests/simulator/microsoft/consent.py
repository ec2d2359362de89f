"""The pages of the simulated sign-in: choose an account, accept or cancel.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#request-an-authorization-code
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from ipaddress import ip_address
from pathlib import Path
from string import Template
from urllib.parse import urlencode, urlsplit

from ..call import Reply
from ..store import Account
from .login import KNOWN, Login, scopes_of
from .settings import Settings

PAGE = Template((Path(__file__).parent / "consent.html").read_text(encoding="utf-8"))
DECLINED = "AADSTS65004: User declined to consent to access the app."
APPROVAL = "AADSTS90094: The grant requires admin permission."


def is_loopback(host: str | None) -> bool:
    """Tell whether a host is this computer."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


class Consent:
    """Answers the authorize endpoint. Whoever calls holds the lock of the store."""

    def __init__(self, login: Login, settings: Settings) -> None:
        self.login = login
        self.settings = settings

    def show(self, query: dict[str, str], accounts: Iterable[Account]) -> Reply:
        """Answer the GET of a browser; it changes nothing unless consent is automatic."""
        problem = self._problem(query)
        if problem:
            return _page("Sign-in failed", f"<p>{escape(problem)}</p>", status=400)
        error = self._refusal(query)
        if error:
            return _back(query, error=error[0], error_description=error[1])
        found = list(accounts)
        chosen = next((one for one in found if one.email == query.get("login_hint", "")), None)
        if chosen is None and len(found) == 1:
            chosen = found[0]
        if self.settings.consent == "decline":
            return _back(query, error="access_denied", error_description=DECLINED)
        if self.settings.consent == "accept" and chosen is not None:
            return _back(query, code=self.login.code(chosen.email, query))
        return _page("Pick an account", self._choice(query, found, chosen))

    def decide(self, form: dict[str, str], accounts: Iterable[Account]) -> Reply:
        """Answer the buttons of the page."""
        query = dict(form)
        act, email = query.pop("do", ""), query.pop("account", "")
        problem = self._problem(query)
        if problem:
            return _page("Sign-in failed", f"<p>{escape(problem)}</p>", status=400)
        if act == "return":
            return _back(query, error="access_denied", error_description=APPROVAL)
        if act != "accept":
            return _back(query, error="access_denied", error_description=DECLINED)
        chosen = next((one for one in accounts if one.email == email), None)
        if chosen is None:
            return _page("Sign-in failed", "<p>AADSTS50034: There is no such account.</p>", 400)
        if "admin" in (self.settings.consent, chosen.options.get("consent")):
            text = "<p>This app needs permission that only an administrator can grant.</p>"
            button = '<button name="do" value="return">Return to the application</button>'
            return _page("Need admin approval", text + _form(query, button))
        return _back(query, code=self.login.code(email, query))

    def _problem(self, query: dict[str, str]) -> str:
        """Return why nothing may be sent to the redirect address; that is shown to the person."""
        if not query.get("client_id"):
            return "AADSTS900144: The request must contain the following parameter: 'client_id'."
        address = query.get("redirect_uri", "")
        parts = urlsplit(address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
        if not safe or address not in (self.settings.redirect_uris or (address,)):
            return "AADSTS50011: The redirect URI does not match the ones of the application."
        return ""

    def _refusal(self, query: dict[str, str]) -> tuple[str, str] | None:
        if query.get("response_type") != "code":
            return "unsupported_response_type", "AADSTS70007: only response_type=code here."
        if query.get("response_mode", "query") != "query":
            return "invalid_request", "AADSTS90102: only response_mode=query is simulated."
        unknown = set(scopes_of(query.get("scope", ""))) - KNOWN
        if unknown or not query.get("scope"):
            text = f"AADSTS70011: The scope is not valid: {' '.join(sorted(unknown))}"
            return "invalid_scope", text
        if "code_challenge" in query and query.get("code_challenge_method") != "S256":
            return "invalid_request", "AADSTS501491: Invalid code_challenge_method."
        if query.get("prompt") == "none":
            return "interaction_required", "AADSTS50058: A silent sign-in needs a signed-in user."
        return None

    def _choice(self, query: dict[str, str], found: list[Account], chosen: Account | None) -> str:
        if not found:
            return '<p>There is no simulated account yet: add one on <a href="/">this page</a>.</p>'
        rows = [
            f'<label><input type="radio" name="account" required value="{escape(one.email)}"'
            f"{' checked' if one is (chosen or found[0]) else ''}> {escape(one.name)} "
            f"&lt;{escape(one.email)}&gt;</label>"
            for one in found
        ]
        scopes = "".join(f"<li>{escape(scope)}</li>" for scope in scopes_of(query["scope"]))
        asked = f"<p>The application asks for:</p><ul>{scopes}</ul>"
        buttons = (
            '<div class="buttons"><button name="do" value="cancel" formnovalidate>Cancel</button>'
            '<button name="do" value="accept">Accept</button></div>'
        )
        return _form(query, "".join(rows) + asked + buttons)


def _form(query: dict[str, str], inner: str) -> str:
    hidden = [
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in query.items()
    ]
    return f'<form method="post">{"".join(hidden)}{inner}</form>'


def _page(title: str, inner: str, status: int = 200) -> Reply:
    return Reply.html(PAGE.substitute(title=title, inner=inner), status)


def _back(query: dict[str, str], **values: str) -> Reply:
    address, state = query["redirect_uri"], query.get("state")
    if state is not None:
        values["state"] = state
    joint = "&" if "?" in address else "?"
    return Reply.redirect(f"{address}{joint}{urlencode(values)}")
