from datetime import datetime, timedelta, timezone

from odoo import api, models

from odoo.addons.immoassist_appointments import signing

from ..core import guard
from ..exceptions import BookingRefused

PURPOSE = "proof"
LASTING = timedelta(minutes=30)
DAY = timedelta(days=1)
# Whoever books more than this in an hour from one connection, or in a day with one mailbox, is
# asked for a code.
FREE_PER_ADDRESS = 3


class ImmoassistBookingProtection(models.AbstractModel):
    """When a client has to prove that the e-mail address is his.

    Nobody shall learn here whether somebody has appointments. A mailbox with too many of them is
    therefore not refused: its visitor gets the same page as with a type that always asks for a
    code, and as the fourth booking of an hour from one connection, or one too many of a day with
    one mailbox. Only the mail says that there are too many, and leads to them. A prober sees that
    page for whatever he types after three tries.
    """

    _inherit = "immoassist.booking.protection"

    @api.model
    def _must_prove(self, type_, company, email, from_address):
        """:param int from_address: how many bookings came from his address in this hour"""
        # Asked in any case: what it takes tells nothing either.
        full, used = self._is_full(company, email), 0
        if company.booking_limit_email:
            who = f"{company.id}|{guard.same_person(email)}"
            used, _end = self.env["immoassist.booking.limit"]._use("email", who, DAY)
        return (
            type_.verify_email
            or from_address > FREE_PER_ADDRESS
            or used > company.booking_limit_email
            or full
        )

    @api.model
    def _is_full(self, company, email):
        """Whether there cannot be one more open appointment of this mailbox.

        By their number alone: what it takes is the same for whoever has none.
        """
        if not company.booking_limit_open:
            return False
        count = self.env["immoassist.appointment"]._count_open_online(company, email)
        return count >= company.booking_limit_open

    @api.model
    def _check_open(self, company, email):
        """One after the other: of two bookings with one mailbox at once, the second runs again.

        :raise BookingRefused: one too many; neutral, for it was not before the form was sent
        """
        if not company.booking_limit_open:
            return
        self.env["immoassist.booking.limit"]._take_turn(
            "open", f"{company.id}|{guard.same_person(email)}"
        )
        if self._is_full(company, email):
            raise BookingRefused(
                self.env._("Something changed meanwhile."),
                title=self.env._("Press the button once more"),
            )

    # ---------------------------------------------------------------- the proof

    @api.model
    def _proof(self, email, visitor):
        """For the form of somebody who typed the right code, should he have to send it again."""
        until = datetime.now(timezone.utc) + LASTING
        key = self.env["immoassist.booking.code"]._key(email, visitor)
        values = {"key": key, "until": int(until.timestamp())}
        return signing.sign(self.env, PURPOSE, values, until.replace(tzinfo=None))

    @api.model
    def _is_proven(self, proof, email, visitor):
        values = signing.read(self.env, PURPOSE, proof) if len(proof) <= 500 else None
        key = self.env["immoassist.booking.code"]._key(email, visitor)
        now = datetime.now(timezone.utc).timestamp()
        return bool(values) and values["key"] == key and now < values["until"]
