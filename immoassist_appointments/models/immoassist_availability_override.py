from odoo import api, fields, models


class ImmoassistAvailabilityOverride(models.Model):
    """An extra opening or a closure on one date; the weekly hours are Odoo's resource calendar."""

    _name = "immoassist.availability.override"
    _description = "Extra opening or closure of a broker"
    _order = "date desc, hour_from, id"

    broker_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("immoassist_appointments.group_broker").id)
        ],
    )
    company_id = fields.Many2one(related="broker_id.company_id", store=True, index=True)
    date = fields.Date(required=True, index=True, help="A day in the broker's time zone.")
    kind = fields.Selection(
        [("opening", "Open"), ("closure", "Closed")], required=True, default="closure"
    )
    hour_from = fields.Float(string="From", default=0.0, help="Wall clock of the broker.")
    hour_to = fields.Float(string="To", default=24.0, help="Wall clock of the broker.")
    note = fields.Char(help="Only for the broker and the managers.")

    _hours_range = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "The hours of a day run from 0:00 to 24:00, and the end is after the beginning.",
    )

    @api.depends("date", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for override in self:
            override.display_name = f"{override.date or ''} {kinds.get(override.kind, '')}".strip()
