from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .calendar_event import MIRRORED_FIELDS

# Changes that concern who takes part, and whether it takes place.
PEOPLE_CHANGES = frozenset({"broker_id", "attendee_ids", "state"})
# What makes an appointment hold other times of its broker.
BUSY_FIELDS = frozenset(
    {
        *("start", "stop", "duration", "allday", "broker_id", "type_id", "state", "exclusive"),
        "show_as",
    }
)


class ImmoassistAppointment(models.Model):
    _name = "immoassist.appointment"
    _description = "Appointment"
    _inherit = [
        "immoassist.known.records", "mail.thread", "mail.activity.mixin", "portal.mixin"
    ]  # fmt: skip
    _known_fields = ("transaction_id",)
    _order = "start desc, id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(
        required=True, compute="_compute_name", store=True, readonly=False, precompute=True
    )
    description = fields.Text()
    start = fields.Datetime(
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self._default_start(),
        help="In UTC; shown in the time zone of who looks at it.",
    )
    stop = fields.Datetime(
        string="End",
        required=True,
        index=True,  # a calendar asks for what ends after its first day: years of history do not
        compute="_compute_stop",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    duration = fields.Float(
        compute="_compute_duration", store=True, readonly=False, precompute=True, help="Hours."
    )
    allday = fields.Boolean(
        string="All day", help="Holds whole days of the broker, whatever the hours."
    )
    location = fields.Char(
        compute="_compute_location", store=True, readonly=False, precompute=True, tracking=True
    )
    state = fields.Selection(
        [("pending", "Requested"), ("confirmed", "Confirmed"), ("cancelled", "Cancelled")],
        required=True,
        default="confirmed",
        index=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )
    outcome = fields.Selection(
        [("attended", "Took place"), ("no_show", "No-show")], tracking=True, copy=False
    )
    broker_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("immoassist_appointments.group_broker").id)
        ],
    )
    transaction_id = fields.Many2one(
        "immoassist.transaction", index="btree_not_null", check_company=True
    )
    type_id = fields.Many2one(
        "immoassist.appointment.type", index="btree_not_null", check_company=True
    )
    attendee_ids = fields.One2many(
        "immoassist.appointment.attendee", "appointment_id", string="Attendees", copy=True
    )
    source = fields.Selection(
        [
            ("backend", "Back office"),
            ("website", "Website"),
            ("google", "Google"),
            ("outlook", "Outlook"),
        ],
        required=True,
        default="backend",
        readonly=True,
        copy=False,
    )
    show_as = fields.Selection(
        [("busy", "Busy"), ("free", "Available")],
        required=True,
        default="busy",
        help="Available: clients may book the same time.",
    )
    exclusive = fields.Boolean(
        compute="_compute_exclusive",
        store=True,
        readonly=False,
        precompute=True,
        help="No other exclusive appointment of the broker may overlap it.",
    )
    calendar_event_id = fields.Many2one(
        "calendar.event",
        string="Meeting in Odoo Calendar",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    cancel_reason = fields.Char(tracking=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
    )

    _stop_after_start = models.Constraint(
        "CHECK (stop > start)", "The appointment must end after it starts: check its hours."
    )
    _length_limited = models.Constraint(
        "CHECK (stop - start <= interval '366 days')",
        "An appointment lasts at most one year: check its dates.",
    )
    # By the end: of a month to come, only what is still to come is read, not years of history.
    _broker_stop_index = models.Index("(broker_id, busy_stop)")

    # ---------------------------------------------------------------- defaults and computes

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "default_allday" in self.env.context:
            # The calendar view says "all day" for a click on a day of the month: a broker who
            # clicks there wants a visit on that day, at hours still to be chosen.
            values["allday"] = False
        return values

    @api.model
    def _default_start(self):
        now = fields.Datetime.now()
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)

    @api.depends("type_id", "transaction_id")
    def _compute_name(self):
        for appointment in self:
            parts = [appointment.type_id.name, appointment.transaction_id.name]
            derived = " · ".join(filter(None, parts))
            appointment.name = derived or appointment.name or self.env._("Appointment")

    @api.depends("start", "stop")
    def _compute_duration(self):
        for appointment in self:
            if appointment.start and appointment.stop:
                length = appointment.stop - appointment.start
                appointment.duration = round(length.total_seconds() / 3600, 4)
            else:
                appointment.duration = appointment._usual_hours()

    @api.depends("start", "duration")
    def _compute_stop(self):
        # `stop` and `duration` depend on each other: a new start keeps the current duration,
        # which therefore must not be recomputed from the stop that is about to change.
        self.env.remove_to_compute(self._fields["duration"], self)
        for appointment in self:
            if not appointment.duration:
                appointment.duration = appointment._usual_hours()
            length = timedelta(minutes=round(appointment.duration * 60))
            appointment.stop = appointment.start and appointment.start + length

    @api.onchange("type_id")
    def _onchange_type_id(self):
        if self.type_id:
            self.duration = self._usual_hours()

    def _usual_hours(self):
        return (self.type_id.duration or 60) / 60

    @api.depends("type_id", "transaction_id")
    def _compute_location(self):
        for appointment in self:
            if appointment.type_id.location_kind in (False, "property"):
                place = appointment.transaction_id.address
            elif appointment.type_id.location_kind == "office":
                place = appointment.company_id.partner_id._display_address(without_company=True)
                place = ", ".join(line.strip() for line in place.splitlines() if line.strip())
            else:
                place = False
            appointment.location = place or appointment.location

    @api.depends("type_id", "show_as")
    def _compute_exclusive(self):
        for appointment in self:
            alone = appointment.type_id.capacity <= 1
            appointment.exclusive = alone and appointment.show_as == "busy"

    @api.depends("name", "attendee_ids.name")
    def _compute_display_name(self):
        for appointment in self:
            first, *others = appointment.attendee_ids.mapped("name") or [None]
            guests = f"{first} +{len(others)}" if others else first
            appointment.display_name = " – ".join(filter(None, [appointment.name, guests]))

    @api.depends("broker_id")
    def _compute_company_id(self):
        for appointment in self:
            appointment.company_id = appointment.broker_id.company_id or self.env.company

    # ---------------------------------------------------------------- constraints

    @api.constrains("broker_id", "company_id")
    def _check_broker(self):
        for appointment in self:
            if appointment.company_id not in appointment.broker_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(broker)s does not work for %(company)s. "
                        "Choose a broker of this company.",
                        broker=appointment.broker_id.name,
                        company=appointment.company_id.name,
                    )
                )

    # ---------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._checked(vals) for vals in vals_list]
        default = self.default_get(["broker_id"]).get("broker_id")
        brokers = {vals.get("broker_id") or default for vals in vals_list} - {None, False}
        self._take_guard(self.env["res.users"].browse(brokers))
        appointments = super().create(vals_list)
        appointments._enforce_no_double_booking()
        appointments._create_mirrors()
        return appointments

    def write(self, vals):
        vals = self._checked(vals)
        if self._is_batch():
            return super().write(vals)  # see `_end_batch`
        # Last: the mirror follows its people at once, and a new start has its end only afterwards.
        people = {name: vals.pop(name) for name in ("attendee_ids",) if name in vals}
        if BUSY_FIELDS.isdisjoint(vals):
            done = super().write(vals)
        else:
            new_broker = self.env["res.users"].browse(vals.get("broker_id") or ())
            self._take_guard(self.broker_id | new_broker)
            done = super().write(vals)
            self._enforce_no_double_booking()
        if people:
            super().write(people)
        self._update_mirrors(vals.keys() | people.keys())
        return done

    def _is_batch(self):
        # Of the sync alone: a program may put anything into the context.
        return self.env.su and self.env.context.get("immoassist_batch")

    def _end_batch(self, changed=MIRRORED_FIELDS):
        """Do once what many writes with `immoassist_batch` in their context did not each do.

        :param changed: names of the fields that were written
        """
        if not BUSY_FIELDS.isdisjoint(changed):
            self._take_guard(self.broker_id)
            self._enforce_no_double_booking()
        self._update_mirrors(changed, people=not PEOPLE_CHANGES.isdisjoint(changed))

    def copy_data(self, default=None):
        """A copy stands a week later: at the same time it would double-book the broker."""
        values_list = super().copy_data(default)
        for appointment, values in zip(self, values_list, strict=True):
            if "start" not in (default or {}):
                values["start"] = appointment.start + timedelta(days=7)
        return values_list

    def unlink(self):
        self._take_guard(self.broker_id)
        meetings = self._mirrors()
        done = super().unlink()
        meetings.unlink()
        return done
