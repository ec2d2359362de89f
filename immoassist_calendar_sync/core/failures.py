"""What can go wrong at a provider, by what to do about it."""

from __future__ import annotations

from datetime import timedelta


class ProviderError(Exception):
    """Something went wrong at the provider; the subclass says what to do.

    :param code: the provider's own word or HTTP status, for logs: never content, never a token.
    """

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class RetryLater(ProviderError):
    """Time heals it: network, 5xx, throttling. It is not known whether a write was done.

    :param retry_after: what the provider asked for.
    """

    def __init__(self, code: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(code)
        self.retry_after = retry_after


class Throttled(RetryLater):
    """So many requests that whatever is asked for now is refused, and counted."""


class AccessTokenRefused(ProviderError):
    """401: refresh the access token once; refused again, the broker has to reconnect."""


class Reauthorise(ProviderError):
    """The grant is gone (revoked, expired, scope missing): the broker has to connect again."""


class AdministratorNeeded(ProviderError):
    """Client id, secret, admin consent or a policy: no broker can heal it."""


class CursorExpired(ProviderError):
    """410: list everything again."""


class VersionConflict(ProviderError):
    """412: the event changed since; read it again and reconcile anew."""


class Gone(ProviderError):
    """404: the event, or the calendar, does not exist (any more)."""


class Rejected(ProviderError):
    """This write will never be accepted; the other events are not concerned."""


class PushRefused(ProviderError):
    """No push for this calendar, or not to this address."""


class ConsentRefused(ProviderError):
    """The broker said no on the provider's page."""


class ScopesMissing(ProviderError):
    """Consent is granular: a needed permission was unticked.

    :param missing: their names.
    """

    def __init__(self, missing: frozenset[str]) -> None:
        super().__init__("scopes")
        self.missing = missing
