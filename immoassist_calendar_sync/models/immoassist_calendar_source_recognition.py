from collections import defaultdict

from odoo import models

from ..core import Presence
from ..core.identity import creation_keys


class ImmoassistCalendarSource(models.Model):
    """Finds events again whose link was lost, or whose id became another one.

    An event that the broker turns into a series is, from then on, its first occurrence: a change in
    Odoo concerns that one day. The other occurrences come in like any event that was entered there.
    """

    _inherit = "immoassist.calendar.source"

    def _known(self, events):
        self._follow_into_series(events)
        known = super()._known(events)
        strange = {
            event.mark.key: event
            for event in events
            if _is_single(event) and self._ours(event) and not known.link_of(event)
        }
        if strange:
            self._follow_out_of_series(events, strange, known)
            known.by_key.update(self._lost_links(strange))
        return known

    def _ours(self, event):
        # We create no series: of an occurrence, which inherits the mark, only the time is ours.
        return not series_of(event) and super()._ours(event)

    def _lost_links(self, strange):
        """Links that were made anew for events that we created before, by the key of these."""
        found = {}
        fresh = self.env["immoassist.calendar.link"].search(
            [
                ("source_id", "=", self.id),
                ("external_id", "=", False),
                ("appointment_id", "!=", False),
            ]
        )
        for link in fresh:
            keys = creation_keys(link._database(), link.appointment_id.id, link.kind)
            again = [key for key in keys if key in strange]
            if again:  # the last one counts, the others were deleted
                link.write({"key": again[-1], "generation": keys[again[-1]]})
                found[again[-1]] = link
        return found

    # ---------------------------------------------------------------- series

    def _follow_into_series(self, events):
        occurrences = defaultdict(list)
        for event in events:
            if event.presence is Presence.LIVE and series_of(event):
                occurrences[series_of(event)].append(event)
        if not occurrences:
            return
        links = self.env["immoassist.calendar.link"].search(
            [
                ("source_id", "=", self.id),
                ("ical_uid", "in", list(occurrences)),
                ("kind", "!=", "shadow"),
            ]
        )
        for link in links:
            base = link._base()
            before = base and base.fields.get("start")
            first = min(
                occurrences[link.ical_uid],
                key=lambda event: (event.fields["start"] != before, str(event.fields["start"])),
            )
            link._follow(first)

    def _follow_out_of_series(self, events, strange, known):
        still = {series_of(event) for event in events if event.presence is Presence.LIVE}
        links = self.env["immoassist.calendar.link"].search(
            [("source_id", "=", self.id), ("key", "in", list(strange))]
        )
        for link in links:
            event = strange[link.key]
            if event.ical_uid not in still and (link.ical_uid or "").startswith(
                f"{event.ical_uid}/"
            ):
                known.by_id.pop(link.external_id, None)
                link._follow(event)
                known.by_id[event.external_id] = link

    # ---------------------------------------------------------------- imported ones

    def _add_shadow(self, event, appointment):
        if appointment.source == self.connection_id.provider and not appointment.calendar_link_ids:
            # It came from here, and its link was lost.
            values = self._imported_link_values(event, appointment)
            link = self.env["immoassist.calendar.link"].create(
                values | {"base": False, "etag": False, "presence": False, "key": "lost"}
            )
            link._take_over(event)
            return
        super()._add_shadow(event, appointment)


class ImmoassistCalendarLink(models.Model):
    _inherit = "immoassist.calendar.link"

    def _follow(self, event):
        """The event has another id now."""
        taken = self.search_count(
            [("source_id", "=", self.source_id.id), ("external_id", "=", event.external_id)]
        )
        if not taken:
            self.write(
                {"external_id": event.external_id, "ical_uid": event.ical_uid, "etag": False}
            )


def series_of(event):
    """UID of the series that an event is an occurrence of; empty: of none. See `core.Event`."""
    series, slash, _start = (event.ical_uid or "").rpartition("/")
    return series if slash else ""


def _is_single(event):
    return bool(event.mark) and event.presence is Presence.LIVE and not series_of(event)
