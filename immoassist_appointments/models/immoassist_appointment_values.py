from contextlib import suppress
from datetime import date

from odoo import fields, models
from odoo.exceptions import ValidationError

from ..core.moments import parse_moment

COMPUTED_FIELDS = frozenset({"busy_start", "busy_stop"})
# Minutes; the constraint of the database says the same.
LONGEST = 366 * 24 * 60


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
        self._check_before_the_database(vals)
        return vals

    def _check_before_the_database(self, vals):
        """Refuse what its constraints refuse: then its log gets no row, which may name a guest."""
        if "broker_id" in vals and not vals["broker_id"]:
            raise ValidationError(self.env._("Choose the broker of the appointment."))
        lengths = []
        if vals.get("duration") is not None:
            lengths.append(min(vals["duration"] * 60, 1e6))
        if stop := vals.get("stop"):
            starts = [vals["start"]] if vals.get("start") else self.mapped("start")
            lengths += [(stop - start).total_seconds() / 60 for start in starts]
        if any(minutes <= 0 for minutes in lengths):
            raise ValidationError(self._stop_after_start.get_error_message(self))
        if any(minutes > LONGEST for minutes in lengths):
            raise ValidationError(self._length_limited.get_error_message(self))

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
