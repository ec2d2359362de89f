"""Google's OAuth, spoken by google-auth-oauthlib and google-auth."""

import base64
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidGrantError, OAuth2Error

from tests.simulator.google import CLIENT_ID, CLIENT_SECRET
from tests.unit.simulator.google_client import ANN, PREFIX, REDIRECT

BASIC = ("openid", "userinfo.email", "calendar.events", "calendar.freebusy")


def begin(google, *scopes, consent=None, **options):
    """Consent, and return the flow and the callback's parameters."""
    flow = google.flow(*(scopes or BASIC))
    address, _state = flow.authorization_url(**{"prompt": "consent", **options})
    answer = google.consent(address, **(consent or {}))
    assert answer.status_code == 303, answer.text
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == REDIRECT
    return flow, {name: values[0] for name, values in parse_qs(target.query).items()}


def post(google, path, **form):
    answer = requests.post(f"{google.url}/{path}", data=form, timeout=5)
    return answer.status_code, answer.json()


def test_the_whole_dance(google):
    flow, params = begin(google, state="echo")
    assert params["state"] == "echo"
    token = flow.fetch_token(code=params["code"])
    assert set(token["scope"]) == {
        "openid",
        *(PREFIX + name for name in BASIC[1:]),
    }
    assert token["expires_in"] == 3599
    assert token["refresh_token"].startswith("1//")
    payload = token["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    info = requests.get(
        google.url + "/oauth2/v2/userinfo",
        headers={"Authorization": f"Bearer {token['access_token']}"},
        timeout=5,
    ).json()
    assert info["email"] == claims["email"] == ANN
    assert info["id"] == claims["sub"]


def test_a_person_reads_that_it_is_simulated(google):
    address, _state = google.flow(*BASIC).authorization_url()
    page = requests.get(address, timeout=5).text
    assert "nothing here leaves this computer" in page
    assert ANN in page
    assert page.count('type="checkbox"') == 2


def test_an_unticked_scope_is_not_granted(google):
    flow, params = begin(google, consent={"untick": "calendar.freebusy"})
    assert PREFIX + "calendar.freebusy" not in params["scope"]
    assert PREFIX + "calendar.freebusy" not in flow.fetch_token(code=params["code"])["scope"]


def test_a_refusal_comes_back_without_a_code(google):
    _flow, params = begin(google, consent={"decision": "deny"}, state="s")
    assert params == {"error": "access_denied", "state": "s"}


def test_a_new_address_opens_an_account(google, sim):
    begin(google, consent={"account": "", "other": "New@agency.example"})
    assert sim.store.get("google", "new@agency.example").primary.zone == "Europe/Paris"


def test_a_code_is_good_once(google):
    flow, params = begin(google)
    flow.fetch_token(code=params["code"])
    with pytest.raises(InvalidGrantError):
        flow.fetch_token(code=params["code"])


def test_a_code_is_good_for_ten_minutes(google, sim):
    flow, params = begin(google)
    sim.clock.advance(601)
    with pytest.raises(InvalidGrantError):
        flow.fetch_token(code=params["code"])


@pytest.mark.parametrize(("verifier", "word"), [("x" * 43, "Invalid"), (None, "Missing")])
def test_pkce_is_checked(google, verifier, word):
    flow, params = begin(google)
    flow.code_verifier = verifier
    with pytest.raises(InvalidGrantError, match=f"{word} code verifier"):
        flow.fetch_token(code=params["code"])


def test_the_redirect_address_is_the_same_at_both_ends(google):
    flow, params = begin(google)
    flow.redirect_uri = REDIRECT + "/"
    with pytest.raises(OAuth2Error, match="redirect_uri_mismatch"):
        flow.fetch_token(code=params["code"])


def test_a_client_proves_itself_in_the_body_or_by_basic(google):
    flow, params = begin(google)
    wrong = google.flow(*BASIC, secret="wrong", code_verifier=flow.code_verifier)
    with pytest.raises(InvalidClientError):
        wrong.fetch_token(code=params["code"])
    refresh = flow.fetch_token(code=params["code"], include_client_id=True)["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    status, body = post(google, "token", client_id=CLIENT_ID, client_secret=CLIENT_SECRET, **form)
    assert (status, "access_token" in body) == (200, True)
    status, body = post(google, "token", client_id=CLIENT_ID, client_secret="x", **form)
    assert (status, body["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"redirect_uri": "https://evil.example/callback"}, "redirect_uri_mismatch"),
        ({"scope": "https://www.googleapis.com/auth/nonsense"}, "invalid_scope"),
        ({"scope": ""}, "invalid_request"),
        ({"response_type": "token"}, "invalid_request"),
        ({"code_challenge_method": "S1"}, "invalid_request"),
    ],
)
def test_a_wrong_request_ends_on_a_page(google, change, error):
    address, _state = google.flow(*BASIC).authorization_url()
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    answer = requests.get(
        address.partition("?")[0], params={**query, **change}, allow_redirects=False, timeout=5
    )
    assert answer.status_code in (400, 401)
    assert error in answer.text


def test_registered_addresses_are_exact(google, sim):
    client = {"secret": CLIENT_SECRET, "redirect_uris": ["https://odoo.example/callback"]}
    sim.google.configure(clients={CLIENT_ID: client})
    address, _state = google.flow(*BASIC).authorization_url()
    assert "redirect_uri_mismatch" in requests.get(address, timeout=5).text


def test_a_refresh_keeps_the_refresh_token(google, sim):
    credentials = google.credentials(*BASIC)
    first, kept = credentials.token, credentials.refresh_token
    form = {"grant_type": "refresh_token", "refresh_token": kept}
    _status, body = post(google, "token", client_id=CLIENT_ID, client_secret=CLIENT_SECRET, **form)
    assert "refresh_token" not in body
    credentials.refresh(Request())
    assert credentials.refresh_token == kept
    assert credentials.token != first
    assert sim.ledger.counts["google.token.refresh"] == 2


def test_only_a_first_or_a_repeated_consent_brings_a_refresh_token(google):
    flow, params = begin(google, prompt="select_account")
    assert "refresh_token" in flow.fetch_token(code=params["code"])
    flow, params = begin(google, prompt="select_account")
    assert "refresh_token" not in flow.fetch_token(code=params["code"])
    flow, params = begin(google, prompt="consent")
    assert "refresh_token" in flow.fetch_token(code=params["code"])


def test_earlier_scopes_are_included_on_request(google):
    google.credentials("calendar.freebusy")
    _flow, params = begin(google, "calendar.events", include_granted_scopes="true")
    assert PREFIX + "calendar.freebusy" in params["scope"]


@pytest.mark.parametrize("which", ["token", "refresh_token"])
def test_revoking_any_token_ends_all_of_the_grant(google, which):
    credentials = google.credentials(*BASIC)
    assert post(google, "revoke", token=getattr(credentials, which))[0] == 200
    assert post(google, "revoke", token=getattr(credentials, which)) == (
        400,
        {"error": "invalid_token"},
    )
    with pytest.raises(RefreshError, match="invalid_grant: Token has been expired or revoked"):
        credentials.refresh(Request())
    header = {"Authorization": f"Bearer {credentials.token}"}
    answer = requests.get(google.url + "/oauth2/v2/userinfo", headers=header, timeout=5)
    assert answer.status_code == 401


def test_a_refresh_token_dies_of_neglect(google, sim):
    credentials = google.credentials(*BASIC)
    sim.clock.advance(150 * 86400)
    credentials.refresh(Request())
    sim.clock.advance(184 * 86400)
    with pytest.raises(RefreshError, match="invalid_grant"):
        credentials.refresh(Request())


def test_the_hundred_and_first_refresh_token_ends_the_first(google, sim):
    first = google.credentials(*BASIC)
    account = sim.store.get("google", ANN)
    address, _state = google.flow(*BASIC).authorization_url(prompt="consent")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    query = {name: text for name, text in query.items() if not name.startswith("code_")}
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uri": REDIRECT}
    for _ in range(100):
        code = re.search("code=([^&]+)", sim.google.oauth.allow(query, account, set()))[1]
        code = code.replace("%2F", "/")
        status, _body = post(google, "token", grant_type="authorization_code", code=code, **form)
        assert status == 200
    with pytest.raises(RefreshError, match="invalid_grant"):
        first.refresh(Request())


def test_a_refresh_may_not_ask_for_more(google):
    credentials = google.credentials("calendar.events")
    credentials._scopes = [PREFIX + "calendar"]
    with pytest.raises(RefreshError, match="invalid_scope"):
        credentials.refresh(Request())


def test_faults_at_the_token_endpoint(google, sim):
    credentials = google.credentials(*BASIC)
    sim.faults.add("google.token.refresh", error="token_revoked")
    with pytest.raises(RefreshError, match="invalid_grant"):
        credentials.refresh(Request())
    sim.faults.add("google.token", status=400, body={"error": "unauthorized_client"})
    with pytest.raises(RefreshError, match="unauthorized_client"):
        credentials.refresh(Request())
