from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from odoo.addons.base.models.res_partner import _lang_get, _tz_get


class ImmoassistAppointmentAttendee(models.Model):
    """Somebody who comes. A guest is not made a contact: name and e-mail stay on this record."""

    _name = "immoassist.appointment.attendee"
    _description = "Attendee of an appointment"
    _order = "id"
    _inherit = ["immoassist.known.records"]
    _known_fields = ("appointment_id", "partner_id")

    appointment_id = fields.Many2one(
        "immoassist.appointment", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="appointment_id.company_id")
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", ondelete="set null"
    )
    name = fields.Char(
        required=True, compute="_compute_identity", store=True, readonly=False, precompute=True
    )
    email = fields.Char(compute="_compute_identity", store=True, readonly=False, precompute=True)
    email_normalized = fields.Char(
        compute="_compute_email_normalized", store=True, precompute=True, index="btree_not_null"
    )
    phone = fields.Char(compute="_compute_identity", store=True, readonly=False, precompute=True)
    state = fields.Selection(
        [
            ("needs_action", "No answer yet"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("tentative", "Maybe"),
        ],
        required=True,
        default="needs_action",
        copy=False,
    )
    lang = fields.Selection(
        _lang_get,
        string="Language",
        compute="_compute_locale",
        store=True,
        readonly=False,
        precompute=True,
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        compute="_compute_locale",
        store=True,
        readonly=False,
        precompute=True,
    )

    _email_unique = models.UniqueIndex(
        "(appointment_id, email_normalized) WHERE email_normalized IS NOT NULL",
        "This e-mail address is already invited to the appointment.",
    )

    @api.depends("partner_id")
    def _compute_identity(self):
        for attendee in self:
            partner = attendee.partner_id
            attendee.name = partner.name or attendee.name
            attendee.email = partner.email_normalized or attendee.email
            attendee.phone = partner.phone or attendee.phone

    @api.depends("email")
    def _compute_email_normalized(self):
        for attendee in self:
            attendee.email_normalized = email_normalize(attendee.email) or False

    @api.depends("partner_id", "appointment_id.broker_id")
    def _compute_locale(self):
        for attendee in self:
            broker = attendee.appointment_id.broker_id
            partner = attendee.partner_id
            attendee.lang = attendee.lang or partner.lang or broker.lang or self.env.lang
            attendee.tz = attendee.tz or partner.tz or broker._broker_zone().key

    @api.constrains("name")
    def _check_name(self):
        for attendee in self:
            if not attendee.name.strip():
                raise ValidationError(self.env._("Give the name of each attendee."))

    @api.constrains("email")
    def _check_email(self):
        for attendee in self:
            if attendee.email and not email_normalize(attendee.email):
                raise ValidationError(
                    self.env._(
                        "“%(email)s” is not an e-mail address. Write it like name@example.com.",
                        email=attendee.email,
                    )
                )

    @api.constrains("lang", "tz")
    def _check_locale(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        zones = {name for name, _label in _tz_get(self)}
        for attendee in self:
            if attendee.lang and attendee.lang not in installed:
                raise ValidationError(
                    self.env._("The language “%s” is not installed.", attendee.lang)
                )
            if attendee.tz and attendee.tz not in zones:
                raise ValidationError(self.env._("“%s” is not a time zone.", attendee.tz))

    def _check_before_the_database(self, vals_list):
        """Refuse what its constraints refuse: then its log gets no row, which names a guest.

        Of two who invite the same address at once, the database refuses the second.
        """
        # First: a refusal below tells who is invited.
        self._check_known(vals_list)
        invited = []
        for vals in vals_list:
            if "name" in vals and not vals["name"] and not vals.get("partner_id"):
                raise ValidationError(self.env._("Give the name of each attendee."))
            if "email" in vals:
                email = email_normalize(vals["email"])
            elif "partner_id" in vals:
                email = self.env["res.partner"].browse(vals["partner_id"]).email_normalized
            else:
                email = self.email_normalized if "appointment_id" in vals else False
            appointment_id = vals.get("appointment_id", self.appointment_id.id)
            if email and appointment_id:
                invited.append((appointment_id, email))
        if len(set(invited)) < len(invited) or self._others_invited(invited):
            raise ValidationError(self._email_unique.get_error_message(self))

    def _others_invited(self, invited):
        """Which of these pairs (appointment id, address) are those of other attendees already."""
        if not invited:
            return set()
        ids, addresses = zip(*invited, strict=True)
        # sudo: whoever reads the appointment, see above, may know that somebody is invited.
        others = self.sudo().search_fetch(
            [
                ("appointment_id", "in", ids),
                ("email_normalized", "in", addresses),
                ("id", "not in", self.ids),
            ],
            ["appointment_id", "email_normalized"],
        )
        return {(other.appointment_id.id, other.email_normalized) for other in others} & {*invited}

    @api.model_create_multi
    def create(self, vals_list):
        self._check_before_the_database(vals_list)
        attendees = super().create(vals_list)
        attendees.appointment_id._update_mirror_people()
        return attendees

    def write(self, vals):
        before = self.appointment_id
        for attendee in self:
            attendee._check_before_the_database([vals])
        done = super().write(vals)
        if not {"partner_id", "state", "appointment_id"}.isdisjoint(vals):
            (before | self.appointment_id)._update_mirror_people()
        return done

    def unlink(self):
        appointments = self.appointment_id
        done = super().unlink()
        appointments._update_mirror_people()
        return done
