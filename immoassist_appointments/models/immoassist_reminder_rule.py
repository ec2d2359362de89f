from odoo import api, fields, models


class ImmoassistReminderRule(models.Model):
    _name = "immoassist.reminder.rule"
    _description = "When to remind of an appointment"
    _order = "minutes_before desc, id"

    minutes_before = fields.Integer(
        required=True, default=1440, help="Minutes between the reminder and the start."
    )
    channel = fields.Selection([("email", "E-mail")], required=True, default="email")
    active = fields.Boolean(default=True)

    _minutes_positive = models.Constraint(
        "CHECK (minutes_before > 0)", "A reminder is sent before the appointment starts."
    )
    _rule_unique = models.Constraint(
        "UNIQUE (minutes_before, channel)", "This reminder exists already."
    )

    @api.depends("minutes_before", "channel")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for rule in self:
            minutes = rule.minutes_before
            if minutes and minutes % 1440 == 0:
                rule.display_name = self.env._("%(days)s day(s) before", days=minutes // 1440)
            elif minutes and minutes % 60 == 0:
                rule.display_name = self.env._("%(hours)s hour(s) before", hours=minutes // 60)
            else:
                rule.display_name = self.env._("%(minutes)s minutes before", minutes=minutes)
