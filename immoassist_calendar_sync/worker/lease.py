"""One worker at a time has a connection, and who lost it can no longer write."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import psycopg2.errors

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .rows import change

_logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""A worker that was killed blocks its connection for as long; each transaction renews it."""
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
             WHERE h.connection_id = c.id)
    """
)
Result = TypeVar("Result")


class LeaseLost(Exception):
    """Another worker has the connection now: stop, and write nothing more."""


class Lease:
    """The hold on one connection, and its transactions.

    :param fence: grows with each lease: a worker that slept through the end of its own finds
        another number, and its transaction ends without an effect.
    """

    def __init__(self, registry: Registry, connection_id: int, fence: int) -> None:
        self._registry = registry
        self.connection_id = connection_id
        self._fence = fence

    def run(self, work: Callable[[api.Environment], Result]) -> Result:
        """Return ``work(connection)``, done in a transaction of its own.

        Run again when somebody else changed the same rows; so it must do nothing but that.

        :raise LeaseLost:
        """
        for _attempt in range(ATTEMPTS - 1):
            try:
                return self._run(work)
            except CONCURRENCY:
                continue
        return self._run(work)

    def _run(self, work: Callable[[api.Environment], Result]) -> Result:
        with self._registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            connection = env["immoassist.calendar.connection"].browse(self.connection_id)
            self._renew(connection)
            result = work(connection)
            env.flush_all()
            return result  # the cursor commits when it is left without an exception

    def _renew(self, connection: models.BaseModel) -> None:
        """Lock the row until the transaction ends: nobody can take the lease meanwhile."""
        held = change(
            connection,
            SQL("lease_until = %s", fields.Datetime.now() + LEASE),
            SQL("fence = %s AND lease_until IS NOT NULL", self._fence),
        )
        if not held:
            raise LeaseLost


def lease_next(registry: Registry) -> Lease | None:
    """Return the lease of a connection with something to do; None when there is none left."""
    now = fields.Datetime.now()
    query = SQL(
        """
        UPDATE immoassist_calendar_connection
           SET lease_until = %(until)s, fence = COALESCE(fence, 0) + 1
         WHERE id = (
            SELECT c.id FROM immoassist_calendar_connection c
             WHERE (c.lease_until IS NULL OR c.lease_until < %(now)s)
               AND (c.not_before IS NULL OR c.not_before <= %(now)s)
               AND (c.leaving IS NOT NULL OR c.preview_wanted OR c.state = 'connected' AND (
                    c.next_sync IS NULL OR c.next_sync <= %(now)s
                    OR EXISTS (SELECT FROM immoassist_calendar_link l
                                 JOIN immoassist_calendar_source t ON t.id = l.source_id
                                WHERE l.connection_id = c.id AND l.state = 'ok' AND NOT t.gone
                                  AND l.revision != l.synced_revision
                                  AND (l.next_attempt IS NULL OR l.next_attempt <= %(now)s))
                    OR EXISTS (SELECT FROM immoassist_calendar_source s
                                WHERE s.connection_id = c.id AND s.pull_wanted != s.pull_done
                                  AND NOT s.gone AND (s.is_target OR s.import_mode != 'none'))
                    OR (c.answered_at IS NULL OR c.answered_at < %(now)s) AND %(pushed)s))
             ORDER BY c.next_sync NULLS FIRST, c.id
             LIMIT 1 FOR UPDATE OF c SKIP LOCKED)
        RETURNING id, fence
        """,
        until=now + LEASE,
        now=now,
        pushed=PUSHED,
    )
    for _attempt in range(ATTEMPTS):
        with registry.cursor() as cr:
            try:
                cr.execute(query, log_exceptions=False)
            except CONCURRENCY:
                cr.rollback()
                continue  # somebody else took it since our snapshot: look again
            row = cr.fetchone()
            return Lease(registry, *row) if row else None
    return None


def holds_back(registry: Registry) -> bool:
    """Tell whether pushes wait for the next second: a stream of them makes one pull in each."""
    query = SQL(
        """
        SELECT FROM immoassist_calendar_connection c
         WHERE c.state = 'connected' AND c.answered_at >= %(now)s
           AND (c.lease_until IS NULL OR c.lease_until < %(now)s)
           AND (c.not_before IS NULL OR c.not_before <= %(now)s)
           AND %(pushed)s
         LIMIT 1
        """,
        now=fields.Datetime.now(),
        pushed=PUSHED,
    )
    with registry.cursor() as cr:
        cr.execute(query)
        return bool(cr.rowcount)
