"""The consent page: which account, which scopes, allow or deny."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from ..call import Call, Reply
from .grants import OAuthError, back
from .scopes import CALENDAR, IDENTITY, PREFIX

if TYPE_CHECKING:
    from .side import Google

PAGE = Template((Path(__file__).parent / "consent.html").read_text(encoding="utf-8"))
SCOPE = Template(
    '<label class="row"><input type="checkbox" name="scope" value="$value" checked>'
    "<span>$text</span></label>"
)
ACCOUNT = Template(
    '<label class="row"><input type="radio" name="account" value="$email"$checked>'
    '<span><b>$name</b><br><span class="muted">$email</span></span></label>'
)
OTHER = (
    '<label class="row"><input type="radio" name="account" value=""$checked><span>Another account '
    '<input type="email" name="other" placeholder="address" aria-label="Another account"></span>'
    "</label>"
)


def show(side: Google, call: Call) -> Reply:
    """Show the page for an authorisation request."""
    query = call.query.to_dict()
    try:
        asked = side.oauth.request(query)
    except OAuthError as error:
        return refused(error)
    if query.get("prompt") == "none":
        return Reply.redirect(back(query, error="interaction_required"))
    accounts = list(side.store.accounts("google"))
    hint = query.get("login_hint", "").lower()
    chosen = next((one for one in accounts if hint in (one.email, one.id)), None)
    chosen = chosen or (accounts[0] if accounts and not hint else None)
    rows = [
        ACCOUNT.substitute(
            email=escape(one.email),
            name=escape(one.name),
            checked=" checked" if one is chosen else "",
        )
        for one in accounts
    ]
    rows.append(OTHER.replace("$checked", "" if chosen else " checked"))
    scopes = [
        SCOPE.substitute(value=escape(scope), text=escape(CALENDAR[scope.removeprefix(PREFIX)]))
        for scope in sorted(asked - IDENTITY)
    ]
    hidden = "".join(
        f'<input type="hidden" name="q.{escape(name)}" value="{escape(value)}">'
        for name, value in query.items()
    )
    client = escape(query["client_id"])
    return Reply.html(
        PAGE.substitute(
            client=client, accounts="".join(rows), scopes="".join(scopes), hidden=hidden
        )
    )


def decide(side: Google, call: Call) -> Reply:
    """Do what the person pressed."""
    values = call.multi_form
    query = {name[2:]: items[-1] for name, items in values.items() if name.startswith("q.")}
    try:
        side.oauth.request(query)
        if values.get("decision") != ["allow"]:
            return Reply.redirect(back(query, error="access_denied"))
        email = (values.get("account") or [""])[0] or (values.get("other") or [""])[0]
        if not email:
            raise OAuthError("invalid_request", "Choose an account.")
        try:
            account = side.store.get("google", email)
        except LookupError:
            account = side.create_account(email)
        return Reply.redirect(side.oauth.allow(query, account, set(values.get("scope", ()))))
    except OAuthError as error:
        return refused(error)


def refused(error: OAuthError) -> Reply:
    """Show why there is nothing to consent to; Google does not go back to the client then."""
    text = f"Error {error.status}: {error.error}"
    return Reply.html(
        "<!doctype html><meta charset=utf-8><title>Simulated Google</title>"
        f"<h1>Access blocked (simulated Google)</h1><p>{escape(error.description)}</p>"
        f"<p><code>{escape(text)}</code></p>",
        error.status,
    )
