"""Login v2, with the real msal: PROVIDERS.md 2.1 and 2.2."""

import re
from urllib.parse import parse_qsl, urlsplit

import msal
import pytest
import requests

from tests.unit.simulator.microsoft.conftest import ANN

# msal recommends form_post; a cookie that is SameSite=Lax does not come along with it.
pytestmark = pytest.mark.filterwarnings("ignore:response_mode='form_post'")

SCOPES = ["Calendars.ReadWrite", "User.Read"]
CALLBACK = "https://odoo.example/callback"


class Rewriting(requests.Session):
    """What msal needs, which insists on https: the host is rewritten to the simulator."""

    def __init__(self, sim):
        super().__init__()
        self.target = f"{sim.url}/microsoft"

    def request(self, method, url, **options):
        address = url.replace("https://login.microsoftonline.com", self.target)
        return super().request(method, address, timeout=20, **options)


def application(sim, credential="secret"):
    return msal.ConfidentialClientApplication(
        "client",
        client_credential=credential,
        authority="https://login.microsoftonline.com/common",
        http_client=Rewriting(sim),
        instance_discovery=False,
    )


def press(address, button, **changes):
    """Open the consent page and press a button, as a browser does; return the answer."""
    page = requests.get(address, timeout=20)
    assert page.status_code == 200
    assert "Simulated Microsoft sign-in" in page.text
    fields = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
    form = {**{name: text.replace("&amp;", "&") for name, text in fields.items()}, **changes}
    form["do"] = button
    return requests.post(address, data=form, timeout=20, allow_redirects=False)


def params_of(answer):
    assert answer.status_code == 303
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def signed_in(sim, app=None):
    """Return flow, callback parameters and application after a consent."""
    app = app or application(sim)
    flow = app.initiate_auth_code_flow(SCOPES, redirect_uri=CALLBACK)
    return flow, params_of(press(flow["auth_uri"], "accept", account=ANN)), app


def test_consent_gives_tokens_and_identity(sim):
    flow, params, app = signed_in(sim)
    result = app.acquire_token_by_auth_code_flow(flow, params)
    assert result["id_token_claims"]["preferred_username"] == ANN
    assert set(result["scope"].split()) == {"openid", "profile", *SCOPES}
    assert app.get_accounts()[0]["username"] == ANN
    headers = {"Authorization": f"Bearer {result['access_token']}"}
    me = requests.get(f"{sim.url}/microsoft/v1.0/me", headers=headers, timeout=20)
    assert me.json()["mail"] == ANN


def test_a_code_is_redeemed_once(sim):
    flow, params, app = signed_in(sim)
    app.acquire_token_by_auth_code_flow(flow, params)
    again = application(sim).acquire_token_by_auth_code_flow(flow, params)
    assert (again["error"], again["error_codes"]) == ("invalid_grant", [54005])


def test_a_code_expires(sim):
    flow, params, app = signed_in(sim)
    sim.clock.advance(601)
    assert app.acquire_token_by_auth_code_flow(flow, params)["error_codes"] == [70008]


def test_the_verifier_has_to_match(sim):
    flow, params, app = signed_in(sim)
    flow["code_verifier"] = "x" * 43
    assert app.acquire_token_by_auth_code_flow(flow, params)["error_codes"] == [501481]


def test_the_redirect_address_has_to_match(sim):
    flow, params, app = signed_in(sim)
    flow["redirect_uri"] = "https://odoo.example/other"
    assert app.acquire_token_by_auth_code_flow(flow, params)["error_codes"] == [500112]


def test_a_wrong_secret_is_the_administrators_problem(sim):
    sim.microsoft.configure(client_secret="right")
    flow, params, app = signed_in(sim, application(sim, "wrong"))
    result = app.acquire_token_by_auth_code_flow(flow, params)
    assert (result["error"], result["error_codes"]) == ("invalid_client", [7000215])


def test_each_refresh_gives_another_token_and_the_old_one_still_works(sim):
    flow, params, app = signed_in(sim)
    first = app.acquire_token_by_auth_code_flow(flow, params)["refresh_token"]
    seconds = [application(sim).acquire_token_by_refresh_token(first, SCOPES) for _ in range(2)]
    assert len({first, *(one["refresh_token"] for one in seconds)}) == 3


def test_a_revoked_refresh_token_is_refused(sim):
    flow, params, app = signed_in(sim)
    token = app.acquire_token_by_auth_code_flow(flow, params)["refresh_token"]
    sim.microsoft.revoke(ANN)
    refused = app.acquire_token_by_refresh_token(token, SCOPES)
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [50173])
    assert refused["error_description"].startswith("AADSTS50173: ")


def test_a_refresh_token_dies_of_inactivity(sim):
    flow, params, app = signed_in(sim)
    token = app.acquire_token_by_auth_code_flow(flow, params)["refresh_token"]
    sim.clock.advance(91 * 24 * 3600)
    assert app.acquire_token_by_refresh_token(token, SCOPES)["error_codes"] == [700082]


def test_a_scope_that_was_not_consented_is_refused(sim):
    app = application(sim)
    flow = app.initiate_auth_code_flow(["User.Read"], redirect_uri=CALLBACK)
    params = params_of(press(flow["auth_uri"], "accept", account=ANN))
    token = app.acquire_token_by_auth_code_flow(flow, params)["refresh_token"]
    refused = app.acquire_token_by_refresh_token(token, SCOPES)
    assert (refused["error_codes"], refused["suberror"]) == ([65001], "consent_required")


def test_scopes_may_be_withheld_and_named_in_full(sim):
    sim.microsoft.configure(withheld=["Calendars.ReadWrite"], full_scopes=True)
    flow, params, app = signed_in(sim)
    scope = app.acquire_token_by_auth_code_flow(flow, params)["scope"].split()
    assert sorted(scope) == ["https://graph.microsoft.com/User.Read", "openid", "profile"]


@pytest.mark.parametrize("code", [50105, 53003, 50076])
def test_an_account_is_refused_on_order(sim, code):
    sim.microsoft.configure(refusals={ANN: code})
    flow, params, app = signed_in(sim)
    assert app.acquire_token_by_auth_code_flow(flow, params)["error_codes"] == [code]


def test_cancel_declines(sim):
    flow = application(sim).initiate_auth_code_flow(SCOPES, redirect_uri=CALLBACK)
    params = params_of(press(flow["auth_uri"], "cancel"))
    assert (params["error"], params["state"]) == ("access_denied", flow["state"])
    assert "AADSTS65004" in params["error_description"]


def test_an_administrator_may_have_to_approve(sim):
    sim.microsoft.create_account("bob@agency.example", consent="admin")
    flow = application(sim).initiate_auth_code_flow(SCOPES, redirect_uri=CALLBACK)
    page = press(flow["auth_uri"], "accept", account="bob@agency.example")
    assert "Need admin approval" in page.text
    params = params_of(press(flow["auth_uri"], "return"))
    assert "AADSTS90094" in params["error_description"]


def test_nothing_is_sent_to_an_address_that_is_not_registered(sim):
    for address in ("http://odoo.example/callback", "javascript:alert(1)", ""):
        query = {"client_id": "client", "redirect_uri": address, "response_type": "code"}
        answer = requests.get(
            f"{sim.url}/microsoft/common/oauth2/v2.0/authorize", params=query, timeout=20
        )
        assert (answer.status_code, "AADSTS50011" in answer.text) == (400, True)


def test_the_page_escapes_what_it_is_given(sim):
    query = {
        "client_id": "client",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "User.Read",
        "state": '"><script>',
    }
    address = f"{sim.url}/microsoft/common/oauth2/v2.0/authorize"
    assert "<script>" not in requests.get(address, params=query, timeout=20).text


def test_the_page_can_answer_by_itself(sim):
    sim.microsoft.configure(consent="accept")
    flow = application(sim).initiate_auth_code_flow(SCOPES, redirect_uri=CALLBACK)
    answer = requests.get(flow["auth_uri"], timeout=20, allow_redirects=False)
    assert params_of(answer)["code"]
    sim.microsoft.configure(consent="decline")
    answer = requests.get(flow["auth_uri"], timeout=20, allow_redirects=False)
    assert params_of(answer)["error"] == "access_denied"


def test_no_or_an_expired_token_is_401(sim):
    address = f"{sim.url}/microsoft/v1.0/me"
    assert requests.get(address, timeout=20).status_code == 401
    headers = {"Authorization": f"Bearer {sim.microsoft.grant(ANN)}"}
    sim.clock.advance(3600)
    answer = requests.get(address, headers=headers, timeout=20)
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.json()["error"]["message"] == "Access token has expired or is not yet valid."
