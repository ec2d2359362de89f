from odoo import fields, models
from odoo.tools import SQL

from .. import signing


class ImmoassistAppointment(models.Model):
    """Takes back what this very transaction told, when the transaction goes on changing things.

    A savepoint runs what waits for the end of the transaction, and so makes the mails there
    already. They are not committed, so nobody can have sent them: the next change unmakes them,
    and what the last one tells stands. This is kept in the database and not in memory: a savepoint
    that is rolled back rolls back its part of it.
    """

    _inherit = "immoassist.appointment"

    told_now = fields.Json(
        readonly=True, copy=False, help="What a transaction told, and how things stood before."
    )
    ended_now = fields.Json(
        readonly=True, copy=False, help="Whom a transaction told that they are not expected."
    )

    def _what_is_known(self, mover):
        """How things stand before something is told: what `_take_back` restores.

        :param mover: the attendee who made the change, or None
        """
        return {
            "transaction": self._transaction_number(),
            "mover": mover.id if mover else False,
            "revision": {
                "ical_published": self.ical_published,
                "ical_previous": self.ical_previous,
                "ical_sequence": self.ical_sequence,
            },
            "attendees": {
                str(person.id): [person._address_digest(), person.told_sequence, person.state]
                for person in self.attendee_ids
            },
        }

    def _take_back(self):
        """Unmake the mails that this transaction made, and forget that they were told.

        Called with sudo: mails and notes are nobody's to delete by hand.

        :return: whether there was something to take back, and the attendee who had made the change
        """
        self.ensure_one()
        mover = self.attendee_ids.browse()
        told = self.told_now
        if not told or told["transaction"] != self._transaction_number():
            return False, mover
        mails = self.env["mail.mail"].browse(told["mails"])
        if len(mails.exists().filtered(lambda mail: mail.state == "outgoing")) < len(mails):
            return False, mover  # sent by this transaction itself: they are told
        mails.unlink()
        self.env["mail.message"].browse(told["notes"]).exists().unlink()
        self.write(told["revision"] | {"told_now": False})
        for person in self.attendee_ids:
            known = told["attendees"].get(str(person.id), (None, None, None))
            address, sequence, state = known
            if address == person._address_digest():
                person.told_sequence = sequence
            # The time was asked for anew; an answer that was given since stands.
            if state and person.state == "needs_action" != state:
                person.state = state
        return True, mover.browse(told["mover"] or ()).exists()

    def _count_withdrawal(self):
        """A revision without those who are taken off, of which the others need no news.

        Whoever is invited again gets a higher one than that which took him off: his calendar
        ignores anything lower.
        """
        up_to_date = self.attendee_ids.filtered(lambda a: a.told_sequence == self.ical_sequence)
        self.ical_sequence += 1
        up_to_date.told_sequence = self.ical_sequence

    def _ended_mails(self):
        """{digest of the address: id of the mail} of whom this transaction took off."""
        ended = self.ended_now
        current = ended and ended["transaction"] == self._transaction_number()
        return ended["mails"] if current else {}

    def _note_ended(self, attendee, mail):
        mails = self._ended_mails() | {attendee._address_digest(): mail.id}
        self.ended_now = {"transaction": self._transaction_number(), "mails": mails}

    def _transaction_number(self):
        """Of the current transaction of the database, as text: it outgrows what JSON counts."""
        query = SQL("SELECT pg_current_xact_id()::text")
        return self.env.execute_query(query)[0][0]


class ImmoassistAppointmentAttendee(models.Model):
    _inherit = "immoassist.appointment.attendee"

    def _address_digest(self):
        self.ensure_one()
        return signing.digest(self.email_normalized)
