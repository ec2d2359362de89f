from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models


class ImmoassistAppointment(models.Model):
    """The time that an appointment holds."""

    _inherit = "immoassist.appointment"

    busy_start = fields.Datetime(
        compute="_compute_busy_range", store=True, precompute=True, help="Start less its buffer."
    )
    busy_stop = fields.Datetime(
        compute="_compute_busy_range", store=True, precompute=True, help="End plus its buffer."
    )

    # Not on the buffers of the type: changing a type must not move what is booked already.
    @api.depends("start", "stop", "allday", "type_id", "broker_id")
    def _compute_busy_range(self):
        for appointment in self:
            if not appointment.start or not appointment.stop:
                appointment.busy_start = appointment.busy_stop = False
                continue
            start, stop = appointment._held_range()
            type_ = appointment.type_id
            appointment.busy_start = start - timedelta(minutes=type_.buffer_before)
            appointment.busy_stop = stop + timedelta(minutes=type_.buffer_after)

    def _held_range(self):
        """Start and stop in naive UTC; whole days in the broker's zone when it is all day."""
        self.ensure_one()
        if not self.allday:
            return self.start, self.stop
        zone = self.broker_id._broker_zone()
        start, stop = (m.replace(tzinfo=timezone.utc) for m in (self.start, self.stop))
        first = start.astimezone(zone).date()
        last = (stop - timedelta(microseconds=1)).astimezone(zone).date()
        bounds = (first, last + timedelta(days=1))
        return tuple(
            datetime.combine(day, time.min, zone).astimezone(timezone.utc).replace(tzinfo=None)
            for day in bounds
        )
