from datetime import datetime, time, timedelta, timezone

from odoo import models

from ..core import LocalEvent, Origin

IMPORTED = frozenset({"google", "outlook"})
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=366)


class ImmoassistAppointment(models.Model):
    """The appointment in the words of `core.provider.FIELDS`, and back."""

    _inherit = "immoassist.appointment"

    def _sync_origin(self):
        return Origin.PROVIDER if self.source in IMPORTED else Origin.ODOO

    def _local_event(self, link):
        """The appointment as `core.reconcile` looks at it, for one link.

        For the calendar of somebody who is not its broker (any more) it is cancelled.
        """
        self.ensure_one()
        own = self.broker_id == link.user_id
        if link.kind == "busy":
            fields = self._busy_fields()
        elif link.kind == "shadow":
            fields = link._base().fields  # its organiser keeps it right
        else:
            fields = self._event_fields(link)
        gone = self.state == "cancelled" or not own
        if link.kind == "busy":
            gone = gone or self.show_as == "free" or not link.connection_id.copy_busy
        return LocalEvent(fields, cancelled=gone, ical_uid=link.ical_uid)

    def _event_fields(self, link):
        fields = self._as_agreed(self._moment_fields(), link) | {
            "name": self.name,
            "description": self.description or "",
            "location": self.location or "",
            "free": self.show_as == "free",
            "private": self.private,
        }
        if self._sync_origin() is Origin.ODOO:
            return fields | {"details": self._sync_details(), "tentative": self.state == "pending"}
        if not (link.base or {}).get("name") and fields["name"] == self._untitled():
            fields["name"] = ""  # our own word for no title is not written into the calendar
        return fields

    def _as_agreed(self, times, link):
        """The times, of which an appointment and a calendar each have their own shortest."""
        base = link._base()
        agreed = base.fields if base else {}
        if agreed.get("start") == agreed.get("stop") == times["start"] and (
            not times["allday"] and times["stop"] - times["start"] == SHORTEST
        ):
            return times | {"stop": times["start"]}
        return times

    def _busy_fields(self):
        return self._moment_fields() | {
            "name": self._broker_env()._("Busy"),
            "free": False,
            "private": True,
        }

    def _moment_fields(self):
        start, stop = (m.replace(tzinfo=timezone.utc) for m in self._held_range())
        if self.allday:
            zone = self.broker_id._broker_zone()
            start, stop = start.astimezone(zone).date(), stop.astimezone(zone).date()
        return {"start": start, "stop": stop, "allday": self.allday}

    def _sync_details(self):
        """Who comes and how to reach them, in the broker's own calendar."""
        lines = [
            " · ".join(filter(None, [guest.name, guest.phone, guest.email]))
            for guest in self.attendee_ids
            if guest.state != "declined"
        ]
        return "\n".join([*lines, f"{self.get_base_url()}/odoo/appointments/{self.id}"])

    def _broker_env(self):
        return self.with_context(lang=self.broker_id.lang).env

    def _untitled(self):
        return self._broker_env()._("(No title)")

    def _values_of_event(self, fields, broker):
        """What to write for `fields` that came from the provider.

        `details` and `tentative` are only told, never taken over: who comes is written in Odoo, and
        only the broker approves a request.

        :param broker: whose days all-day events are
        """
        values = {}
        if "start" in fields:
            # The zone only where it matters: to find it takes several statements.
            zone = broker._broker_zone() if fields["allday"] else timezone.utc
            values = _moment_values(fields, zone)
        if "name" in fields:
            # As `_untitled`, which needs a record.
            values["name"] = fields["name"] or broker.with_context(lang=broker.lang).env._(
                "(No title)"
            )
        for name in ("description", "location"):
            if name in fields:
                values[name] = fields[name] or False
        if "free" in fields:
            values["show_as"] = "free" if fields["free"] else "busy"
        if "private" in fields:
            values["private"] = fields["private"]
        return values


def _moment_values(fields, zone):
    start, stop = fields["start"], fields["stop"]
    if fields["allday"]:
        start, stop = (datetime.combine(day, time.min, zone) for day in (start, stop))
    start, stop = (m.astimezone(timezone.utc).replace(tzinfo=None) for m in (start, stop))
    if stop - start > LONGEST:
        # Not left to the database, whose message quotes the event in the log.
        raise ValueError("longer than a year")
    # Calendars know reminders without a length; an appointment takes at least a minute.
    return {
        "start": start,
        "stop": max(stop, start + SHORTEST),
        "allday": fields["allday"],
    }
