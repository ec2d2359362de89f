import ipaddress

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..core import guard
from ..core.guest import is_email
from ..exceptions import BookingBlocked


class ImmoassistBookingBlock(models.Model):
    """Somebody from whom the agency takes no bookings online. He is asked to call instead."""

    _name = "immoassist.booking.block"
    _description = "Client blocked on the booking pages"
    _rec_name = "value"
    _order = "kind, value"

    kind = fields.Selection(
        [
            ("email", "E-mail address"),
            ("domain", "Domain"),
            ("address", "Internet address"),
        ],
        required=True,
        default="email",
    )
    value = fields.Char(
        "Blocked",
        required=True,
        help="An e-mail address; a domain with all below it, like example.com; or an internet "
        "address or network, like 203.0.113.7 or 203.0.113.0/24.",
    )
    reason = fields.Char(help="For your colleagues. The client is never told.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _value_unique = models.UniqueIndex(
        "(company_id, kind, value)", "This is in the list already, perhaps archived."
    )

    @api.constrains("kind", "value")
    def _check_value(self):
        for block in self:
            good = {"email": is_email, "domain": _is_domain, "address": _is_network}[block.kind]
            if not good(block.value):
                raise ValidationError(block._value_message())

    def _value_message(self):
        examples = {
            "email": "name@example.com",
            "domain": "example.com",
            "address": "203.0.113.7, 203.0.113.0/24",
        }
        return self.env._(
            "“%(value)s” cannot be blocked. Write it like this: %(example)s.",
            value=self.value,
            example=examples[self.kind],
        )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_tidy(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(_tidy(vals))

    @api.model
    def _check_client(self, company, email, address):
        """:raise BookingBlocked: the agency wants no bookings from here"""
        # Typed by anybody: all of it, and what its tags are written onto.
        emails = {email.strip().lower(), guard.same_person(email)}
        found = self.search_fetch(
            Domain("company_id", "=", company.id)
            & (
                (Domain("kind", "=", "email") & Domain("value", "in", list(emails)))
                | (Domain("kind", "=", "domain") & Domain("value", "in", guard.domains(email)))
                | Domain("kind", "=", "address")
            ),
            ["kind", "value"],
        )
        networks = found.filtered(lambda block: block.kind == "address")
        if found - networks or guard.within(address, networks.mapped("value")):
            raise BookingBlocked(self.env._("This booking cannot be made online."))


def _tidy(vals):
    if isinstance(vals.get("value"), str):
        return {**vals, "value": vals["value"].strip().lower().removeprefix("@")}
    return vals


def _is_domain(text):
    return is_email(f"x@{text}")


def _is_network(text):
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
