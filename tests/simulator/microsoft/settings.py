"""What can be set about the simulated Microsoft: where the real one varies, or is not known."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Settings:
    """The defaults are what a client has to be ready for.

    :param client_secret: of every client id; another one is refused. Empty: any.
    :param redirect_uris: that are registered; others are refused. Empty: any that is https, or
        http on loopback.
    :param withheld: scopes that are asked for and not granted.
    :param full_scopes: the token answer names scopes as addresses, not by their short names.
    :param refusals: AADSTS code, by address, with which the token endpoint refuses an account.
    :param access_seconds: life of an access token.
    :param refresh_seconds: life of a refresh token; each use gives a new one.
    :param code_seconds: life of a code.
    :param consent: what the consent page does: ``ask``, ``accept`` (at once, for the account of
        ``login_hint`` or the only one), ``decline``, or ``admin`` (an administrator must approve).
    :param delta_thin: delta lists occurrences with nothing but id, etag, type, master and times.
    :param delta_masters: delta lists the masters of series, too.
    :param delta_calendars: v1.0 has delta of calendars other than the default one.
    :param delta_page: size of a page when none is asked for.
    :param delta_empty: empty pages with a nextLink in each listing.
    :param delta_repeats: items that come a second time, on the last page.
    :param delta_shuffle: no order.
    :param delta_gone: error code of an expired delta link.
    :param duplicate_status: of ErrorDuplicateTransactionId, 409 or 400.
    :param duplicate_id: whether that error names the existing event.
    :param concurrency: requests at once in a mailbox; one more is answered with 429.
    :param retry_after: seconds, told with 429.
    :param longest_minutes: of a subscription.
    :param notifications: for each change; a creation is followed by updates.
    """

    client_secret: str = ""
    redirect_uris: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    full_scopes: bool = False
    refusals: dict[str, int] = field(default_factory=dict)
    access_seconds: int = 3599
    refresh_seconds: int = 90 * 24 * 3600
    code_seconds: int = 600
    consent: str = "ask"
    delta_thin: bool = True
    delta_masters: bool = True
    delta_calendars: bool = True
    delta_page: int = 50
    delta_empty: int = 1
    delta_repeats: int = 1
    delta_shuffle: bool = True
    delta_gone: str = "syncStateNotFound"
    duplicate_status: int = 409
    duplicate_id: bool = True
    concurrency: int = 4
    retry_after: int = 1
    longest_minutes: int = 10_070
    notifications: int = 2
