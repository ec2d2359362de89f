"""Google's own client libraries, pointed at the simulator."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from googleapiclient.discovery import Resource, build
from googleapiclient.http import BatchHttpRequest

from tests.simulator import Simulator
from tests.simulator.google import CLIENT_ID, CLIENT_SECRET

PREFIX = "https://www.googleapis.com/auth/"
REDIRECT = "http://127.0.0.1:8069/callback"
ANN = "ann@agency.example"


class Google:
    """What a program does to get in, with the real libraries."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.url = sim.url + "/google"
        self._open: list[Resource] = []

    def flow(self, *scopes: str, secret: str = CLIENT_SECRET, **options: Any) -> Flow:
        config = {
            "client_id": CLIENT_ID,
            "client_secret": secret,
            "auth_uri": self.url + "/o/oauth2/v2/auth",
            "token_uri": self.url + "/token",
        }
        options = {"redirect_uri": REDIRECT, "autogenerate_code_verifier": True, **options}
        names = [one if one == "openid" else PREFIX + one for one in scopes]
        return Flow.from_client_config({"web": config}, names, **options)

    def consent(self, address: str, untick: str = "", **form: Any) -> requests.Response:
        """Press a button on the consent page, as a browser does."""
        page = requests.get(address, timeout=5)
        hidden = re.findall(r'name="(q\.[^"]+)" value="([^"]*)"', page.text)
        ticked = re.findall(r'name="scope" value="([^"]+)" checked', page.text)
        fields = {"account": ANN, "decision": "allow", **form}
        fields["scope"] = [one for one in ticked if not untick or not one.endswith(untick)]
        data = {**{name: _unescape(value) for name, value in hidden}, **fields}
        return requests.post(address, data=data, allow_redirects=False, timeout=5)

    def credentials(self, *scopes: str, email: str = ANN) -> Credentials:
        flow = self.flow(*(scopes or ("calendar",)))
        address, _state = flow.authorization_url(prompt="consent")
        answer = self.consent(address, account=email)
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        flow.fetch_token(code=query["code"][0])
        return flow.credentials

    def service(self, *scopes: str, email: str = ANN) -> Resource:
        service = build(
            "calendar",
            "v3",
            credentials=self.credentials(*scopes, email=email),
            client_options={"api_endpoint": self.url + "/calendar/v3/"},
            cache_discovery=False,
        )
        self._open.append(service)
        return service

    def batch(self, *requests_: Any) -> dict[str, Any]:
        """Send a batch with the real library; return answers and errors by their number."""
        answers: dict[str, Any] = {}
        uri = self.url + "/batch/calendar/v3"
        batch = BatchHttpRequest(
            lambda name, answer, error: answers.update({name: error or answer}), uri
        )
        for number, request in enumerate(requests_, 1):
            batch.add(request, request_id=str(number))
        batch.execute()
        return answers

    def close(self) -> None:
        for service in self._open:
            service.close()


def _unescape(text: str) -> str:
    return text.replace("&amp;", "&")


def timed(start: str = "2026-12-01T14:00:00", end: str = "2026-12-01T15:00:00", **body: Any) -> Any:
    zone = {"timeZone": "Europe/Paris"}
    return {"summary": "Visit", **body, "start": {"dateTime": start, **zone},
            "end": {"dateTime": end, **zone}}  # fmt: skip
