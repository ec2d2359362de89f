from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.base.models.res_partner import _lang_get, _tz_get

MAX_TIMES = 5


class ImmoassistAppointmentProposal(models.Model):
    """Times proposed to a client, who takes one of them; meanwhile all of them are held."""

    _name = "immoassist.appointment.proposal"
    _description = "Times proposed to a client"
    _order = "create_date desc, id desc"
    _rec_name = "client_name"
    _inherit = ["immoassist.known.records"]
    _known_fields = ("partner_id", "transaction_id")
    _check_company_auto = True

    broker_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        help="Whose appointment it becomes.",
    )
    colleague_ids = fields.Many2many(
        "res.users",
        "immoassist_proposal_colleague_rel",
        string="Colleagues",
        help="They come too: the times are free for everybody.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    type_id = fields.Many2one("immoassist.appointment.type", required=True, check_company=True)
    transaction_id = fields.Many2one(
        "immoassist.transaction", index="btree_not_null", check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", ondelete="set null"
    )
    client_name = fields.Char(
        required=True, compute="_compute_client", store=True, readonly=False, precompute=True
    )
    client_email = fields.Char(
        required=True, compute="_compute_client", store=True, readonly=False, precompute=True
    )
    client_phone = fields.Char(
        compute="_compute_client", store=True, readonly=False, precompute=True
    )
    # By its name, and that of the record, Odoo's privacy lookup finds a client who is no contact.
    email_normalized = fields.Char(compute="_compute_email_normalized", store=True)
    lang = fields.Selection(
        _lang_get,
        string="Language",
        required=True,
        compute="_compute_locale",
        store=True,
        readonly=False,
        precompute=True,
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        required=True,
        compute="_compute_locale",
        store=True,
        readonly=False,
        precompute=True,
    )
    expires_at = fields.Datetime(
        string="Held until",
        required=True,
        compute="_compute_expires_at",
        store=True,
        precompute=True,
    )
    line_ids = fields.One2many(
        "immoassist.appointment.proposal.line", "proposal_id", string="Proposed times"
    )
    hold_ids = fields.One2many("immoassist.booking.hold", "proposal_id")
    resolution = fields.Selection(
        [("chosen", "Chosen"), ("withdrawn", "Withdrawn")], readonly=True, copy=False
    )
    appointment_id = fields.Many2one(
        "immoassist.appointment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        [
            ("open", "Waiting for the client"),
            ("chosen", "Chosen"),
            ("expired", "Expired"),
            ("withdrawn", "Withdrawn"),
        ],
        compute="_compute_state",
        search="_search_state",
        help="An open one expires by itself, at the moment until which its times are held.",
    )

    @api.depends("partner_id")
    def _compute_client(self):
        for proposal in self:
            partner = proposal.partner_id
            proposal.client_name = partner.name or proposal.client_name
            proposal.client_email = partner.email_normalized or proposal.client_email
            proposal.client_phone = partner.phone or proposal.client_phone

    @api.depends("client_email")
    def _compute_email_normalized(self):
        for proposal in self:
            proposal.email_normalized = email_normalize(proposal.client_email) or False

    @api.depends("partner_id", "broker_id")
    def _compute_locale(self):
        for proposal in self:
            broker, partner = proposal.broker_id, proposal.partner_id
            proposal.lang = proposal.lang or partner.lang or broker.lang or self.env.lang
            proposal.tz = proposal.tz or partner.tz or broker._broker_zone().key

    @api.depends("broker_id")
    def _compute_expires_at(self):
        for proposal in self:
            # sudo: a setting of the broker, which a colleague may not read.
            hours = proposal.broker_id.sudo().proposal_hold_hours
            proposal.expires_at = fields.Datetime.now() + timedelta(hours=hours)

    # Not stored: it changes when time passes, without anybody writing it.
    @api.depends("resolution", "expires_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for proposal in self:
            over = proposal.expires_at and proposal.expires_at <= now
            proposal.state = proposal.resolution or ("expired" if over else "open")

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting, now = Domain("resolution", "=", False), fields.Datetime.now()
        domains = {
            "chosen": Domain("resolution", "=", "chosen"),
            "withdrawn": Domain("resolution", "=", "withdrawn"),
            "expired": waiting & Domain("expires_at", "<=", now),
            "open": waiting & Domain("expires_at", ">", now),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("type_id", "client_name")
    def _compute_display_name(self):
        for proposal in self:
            proposal.display_name = f"{proposal.type_id.name} – {proposal.client_name}"

    @api.constrains("client_email")
    def _check_client_email(self):
        for proposal in self:
            if not proposal.email_normalized:
                raise ValidationError(
                    self.env._(
                        "“%(email)s” is not an e-mail address. Write it like name@example.com.",
                        email=proposal.client_email,
                    )
                )

    @api.constrains("line_ids")
    def _check_number_of_times(self):
        for proposal in self:
            if not 1 <= len(proposal.line_ids) <= MAX_TIMES:
                raise ValidationError(
                    self.env._("Propose one to %s times to the client.", MAX_TIMES)
                )

    @api.constrains("broker_id", "colleague_ids", "company_id")
    def _check_brokers(self):
        for proposal in self:
            for broker in proposal._brokers().sudo():  # sudo: groups are not readable by all
                if not broker._is_broker() or proposal.company_id not in broker.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(name)s is not a broker of %(company)s. Choose somebody else.",
                            name=broker.name,
                            company=proposal.company_id.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        """Propose times: each must be free for everybody, and is held from now on.

        :raise UserError: times are not free (any more); the message says which
        """
        proposals = super().create(vals_list)
        for proposal in proposals:
            proposal._hold_times()
        return proposals

    def _brokers(self):
        """Everybody who comes, the one whose appointment it becomes first."""
        return self.broker_id | self.colleague_ids

    def action_withdraw(self):
        """Take the times back: they are free again, the client's links say so."""
        for proposal in self:
            proposal.check_access("read")
            # sudo: who may see a proposal may take it back, and write nothing else of it.
            proposal.sudo()._withdraw()

    def _withdraw(self):
        # The guard makes a choice of the client at the same moment run again.
        self._take_guard()
        if self.resolution == "chosen":
            raise UserError(
                self.env._("The client has chosen a time: cancel the appointment instead.")
            )
        self._resolve("withdrawn")

    def _resolve(self, resolution):
        """Close it, and free what was held."""
        self.hold_ids.unlink()
        self.resolution = resolution

    def _take_guard(self):
        # sudo: the guard is nobody's to read or write by hand.
        self.env["immoassist.booking.guard"].sudo()._take(self._brokers())

    def action_view_appointment(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "immoassist.appointment",
            "res_id": self.appointment_id.id,
            "view_mode": "form",
        }
