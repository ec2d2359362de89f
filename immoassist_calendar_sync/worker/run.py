"""One run of one connection."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from ..core import (
    AccessTokenRefused,
    CalendarProvider,
    Gone,
    ProviderError,
    Reauthorise,
)
from .calendars import list_calendars
from .chance import fraction
from .channels import keep_channels
from .lease import Lease, LeaseLost
from .leave import leave
from .preview import preview
from .pull import Emptied, PullPlan, pull
from .push import push

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Begin:
    """What a run begins with.

    :param refresh_token: the access token has to be renewed with it first; the rest is missing.
    :param watched: what is to have a push channel: calendar ids by source id, or by None.
    :param task: ``leave`` or ``preview`` instead of an ordinary sync.
    :param to_send: whether anything was due to be sent.
    """

    refresh_token: str | None = None
    provider: CalendarProvider | None = None
    pulls: tuple[PullPlan, ...] = ()
    watched: dict[int | None, str] = field(default_factory=dict)
    list_calendars: bool = False
    task: str = ""
    to_send: bool = True


@dataclass
class Report:
    """What a run did, for `immoassist.calendar.sync.run`."""

    start: datetime
    counts: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    error: ProviderError | None = None
    emptied: bool = False
    crashed: str = ""
    given_back: bool = False


def run(lease: Lease) -> Report | None:
    """Sync the connection and note how it went; the lease is given back.

    :return: None when the lease was lost.
    """
    report = Report(start=datetime.now(timezone.utc))
    try:
        _run(lease, report)
        if not report.given_back:
            lease.run(lambda connection: connection._give_back(report, fraction()))
    except LeaseLost:
        _logger.info("Connection %s: another worker has it now", lease.connection_id)
        return None
    return report


def _run(lease: Lease, report: Report) -> None:
    try:
        try:
            _sync(lease, report, refresh=False)
        except AccessTokenRefused:
            _sync(lease, report, refresh=True)
    except AccessTokenRefused as error:
        report.error = Reauthorise(error.code)  # refused right after it was renewed
    except ProviderError as error:
        report.error = error
    except Emptied:
        report.emptied = True
    except LeaseLost:
        raise
    except Exception as error:
        # Whatever it is, the other connections go on. No message: it may quote an event or a token.
        report.crashed = type(error).__name__
        where = "".join(traceback.format_tb(error.__traceback__))
        _logger.error("Connection %s: %s\n%s", lease.connection_id, report.crashed, where)


def _sync(lease: Lease, report: Report, *, refresh: bool) -> None:
    begin = None if refresh else lease.begun
    if begin is None:
        begin = lease.run(lambda c: c._begin_run(report.start, refresh=refresh))
    if begin.refresh_token is not None:
        _renew(lease, begin.refresh_token)
        # Not by when the run began: the clock may have been set meanwhile, and the token look old.
        begin = lease.run(lambda c: c._begin_run(datetime.now(timezone.utc)))
    provider = begin.provider
    try:
        match begin.task:
            case "leave":
                return leave(lease, provider)
            case "preview":
                return preview(lease, provider, report.start)
        if begin.list_calendars:
            list_calendars(lease, provider)
        if not _pull(lease, report, begin):
            report.counts += push(lease, provider)
            keep_channels(lease, provider)
    finally:
        report.requests += provider.requests


def _pull(lease: Lease, report: Report, begin: Begin) -> bool:
    """Pull each calendar; return whether there was nothing else to do, and the run has ended."""
    provider = begin.provider

    def finish(connection, counts):
        # What becomes due to be sent meanwhile is found by the next look for work.
        if plan is not begin.pulls[-1] or begin.to_send:
            return False
        if connection._has_channels_to_keep(provider.per_account, begin.watched):
            return False
        ended = replace(
            report,
            counts=report.counts + counts,
            requests=report.requests + provider.requests,
        )
        connection._give_back(ended, fraction())
        return True

    for plan in begin.pulls:
        try:
            counts, report.given_back = pull(lease, provider, plan, finish)
        except Gone:
            lease.run(lambda c, id_=plan.source_id: c._source(id_)._note_gone())
        else:
            report.counts += counts
    return report.given_back


def _renew(lease: Lease, refresh_token: str) -> None:
    authoriser = lease.run(lambda c: c._authoriser())
    grant = authoriser.refresh(refresh_token)
    lease.run(lambda c: c._store_grant(grant))
