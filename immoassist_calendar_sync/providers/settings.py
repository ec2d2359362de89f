"""Where a provider is reached, and as whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

CONNECT_SECONDS = 5
READ_SECONDS = 30
LONGEST_PATIENCE = 240
"""Less than a worker's lease, so that it still has it when the answer comes."""


@dataclass(frozen=True, slots=True)
class GoogleSettings:
    """Google's OAuth client and addresses.

    :param api_endpoint: ends in ``calendar/v3/``; the batch address follows from it.
    :param read_seconds: how long an answer is waited for.
    :raise ValueError: an address that is neither https nor http on this machine.
    """

    client_id: str
    client_secret: str = field(repr=False)
    api_endpoint: str = "https://www.googleapis.com/calendar/v3/"
    auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address)
    revoke_uri: str = "https://oauth2.googleapis.com/revoke"
    userinfo_uri: str = "https://www.googleapis.com/oauth2/v2/userinfo"
    read_seconds: float = READ_SECONDS

    def __post_init__(self) -> None:
        _check_patience(self.read_seconds)
        for name in ("api_endpoint", "auth_uri", "token_uri", "revoke_uri", "userinfo_uri"):
            _check(f"google_{name}", getattr(self, name))
        if not self.api_endpoint.rstrip("/").endswith("/calendar/v3"):
            raise ValueError("google_api_endpoint has to end in /calendar/v3/")


@dataclass(frozen=True, slots=True)
class MicrosoftSettings:
    """Microsoft's OAuth client and addresses; a national cloud has its own.

    :param authority: with the tenant, ``common`` for work and personal accounts.
    :param read_seconds: how long an answer is waited for.
    :raise ValueError: an address that is neither https nor http on this machine.
    """

    client_id: str
    client_secret: str = field(repr=False)
    graph_endpoint: str = "https://graph.microsoft.com/v1.0"
    authority: str = "https://login.microsoftonline.com/common"
    read_seconds: float = READ_SECONDS

    def __post_init__(self) -> None:
        _check_patience(self.read_seconds)
        for name in ("graph_endpoint", "authority"):
            _check(f"microsoft_{name}", getattr(self, name))


def is_loopback(address: str) -> bool:
    """Tell whether an address is plain http to this very machine, where nobody can listen in."""
    parts = urlsplit(address)
    return parts.scheme == "http" and _is_this_machine(parts.hostname or "")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_patience(seconds: float) -> None:
    if not 0 < seconds <= LONGEST_PATIENCE:
        raise ValueError(f"read_seconds has to be a number of seconds up to {LONGEST_PATIENCE}")


def _check(name: str, address: str) -> None:
    parts = urlsplit(address)
    secure = parts.scheme == "https" and bool(parts.hostname)
    if not secure and not is_loopback(address):
        raise ValueError(f"{name} has to be an https address; http is for this machine only")
    # Either would end up in every address that is built on top, and in logs.
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"{name} has to be an address without user, query or fragment")
