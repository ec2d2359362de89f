from werkzeug.urls import url_encode

from odoo import models

from .. import add_links, signing

CLIENT_ACTIONS = ("answer", "move", "cancel", "ics")
BROKER_ACTIONS = ("approve", "refuse")


class ImmoassistAppointment(models.Model):
    """The links by which people without an account act on an appointment."""

    _inherit = "immoassist.appointment"

    def _link_address(self, action, token):
        query = url_encode({"token": token})
        return f"{self.get_base_url()}/immoassist/appointment/{self.id}/{action}?{query}"

    def _broker_link(self, action):
        """The address where the broker decides on a request, from his mail."""
        self.ensure_one()
        values = {"appointment": self.id, "broker": self.broker_id.id}
        return self._link_address(action, signing.sign(self.env, action, values, self.stop))

    def _broker_of_token(self, action, token):
        """The broker to whom the link was given; no user when it is not good (any more)."""
        values = signing.read(self.env, action, token)
        # sudo: whoever has the token acts as this broker, and only on this appointment.
        broker = self.sudo().exists().broker_id
        wanted = {"appointment": self.id, "broker": broker.id}
        return broker if broker.active and values == wanted else broker.browse()

    def _back_office_url(self):
        self.ensure_one()
        query = url_encode({"model": self._name, "res_id": self.id})
        return f"{self.get_base_url()}/mail/view?{query}"


class ImmoassistAppointmentAttendee(models.Model):
    _inherit = "immoassist.appointment.attendee"

    def _token_values(self):
        # The address is part of it: a link that went to a mistyped address dies when it is
        # corrected.
        return {
            "appointment": self.appointment_id.id,
            "attendee": self.id,
            "email": signing.digest(self.email_normalized),
        }

    def _link(self, action):
        """The address of a page for this attendee: "answer", "move", "cancel" or "ics"."""
        self.ensure_one()
        appointment = self.appointment_id
        token = signing.sign(self.env, action, self._token_values(), appointment.stop)
        return appointment._link_address(action, token)

    def _of_token(self, appointment_id, action, token):
        """The attendee to whom the link was given; none when it is not good (any more)."""
        values = signing.read(self.env, action, token) or {}
        # sudo: whoever has the token acts as this attendee, and only on this appointment.
        attendee = self.sudo().browse(values.get("attendee")).exists()
        if attendee and attendee.appointment_id.id == appointment_id:
            return attendee if values == attendee._token_values() else attendee.browse()
        return self.browse()

    def _may_manage(self):
        """Whether this attendee may move or cancel it for everybody.

        The one who booked may, and who comes alone. One of several guests of a signing, or of a
        party that the broker put on the list of an open house, only says that he does not come.
        """
        self.ensure_one()
        appointment = self.appointment_id
        return len(appointment.attendee_ids) == 1 or (
            appointment.source == "website"
            and appointment.type_id.capacity <= 1
            and self == appointment.attendee_ids[:1]
        )

    def _add_to_calendar(self):
        """Name and address of each way to put the appointment into one's own calendar."""
        self.ensure_one()
        meeting = self.appointment_id._ical_meeting(self)
        return [
            ("Google", add_links.google(meeting)),
            ("Outlook", add_links.outlook(meeting)),
            ("Microsoft 365", add_links.microsoft_365(meeting)),
            ("Yahoo", add_links.yahoo(meeting)),
            (self.env._("Apple, other (.ics)"), self._link("ics")),
        ]
