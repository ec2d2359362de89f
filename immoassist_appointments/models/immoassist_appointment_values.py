from contextlib import suppress
from datetime import date

from odoo import fields, models
from odoo.exceptions import ValidationError

from ..core.moments import parse_moment

COMPUTED_FIELDS = frozenset({"busy_start", "busy_stop"})


class ImmoassistAppointment(models.Model):
    """What is written, checked before anything is: programs send what no form would."""

    _inherit = "immoassist.appointment"

    def _checked(self, vals):
        """The values without what is computed from others or kept by the code alone.

        A program could otherwise free the time that it booked, or take over a meeting.
        """
        kept = COMPUTED_FIELDS if self.env.su else COMPUTED_FIELDS | {"calendar_event_id"}
        vals = {name: value for name, value in vals.items() if name not in kept}
        for name in {"start", "stop"} & vals.keys():
            vals[name] = self._checked_moment(vals[name])
        self._check_types(vals)
        start, stop, duration = (vals.get(name) for name in ("start", "stop", "duration"))
        backwards = start and stop and stop <= start
        if backwards or (duration is not None and duration <= 0):
            raise ValidationError(self._stop_after_start.get_error_message(self))
        return vals

    def _checked_moment(self, value):
        """:return: naive UTC; a program may write the offset, as `get_availability` does"""
        with suppress(ValueError):
            if isinstance(value, str) and value:
                return parse_moment(value)
            if not value or isinstance(value, date):
                return fields.Datetime.to_datetime(value)
        raise ValidationError(
            self.env._(
                "“%s” is no date and time. Write it like 2027-03-14 13:00:00, which is UTC, or "
                "like 2027-03-14T09:00:00-04:00.",
                value,
            )
        )

    def _check_types(self, vals):
        """Where the wrong type would be an error of ours instead of the caller's."""
        if not isinstance(vals.get("duration") or 0, (int, float)):
            raise ValidationError(self.env._("“duration” is a number of hours, like 0.75."))
        if not isinstance(vals.get("broker_id") or 0, int):
            raise ValidationError(self.env._("“broker_id” is the number of a user."))
        attendees = vals.get("attendee_ids") or ()
        if isinstance(attendees, str) or any(isinstance(each, (dict, str)) for each in attendees):
            raise ValidationError(
                self.env._(
                    "“attendee_ids” is a list of commands. Write each new attendee like %s.",
                    '[0, 0, {"name": "Ada Byron", "email": "ada@example.com"}]',
                )
            )
