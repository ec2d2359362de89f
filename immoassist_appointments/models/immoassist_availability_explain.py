from datetime import timedelta

from odoo import api, models

from ..core.explain import explain_wall
from ..core.intervals import Interval
from ..core.wall_clock import instant

MINUTE = timedelta(minutes=1)


class ImmoassistAvailability(models.AbstractModel):
    """Why a time is not offered: asked of the same facts as what is offered."""

    _inherit = "immoassist.availability"

    @api.model
    def _explain(self, broker, type_, day, minutes, transaction=None):
        """Say why clients are not offered a time, in the user's language.

        What keeps the broker busy is named only if the user may read it.

        :param broker: `res.users`, with sudo; whether the user may ask is checked before
        :param date day: on the broker's calendar
        :param int minutes: since midnight on the broker's clock
        :param transaction: whose property is visited, or None
        :return: the sentences, the most telling first; none: it is offered
        """
        zone = broker._broker_zone()
        moment = instant(day, minutes, zone)
        window = Interval(moment, moment + MINUTE)
        question = self._questions(broker, window, type_, transaction=transaction)[broker.id]
        explanation = explain_wall(question, day, minutes)
        wording = broker._broker_wording(self.env.lang)
        return [
            *self._explain_before(broker, type_),
            *(
                self._hindrance_words(hindrance, broker, wording)
                for hindrance in explanation.hindrances
            ),
        ]

    @api.model
    def _explain_before(self, broker, type_):
        """Sentences on what hides the type or the broker altogether. To be extended."""
        # sudo: a manager who works in several companies may look at another one's.
        offered = self.env["immoassist.appointment.type"].sudo()._offered_by(broker)
        if type_.id in offered.ids:
            return []
        return [
            self.env._(
                "%(broker)s does not offer “%(type)s” to clients.",
                broker=broker.name,
                type=type_.name,
            )
        ]

    # ---------------------------------------------------------------- what is there

    @api.model
    def _busy_name(self, broker, busy):
        """What `busy` is, as far as the user may know; "" for what he may not.

        :param core.agenda.Busy busy: of `broker`
        """
        start, stop = (
            moment.replace(tzinfo=None) for moment in (busy.visit.start, busy.visit.stop)
        )
        times = [("start", "=", start), ("stop", "=", stop)]
        # With the user's own rights: the rules and the privacy of meetings decide.
        appointments = self.env["immoassist.appointment"]
        found = appointments.search(
            [*times, ("broker_id", "=", broker.id), ("state", "!=", "cancelled")], limit=1
        )
        if found:
            return found.display_name
        hold = self.env["immoassist.booking.hold"].search(
            [*times, ("broker_id", "=", broker.id)], limit=1
        )
        if hold:
            return self.env._("a time that is kept for a client")
        return self._meeting_name(broker, start, stop)

    def _meeting_name(self, broker, start, stop):
        meetings = self.env["calendar.event"].search(
            [
                ("start", "<=", start),
                ("stop", ">=", stop),
                ("partner_ids", "in", broker.partner_id.ids),
            ],
            limit=10,
        )
        for meeting in meetings:
            whole_day = meeting.allday and meeting.start_date and meeting.stop_date
            if whole_day or (meeting.start, meeting.stop) == (start, stop):
                hidden = meeting.privacy in ("private", "confidential")
                mine = self.env.user in (meeting.user_id, *meeting.partner_ids.user_ids)
                return "" if hidden and not mine else meeting.name
        return ""
