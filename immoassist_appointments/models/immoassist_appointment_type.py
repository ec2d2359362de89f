import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Names of pages that stand beside the types under /book/<username>/.
RESERVED_SLUGS = frozenset({"slots", "confirmation", "seen"})
PHYSICAL_KINDS = frozenset({"property", "office", "client"})


class ImmoassistAppointmentType(models.Model):
    _name = "immoassist.appointment.type"
    _description = "Appointment type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    slug = fields.Char(
        required=True,
        help="Part of the address of the booking page: lower-case letters, digits and hyphens.",
    )
    description = fields.Text(translate=True, help="What the client reads on the booking page.")
    to_bring = fields.Text(
        "What to bring",
        translate=True,
        help="What the client reads on the confirmation and in his mails.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", help="Empty: every company of this database.")
    broker_ids = fields.Many2many(
        "res.users",
        "immoassist_type_broker_rel",
        string="Brokers",
        help="Who offers it. Empty: every broker.",
    )
    duration = fields.Integer(required=True, default=60, help="Minutes.")
    slot_step = fields.Integer(
        required=True, default=30, help="Minutes from one offered time to the next, on the clock."
    )
    buffer_before = fields.Integer(help="Minutes kept free before.")
    buffer_after = fields.Integer(help="Minutes kept free after.")
    min_notice_hours = fields.Integer(
        default=4, help="Hours between booking and the first time that is offered."
    )
    horizon_days = fields.Integer(default=60, help="How many days ahead times are offered.")
    max_per_day = fields.Integer(help="Appointments of this type per broker and day. 0: no limit.")
    location_kind = fields.Selection(
        [
            ("property", "At the property"),
            ("office", "At the agency"),
            ("client", "At the client's"),
            ("phone", "By phone"),
            ("video", "By video"),
        ],
        required=True,
        default="property",
    )
    requires_approval = fields.Boolean(
        help="The broker confirms each request; the time is held meanwhile."
    )
    approval_expiry_hours = fields.Integer(
        default=48,
        help="Hours until a request that the broker did not answer is refused; at the latest when "
        "its time comes. 0: it waits without an end.",
    )
    cancel_deadline_hours = fields.Integer(
        help="Hours before the appointment from which the client has to call to move or cancel. "
        "0: up to its start."
    )
    capacity = fields.Integer(default=1, help="How many parties may come at once (open house).")
    reminder_rule_ids = fields.Many2many("immoassist.reminder.rule", string="Reminders")

    _duration_range = models.Constraint(
        "CHECK (duration BETWEEN 5 AND 1440)", "The duration is between 5 minutes and 24 hours."
    )
    _step_range = models.Constraint(
        "CHECK (slot_step BETWEEN 5 AND 1440)",
        "The step between offered times is between 5 minutes and 24 hours.",
    )
    _buffers_range = models.Constraint(
        "CHECK (buffer_before BETWEEN 0 AND 1440 AND buffer_after BETWEEN 0 AND 1440)",
        "A buffer is between 0 minutes and 24 hours.",
    )
    _notice_range = models.Constraint(
        "CHECK (min_notice_hours BETWEEN 0 AND 8760)", "The notice is between 0 hours and a year."
    )
    _horizon_range = models.Constraint(
        "CHECK (horizon_days BETWEEN 1 AND 730)", "Times are offered 1 to 730 days ahead."
    )
    _max_per_day_positive = models.Constraint(
        "CHECK (max_per_day >= 0)", "The limit per day cannot be negative."
    )
    _deadlines_range = models.Constraint(
        "CHECK (approval_expiry_hours BETWEEN 0 AND 8760 "
        "AND cancel_deadline_hours BETWEEN 0 AND 8760)",
        "A time limit is between 0 hours and a year.",
    )
    _capacity_positive = models.Constraint("CHECK (capacity >= 1)", "At least one party can come.")
    _slug_unique = models.UniqueIndex(
        "(slug, COALESCE(company_id, 0))", "Another type has this address."
    )

    @api.constrains("slug")
    def _check_slug(self):
        for type_ in self:
            if not SLUG.fullmatch(type_.slug) or type_.slug in RESERVED_SLUGS:
                raise ValidationError(
                    self.env._(
                        "“%(slug)s” cannot be the address of a booking page. Use lower-case "
                        "letters, digits and hyphens, for instance “visite-appartement”.",
                        slug=type_.slug,
                    )
                )

    def _is_physical(self):
        """Whether the broker has to be somewhere: travel time counts."""
        self.ensure_one()
        return self.location_kind in PHYSICAL_KINDS

    def _offered_by(self, brokers):
        """The types that a client may book with one of `brokers`, in the order of the page."""
        return self.search(
            Domain("broker_ids", "in", [*brokers.ids, False])
            & Domain("company_id", "in", [*brokers.company_id.ids, False])
        )
