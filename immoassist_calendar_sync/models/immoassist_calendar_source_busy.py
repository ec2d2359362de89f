import hashlib
from collections import Counter

from odoo import models

from ..core import Presence


class ImmoassistCalendarSource(models.Model):
    """A calendar of which only the busy times come in, without content."""

    _inherit = "immoassist.calendar.source"

    def _note_busy(self, events, known):
        """Keep the opaque busy times of a calendar in that mode."""
        if self.import_mode != "busy":
            return Counter()
        unknown = [event for event in events if not known.link_of(event)]
        fingerprints = {event.external_id: self._fingerprint(event) for event in unknown}
        busy = self.env["immoassist.calendar.busy"]
        old = busy.search(
            [("source_id", "=", self.id), ("fingerprint", "in", list(fingerprints.values()))]
        )
        old.unlink()
        busy.create(
            [
                {"source_id": self.id, "fingerprint": fingerprints[event.external_id]} | times
                for event in unknown
                if (times := self._busy_times(event, known))
            ]
        )
        return Counter(applied=len(unknown))

    def _fingerprint(self, event):
        return hashlib.sha256(f"{self.id}:{event.external_id}".encode()).hexdigest()

    def _busy_times(self, event, known):
        """Start, stop and all-day when the event holds the broker's time; else nothing."""
        if (
            event.presence is not Presence.LIVE
            or not event.blocking
            or event.fields.get("free")
            or self._ours(event)
            or event.ical_uid in known.by_uid
        ):
            return None
        values = self.env["immoassist.appointment"]._values_of_event(event.fields, self.user_id)
        return {name: values[name] for name in ("start", "stop", "allday")}
