"""Connecting an account: real msal against the simulated login, the browser played by requests."""

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from odoo.addons.immoassist_calendar_sync.core.failures import (
    AdministratorNeeded,
    ConsentRefused,
    ProviderError,
    Reauthorise,
    RetryLater,
    ScopesMissing,
)
from odoo.addons.immoassist_calendar_sync.providers.microsoft import OutlookCalendar
from odoo.addons.immoassist_calendar_sync.providers.microsoft_oauth import MicrosoftAuthoriser
from odoo.addons.immoassist_calendar_sync.providers.settings import MicrosoftSettings

from tests.simulator import Simulator
from tests.unit.calendar_sync.outlook import ANN, SECRET, settings

CALLBACK = "https://odoo.agency.example/calendar/connections/oauth/outlook/callback"


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.reset()
    running.microsoft.configure(consent="accept", client_secret=SECRET)
    running.microsoft.create_account(ANN, "Ann")
    return running


@pytest.fixture
def authoriser(sim: Simulator) -> MicrosoftAuthoriser:
    return MicrosoftAuthoriser(settings(sim))


def consent(authoriser: MicrosoftAuthoriser) -> tuple[dict, dict]:
    """Go to Microsoft and come back; return what was kept, and the query of the callback."""
    url, kept = authoriser.begin(CALLBACK, ANN)
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.is_redirect, answer.text
    location = urlsplit(answer.headers["Location"])
    assert location._replace(query="").geturl() == CALLBACK
    return json.loads(json.dumps(dict(kept))), dict(parse_qsl(location.query))


def refused(call, kind: type[ProviderError]) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call()
    assert type(caught.value) is kind
    told = "".join(traceback.format_exception(caught.value))
    assert SECRET not in told
    assert caught.value.__context__ is None, "its message may hold what nobody should read"
    return caught.value


def test_connect_refresh_and_read(sim, authoriser):
    kept, params = consent(authoriser)
    assert params["state"] == kept["state"]
    grant = authoriser.finish(kept, params)
    assert grant.account_email == ANN
    claims = sim.store.get("microsoft", ANN)
    assert grant.account_id == f"{claims.id}.{claims.options['tenant']}"
    assert {"Calendars.ReadWrite", "User.Read"} <= grant.scopes
    life = grant.expires_at - datetime.now(timezone.utc)
    assert timedelta(minutes=59) < life <= timedelta(hours=1)

    renewed = authoriser.refresh(grant.refresh_token)
    assert renewed.refresh_token not in (None, grant.refresh_token), "rotated"
    assert renewed.access_token != grant.access_token
    assert (renewed.account_id, renewed.account_email) == ("", "")
    for token in (grant.access_token, renewed.access_token):
        assert OutlookCalendar(settings(sim), token).calendars()
    authoriser.revoke(grant.access_token)


def test_the_address_asks_for_what_is_needed_with_pkce(authoriser):
    url, kept = authoriser.begin(CALLBACK, ANN)
    query = dict(parse_qsl(urlsplit(url).query))
    wanted = {"Calendars.ReadWrite", "User.Read", "offline_access", "openid", "profile"}
    assert set(query["scope"].split()) == wanted
    assert (query["code_challenge_method"], query["response_mode"]) == ("S256", "query")
    assert (query["redirect_uri"], query["login_hint"]) == (CALLBACK, ANN)
    assert kept["code_verifier"] not in url
    assert all(isinstance(value, str) for value in kept.values())
    assert authoriser.begin(CALLBACK)[1]["state"] != kept["state"]


def test_scopes_named_as_addresses(sim, authoriser):
    sim.microsoft.configure(full_scopes=True)
    assert {"Calendars.ReadWrite", "User.Read"} <= authoriser.finish(*consent(authoriser)).scopes


def test_a_permission_that_was_not_granted_is_named(sim, authoriser):
    sim.microsoft.configure(withheld=("Calendars.ReadWrite",))
    kept, params = consent(authoriser)
    error = refused(lambda: authoriser.finish(kept, params), ScopesMissing)
    assert error.missing == {"Calendars.ReadWrite"}


def test_declined(sim, authoriser):
    sim.microsoft.configure(consent="decline")
    kept, params = consent(authoriser)
    assert refused(lambda: authoriser.finish(kept, params), ConsentRefused).code == "AADSTS65004"


@pytest.mark.parametrize(
    ("query", "kind", "code"),
    [
        ({"error": "access_denied"}, ConsentRefused, "access_denied"),
        (
            {"error": "access_denied", "error_description": "AADSTS90094: needs an admin."},
            AdministratorNeeded,
            "AADSTS90094",
        ),
        ({"error": "temporarily_unavailable"}, RetryLater, "temporarily_unavailable"),
        ({"error": "<script>"}, AdministratorNeeded, "oauth_error"),
        ({"error": "x", "error_description": "AADSTS12345"}, AdministratorNeeded, "AADSTS12345"),
        ({}, Reauthorise, "no_code"),
        ({"code": "x", "state": "another"}, Reauthorise, "no_code"),
    ],
)  # fmt: skip
def test_what_comes_back_instead_of_a_code(sim, authoriser, query, kind, code):
    kept = {"state": "s", "code_verifier": "v", "nonce": "n", "redirect_uri": CALLBACK, "scope": ""}
    assert refused(lambda: authoriser.finish(kept, query), kind).code == code
    assert "microsoft.token" not in sim.ledger.counts


def test_a_code_counts_once(authoriser):
    kept, params = consent(authoriser)
    authoriser.finish(kept, params)
    assert refused(lambda: authoriser.finish(kept, params), Reauthorise).code == "AADSTS54005"


def test_a_code_of_somebody_else_is_not_taken(authoriser):
    kept, params = consent(authoriser)
    other = {**kept, "code_verifier": "v" * 43}
    refused(lambda: authoriser.finish(other, params), Reauthorise)
    kept, params = consent(authoriser)
    error = refused(lambda: authoriser.finish({**kept, "nonce": "n"}, params), Reauthorise)
    assert error.code == "nonce"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (700082, Reauthorise),
        (50173, Reauthorise),
        (50076, Reauthorise),
        (70043, Reauthorise),
        (65001, Reauthorise),
        (50105, AdministratorNeeded),
        (53003, AdministratorNeeded),
        (7000222, AdministratorNeeded),
        (90094, AdministratorNeeded),
        (90033, RetryLater),
        (65004, ConsentRefused),
        (4242424, Reauthorise),
    ],
)
def test_why_a_refresh_is_refused(sim, authoriser, code, kind):
    grant = authoriser.finish(*consent(authoriser))
    sim.microsoft.configure(refusals={ANN: code})
    error = refused(lambda: authoriser.refresh(grant.refresh_token), kind)
    assert error.code == ("invalid_grant" if code == 4242424 else f"AADSTS{code}")


def test_a_failure_is_not_remembered(sim, authoriser):
    """msal would replay it for a minute, to whoever uses the same application object."""
    grant = authoriser.finish(*consent(authoriser))
    sim.microsoft.configure(refusals={ANN: 50076})
    refused(lambda: authoriser.refresh(grant.refresh_token), Reauthorise)
    sim.microsoft.configure(refusals={})
    assert authoriser.refresh(grant.refresh_token).access_token


def test_revoked(sim, authoriser):
    grant = authoriser.finish(*consent(authoriser))
    sim.microsoft.revoke(ANN)
    refused(lambda: authoriser.refresh(grant.refresh_token), Reauthorise)


def test_a_wrong_secret_is_the_administrators(sim):
    wrong = MicrosoftSettings("client", "x", *_addresses(sim))
    authoriser = MicrosoftAuthoriser(wrong)
    kept, params = consent(authoriser)
    error = refused(lambda: authoriser.finish(kept, params), AdministratorNeeded)
    assert error.code == "AADSTS7000215"


@pytest.mark.parametrize("kind", ["metadata", "token"])
@pytest.mark.parametrize("status", [429, 503])
def test_microsoft_is_busy(sim, authoriser, kind, status):
    grant = authoriser.finish(*consent(authoriser))
    sim.faults.add(f"microsoft.{kind}", status=status, retry_after=9, body="busy")
    error = refused(lambda: authoriser.refresh(grant.refresh_token), RetryLater)
    assert (error.code, error.retry_after) == (str(status), timedelta(seconds=9))


def test_microsoft_is_cut_off_or_talks_nonsense(sim, authoriser):
    grant = authoriser.finish(*consent(authoriser))
    sim.faults.add("microsoft.token", cut=True)
    refused(lambda: authoriser.refresh(grant.refresh_token), RetryLater)
    sim.faults.add("microsoft.token", status=200, body="<html>Sign in to the airport</html>")
    error = refused(lambda: authoriser.refresh(grant.refresh_token), RetryLater)
    assert error.code == "no_json"


def test_a_tenant_that_does_not_exist_is_the_administrators(sim):
    sim.faults.add("microsoft.metadata", status=400, body={"error": "invalid_tenant"})
    error = refused(lambda: MicrosoftAuthoriser(settings(sim)).begin(CALLBACK), AdministratorNeeded)
    assert error.code == "authority"


def test_nobody_there():
    nowhere = MicrosoftSettings("c", SECRET, "http://127.0.0.1:9/v1.0", "http://127.0.0.1:9/common")
    refused(lambda: MicrosoftAuthoriser(nowhere).begin(CALLBACK), RetryLater)


def test_nothing_secret_is_logged(sim, authoriser, caplog):
    with caplog.at_level(logging.DEBUG):
        kept, params = consent(authoriser)
        caplog.clear()  # the browser is not ours
        grant = authoriser.finish(kept, params)
        OutlookCalendar(settings(sim), grant.access_token).calendars()
        renewed = authoriser.refresh(grant.refresh_token)
    secrets = [SECRET, params["code"], kept["code_verifier"], kept["nonce"], ANN]
    for found in (grant, renewed):
        secrets += [found.access_token, found.refresh_token]
    assert not [one for one in secrets if one in caplog.text]


def test_an_answer_that_is_cut_is_not_logged(sim, authoriser, caplog):
    """msal quotes what it cannot read, tokens and all."""
    kept, params = consent(authoriser)
    grant = authoriser.finish(kept, params)
    cut = '{"access_token": "EwB-secret", "refresh_token": "0.A-secret", "expi'
    sim.faults.add("microsoft.token", status=200, body=cut)
    with caplog.at_level(logging.DEBUG):
        assert refused(lambda: authoriser.refresh(grant.refresh_token), RetryLater).code
    assert "secret" not in caplog.text


def _addresses(sim: Simulator) -> tuple[str, str]:
    known = settings(sim)
    return known.graph_endpoint, known.authority
