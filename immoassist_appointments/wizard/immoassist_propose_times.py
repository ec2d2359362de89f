from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.base.models.res_partner import _lang_get

from ..core.intervals import Interval
from ..core.query import Preference
from ..core.ranking import suggest
from ..models.immoassist_appointment_proposal import MAX_TIMES

MAX_DAYS = 60
# The best times, not too many of one day: a list that can be read. All of them on demand.
BEST, BEST_PER_DAY = 18, 3
PRESELECTED = 3


class ImmoassistProposeTimes(models.TransientModel):
    """The broker ticks the times that the client may choose from."""

    _name = "immoassist.propose.times"
    _description = "Propose times to a client"
    _inherit = ["immoassist.known.records"]
    _known_fields = ("partner_id", "transaction_id")

    broker_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain=lambda self: self._brokers_domain(),
    )
    colleague_ids = fields.Many2many(
        "res.users",
        "immoassist_propose_times_colleague_rel",
        string="Also with",
        domain=lambda self: self._brokers_domain(),
        help="Only times at which everybody is free are shown.",
    )
    type_id = fields.Many2one(
        "immoassist.appointment.type",
        required=True,
        compute="_compute_type_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    transaction_id = fields.Many2one("immoassist.transaction")
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    client_name = fields.Char(
        compute="_compute_client", store=True, readonly=False, precompute=True
    )
    client_email = fields.Char(
        string="Client's e-mail",
        compute="_compute_client",
        store=True,
        readonly=False,
        precompute=True,
    )
    client_phone = fields.Char(
        compute="_compute_client", store=True, readonly=False, precompute=True
    )
    lang = fields.Selection(
        _lang_get,
        string="Language of the mail",
        required=True,
        compute="_compute_lang",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    days = fields.Integer(string="Days ahead", required=True, default=14)
    part_of_day = fields.Selection(
        [("morning", "Morning"), ("afternoon", "Afternoon"), ("evening", "Evening")],
        string="Preferred",
        help="Times of this part of the day come first.",
    )
    show_all = fields.Boolean(string="Show all free times")
    slot_ids = fields.One2many(
        "immoassist.propose.times.slot",
        "wizard_id",
        string="Free times",
        compute="_compute_slot_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    selected_count = fields.Integer(compute="_compute_selected_count")
    free_count = fields.Integer(compute="_compute_slot_ids", store=True, precompute=True)
    zone_name = fields.Char(compute="_compute_zone_name")

    _days_range = models.Constraint(
        f"CHECK (days BETWEEN 1 AND {MAX_DAYS})", f"Look 1 to {MAX_DAYS} days ahead."
    )

    @api.model
    def _brokers_domain(self):
        broker = self.env.ref("immoassist_appointments.group_broker").id
        return [("all_group_ids", "in", broker), ("company_id", "in", self.env.companies.ids)]

    @api.depends("broker_id")
    def _compute_type_id(self):
        types = self.env["immoassist.appointment.type"]
        for wizard in self:
            wizard.type_id = wizard.type_id or types._offered_by(wizard.broker_id)[:1]

    @api.depends("transaction_id")
    def _compute_partner_id(self):
        for wizard in self:
            contacts = wizard.transaction_id.contact_ids
            visitor = contacts.filtered(lambda contact: contact.role in ("buyer", "tenant"))[:1]
            wizard.partner_id = wizard.partner_id or visitor.partner_id

    @api.depends("partner_id")
    def _compute_client(self):
        for wizard in self:
            partner = wizard.partner_id
            wizard.client_name = partner.name or wizard.client_name
            wizard.client_email = partner.email_normalized or wizard.client_email
            wizard.client_phone = partner.phone or wizard.client_phone

    @api.depends("partner_id", "broker_id")
    def _compute_lang(self):
        for wizard in self:
            wizard.lang = wizard.partner_id.lang or wizard.broker_id.lang or self.env.lang

    @api.depends(
        "broker_id",
        "colleague_ids",
        "type_id",
        "transaction_id",
        "date_from",
        "days",
        "part_of_day",
        "show_all",
    )
    def _compute_slot_ids(self):
        for wizard in self:
            free = wizard._free_slots()
            zone = wizard.broker_id._broker_zone()
            best = suggest(free, PRESELECTED, zone=zone)
            shown = free if wizard.show_all else suggest(free, BEST, BEST_PER_DAY, zone=zone)
            wizard.free_count = len(free)
            wizard.slot_ids = [
                Command.clear(),
                *(Command.create(wizard._slot_values(slot, slot in best)) for slot in shown),
            ]

    @api.depends("slot_ids.selected")
    def _compute_selected_count(self):
        for wizard in self:
            wizard.selected_count = len(wizard.slot_ids.filtered("selected"))

    @api.depends("broker_id")
    def _compute_zone_name(self):
        for wizard in self:
            lang = self.env.lang or "en_US"
            wizard.zone_name = wizard.broker_id and wizard.broker_id._broker_wording(lang).city()

    def _free_slots(self):
        complete = self.broker_id and self.type_id and self.date_from
        if not complete or not 1 <= self.days <= MAX_DAYS:
            return ()
        parts = (self.part_of_day,) if self.part_of_day else ()
        # `_origin`: in a form these are copies of the records, which have no id.
        brokers = (self.broker_id | self.colleague_ids)._origin
        return self.env["immoassist.availability"]._common_slots(
            brokers,
            self._window(),
            self.type_id._origin,
            transaction=self.transaction_id._origin or None,
            preference=Preference(parts=parts),
        )

    def _window(self):
        zone = self.broker_id._broker_zone()
        ends = (self.date_from, self.date_from + timedelta(days=self.days))
        return Interval(*(datetime.combine(day, time.min, zone) for day in ends))

    def _slot_values(self, slot, selected):
        availability = self.env["immoassist.availability"]
        lang = self.env.lang or "en_US"
        wording = self.broker_id._broker_wording(lang)
        hours = f"{wording.time(slot.start)} – {wording.time(slot.stop)}"
        return {
            "start": slot.start.astimezone(timezone.utc).replace(tzinfo=None),
            "day": wording.day_heading(wording.local(slot.start).date()),
            "hours": hours,
            "score": slot.score,
            "reasons": " · ".join(availability._reason_words(r, lang) for r in slot.reasons),
            "selected": selected,
        }

    def action_send(self):
        """Hold the ticked times and send them to the client."""
        self.ensure_one()
        ticked = self.slot_ids.filtered("selected").sorted("start")
        if not 1 <= len(ticked) <= MAX_TIMES:
            raise UserError(
                self.env._(
                    "Tick one to %(most)s times; %(ticked)s are ticked.",
                    most=MAX_TIMES,
                    ticked=len(ticked),
                )
            )
        proposal = self.env["immoassist.appointment.proposal"].create(self._proposal_values(ticked))
        proposal._send()
        return self._sent_message(proposal)

    def _proposal_values(self, ticked):
        return {
            "broker_id": self.broker_id.id,
            "colleague_ids": [Command.set((self.colleague_ids - self.broker_id).ids)],
            "company_id": self.transaction_id.company_id.id or self.broker_id.company_id.id,
            "type_id": self.type_id.id,
            "transaction_id": self.transaction_id.id,
            "partner_id": self.partner_id.id,
            "client_name": self.client_name,
            "client_email": self.client_email,
            "client_phone": self.client_phone,
            "lang": self.lang,
            "line_ids": [Command.create({"start": slot.start}) for slot in ticked],
        }

    def _sent_message(self, proposal):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s times are held and on their way to %(email)s.",
                    count=len(proposal.line_ids),
                    email=proposal.client_email,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class ImmoassistProposeTimesSlot(models.TransientModel):
    _name = "immoassist.propose.times.slot"
    _description = "Free time that can be proposed"
    _order = "id"

    wizard_id = fields.Many2one("immoassist.propose.times", required=True, ondelete="cascade")
    selected = fields.Boolean(string="Propose")
    start = fields.Datetime(required=True)
    day = fields.Char()
    hours = fields.Char()
    score = fields.Float()
    reasons = fields.Char(string="Why")
