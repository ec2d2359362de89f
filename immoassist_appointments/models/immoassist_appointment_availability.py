from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import api, models
from odoo.exceptions import UserError

from ..core.intervals import Interval

MAX_DAYS = 100


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    @api.model
    @api.readonly
    def get_availability(
        self,
        broker_id,
        date_from,
        date_to,
        type_id=None,
        duration=None,
        tz=None,
        transaction_id=None,
    ):
        """The free times of a broker: the one answer for the page, the back office and the API.

        :param int broker_id: id of a `res.users`
        :param str date_from: first day, ISO (2027-03-14), in `tz`
        :param str date_to: last day, included, ISO, in `tz`; at most 100 days after the first
        :param int type_id: id of an `immoassist.appointment.type`, whose rules then apply
        :param int duration: minutes, instead of the type's
        :param str tz: IANA zone of the dates and of the answer; the broker's by default
        :param int transaction_id: id of an `immoassist.transaction`: its property is the place
        :return: list of ``{"start", "stop", "score", "reasons"}`` in order of time: aware ISO
            strings in `tz`, 0 to 100, and the two strongest reasons in the user's language
        :raise UserError: an argument is wrong; the message says which and what to send instead
        :raise AccessError: the user is not a broker
        """
        self.check_access("read")
        broker = self._availability_broker(broker_id)
        zone = self._availability_zone(tz) if tz else broker._broker_zone()
        slots = self.env["immoassist.availability"]._ranked_slots(
            broker,
            self._availability_window(date_from, date_to, zone),
            self._availability_type(type_id),
            duration=self._availability_duration(duration),
            transaction=self._availability_transaction(transaction_id),
        )[broker.id]
        return [self._availability_row(slot, zone) for slot in slots]

    def _availability_row(self, slot, zone):
        availability = self.env["immoassist.availability"]
        return {
            "start": slot.start.astimezone(zone).isoformat(),
            "stop": slot.stop.astimezone(zone).isoformat(),
            "score": slot.score,
            "reasons": [availability._reason_words(r, self.env.lang) for r in slot.reasons],
        }

    def _availability_broker(self, broker_id):
        # sudo: a broker may see when a colleague is free, without any right on his user record.
        broker = self.env["res.users"].sudo().browse(_as_id(broker_id)).exists()
        if not broker or not broker._is_broker() or broker.company_id not in self.env.companies:
            raise UserError(self.env._("There is no broker with the id %s.", broker_id))
        return broker

    def _availability_type(self, type_id):
        types = self.env["immoassist.appointment.type"]
        if type_id is None or type_id is False:
            return types.new({})
        type_ = types.search([("id", "=", _as_id(type_id))])
        if not type_:
            raise UserError(self.env._("There is no appointment type with the id %s.", type_id))
        return type_

    def _availability_transaction(self, transaction_id):
        transactions = self.env["immoassist.transaction"]
        if not transaction_id:
            return transactions
        transaction = transactions.search([("id", "=", _as_id(transaction_id))])
        if not transaction:
            raise UserError(self.env._("There is no transaction with the id %s.", transaction_id))
        return transaction

    def _availability_duration(self, duration):
        if duration is None or duration is False:
            return None
        if type(duration) is not int or not 5 <= duration <= 1440:
            raise UserError(
                self.env._("“duration” is a whole number of minutes between 5 and 1440.")
            )
        return duration

    def _availability_zone(self, tz):
        try:
            return ZoneInfo(tz)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            raise UserError(
                self.env._("“%s” is not a time zone. Use a name like America/Toronto.", tz)
            ) from None

    def _availability_window(self, date_from, date_to, zone):
        first, last = self._availability_day(date_from), self._availability_day(date_to)
        if not first <= last <= first + timedelta(days=MAX_DAYS):
            raise UserError(
                self.env._("“date_to” is on or after “date_from”, at most %s days later.", MAX_DAYS)
            )
        midnights = (first, last + timedelta(days=1))
        return Interval(
            *(datetime.combine(d, time.min, zone).astimezone(timezone.utc) for d in midnights)
        )

    def _availability_day(self, text):
        try:
            day = date.fromisoformat(text)
        except (TypeError, ValueError):
            day = None
        # Outside of these years the arithmetic on dates leaves the range of Python's.
        if not day or not 1970 <= day.year <= 2200:
            raise UserError(self.env._("“%s” is not a day. Write it like 2027-03-14.", text))
        return day


def _as_id(value):
    """An id as given by a program; 0, which no record has, for what cannot be one."""
    # `type`: True is an int to isinstance.
    return value if type(value) is int and 0 < value < 2**31 else 0
