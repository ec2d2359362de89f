from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core.intervals import Interval

# A calendar shows a year at most; more is a mistake or an attempt to keep the server busy.
MAX_CALENDAR_DAYS = 400


class ImmoassistAppointment(models.Model):
    """Appointments against the working hours of their brokers."""

    _inherit = "immoassist.appointment"

    outside_hours = fields.Boolean(
        string="Outside working hours",
        compute="_compute_outside_hours",
        search="_search_outside_hours",
        help="Still to come, and not (any more) within the broker's hours.",
    )

    @api.depends("start", "stop", "allday", "state", "source", "broker_id")
    def _compute_outside_hours(self):
        outside = self._outside_hours()
        for appointment in self:
            appointment.outside_hours = appointment in outside

    def _search_outside_hours(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        upcoming = self.search(
            Domain("stop", ">=", fields.Datetime.now()) & Domain("state", "!=", "cancelled")
        )
        return Domain("id", "in", upcoming._outside_hours().ids)

    def _outside_hours(self):
        """Those that are still to come and stand outside of their broker's hours."""
        now = fields.Datetime.now()
        # What came from the broker's private calendar has nothing to do with office hours.
        judged = self.filtered(
            lambda a: (
                a.start
                and a.stop
                and a.stop >= now
                and not a.allday
                and a.state != "cancelled"
                and a.source in ("backend", "website")
            )
        )
        if not judged:
            return self.browse()
        window = Interval(_aware(min(judged.mapped("start"))), _aware(max(judged.mapped("stop"))))
        hours = self.env["immoassist.availability"]._working_timelines(judged.broker_id, window)
        return judged.filtered(
            lambda a: not hours[a.broker_id.id].around(_aware(a.start), _aware(a.stop))
        )

    # ---------------------------------------------------------------- for the calendar view

    @api.model
    @api.readonly
    def get_unusual_days(self, date_from, date_to=None):
        """The days of a calendar view on which the user does not work, which it greys.

        Public because the web client's calendar calls it by this name on every model.

        :param str date_from: UTC, as the web client serialises it
        :param str date_to: same; the same day when missing
        :return: {ISO day in the user's zone: whether it is unusual}
        """
        windows, span = self._calendar_hours(date_from, date_to or date_from)
        zone = self.env.tz
        worked = set()
        for window in windows:
            day = window.start.astimezone(zone).date()
            while day <= (window.stop - timedelta(microseconds=1)).astimezone(zone).date():
                worked.add(day)
                day += timedelta(days=1)
        first, last = (moment.astimezone(zone).date() for moment in (span.start, span.stop))
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        # Without any hour, nothing is unusual: an assistant's calendar need not be grey.
        return {day.isoformat(): bool(windows) and day not in worked for day in days}

    @api.model
    @api.readonly
    def get_working_hours(self, date_from, date_to):
        """The user's own working hours, which the calendar view leaves white.

        Public because our calendar view calls it; nobody can ask for somebody else's hours.

        :param str date_from: UTC, as the web client serialises it
        :param str date_to: same
        :return: list of [from, to], UTC, as Odoo serialises it
        """
        windows, _span = self._calendar_hours(date_from, date_to)
        return [[_serialised(window.start), _serialised(window.stop)] for window in windows]

    def _calendar_hours(self, date_from, date_to):
        self.check_access("read")
        try:
            start, stop = (
                fields.Datetime.to_datetime(date_from),
                fields.Datetime.to_datetime(date_to),
            )
            valid = timedelta() <= stop - start <= timedelta(days=MAX_CALENDAR_DAYS)
        except (ValueError, TypeError, AttributeError):
            valid = False
        if not valid:
            raise UserError(self.env._("Ask for the hours of at most %s days.", MAX_CALENDAR_DAYS))
        # A day without its hours means all of it.
        if len(str(date_to)) <= len("2027-03-14") or start == stop:
            stop += timedelta(days=1)
        span = Interval(_aware(start), _aware(stop))
        user = self.env.user
        return self.env["immoassist.availability"]._working_time(user, span)[user.id], span


def _aware(naive_utc: datetime) -> datetime:
    return naive_utc.replace(tzinfo=timezone.utc)


def _serialised(aware: datetime) -> str:
    return fields.Datetime.to_string(aware.astimezone(timezone.utc).replace(tzinfo=None))
