from odoo import api, fields, models
from odoo.tools.misc import hmac


class ImmoassistAppointmentAttendee(models.Model):
    """Who sends one form twice books once.

    A double click, a reload, or a button pressed again because the network was slow: the second
    time is answered with the confirmation of the first, to the same browser and to nobody else.
    """

    _inherit = "immoassist.appointment.attendee"

    booking_key = fields.Char(
        groups=fields.NO_ACCESS, copy=False, prefetch=False, index="btree_not_null"
    )

    @api.model
    def _booking_key(self, session, type_, start, email):
        """What makes a form the same one; tells nothing of what it is made of.

        :param str session: the lasting part of the session's id
        :param datetime start: the time that was chosen
        """
        # sudo: the key is a system parameter.
        message = (session, type_.id, start.isoformat(), email.lower())
        return hmac(self.env(su=True), "immoassist_booking.once", message)

    @api.model
    def _booked_before(self, key, start):
        """The live appointment that the same form has booked, or none.

        :param datetime start: aware; one that has been moved since leaves its time to others
        """
        begin = fields.Datetime.to_string(start)
        attendee = self.search([("booking_key", "=", key)], order="id desc", limit=1)
        return attendee.appointment_id.filtered(
            lambda a: a.state != "cancelled" and fields.Datetime.to_string(a.start) == begin
        )


class ImmoassistBookingForm(models.AbstractModel):
    _inherit = "immoassist.booking.form"

    @api.model
    def _booked_before(self, type_, query, form, session):
        """What this very form has booked already, or none; see `_book`."""
        attendees = self.env["immoassist.appointment.attendee"]
        key = attendees._booking_key(session, type_, query.slot, form.values["email"])
        return attendees._booked_before(key, query.slot)
