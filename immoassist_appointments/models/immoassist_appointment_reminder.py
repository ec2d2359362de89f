from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.reminders import PLANNED, SENT, Key, Status, plan

# Two clicks on "Remind now" are one wish.
REMIND_AGAIN_AFTER = timedelta(minutes=5)


class ImmoassistAppointmentReminder(models.Model):
    """The ledger of reminders: what is due, sent, skipped. Written by code alone.

    One row per appointment, recipient, offset and start. The start is part of it because a moved
    appointment is reminded of again, although what was sent for its old time stays sent.
    """

    _name = "immoassist.appointment.reminder"
    _description = "Reminder of an appointment"
    _order = "due_at, id"
    _rec_name = "recipient_name"

    appointment_id = fields.Many2one(
        "immoassist.appointment", required=True, index=True, ondelete="cascade", readonly=True
    )
    attendee_id = fields.Many2one(
        "immoassist.appointment.attendee", index="btree_not_null", ondelete="cascade", readonly=True
    )
    user_id = fields.Many2one(
        "res.users", string="Broker", index="btree_not_null", ondelete="cascade", readonly=True
    )
    minutes_before = fields.Integer(
        readonly=True, aggregator=None, help="Minutes between the reminder and the start."
    )
    manual = fields.Boolean(
        string="By hand", readonly=True, help="Sent by the button, not by a rule."
    )
    start = fields.Datetime(
        string="For the start",
        required=True,
        readonly=True,
        help="The start it reminds of; the appointment may have moved since.",
    )
    due_at = fields.Datetime(string="Due", required=True, readonly=True)
    next_try_at = fields.Datetime(
        required=True, readonly=True, help="Later than due after a mail could not be made."
    )
    state = fields.Selection(
        [("planned", "Planned"), ("sent", "Sent"), ("skipped", "Skipped")],
        required=True,
        default="planned",
        readonly=True,
    )
    reason = fields.Selection(
        [
            ("late", "Its moment had passed already"),
            ("begun", "The appointment had begun"),
            ("cancelled", "Appointment cancelled"),
            ("declined", "Declined"),
            ("obsolete", "No longer applies"),
        ],
        readonly=True,
    )
    sent_at = fields.Datetime(readonly=True, help="When its mail was queued.")
    error = fields.Char(string="Last error", readonly=True)
    # sudo: an address and a name that the reader of the appointment sees there as well.
    recipient_name = fields.Char(
        string="Recipient", compute="_compute_recipient", compute_sudo=True
    )
    email = fields.Char(compute="_compute_recipient", compute_sudo=True)
    lang = fields.Char(compute="_compute_recipient", compute_sudo=True)

    _one_recipient = models.Constraint(
        "CHECK ((attendee_id IS NULL) <> (user_id IS NULL))",
        "A reminder is for the broker or for an attendee.",
    )
    _row_unique = models.UniqueIndex(
        "(appointment_id, COALESCE(attendee_id, 0), COALESCE(user_id, 0), minutes_before, start) "
        "WHERE manual IS NOT TRUE",
        "This reminder exists already.",
    )
    _due_index = models.Index("(next_try_at, id) WHERE state = 'planned'")

    @api.depends("attendee_id.name", "attendee_id.email", "attendee_id.lang")
    @api.depends("user_id.name", "user_id.email", "user_id.lang")
    def _compute_recipient(self):
        for row in self:
            who = row.attendee_id or row.user_id
            row.recipient_name = who.name
            row.email = who.email
            row.lang = who.lang

    # ---------------------------------------------------------------- words of the mails

    def _zone(self):
        """The zone of who reads."""
        self.ensure_one()
        attendee, broker = self.attendee_id, self.appointment_id.broker_id
        return attendee._zone() if attendee else broker._broker_zone()

    def _when_words(self):
        """Day, hours and zone as the recipient says them, for an agency's own templates."""
        self.ensure_one()
        return self.appointment_id._when_words(self.lang, self._zone())

    def _mail_card(self):
        """What, when, where and with whom, as the recipient may know it."""
        self.ensure_one()
        if self.attendee_id:
            return self.attendee_id._mail_card()
        return self.appointment_id._mail_card(former=False)

    def _subject(self):
        self.ensure_one()
        appointment = self.appointment_id
        wording = appointment.broker_id._broker_wording(self.lang, self._zone())
        return self.with_context(lang=self.lang).env._(
            "Reminder: %(name)s, %(moment)s",
            name=appointment.name,
            moment=wording.moment(appointment.start.replace(tzinfo=timezone.utc)),
        )

    # ---------------------------------------------------------------- planning

    def _key(self):
        self.ensure_one()
        person = (
            ("attendee", self.attendee_id.id) if self.attendee_id else ("user", self.user_id.id)
        )
        return Key(person, self.minutes_before, self.start.replace(tzinfo=timezone.utc))

    @api.model
    def _plan(self, appointments):
        """Bring the ledger of the appointments in line with them.

        :param appointments: `immoassist.appointment` records, with sudo
        """
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        rows = self.search([("appointment_id", "in", appointments.ids), ("manual", "=", False)])
        by_appointment = rows.grouped("appointment_id")
        values, dropped, changed = [], self.browse(), defaultdict(self.browse)
        for appointment, meeting in appointments._reminder_meetings().items():
            own = {row._key(): row for row in by_appointment.get(appointment, ())}
            ledger = {key: Status(row.state, row.reason or "") for key, row in own.items()}
            todo = plan(meeting, ledger, now)
            values += [
                self._row_values(appointment, key, status) for key, status in todo.create.items()
            ]
            for key, status in todo.change.items():
                changed[status] |= own[key]
            dropped = dropped.union(*(own[key] for key in todo.drop))
        dropped.union(*changed.values())._wait_for_sender()
        dropped.unlink()
        planned = self.create(values)
        for status, some in changed.items():
            some.write({"state": status.state, "reason": status.reason or False})
            planned |= some
        planned._wake_cron()

    def _wait_for_sender(self):
        """Lock the rows. When the cron just sent them, this transaction runs again and sees it."""
        if self:
            query = SQL("SELECT FROM %s WHERE id = ANY(%s) FOR UPDATE", self._table_sql, self.ids)
            # A lost race is ordinary here, not an error for the log.
            self.env.cr.execute(query, log_exceptions=False)

    def _row_values(self, appointment, key, status):
        kind, id_ = key.person
        due = key.due.replace(tzinfo=None)
        return {
            "appointment_id": appointment.id,
            "attendee_id": id_ if kind == "attendee" else False,
            "user_id": id_ if kind == "user" else False,
            "minutes_before": key.minutes,
            "start": key.start.replace(tzinfo=None),
            "due_at": due,
            "next_try_at": due,
            "state": status.state,
            "reason": status.reason or False,
        }

    def _wake_cron(self):
        """Have the cron run at the very moments when these rows are due."""
        moments = {row.next_try_at for row in self if row.state == PLANNED}
        if not moments:
            return
        # sudo: who plans an appointment may not read crons.
        cron = self.env.ref("immoassist_appointments.ir_cron_reminders").sudo()
        triggers = cron.env["ir.cron.trigger"].search(
            [("cron_id", "=", cron.id), ("call_at", "in", list(moments))]
        )
        moments -= set(triggers.mapped("call_at"))
        if moments:
            cron._trigger(at=sorted(moments))

    # ---------------------------------------------------------------- by hand

    @api.model
    def _remind_now(self, appointment):
        """Remind everybody concerned of an appointment; return the rows.

        :param appointment: one confirmed `immoassist.appointment` record, with sudo
        """
        now = fields.Datetime.now()
        recent = [
            ("appointment_id", "=", appointment.id),
            ("manual", "=", True),
            ("sent_at", ">", now - REMIND_AGAIN_AFTER),
        ]
        if self.search_count(recent, limit=1):
            raise UserError(self.env._("Everybody has been reminded a moment ago."))
        meeting = appointment._reminder_meetings()[appointment]
        values = [
            self._row_values(appointment, Key(person.key, 0, meeting.start), Status(SENT))
            | {"manual": True, "due_at": now, "next_try_at": now}
            for person in meeting.concerned()
        ]
        if not values:
            raise UserError(self.env._("Nobody here has an e-mail address."))
        rows = self.create(values)
        rows._queue_mails()
        return rows
