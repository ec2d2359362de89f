from datetime import datetime, timezone

from werkzeug.urls import url_encode

from odoo import api, models
from odoo.fields import Command

from .. import signing
from ..core.availability import nearest
from ..core.common_time import offered
from ..core.intervals import Interval
from ..exceptions import SlotNotAvailable
from .immoassist_appointment_booking import NEAREST_AROUND, Guest
from .immoassist_appointment_proposal_send import MINUTE

PURPOSE = "pick"


class ImmoassistAppointmentProposalLine(models.Model):
    """The signed link of one time. Its number in the address is that of the line."""

    _inherit = "immoassist.appointment.proposal.line"

    def _pick_url(self, start=None):
        """The address of the page where the client takes this time.

        :param datetime start: aware; another free time that he may take instead
        """
        self.ensure_one()
        values = {"line": self.id}
        if start:
            values["start"] = start.astimezone(timezone.utc).isoformat()
        # For a while after that, the link explains what became of the times.
        token = signing.sign(self.env, PURPOSE, values, self.proposal_id.expires_at)
        query = url_encode({"token": token})
        return f"{self.get_base_url()}/immoassist/appointment/{self.id}/pick?{query}"

    @api.model
    def _of_token(self, line_id, token):
        """What a link stands for.

        :return: the line and the aware start; no line when the link is garbage, of another
            line, of another purpose or too old
        """
        nobody = (self.browse(), None)
        values = signing.read(self.env, PURPOSE, token) or {}
        if values.get("line") != line_id:
            return nobody
        # sudo: whoever has the token acts for this client, and only on this proposal.
        line = self.sudo().browse(line_id).exists()
        if not line:
            return nobody
        start = values.get("start")
        return line, datetime.fromisoformat(start) if start else line._start_aware()


class ImmoassistAppointmentProposal(models.Model):
    """The client's choice."""

    _inherit = "immoassist.appointment.proposal"

    def _offer(self, start):
        """The free time that starts at `start` (aware), None when it is gone."""
        proposed = start in {line._start_aware() for line in self.line_ids}
        held = self if proposed and self.state == "open" else None
        return offered(self._common_slots(Interval(start, start + MINUTE), held), start)

    def _nearest(self, start):
        around = Interval(start - NEAREST_AROUND, start + NEAREST_AROUND)
        return nearest(self._common_slots(around), start)

    def _pick(self, start):
        """Book the time that the client chose, and free the others.

        Takes the guard of all the brokers first, as `immoassist.appointment._book` does. Choosing
        once more, this time or another, changes nothing.

        :param datetime start: aware
        :return: the appointment, that of the first choice when there was one
        :raise SlotNotAvailable: the time is gone or the proposal withdrawn, nothing was written
        """
        self.ensure_one()
        self._take_guard()
        if self.resolution == "chosen":
            return self.appointment_id
        if self.resolution == "withdrawn":
            raise SlotNotAvailable(self.env._("These times are not available any more."))
        if not self._offer(start):
            raise SlotNotAvailable(
                self.env._("This time is not available any more. Choose another one, please."),
                nearest=self._nearest(start),
            )
        self._resolve("chosen")
        # In the broker's language: it is he who reads its name every day.
        appointments = self.env["immoassist.appointment"].with_context(lang=self.broker_id.lang)
        self.appointment_id = appointments.create(self._appointment_values(start))
        chosen = self.line_ids.filtered(lambda line: line._start_aware() == start)
        chosen.chosen = True
        self.appointment_id._send_booking_mails()
        return self.appointment_id

    def _appointment_values(self, start):
        """One appointment, of the first broker; the colleagues attend it."""
        guest = Guest(
            name=self.client_name,
            email=self.client_email,
            phone=self.client_phone or "",
            lang=self.lang,
            tz=self.tz,
        )
        values = self.env["immoassist.appointment"]._booking_values(
            self.broker_id, self.type_id, start, guest, "website", self.transaction_id
        )
        ((_create, _id, client),) = values["attendee_ids"]
        client["partner_id"] = self.partner_id.id
        colleagues = self.colleague_ids - self.broker_id
        # The broker himself proposed the time: it needs no approval, whatever the type says.
        return values | {
            "company_id": self.company_id.id,
            "state": "confirmed",
            "attendee_ids": [
                Command.create(client),
                *(Command.create({"partner_id": c.partner_id.id}) for c in colleagues),
            ],
        }
