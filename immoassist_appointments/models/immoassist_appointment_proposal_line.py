from datetime import timedelta, timezone

from odoo import api, fields, models


class ImmoassistAppointmentProposalLine(models.Model):
    """One of the times that a client may choose from."""

    _name = "immoassist.appointment.proposal.line"
    _description = "Time proposed to a client"
    _order = "start, id"

    proposal_id = fields.Many2one(
        "immoassist.appointment.proposal", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="proposal_id.company_id")
    start = fields.Datetime(required=True)
    stop = fields.Datetime(
        string="End", required=True, compute="_compute_stop", store=True, precompute=True
    )
    score = fields.Float(readonly=True, help="0 to 100, when the times were proposed.")
    reasons = fields.Char(readonly=True)
    chosen = fields.Boolean(readonly=True)

    _start_once = models.Constraint(
        "UNIQUE (proposal_id, start)", "Each time is proposed once only."
    )

    @api.depends("start", "proposal_id.type_id")
    def _compute_stop(self):
        for line in self:
            minutes = line.proposal_id.type_id.duration
            line.stop = line.start and line.start + timedelta(minutes=minutes)

    @api.depends("start", "proposal_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = ""
            if line.start and line.proposal_id:
                wording = line.proposal_id.broker_id._broker_wording(self.env.lang or "en_US")
                line.display_name = wording.moment(line._start_aware())

    def _start_aware(self):
        return self.start.replace(tzinfo=timezone.utc)
