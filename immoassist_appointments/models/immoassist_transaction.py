from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.travel import Place


class ImmoassistTransaction(models.Model):
    """A sale, purchase or rental. Kept small: an agency may bridge its own transaction model."""

    _name = "immoassist.transaction"
    _description = "Real-estate transaction"
    _inherit = ["immoassist.known.records", "mail.thread", "mail.activity.mixin"]
    _order = "create_date desc, id desc"
    _rec_names_search = ["reference", "name", "street", "city"]

    reference = fields.Char(readonly=True, copy=False, index="trigram")
    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection(
        [("sale", "Sale"), ("purchase", "Purchase"), ("rental", "Rental")],
        required=True,
        default="sale",
    )
    state = fields.Selection(
        [
            ("open", "In progress"),
            ("signed", "Signed"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
        tracking=True,
        copy=False,
    )
    active = fields.Boolean(default=True)
    broker_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("immoassist_appointments.group_broker").id)
        ],
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    street = fields.Char()
    street2 = fields.Char()
    zip = fields.Char()
    city = fields.Char()
    state_id = fields.Many2one(
        "res.country.state", string="Province or region", domain="[('country_id', '=', country_id)]"
    )
    country_id = fields.Many2one("res.country", default=lambda self: self.env.company.country_id)
    property_latitude = fields.Float(digits=(10, 7))
    property_longitude = fields.Float(digits=(10, 7))
    contact_ids = fields.One2many(
        "immoassist.transaction.contact", "transaction_id", string="Contacts", copy=True
    )
    appointment_ids = fields.One2many("immoassist.appointment", "transaction_id")
    appointment_count = fields.Integer(compute="_compute_appointment_count")
    address = fields.Char(compute="_compute_address", help="The property's address on one line.")

    _reference_unique = models.Constraint(
        "UNIQUE (reference, company_id)", "Another transaction has this reference."
    )

    @api.depends("street", "street2", "zip", "city", "state_id")
    def _compute_address(self):
        for transaction in self:
            town = " ".join(filter(None, [transaction.zip, transaction.city]))
            region = transaction.state_id.code and f"({transaction.state_id.code})"
            parts = [transaction.street, transaction.street2, town]
            line = ", ".join(part for part in parts if part)
            transaction.address = f"{line} {region}".strip() if line and region else line

    @api.depends("appointment_ids")
    def _compute_appointment_count(self):
        counts = dict(
            self.env["immoassist.appointment"]._read_group(
                [("transaction_id", "in", self.ids)], ["transaction_id"], ["__count"]
            )
        )
        for transaction in self:
            transaction.appointment_count = counts.get(transaction, 0)

    @api.depends("reference", "name")
    def _compute_display_name(self):
        for transaction in self:
            parts = filter(None, [transaction.reference, transaction.name])
            transaction.display_name = " · ".join(parts)

    @api.constrains("property_latitude", "property_longitude")
    def _check_coordinates(self):
        for transaction in self:
            if not (
                -90 <= transaction.property_latitude <= 90
                and -180 <= transaction.property_longitude <= 180
            ):
                raise ValidationError(
                    self.env._(
                        "The latitude is between -90 and 90, the longitude between -180 and 180."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("reference"):
                sequences = self.env["ir.sequence"].with_company(vals.get("company_id"))
                vals["reference"] = sequences.next_by_code("immoassist.transaction")
        return super().create(vals_list)

    def action_view_appointments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "immoassist_appointments.immoassist_appointment_action"
        )
        return action | {
            "domain": [("transaction_id", "=", self.id)],
            "context": {
                "default_transaction_id": self.id,
                "default_broker_id": self.broker_id.id,
            },
        }

    def _place(self):
        """Where the property is, or None when nobody knows (0, 0 lies in the ocean)."""
        self.ensure_one()
        if not self.property_latitude and not self.property_longitude:
            return None
        return Place(self.property_latitude, self.property_longitude)
