from datetime import timezone

from odoo import models


class ImmoassistAppointmentAttendee(models.Model):
    _inherit = "immoassist.appointment.attendee"

    def _change_until_words(self, wording=None):
        """Until when he can move or cancel online, as a sentence; "" when it goes without saying.

        In his language and zone. Afterwards he has to call.

        :param Wording wording: how a page says times to him, if not as a mail does
        """
        self.ensure_one()
        appointment = self.appointment_id
        if not (self._may_manage() and appointment._client_may_change()):
            return ""
        if not appointment.type_id.cancel_deadline_hours:
            return ""
        deadline = appointment._client_deadline().replace(tzinfo=timezone.utc)
        wording = wording or appointment.broker_id._broker_wording(self.lang, self._zone())
        # A page has one language, whichever he has.
        env = self.env if wording else self.with_context(lang=self.lang).env
        return env._(
            "You can move or cancel it online until %(moment)s.", moment=wording.moment(deadline)
        )
