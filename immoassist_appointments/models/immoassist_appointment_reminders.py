from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core.reminders import Meeting, Person

PLANNED_BY = frozenset({"start", "state", "type_id", "broker_id", "source"})
PLANNED_BY_ATTENDEE = frozenset({"appointment_id", "partner_id", "email", "state"})
PLANNED_BY_RULE = frozenset({"minutes_before", "channel", "active"})
# Their provider reminds of them, and their guests never heard of us.
IMPORTED = frozenset({"google", "outlook"})
DEFAULT_RULES = (
    "immoassist_appointments.reminder_rule_day",
    "immoassist_appointments.reminder_rule_hour",
)


class ImmoassistAppointment(models.Model):
    """Keeps the ledger of reminders in line with the appointment. Nothing is sent from here."""

    _inherit = "immoassist.appointment"

    reminder_ids = fields.One2many(
        "immoassist.appointment.reminder",
        "appointment_id",
        string="Reminders",
        readonly=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        appointments = super().create(vals_list)
        appointments._plan_reminders()
        return appointments

    def write(self, vals):
        done = super().write(vals)
        if not PLANNED_BY.isdisjoint(vals):
            self._plan_reminders()
        return done

    def action_remind_now(self):
        """Remind everybody concerned, once, and say so in the chatter."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "confirmed" or self.start <= fields.Datetime.now():
            raise UserError(
                self.env._("Only a confirmed appointment that has not begun can be reminded of.")
            )
        if self.source in IMPORTED:
            raise UserError(
                self.env._("This appointment comes from another calendar, which reminds of it.")
            )
        # Two clicks at once: the second runs again, and finds that it came too late.
        self._take_guard(self.broker_id)
        # sudo: the ledger is written by code alone; this user may write the appointment.
        rows = self.env["immoassist.appointment.reminder"].sudo()._remind_now(self.sudo())
        names = ", ".join(rows.mapped("recipient_name"))
        message = self.env._("Reminder sent to %(names)s.", names=names)
        self._message_log(body=message)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _plan_reminders(self):
        """Bring the ledger in line, in one batch."""
        # sudo: the ledger is written by code alone; who may change an appointment replans it.
        ours = self.sudo().filtered(lambda appointment: appointment.source not in IMPORTED)
        if ours:
            self.env["immoassist.appointment.reminder"].sudo()._plan(ours)

    def _attendees_changed(self):
        # sudo: who may change an attendee replans the appointment.
        ours = self.sudo().filtered(lambda appointment: appointment.source not in IMPORTED)
        # Somebody may confirm or move it right now, in a transaction that does not see this
        # attendee: the guard makes the later of the two run again.
        ours._take_guard(ours.broker_id)
        ours._plan_reminders()

    def _reminder_meetings(self):
        """What the reminders of each appointment depend on.

        :return: {appointment: `core.reminders.Meeting`}
        """
        # Once for all of them: it is looked up in the database each time.
        default = self.env["immoassist.reminder.rule"]._default_rules()
        return {appointment: appointment._reminder_meeting(default) for appointment in self}

    def _reminder_meeting(self, default_rules):
        self.ensure_one()
        broker = self.broker_id
        people = [Person(("user", broker.id), broker.partner_id.email_normalized or "")]
        people += [
            Person(
                ("attendee", attendee.id),
                attendee.email_normalized or "",
                declined=attendee.state == "declined",
            )
            for attendee in self.attendee_ids
        ]
        rules = self.type_id.reminder_rule_ids if self.type_id else default_rules
        if self.source in IMPORTED:
            rules = rules.browse()
        return Meeting(
            start=self.start.replace(tzinfo=timezone.utc),
            state=self.state,
            people=tuple(people),
            offsets=frozenset(rules.mapped("minutes_before")),
        )


class ImmoassistAppointmentAttendee(models.Model):
    _inherit = "immoassist.appointment.attendee"

    @api.model_create_multi
    def create(self, vals_list):
        attendees = super().create(vals_list)
        attendees.appointment_id._attendees_changed()
        return attendees

    def write(self, vals):
        before = self.appointment_id
        done = super().write(vals)
        if not PLANNED_BY_ATTENDEE.isdisjoint(vals):
            (before | self.appointment_id)._attendees_changed()
        return done

    def unlink(self):
        appointments = self.appointment_id
        done = super().unlink()
        appointments.exists()._attendees_changed()
        return done


class ImmoassistAppointmentType(models.Model):
    _inherit = "immoassist.appointment.type"

    def write(self, vals):
        done = super().write(vals)
        if "reminder_rule_ids" in vals:
            self.env["immoassist.reminder.rule"]._replan(Domain("type_id", "in", self.ids))
        return done


class ImmoassistReminderRule(models.Model):
    _inherit = "immoassist.reminder.rule"

    def write(self, vals):
        done = super().write(vals)
        if not PLANNED_BY_RULE.isdisjoint(vals):
            self._replan(self._users_domain())
        return done

    def unlink(self):
        domain = self._users_domain()
        done = super().unlink()
        self._replan(domain)
        return done

    def _default_rules(self):
        """The rules of appointments without type: those shipped with the addon."""
        rules = self.browse()
        for name in DEFAULT_RULES:
            rules |= self.env.ref(name, raise_if_not_found=False) or rules
        return rules.filtered("active")

    def _users_domain(self):
        """The appointments that these rules concern."""
        types = self.env["immoassist.appointment.type"].with_context(active_test=False)
        using = types.search([("reminder_rule_ids", "in", self.ids)])
        return Domain("type_id", "in", [*using.ids, False])

    def _replan(self, domain):
        upcoming = Domain("start", ">", fields.Datetime.now()) & Domain("state", "=", "confirmed")
        # sudo: the rules hold for every broker's appointments, whoever changes them.
        self.env["immoassist.appointment"].sudo().search(upcoming & domain)._plan_reminders()
