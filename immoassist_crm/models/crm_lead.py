from odoo import Command, fields, models


class CrmLead(models.Model):
    """An opportunity has appointments."""

    _inherit = "crm.lead"

    immoassist_appointment_count = fields.Integer(
        compute="_compute_immoassist_appointment_count",
        groups="immoassist_appointments.group_broker",
    )

    def _compute_immoassist_appointment_count(self):
        groups = self.env["immoassist.appointment"]._read_group(
            [("opportunity_id", "in", self.ids)], ["opportunity_id"], ["__count"]
        )
        counts = {lead.id: count for lead, count in groups}
        for lead in self:
            lead.immoassist_appointment_count = counts.get(lead.id, 0)

    def action_view_immoassist_appointments(self):
        """Open them; a new one is of the opportunity and its contact."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "immoassist_appointments.immoassist_appointment_action"
        )
        broker = self.user_id
        if not broker.has_group("immoassist_appointments.group_broker"):
            broker = self.env.user
        return action | {
            "domain": [("opportunity_id", "=", self.id)],
            "context": {
                "default_opportunity_id": self.id,
                "default_name": self.name,
                "default_broker_id": broker.id,
                "default_attendee_ids": self._immoassist_attendees(),
            },
        }

    def _merge_dependences(self, opportunities):
        done = super()._merge_dependences(opportunities)
        # sudo: as Odoo does with meetings; who merges may not see every appointment.
        appointments = self.env["immoassist.appointment"].sudo()
        merged = appointments.search([("opportunity_id", "in", opportunities.ids)])
        merged.opportunity_id = self
        return done

    def _immoassist_attendees(self):
        """The contact of the opportunity, or the person it names, as values of an attendee."""
        if self.partner_id:
            return [Command.create({"partner_id": self.partner_id.id})]
        person = {
            "name": self.contact_name or self.partner_name or self.email_from,
            "email": self.email_from,
            "phone": self.phone,
        }
        return [Command.create(person)] if person["name"] else []
