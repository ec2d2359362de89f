from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError


class ImmoassistExplainTime(models.TransientModel):
    """ "Why is this time not offered?", answered in words while one types."""

    _name = "immoassist.explain.time"
    _description = "Why is a time not offered?"

    broker_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain=lambda self: self._brokers_domain(),
    )
    type_id = fields.Many2one(
        "immoassist.appointment.type", required=True, default=lambda self: self._default_type()
    )
    transaction_id = fields.Many2one(
        "immoassist.transaction", help="Whose property is visited: the way to it counts."
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    hour = fields.Float("Time", required=True, default=10.0, help="On the broker's clock.")
    location_kind = fields.Selection(related="type_id.location_kind")
    zone_name = fields.Char(compute="_compute_answer")
    is_free = fields.Boolean(compute="_compute_answer")
    answer = fields.Html(compute="_compute_answer", sanitize=False)

    _hour_range = models.Constraint(
        "CHECK (hour >= 0 AND hour < 24)", "The time is between 0:00 and 23:59."
    )

    @api.model
    def _brokers_domain(self):
        if not self.env.user.has_group("immoassist_appointments.group_manager"):
            return [("id", "=", self.env.uid)]
        return self.env["immoassist.propose.times"]._brokers_domain()

    @api.model
    def _default_type(self):
        return self.env["immoassist.appointment.type"]._offered_by(self.env.user)[:1]

    @api.depends("broker_id", "type_id", "transaction_id", "date", "hour")
    def _compute_answer(self):
        for question in self:
            # The answer is worked out for a whole question alone.
            asked = question.broker_id and question.type_id and question.date
            reasons = question._reasons() if asked and 0 <= question.hour < 24 else None
            question.zone_name = asked and question._zone_words()
            question.is_free = reasons == []
            question.answer = reasons and _as_list(reasons)

    def _zone_words(self):
        city = self._broker()._broker_wording(self.env.lang).city()
        return self.env._("%(city)s time", city=city)

    def _broker(self):
        """The broker, with sudo, of whom the user may ask.

        :raise AccessError: he may not
        """
        broker = self.broker_id
        if not broker.filtered_domain(self._brokers_domain()) and broker != self.env.user:
            raise AccessError(self.env._("You can ask about your own times."))
        # sudo: a manager has no right on the user records of his brokers.
        return broker.sudo()

    def _reasons(self):
        return self.env["immoassist.availability"]._explain(
            self._broker(),
            self.type_id,
            self.date,
            round(self.hour * 60),
            transaction=self.transaction_id,
        )


def _as_list(sentences):
    items = Markup("").join(Markup("<li>%s</li>") % sentence for sentence in sentences)
    return Markup("<ul class='mb-0'>%s</ul>") % items
