import pytest

from odoo.addons.immoassist_calendar_sync.providers import open_authoriser, open_calendar
from odoo.addons.immoassist_calendar_sync.providers.settings import (
    GoogleSettings,
    MicrosoftSettings,
)

GOOGLE = ("api_endpoint", "auth_uri", "token_uri", "revoke_uri", "userinfo_uri")
MICROSOFT = ("graph_endpoint", "authority")


def build(name: str, address: str):
    kind = GoogleSettings if name in GOOGLE else MicrosoftSettings
    return kind("id", "secret", **{name: address + "/calendar/v3"})


@pytest.mark.parametrize("name", [*GOOGLE, *MICROSOFT])
@pytest.mark.parametrize(
    "address",
    [
        "https://calendar.example",
        "https://calendar.example:8443/base",
        "http://127.0.0.1:8999/google",
        "http://127.8.9.1",
        "http://localhost:8999",
        "http://[::1]:8999",
    ],
)
def test_safe_addresses(name, address):
    assert getattr(build(name, address), name).startswith(address)


@pytest.mark.parametrize("name", [*GOOGLE, *MICROSOFT])
@pytest.mark.parametrize(
    "address",
    [
        "http://calendar.example",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://",
        "https://",
        "ftp://127.0.0.1",
        "127.0.0.1",
        "",
        "https://user:password@calendar.example",
        "http://user@127.0.0.1",
        "https://calendar.example/?token=1",
        "https://calendar.example/#",
    ],
)
def test_unsafe_addresses(name, address):
    if address.endswith("#"):
        address += "x"
    with pytest.raises(ValueError, match=rf"{name} has to be") as raised:
        build(name, address)
    assert "password" not in str(raised.value)


def test_an_endpoint_that_batches_could_not_follow():
    with pytest.raises(ValueError, match="calendar/v3"):
        GoogleSettings("id", "secret", api_endpoint="https://calendar.example/v3/")


@pytest.mark.parametrize("kind", [GoogleSettings, MicrosoftSettings])
@pytest.mark.parametrize("seconds", [0, -1, 241, float("nan")])
def test_a_patience_that_makes_no_sense(kind, seconds):
    with pytest.raises(ValueError, match="read_seconds has to be"):
        kind("id", "secret", read_seconds=seconds)


def test_secrets_are_not_shown():
    for settings in (GoogleSettings("id", "the-secret"), MicrosoftSettings("id", "the-secret")):
        assert "the-secret" not in repr(settings)


def test_no_third_provider_yet():
    settings = GoogleSettings("id", "secret")
    with pytest.raises(KeyError):
        open_calendar("caldav", settings, "token")
    with pytest.raises(KeyError):
        open_authoriser("caldav", settings)
