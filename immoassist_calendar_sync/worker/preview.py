"""A first look, before anything is written on either side."""

from __future__ import annotations

from datetime import datetime

from ..core import CalendarProvider, Presence
from .lease import Lease


def preview(lease: Lease, provider: CalendarProvider, now: datetime) -> None:
    """Count what each calendar would bring into Odoo, and store only the counts."""
    for source_id in lease.run(lambda connection: connection.source_ids.ids):
        plan = lease.run(lambda c, id_=source_id: c._pull_plan(c._source(id_), now))
        found = {
            event.external_id: event
            for page in provider.changes(plan.calendar_id, None, plan.window)
            for event in page.events
        }
        ours = provider.marked(plan.calendar_id, plan.database) if found else {}
        count = sum(
            event.presence is Presence.LIVE and event.blocking and id_ not in ours
            for id_, event in found.items()
        )
        lease.run(lambda c, id_=source_id, count=count: c._source(id_)._note_found(count))
