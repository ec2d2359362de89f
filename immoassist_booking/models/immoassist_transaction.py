from odoo import fields, models


class ImmoassistTransaction(models.Model):
    _inherit = "immoassist.transaction"

    booking_link_ids = fields.One2many("immoassist.booking.link", "transaction_id")

    def action_booking_link(self):
        """Make an address of the booking page that is about this property."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Booking link"),
            "res_model": "immoassist.booking.link",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_transaction_id": self.id, "dialog_size": "large"},
        }


class ImmoassistTransactionContact(models.Model):
    _inherit = "immoassist.transaction.contact"

    def action_booking_link(self):
        """The same for this contact, whose name then stands in the form."""
        self.ensure_one()
        action = self.transaction_id.action_booking_link()
        context = action["context"] | {"default_partner_id": self.partner_id.id}
        return action | {"context": context}
