from datetime import timedelta, timezone

from odoo import fields, models
from odoo.tools import formataddr

from ..core.intervals import Interval
from ..core.wall_clock import midnight

ANSWERS = ("accepted", "tentative", "declined")


class ImmoassistAppointment(models.Model):
    """What a client does with an appointment, by the links in his mails.

    Called with sudo by the pages: a signed link stands for the right.
    """

    _inherit = "immoassist.appointment"

    def _client_deadline(self):
        """Until when a client may move or cancel, naive UTC."""
        self.ensure_one()
        return self._held_range()[0] - timedelta(hours=self.type_id.cancel_deadline_hours)

    def _client_may_change(self):
        return self.state != "cancelled" and fields.Datetime.now() < self._client_deadline()

    def _client_may_move(self):
        return self._client_may_change() and not self.allday

    def _client_cancel(self, attendee, reason=""):
        """Cancel for everybody, or take one guest of several off.

        :return: whether anything changed: the second click on the button changes nothing
        """
        self.ensure_one()
        if not attendee._may_manage():
            return self._client_answer(attendee, "declined", reason)
        if not self._client_may_change():
            return False
        self.write({"state": "cancelled", "cancelled_by": "client", "cancel_reason": reason})
        self._client_note(attendee, self._broker_env()._("%s cancelled.", attendee.name), reason)
        return True

    def _client_answer(self, attendee, answer, reason=""):
        """:return: whether anything changed"""
        self.ensure_one()
        if self.state == "cancelled" or not self._lies_ahead() or attendee.state == answer:
            return False
        if answer == "declined" and self._frees_a_place(attendee):
            return self._client_cancel(attendee, reason)
        attendee.state = answer
        env = self._broker_env()
        words = {
            "accepted": env._("%s comes.", attendee.name),
            "tentative": env._("%s may come.", attendee.name),
            "declined": env._("%s does not come.", attendee.name),
        }
        self._client_note(attendee, words[answer], reason, notify=True)
        return True

    def _frees_a_place(self, attendee):
        """Whether somebody else may come in his place: to an open house, when he leaves in time."""
        shared = self.type_id.capacity > 1
        return shared and attendee._may_manage() and self._client_may_change()

    def _client_times(self, window):
        """The free times to which a client may move it, ranked, in order of time."""
        self.ensure_one()
        broker = self.broker_id
        slots = self.env["immoassist.availability"]._ranked_slots(
            broker, window, self.type_id or self.type_id.new({}), **self._client_options()
        )[broker.id]
        return [slot for slot in slots if slot.start.replace(tzinfo=None) != self.start]

    def _client_options(self):
        return {
            "duration": round((self.stop - self.start).total_seconds() / 60),
            "transaction": self.transaction_id,
            "ignored": self,
        }

    def _client_move(self, attendee, start):
        """Move it to a free time.

        A request, or an appointment of a type that needs approval, waits for the broker (again).

        :param datetime start: aware
        :return: whether anything changed
        :raise SlotNotAvailable: the time is not free (any more), nothing was written
        """
        self.ensure_one()
        begin = start.astimezone(timezone.utc).replace(tzinfo=None)
        if begin == self.start or not attendee._may_manage() or not self._client_may_move():
            return False
        self._take_guard(self.broker_id)
        type_ = self.type_id or self.type_id.new({})
        options = self._client_options()
        self._check_slot_free(self.broker_id, type_, start, **options)
        was = self._when_words(self.broker_id.lang, self.broker_id._broker_zone())
        state = "pending" if type_.requires_approval else self.state
        self.write({"start": begin, "stop": begin + (self.stop - self.start), "state": state})
        if attendee.state != "accepted":
            attendee.state = "accepted"
        env = self._broker_env()
        text = env._("%(name)s moved it. It was %(when)s.", name=attendee.name, when=was)
        self._client_note(attendee, text)
        self._tell(mover=attendee)
        return True

    def _broker_env(self):
        """For texts that the broker reads in the chatter."""
        return self.with_context(lang=self.broker_id.lang).env

    def _client_note(self, attendee, text, reason="", notify=False):
        """Write in the chatter what the client did.

        :param bool notify: the broker gets it in his inbox or by mail, as he chose in Odoo; not
            for what he gets a mail with a calendar file about
        """
        self.message_post(
            body="\n".join(filter(None, (text, reason))),
            author_id=attendee.partner_id.id or False,
            email_from=formataddr((attendee.name, attendee.email_normalized or "")),
            partner_ids=self.broker_id.partner_id.ids if notify else [],
            subtype_xmlid="mail.mt_note",
            # In the queue, like every mail: never sent while the client waits.
            force_send=False,
        )
        self._wake_mail_queue()


def window_of_days(first, days, zone):
    """The time from the midnight of `first` on in `zone`, as long as `days` days."""
    return Interval(midnight(first, zone), midnight(first + timedelta(days=days), zone))
