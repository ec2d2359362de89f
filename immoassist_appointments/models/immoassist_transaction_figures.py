from odoo import api, fields, models
from odoo.tools import SQL


class ImmoassistTransaction(models.Model):
    """How long a property waits for its first visit."""

    _inherit = "immoassist.transaction"

    open_date = fields.Date(
        string="Opened on", required=True, default=fields.Date.context_today, copy=False
    )
    first_visit = fields.Datetime(
        compute="_compute_first_visit",
        store=True,
        help="The first appointment at the property that was not cancelled or missed.",
    )
    days_to_first_visit = fields.Float(compute="_compute_first_visit", store=True, aggregator="avg")

    @api.depends(
        "open_date",
        "appointment_ids.start",
        "appointment_ids.state",
        "appointment_ids.outcome",
        "appointment_ids.type_id.location_kind",
    )
    def _compute_first_visit(self):
        for transaction in self:
            visits = transaction.appointment_ids.filtered(
                lambda a: (
                    a.type_id.location_kind == "property"
                    and a.state == "confirmed"
                    and a.outcome != "no_show"
                )
            )
            first = min(visits.mapped("start"), default=False)
            transaction.first_visit = first
            waited = (first.date() - transaction.open_date).days if first else 0
            transaction.days_to_first_visit = max(waited, 0)

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "days_to_first_visit:avg":
            return super()._read_group_select(aggregate_spec, query)
        # A property without a visit did not have to wait zero days for it.
        return SQL(
            "AVG(%s) FILTER (WHERE %s IS NOT NULL)",
            self._field_to_sql(self._table, "days_to_first_visit", query),
            self._field_to_sql(self._table, "first_visit", query),
        )
