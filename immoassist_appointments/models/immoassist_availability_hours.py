from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
WRITABLE = frozenset({"dayofweek", "hour_from", "hour_to", "week_type"})


class ImmoassistAvailabilityHours(models.Model):
    """The weekly hours of the brokers: a window on the lines of their own working calendars.

    Only administrators may edit Odoo's working calendars, because others share them. A broker
    edits his hours through this model instead, whose rules let him at those of his own calendar
    and of no other; nothing is stored here.
    """

    _name = "immoassist.availability.hours"
    _description = "Weekly hours of a broker"
    _auto = False
    _order = "broker_id, week_type, dayofweek, hour_from, id"
    _depends = {
        "resource.calendar": ["company_id", "two_weeks_calendar"],
        "resource.calendar.attendance": [
            "calendar_id",
            "dayofweek",
            "hour_from",
            "hour_to",
            "week_type",
            "display_type",
            "day_period",
        ],
        "resource.resource": ["user_id", "calendar_id", "company_id", "active"],
        "res.users": ["company_id"],
        "res.company": ["resource_calendar_id"],
    }

    broker_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("immoassist_appointments.group_broker").id)
        ],
    )
    company_id = fields.Many2one("res.company", readonly=True)
    dayofweek = fields.Selection(WEEKDAYS, string="Day", required=True, default="0")
    hour_from = fields.Float(string="From", required=True, default=9.0)
    hour_to = fields.Float(string="To", required=True, default=17.0)
    week_type = fields.Selection(
        [("0", "First week"), ("1", "Second week")],
        string="Week",
        help="Only when the hours alternate between two weeks.",
    )

    @property
    def _table_query(self):
        # A calendar that is shared, with colleagues or as the company's, is nobody's own.
        return SQL(
            """
            SELECT a.id, r.user_id AS broker_id, r.company_id, a.dayofweek, a.hour_from,
                   a.hour_to, CASE WHEN c.two_weeks_calendar THEN a.week_type END AS week_type
              FROM (SELECT DISTINCT ON (o.user_id) o.user_id, o.company_id, o.calendar_id
                      FROM resource_resource o
                      JOIN res_users u ON u.id = o.user_id
                     WHERE o.active
                     ORDER BY o.user_id, (o.company_id = u.company_id) DESC, o.name, o.id) r
              JOIN resource_calendar c ON c.id = r.calendar_id
              JOIN resource_calendar_attendance a ON a.calendar_id = c.id
             WHERE a.display_type IS NULL AND a.day_period != 'lunch'
               AND (SELECT count(*) FROM resource_resource s WHERE s.calendar_id = c.id) = 1
               AND NOT EXISTS (SELECT FROM res_company k WHERE k.resource_calendar_id = c.id)
            """
        )

    @api.depends("dayofweek", "hour_from", "hour_to")
    def _compute_display_name(self):
        days = dict(self._fields["dayofweek"]._description_selection(self.env))
        for line in self:
            line.display_name = days.get(line.dayofweek, "")

    # No `super` in these three: there is no table of ours to write to.
    # pylint: disable=method-required-super

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        created = self.browse()
        for vals in vals_list:
            broker = self.env["res.users"].browse(vals.get("broker_id") or self.env.uid)
            calendar = broker._own_calendar()
            before = calendar.attendance_ids
            values = self._defaults() | {key: vals[key] for key in WRITABLE & vals.keys()}
            values["name"] = self._line_name(values["dayofweek"])
            if calendar.two_weeks_calendar:
                values["week_type"] = values.get("week_type") or "0"
            self._change(calendar, [Command.create(values)])
            created |= self.browse((calendar.attendance_ids - before).ids)
        # Like the ORM's own: the rules judge what was made, and undo it all by raising.
        created.check_access("create")
        return created

    def write(self, vals):
        self.check_access("write")
        if any(line.broker_id.id != vals["broker_id"] for line in self if "broker_id" in vals):
            raise UserError(
                self.env._("These hours belong to their broker. Add new ones for the other.")
            )
        values = {key: vals[key] for key in WRITABLE & vals.keys()}
        if "dayofweek" in values:
            values["name"] = self._line_name(values["dayofweek"])
        for broker, lines in self.grouped("broker_id").items():
            commands = [Command.update(line.id, values) for line in lines]
            self._change(broker._own_calendar(), commands)
        return True

    def unlink(self):
        self.check_access("unlink")
        for broker, lines in self.grouped("broker_id").items():
            commands = [Command.delete(line.id) for line in lines]
            self._change(broker._own_calendar(), commands)
        return True

    # pylint: enable=method-required-super

    @api.model
    def _defaults(self):
        return {
            name: self._fields[name].default(self) for name in ("dayofweek", "hour_from", "hour_to")
        }

    @api.model
    def _line_name(self, dayofweek):
        return dict(WEEKDAYS).get(dayofweek) or "?"

    def _change(self, calendar, commands):
        """Change the lines of `calendar`, which comes with sudo from `_own_calendar`."""
        for command in commands:
            values = command[2] or {}
            hour_from, hour_to = values.get("hour_from", 0), values.get("hour_to", 24)
            if command[0] == Command.UPDATE:
                line = self.browse(command[1])
                hour_from = values.get("hour_from", line.hour_from)
                hour_to = values.get("hour_to", line.hour_to)
            if command[0] != Command.DELETE and not 0 <= hour_from < hour_to <= 24:
                raise UserError(
                    self.env._(
                        "The hours of a day run from 0:00 to 24:00, and the end is after the "
                        "beginning."
                    )
                )
        # Odoo's breaks are lines too, which nobody sees here: new hours would run into them. No
        # line at all is as good a break.
        breaks = calendar.attendance_ids.filtered(lambda line: line.day_period == "lunch")
        calendar.attendance_ids = [Command.delete(line.id) for line in breaks] + commands
        self.env.flush_all()
        self.env.invalidate_all()

    @api.model
    def action_open(self):
        """The weekly hours: one's own, and the team's for a manager."""
        brokers = self.env.user
        if brokers.has_group("immoassist_appointments.group_manager"):
            brokers = brokers.search(
                [
                    *self._fields["broker_id"].domain(self),
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
        self.check_access("read")
        for broker in brokers.filtered(lambda user: user._is_broker()):
            broker._own_calendar()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "immoassist_appointments.immoassist_availability_hours_action"
        )
