from odoo import fields, models


class ImmoassistAppointmentType(models.Model):
    _inherit = "immoassist.appointment.type"

    verify_email = fields.Boolean(
        "Check the e-mail address",
        help="Who books online types a code that is sent to the address. The time is held "
        "meanwhile.",
    )
