from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr

from ..core.common_time import offered
from ..core.intervals import Interval
from .immoassist_appointment_invitation import PERSONAL

MINUTE = timedelta(minutes=1)


class ImmoassistAppointmentProposal(models.Model):
    """Holding the times that are proposed, and telling the client."""

    _inherit = "immoassist.appointment.proposal"

    def _common_slots(self, window, proposal=None):
        """The times at which everybody is free.

        :param Interval window: in which they start
        :param proposal: this one, to count its own held times as free
        """
        return self.env["immoassist.availability"]._common_slots(
            self._brokers(),
            window,
            self.type_id,
            transaction=self.transaction_id or None,
            proposal=proposal,
        )

    def _hold_times(self):
        self.ensure_one()
        # Before the times are looked at: see `immoassist.booking.guard`.
        self._take_guard()
        starts = [line._start_aware() for line in self.line_ids]
        slots = self._common_slots(Interval(min(starts), max(starts) + MINUTE))
        found = {line: offered(slots, line._start_aware()) for line in self.line_ids}
        lost = [line for line, slot in found.items() if not slot]
        if lost:
            raise UserError(
                self.env._(
                    "Not free any more: %(times)s. Untick it, or choose another time.",
                    times="; ".join(line.display_name for line in lost),
                )
            )
        for line, slot in found.items():
            # sudo: who proposes does not write by hand how good a time is.
            line.sudo().write({"score": slot.score, "reasons": self._reasons(slot)})
        # sudo: holds are nobody's to write by hand; these times are free, see above.
        holds = self.env["immoassist.booking.hold"].sudo()
        holds.create([values for line in self.line_ids for values in self._hold_values(line)])

    def _reasons(self, slot):
        availability = self.env["immoassist.availability"]
        words = [availability._reason_words(reason, self.env.lang) for reason in slot.reasons]
        return " · ".join(words)

    def _hold_values(self, line):
        """One hold for each broker."""
        return [
            {
                "broker_id": broker.id,
                "type_id": self.type_id.id,
                "transaction_id": self.transaction_id.id,
                "start": line.start,
                "stop": line.stop,
                "expires_at": self.expires_at,
                "purpose": "proposal",
                "proposal_id": self.id,
            }
            for broker in self._brokers()
        ]

    def _send(self):
        """Queue the one mail to the client, in his language and zone."""
        self.ensure_one()
        template = self.env.ref("immoassist_appointments.mail_template_proposal")
        # sudo: a broker may not read templates, nor sign links.
        template.sudo().send_mail(self.id, email_values=PERSONAL)
        # Send soon, from the cron: a mail server that hangs must not hold the broker's screen.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # ---------------------------------------------------------------- words for the client

    def _client_address(self):
        self.ensure_one()
        return formataddr((self.client_name, email_normalize(self.client_email)))

    def _wording(self):
        """How times are said to this client."""
        self.ensure_one()
        return self.broker_id._broker_wording(self.lang, ZoneInfo(self.tz))

    def _place_words(self):
        """Where they meet, as the appointment will say it."""
        self.ensure_one()
        draft = self.env["immoassist.appointment"].new(
            {
                "broker_id": self.broker_id.id,
                "type_id": self.type_id.id,
                "transaction_id": self.transaction_id.id,
            }
        )
        return draft.location or ""

    def _mail_times(self):
        """What the mail shows of each time: words, and the link that takes it."""
        self.ensure_one()
        wording = self._wording()
        return [
            {
                "day": wording.day_heading(wording.local(line._start_aware()).date()),
                "time": wording.time(line._start_aware()),
                "url": line._pick_url(),
            }
            for line in self.line_ids
        ]

    def _city_words(self):
        return self._wording().city()

    def _deadline_words(self):
        """Until when the times are held."""
        return self._wording().moment(self.expires_at.replace(tzinfo=timezone.utc))
