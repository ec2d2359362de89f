from odoo import api, fields, models
from odoo.tools import SQL


class ImmoassistAppointment(models.Model):
    """What the graphs and the pivot count."""

    _inherit = "immoassist.appointment"

    lead_days = fields.Float(
        string="Days from booking to appointment",
        compute="_compute_lead_days",
        store=True,
        precompute=True,
        aggregator="avg",
    )
    no_show_rate = fields.Float(
        string="No-shows (%)",
        compute="_compute_no_show_rate",
        aggregator="avg",
        help="Of the appointments of which somebody said whether they took place.",
    )

    @api.depends("start", "create_date")
    def _compute_lead_days(self):
        for appointment in self:
            booked = appointment.create_date or fields.Datetime.now()
            ahead = ((appointment.start or booked) - booked).total_seconds() / 86400
            # Written down afterwards: nobody waited for it.
            appointment.lead_days = max(ahead, 0)

    @api.depends("outcome")
    def _compute_no_show_rate(self):
        for appointment in self:
            appointment.no_show_rate = 100 if appointment.outcome == "no_show" else 0

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "no_show_rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        # Not an average of the field: those without an outcome must not count as attended.
        outcome = self._field_to_sql(self._table, "outcome", query)
        return SQL(
            "100.0 * COUNT(*) FILTER (WHERE %s = 'no_show') / NULLIF(COUNT(%s), 0)",
            outcome,
            outcome,
        )
