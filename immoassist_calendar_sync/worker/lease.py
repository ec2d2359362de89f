"""One worker at a time has a connection, and who lost it can no longer write."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TypeVar

import psycopg2.errors

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.modules.registry import Registry
from odoo.sql_db import BaseCursor
from odoo.tools import SQL

from ..core.schedule import LONGEST_POLL
from .rows import ROW, Change, change

_logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""A worker that was killed blocks its connection for as long; each transaction renews it."""
HELD_BACK = timedelta(seconds=1)
"""Pushes wait so long after the pull that answered those before."""
ATTEMPTS = 5
CONCURRENCY = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    ConcurrencyError,
)
PUSHED = SQL(
    """
    EXISTS (SELECT FROM immoassist_calendar_notification n
              JOIN immoassist_calendar_channel h ON h.id = n.channel_id
             WHERE h.connection_id = %s.id)
    """,
    ROW,
)
"""Whether notifications wait for the connection."""
UNSETTLED = SQL(
    """
    EXISTS (SELECT FROM immoassist_calendar_link u WHERE u.connection_id = %s.id AND u.unsettled)
    """,
    ROW,
)
"""Whether it sent a creation whose answer is not known."""
Result = TypeVar("Result")
Work = Callable[[models.BaseModel], Result]
"""What is done with the record of the connection."""


class LeaseLost(Exception):
    """Another worker has the connection now: stop, and write nothing more."""


class Lease:
    """The hold on one connection, and its transactions.

    :param fence: grows with each lease: a worker that slept through the end of its own finds
        another number, and its transaction ends without an effect.
    :param begun: what the run begins with, when that was read together with taking the lease.
    """

    def __init__(
        self, registry: Registry, connection_id: int, fence: int, begun: object = None
    ) -> None:
        self._registry = registry
        self.connection_id = connection_id
        self._fence = fence
        self.begun = begun

    def run(self, work: Work[Result], along: Work[Change] | None = None) -> Result:
        """Return ``work(connection)``, done in a transaction of its own.

        Run again when somebody else changed the same rows; so it must do nothing but that.

        :param along: ``along(connection)`` is made before, in the statement that renews the lease.
        :raise LeaseLost:
        """
        brokers: set[int] = set()
        for _attempt in range(ATTEMPTS - 1):
            try:
                return self._run(work, along, brokers)
            except CONCURRENCY as lost:
                brokers.update(getattr(lost, "broker_ids", ()))
        return self._run(work, along, brokers)

    def _run(self, work: Work[Result], along: Work[Change] | None, brokers: set[int]) -> Result:
        with self._registry.cursor() as cr:
            # security: called by crons alone.
            env = api.Environment(cr, SUPERUSER_ID, {})
            if brokers:  # lost before: now in line, or many clients at once would win each time
                env["immoassist.booking.guard"]._begin(env["res.users"].browse(brokers))
            connection = env["immoassist.calendar.connection"].browse(self.connection_id)
            self._renew(connection, [along(connection)] if along else [])
            result = work(connection)
            env.flush_all()
            return result  # the cursor commits when it is left without an exception

    def _renew(self, connection: models.BaseModel, along: list[Change]) -> None:
        """Lock the row until the transaction ends: nobody can take the lease meanwhile."""
        renewal = Change(
            connection,
            SQL("lease_until = %s", fields.Datetime.now() + LEASE),
            SQL(
                "id = %s AND fence = %s AND lease_until IS NOT NULL",
                self.connection_id,
                self._fence,
            ),
        )
        held, _told = change(renewal, *along)
        if not held:
            raise LeaseLost


def lease_next(registry: Registry, connection_id: int = 0) -> Lease | None:
    """Return the lease of a connection with something to do; None when there is none left.

    :param connection_id: of this one alone; 0: of any.
    """
    begin = True
    for _attempt in range(ATTEMPTS):
        with registry.cursor() as cr:
            try:
                return _take(registry, cr, connection_id, begin=begin)
            except CONCURRENCY:
                cr.rollback()  # somebody else took it since our snapshot: look again
            except Exception:  # whatever it was: the run meets it again, and notes it
                if not begin:
                    raise
                cr.rollback()
                begin = False
    return None


def due_ids(cr: BaseCursor) -> list[int]:
    """Return the connections with something to do that nobody has, also those held back."""
    cr.execute(_next(fields.Datetime.now() + HELD_BACK))
    return [id_ for (id_,) in cr.fetchall()]


def _take(registry: Registry, cr: BaseCursor, connection_id: int, *, begin: bool) -> Lease | None:
    """Lease the next connection; with `begin` read what its run begins with."""
    now = fields.Datetime.now()
    # security: called by crons alone.
    env = api.Environment(cr, SUPERUSER_ID, {})
    due, next_ = _due(now), _next(now, connection_id)
    taking = Change(
        env["immoassist.calendar.connection"],
        SQL("lease_until = %s, fence = COALESCE(fence, 0) + 1", now + LEASE),
        # NO KEY: else whoever saves an appointment meanwhile, which gets a link to the connection,
        # could lose against it, and Odoo would let him wait.
        SQL("id = (%s LIMIT 1 FOR NO KEY UPDATE OF %s SKIP LOCKED)", next_, ROW),
    )
    connection, told = change(taking, asked=[due, SQL("%s OR %s", PUSHED, UNSETTLED)])
    if not connection:
        return None
    begun = None
    if begin:
        to_send, notified = told
        begun = connection._begin_run(now.replace(tzinfo=timezone.utc), told=notified)
        begun = replace(begun, to_send=to_send)
    env.flush_all()
    return Lease(registry, connection.id, connection.fence, begun)


def _next(now: datetime, connection_id: int = 0) -> SQL:
    """Return the connections with something to do that nobody has, those that wait first."""
    return SQL(
        """
        SELECT id FROM immoassist_calendar_connection %(row)s
         WHERE (lease_until IS NULL OR lease_until < %(now)s OR lease_until > %(lease)s)
           AND (not_before IS NULL OR not_before <= %(now)s) AND %(chosen)s
           AND (leaving IS NOT NULL OR preview_wanted OR state = 'connected' AND (
                next_sync IS NULL OR next_sync <= %(now)s OR next_sync > %(poll)s
                OR %(due)s
                OR EXISTS (SELECT FROM immoassist_calendar_source s
                            WHERE s.connection_id = %(row)s.id AND s.pull_wanted != s.pull_done
                              AND NOT s.gone AND (s.is_target OR s.import_mode != 'none'))
                OR (answered_at IS NULL OR answered_at < %(now)s OR answered_at > %(lease)s)
                   AND %(pushed)s))
         ORDER BY next_sync NULLS FIRST, id
        """,
        row=ROW,
        now=now,
        chosen=_chosen(connection_id),
        # Times further ahead were stored before the clock was set back, and are taken as past.
        # Whoever took it a moment ago has not quite the same clock.
        lease=now + LEASE + timedelta(minutes=1),
        poll=now + LONGEST_POLL,
        due=_due(now),
        pushed=PUSHED,
    )


def _chosen(connection_id: int) -> SQL:
    return SQL("id = %s", connection_id) if connection_id else SQL("TRUE")


def _due(now: datetime) -> SQL:
    """Return whether the connection has something to send."""
    # Not EXISTS: PostgreSQL takes almost all links for changed ones, for want of statistics of `!=`
    # between two columns, and would read all of them; in this order the outbox has an index.
    return SQL(
        """
        COALESCE((SELECT TRUE FROM immoassist_calendar_link l
                    JOIN immoassist_calendar_source t ON t.id = l.source_id
                   WHERE l.connection_id = %s.id AND l.state = 'ok' AND NOT t.gone
                     AND l.revision != l.synced_revision
                     AND (l.next_attempt IS NULL OR l.next_attempt <= %s)
                   ORDER BY l.next_attempt NULLS FIRST LIMIT 1), FALSE)
        """,
        ROW,
        now,
    )


def holds_back(registry: Registry, connection_id: int = 0) -> bool:
    """Tell whether pushes wait for the next second: a stream of them makes one pull in each.

    :param connection_id: as of :func:`lease_next`.
    """
    query = SQL(
        """
        SELECT FROM immoassist_calendar_connection %(row)s
         WHERE state = 'connected' AND answered_at >= %(now)s
           AND (lease_until IS NULL OR lease_until < %(now)s)
           AND (not_before IS NULL OR not_before <= %(now)s) AND %(chosen)s
           AND %(pushed)s
         LIMIT 1
        """,
        row=ROW,
        now=fields.Datetime.now(),
        chosen=_chosen(connection_id),
        pushed=PUSHED,
    )
    with registry.cursor() as cr:
        cr.execute(query)
        return bool(cr.rowcount)
