import base64
from io import BytesIO

import qrcode

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import embed

# Pixels of one square: sharp on a sign of a hand's width too.
QR_SQUARE = 16


class ResUsers(models.Model):
    """The broker's side of his booking page: what it offers, and what he gives away of it."""

    _inherit = "res.users"

    booking_url = fields.Char("Booking page", compute="_compute_booking_url")
    booking_embed_code = fields.Text(
        "Code for other sites",
        compute="_compute_booking_url",
        help="To paste into a page of a site that the agency listed in its settings.",
    )
    booking_embed_allowed = fields.Boolean(compute="_compute_booking_url")
    booking_qr = fields.Binary("QR code", compute="_compute_booking_qr")
    booking_type_ids = fields.Many2many(
        "immoassist.appointment.type",
        string="Offered on the page",
        compute="_compute_booking_type_ids",
        inverse="_inverse_booking_type_ids",
        help="Of the appointment types that the agency gives you.",
    )
    booking_hidden_type_ids = fields.Many2many(
        "immoassist.appointment.type",
        "immoassist_booking_hidden_type_rel",
        string="Types taken off the page",
        copy=False,
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [
            *super().SELF_READABLE_FIELDS,
            "booking_url",
            "booking_embed_code",
            "booking_embed_allowed",
            "booking_qr",
            "booking_type_ids",
            "booking_hidden_type_ids",
        ]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "booking_type_ids"]

    @api.depends("booking_username", "company_id")
    def _compute_booking_url(self):
        for company, users in self.grouped("company_id").items():
            website = users._booking_website(company)
            allowed = bool(website and website._booking_frame_hosts())
            for user in users:
                name = user.booking_username
                url = website._booking_address(f"/book/{name}") if name else False
                user.booking_url = url
                user.booking_embed_allowed = allowed
                user.booking_embed_code = url and embed.snippet(
                    url,
                    self.env._("Book an appointment with %(broker)s", broker=user.name),
                    f"immoassist-booking-{name}",
                )

    @api.model
    def _booking_website(self, company):
        """The website that shows the pages of the company's brokers."""
        # sudo: brokers need no right on websites to know the address of their pages.
        websites = self.env["website"].sudo()
        return websites.search([("company_id", "=", company.id)], limit=1) or websites.search(
            [], limit=1
        )

    @api.depends("booking_url")
    def _compute_booking_qr(self):
        for user in self:
            user.booking_qr = user.booking_url and _qr_picture(user.booking_url)

    @api.depends("booking_hidden_type_ids")
    def _compute_booking_type_ids(self):
        types = self.env["immoassist.appointment.type"]
        for user in self:
            user.booking_type_ids = types._offered_by(user) if user._origin else types

    def _inverse_booking_type_ids(self):
        types = self.env["immoassist.appointment.type"]
        for user in self:
            given = types._offered_by(user) | user.booking_hidden_type_ids
            user.booking_hidden_type_ids = given - user.booking_type_ids

    @api.model
    def action_my_booking_page(self):
        """The form of one's own booking page."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My booking page"),
            "res_model": "res.users",
            "res_id": self.env.uid,
            "view_mode": "form",
            "views": [(self.env.ref("immoassist_booking.res_users_view_form_page").id, "form")],
        }

    def action_preview_booking_page(self):
        self.ensure_one()
        if not (self.booking_published and self.booking_url):
            raise UserError(self.env._("Publish the page first: nobody can see it yet."))
        return {"type": "ir.actions.act_url", "url": self.booking_url, "target": "new"}

    def action_download_booking_qr(self):
        self.ensure_one()
        name = f"{self.booking_username}.png"
        url = f"/web/content/res.users/{self.id}/booking_qr/{name}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}


def _qr_picture(text):
    """A PNG in base64."""
    # Not Odoo's `/report/barcode`: it needs a drawing library that not every server has.
    # Level M: still read when an eighth of a printed card is scratched.
    code = qrcode.QRCode(box_size=QR_SQUARE, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    picture = BytesIO()
    code.make_image().save(picture, "PNG")
    return base64.b64encode(picture.getvalue())
