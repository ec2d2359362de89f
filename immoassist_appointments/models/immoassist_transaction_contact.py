from odoo import fields, models


class ImmoassistTransactionContact(models.Model):
    _name = "immoassist.transaction.contact"
    _description = "Contact of a real-estate transaction"
    _order = "role, id"
    _rec_name = "partner_id"
    _inherit = ["immoassist.known.records"]
    _known_fields = ("partner_id",)

    transaction_id = fields.Many2one(
        "immoassist.transaction", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, ondelete="restrict"
    )
    role = fields.Selection(
        [
            ("buyer", "Buyer"),
            ("seller", "Seller"),
            ("tenant", "Tenant"),
            ("landlord", "Landlord"),
            ("notary", "Notary"),
            ("inspector", "Inspector"),
            ("lender", "Lender"),
            ("other", "Other"),
        ],
        required=True,
        default="buyer",
    )
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")

    _contact_unique = models.Constraint(
        "UNIQUE (transaction_id, partner_id, role)",
        "This contact already has this role in the transaction.",
    )
