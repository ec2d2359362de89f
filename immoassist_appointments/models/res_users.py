from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import api, fields, models
from odoo.tools import babel_locale_parse

from ..wording import Wording


class ResUsers(models.Model):
    _inherit = "res.users"

    appointment_ids = fields.One2many("immoassist.appointment", "broker_id")
    appointment_count = fields.Integer(compute="_compute_appointment_count")

    def _compute_appointment_count(self):
        counts = dict(
            self.env["immoassist.appointment"]._read_group(
                [("broker_id", "in", self.ids)], ["broker_id"], ["__count"]
            )
        )
        for user in self:
            user.appointment_count = counts.get(user, 0)

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._prepare_broker()
        return users

    def write(self, vals):
        if "group_ids" not in vals:
            return super().write(vals)
        # Only those who become brokers here: Odoo also writes groups in the middle of `create`,
        # when the user has no name or zone yet.
        already = self.filtered(lambda user: user._is_broker())
        done = super().write(vals)
        (self - already)._prepare_broker()
        return done

    def _is_broker(self):
        self.ensure_one()
        # Not `has_group`: its cache outlives the creation of a group that implies this one.
        # sudo: who asks need not be allowed to read the user's groups.
        return self.env.ref("immoassist_appointments.group_broker") in self.sudo().all_group_ids

    def _prepare_broker(self):
        """Give each new broker a resource with a working calendar of his own.

        A shared calendar would change for everybody when one broker edits his hours.
        """
        # sudo: who may make a broker need not be allowed to edit resources.
        for user in self.sudo().filtered(lambda u: u._is_broker() and not u._broker_resource()):
            zone = user.tz or user.company_id.resource_calendar_id.tz or "UTC"
            calendar = (
                self.env["resource.calendar"]
                .sudo()
                .create({"name": user.name, "company_id": user.company_id.id, "tz": zone})
            )
            # `tz` again: a new calendar takes the zone of its company's.
            calendar.tz = zone
            self.env["resource.resource"].sudo().create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": user.company_id.id,
                    "calendar_id": calendar.id,
                    "tz": zone,
                }
            )
            user.invalidate_recordset(["resource_ids", "resource_calendar_id"])

    def _broker_resource(self):
        """The resource whose hours are the broker's: the one of his company, else his first."""
        self.ensure_one()
        # sudo: his hours and zone are computed with, and not shown.
        resources = self.sudo().resource_ids
        # Iterated, not filtered nor sliced: that would lose the prefetch over all brokers.
        own = (resource for resource in resources if resource.company_id == self.company_id)
        return next(own, None) or next(iter(resources), resources)

    def _broker_zone(self):
        """The zone in which the broker's hours are meant.

        :rtype: zoneinfo.ZoneInfo
        """
        self.ensure_one()
        resource = self._broker_resource()
        for name in (resource.tz, self.sudo().tz):
            try:
                if name:
                    return ZoneInfo(name)
            except ZoneInfoNotFoundError:
                # A zone that Odoo's pytz knows and this machine's tz database does not.
                continue
        return ZoneInfo("UTC")

    def _broker_wording(self, lang, zone=None, hours=0):
        """How times of this broker's appointments are said.

        :param str lang: Odoo language code of who reads
        :param zoneinfo.ZoneInfo zone: of who reads; the broker's by default
        :param int hours: 12 or 24, as who reads wishes; 0: as the language has it
        :rtype: odoo.addons.immoassist_appointments.wording.Wording
        """
        self.ensure_one()
        # sudo: where the agency is says how hours are written there.
        company = self.sudo().company_id
        return Wording(
            babel_locale_parse(lang or "en_US"),
            zone or self._broker_zone(),
            quebec=company.state_id.code == "QC" and company.country_id.code == "CA",
            hours=hours,
        )

    def _wants_invitation_file(self):
        """Whether the mails to this broker carry a calendar file.

        To be overridden by what writes the appointments into his calendar itself: he would have
        them twice.
        """
        self.ensure_one()
        return True

    def action_view_appointments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "immoassist_appointments.immoassist_appointment_action"
        )
        return action | {"domain": [("broker_id", "=", self.id)]}
