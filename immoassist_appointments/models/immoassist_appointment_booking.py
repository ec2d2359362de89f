from dataclasses import dataclass
from datetime import timedelta, timezone

from odoo import fields, models

from ..core.availability import nearest
from ..core.intervals import Interval
from ..exceptions import SlotNotAvailable

# How far around a lost time the nearest free ones are looked for.
NEAREST_AROUND = timedelta(days=14)


@dataclass(frozen=True)
class Guest:
    """Who books, as the client typed it. `lang` is an Odoo code, `tz` an IANA zone."""

    name: str
    email: str
    phone: str = ""
    note: str = ""
    lang: str = ""
    tz: str = ""


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    def _book(self, broker, type_, start, guest, source="website", transaction=None, values=None):
        """Book a free time for somebody who has no account, or refuse it.

        Takes the broker's guard first, so that of two concurrent bookings the second runs again
        (Odoo's `retrying`) and finds the time taken.

        :param broker: `res.users` record
        :param type_: `immoassist.appointment.type` record
        :param datetime start: aware
        :param Guest guest: who comes
        :param str source: a value of `source`
        :param transaction: `immoassist.transaction` to file the appointment on, or None
        :param dict values: more values of the new appointment
        :return: the new appointment, pending when the type requires approval
        :raise SlotNotAvailable: the time is not offered (any more), nothing was written
        :raise ValidationError: the guest's data is wrong
        """
        self._take_guard(broker)
        self._check_slot_free(broker, type_, start, transaction)
        known = self._booking_values(broker, type_, start, guest, source, transaction)
        appointment = self.create(known | (values or {}))
        appointment._send_booking_mails()
        return appointment

    def _booking_values(self, broker, type_, start, guest, source, transaction):
        begin = start.astimezone(timezone.utc).replace(tzinfo=None)
        attendee = {
            "name": guest.name,
            "email": guest.email,
            "phone": guest.phone,
            "state": "accepted",
        }
        attendee |= {key: value for key in ("lang", "tz") if (value := getattr(guest, key))}
        return {
            "broker_id": broker.id,
            "type_id": type_.id,
            "transaction_id": transaction.id if transaction else False,
            "start": begin,
            "stop": begin + timedelta(minutes=type_.duration),
            "description": guest.note,
            "state": "pending" if type_.requires_approval else "confirmed",
            "source": source,
            "attendee_ids": [fields.Command.create(attendee)],
        }

    def _check_slot_free(self, broker, type_, start, transaction, **options):
        """:param options: of `immoassist.availability._ranked_slots`: `duration`, `ignored`"""
        minute = Interval(start, start + timedelta(minutes=1))
        offered = self.env["immoassist.availability"]._ranked_slots(
            broker, minute, type_, transaction=transaction, **options
        )[broker.id]
        if start not in {slot.start for slot in offered}:
            raise self._slot_lost(broker, type_, start, transaction, **options)

    def _slot_lost(self, broker, type_, start, transaction, **options):
        around = Interval(start - NEAREST_AROUND, start + NEAREST_AROUND)
        offered = self.env["immoassist.availability"]._ranked_slots(
            broker, around, type_, transaction=transaction, **options
        )[broker.id]
        return SlotNotAvailable(
            self.env._("This time is not available any more. Choose another one, please."),
            nearest=nearest(offered, start),
        )
