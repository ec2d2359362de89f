from odoo import fields, models


class ImmoassistAppointment(models.Model):
    """An appointment that belongs to an opportunity."""

    _inherit = "immoassist.appointment"

    opportunity_id = fields.Many2one(
        "crm.lead",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups="sales_team.group_sale_salesman",
    )
