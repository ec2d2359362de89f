import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import ics

_logger = logging.getLogger(__name__)

# A write of one of these may be news for somebody; whether it is, the facts tell.
NEWS_FIELDS = frozenset(
    {
        *("start", "stop", "duration", "allday", "name", "location", "state", "broker_id"),
        *("type_id", "transaction_id", "inform_attendees"),
    }
)
IMPORTED = frozenset({"google", "outlook"})
MARKED = "immoassist_appointments.news"
# The links in a mail are for who gets it: of any other type, everybody who may read the record
# could read them, a colleague who only attends for instance.
PERSONAL = {"message_type": "user_notification"}


class ImmoassistAppointment(models.Model):
    """Tells those who come, once per change.

    Writes only mark the appointment. At the end of the transaction its facts are compared with
    those that were told last: several writes make one mail, and going back and forth none.
    """

    _inherit = "immoassist.appointment"

    inform_attendees = fields.Boolean(
        string="Inform attendees",
        default=True,
        help="Attendees with an e-mail address get the invitation and every change of an "
        "appointment that lies ahead. Untick to tell them yourself.",
    )
    cancelled_by = fields.Selection(
        [("broker", "Agency"), ("client", "Client"), ("expiry", "Not approved in time")],
        readonly=True,
        copy=False,
    )
    invitation_hint = fields.Char(compute="_compute_invitation_hint")

    @api.depends("inform_attendees", "state", "stop", "source", "attendee_ids.email_normalized")
    def _compute_invitation_hint(self):
        for appointment in self:
            appointment.invitation_hint = appointment._invitation_hint()

    def _invitation_hint(self):
        people = self.attendee_ids.filtered("email_normalized").mapped("name")
        if not people or self.source in IMPORTED or self.state == "cancelled":
            return False
        if not self._lies_ahead():
            return self.env._("This appointment is over: nobody gets a mail.")
        if not self.inform_attendees:
            return self.env._("Nobody gets a mail, because “Inform attendees” is not ticked.")
        if self.state == "pending":
            return self.env._("The invitation goes out when you confirm.")
        return self.env._("The invitation and every change go by e-mail to: %s", ", ".join(people))

    # ---------------------------------------------------------------- noticing

    @api.model_create_multi
    def create(self, vals_list):
        appointments = super().create(vals_list)
        appointments._mark_news()
        return appointments

    def write(self, vals):
        if vals.get("state") in ("pending", "confirmed"):
            vals = {"cancelled_by": False, **vals}
        done = super().write(vals)
        if not NEWS_FIELDS.isdisjoint(vals):
            self._mark_news()
        return done

    def unlink(self):
        # Who was invited is told before the record, and the mail's own language, are gone.
        for appointment in self.sudo().filtered(lambda a: a.state != "cancelled" or a.told_now):
            appointment._take_back()
            appointment.attendee_ids._withdraw()
        return super().unlink()

    def _mark_news(self):
        """Have these compared with what was told last, when the transaction ends."""
        # Data files describe appointments, they do not make them.
        if self.env.context.get("install_mode"):
            return
        imported = self.filtered(lambda appointment: appointment.source in IMPORTED)
        # sudo: the revision is counted by code alone. Nobody is told, so there is no need to wait.
        for appointment in imported.sudo():
            appointment._publish_revision()
        to_tell = self - imported
        if not to_tell:
            return
        precommit = self.env.cr.precommit
        marked = precommit.data.setdefault(MARKED, {})
        if not marked:
            precommit.add(self.env[self._name]._tell_marked)
        marked.update(dict.fromkeys(to_tell.ids, self.env.uid))

    @api.model
    def _tell_marked(self):
        by_user = defaultdict(list)
        for appointment_id, uid in self.env.cr.precommit.data.pop(MARKED, {}).items():
            by_user[uid].append(appointment_id)
        # Not the context of whoever wrote first: its defaults are not meant for mails.
        context = {key: self.env.context.get(key) for key in ("lang", "tz")}
        for uid, ids in by_user.items():
            records = self.env(user=uid, context=context)[self._name].browse(ids)
            # sudo: who may change an appointment thereby tells its attendees.
            records.sudo().exists()._tell()

    # ---------------------------------------------------------------- telling

    def _tell(self, mover=None):
        """Queue the mails about what changed since the last time.

        :param mover: the attendee who made the change, whose answer therefore stands
        """
        # Not again when the transaction ends, nor in the savepoint around each mail: a savepoint
        # runs what waits for the end of the transaction.
        marked = self.env.cr.precommit.data.get(MARKED, {})
        for appointment_id in self.ids:
            marked.pop(appointment_id, None)
        sent = False
        for appointment in self:
            _taken_back, known_mover = appointment._take_back()
            sent = appointment._tell_change(mover or known_mover) or sent
        if sent:
            self._wake_mail_queue()

    def _tell_change(self, mover):
        """:return: whether a mail was queued"""
        if self.source in IMPORTED:
            self._publish_revision()
            return False
        known = self._what_is_known(mover)
        before = self._publish_revision()
        if before:
            self._ask_again(before, mover)
        mails = self.env["mail.mail"]
        notes = self.env["mail.message"]
        if self._lies_ahead() or self._lies_ahead(before):
            mails, notes = self._tell_attendees(before)
            notes += self._tell_former_broker(before)
            mails += self._tell_broker(before)
        self._follow_request()
        if before is not None or mails:
            self.told_now = known | {"mails": mails.ids, "notes": notes.ids}
        return bool(mails or notes)

    def _lies_ahead(self, facts=None):
        """Whether it is not over; with `facts` whether it was not, as it was told before."""
        stop = fields.Datetime.to_datetime(facts["stop"]) if facts else self._held_range()[1]
        return stop > fields.Datetime.now()

    def _ask_again(self, before, mover):
        """An answer was about the time that was known then."""
        if (before["start"], before["stop"]) == (
            self.ical_published["start"],
            self.ical_published["stop"],
        ):
            return
        answered = self.attendee_ids.filtered(lambda a: a.state != "needs_action")
        (answered - (mover or answered.browse())).state = "needs_action"

    def _tell_attendees(self, before):
        """:return: the mails that were queued, and the note about them"""
        told, mails = self.attendee_ids.browse(), self.env["mail.mail"]
        notes = self.env["mail.message"]
        if not self.inform_attendees:
            return mails, notes
        for attendee in self.attendee_ids.filtered("email_normalized"):
            if template := attendee._news_template(before):
                mails += self._queue_mail(template, attendee)
                told |= attendee
        told.told_sequence = self.ical_sequence
        if told:
            notes += self._log_told(told)
        return mails, notes

    def _tell_broker(self, before):
        """:return: the mail that was queued, if any"""
        template = self._broker_template(before)
        if template and self.broker_id.email_normalized:
            return self._queue_mail(template, self)
        return self.env["mail.mail"]

    def _tell_former_broker(self, before):
        """:return: the message to him, if there is one"""
        former = self.env["res.users"].browse(before and before["broker"]).exists()
        if former in (self.env["res.users"], self.broker_id, self.env.user):
            return self.env["mail.message"]
        env = self.with_context(lang=former.lang).env
        return self.message_notify(
            partner_ids=former.partner_id.ids,
            subject=self.name,
            body=env._("This appointment is now with %s.", self.broker_id.name),
            force_send=False,
        )

    def _broker_template(self, before):
        """What the broker is told: nothing of what he did himself."""
        asked_online = before == {} and self.source == "website"
        if before is None or (self.env.user == self.broker_id and not asked_online):
            return None
        if self.state == "cancelled":
            return "mail_template_cancelled_broker" if before else None
        if self._awaits_approval():
            return "mail_template_request_broker"
        if not before or before["state"] == "cancelled" or before["broker"] != self.broker_id.id:
            return "mail_template_booked_broker"
        return "mail_template_changed_broker"

    def _queue_mail(self, name, record, meeting=None):
        """Queue the mail of a template with the calendar file.

        A template that an agency broke must not keep appointments from being saved.

        :param record: the attendee who gets it, or the appointment for the broker
        :param ics.Meeting meeting: what the calendar file says, instead of how things stand
        :return: the mail; none when the template has an error
        """
        attendee = record if record._name != self._name else None
        # sudo: a broker may not read templates; what they render is about this appointment alone.
        template = self.env.ref(f"immoassist_appointments.{name}").sudo()
        values = dict(PERSONAL)
        if attendee or self.broker_id._wants_invitation_file():
            values |= self._invitation_values(meeting or self._ical_meeting(attendee))
        try:
            with self.env.cr.savepoint():
                mail = template.send_mail(record.id, email_values=values)
        except UserError:
            # No message of the error in the log: it may quote the guest. Odoo's preview of the
            # template on this record shows it.
            _logger.error("The mail template %s cannot be rendered for %s", name, record)
            self._message_log(
                body=self.env._("No mail was sent: the template “%s” has an error.", template.name)
            )
            return self.env["mail.mail"]
        return self.env["mail.mail"].browse(mail)

    def _invitation_values(self, meeting):
        method = ics.CANCEL if meeting.status == ics.CANCELLED else ics.REQUEST
        return {
            "immoassist_ics": ics.invitation(meeting, method).decode(),
            "immoassist_ics_method": method,
        }

    def _log_told(self, attendees):
        names = ", ".join(attendees.mapped("name"))
        # sudo: it is the appointment that says so, whoever changed it.
        return self.sudo()._message_log(body=self.env._("Informed by e-mail: %s", names))

    def _wake_mail_queue(self):
        # Sent by the cron: a mail server that hangs must not hold the page. sudo: waking it.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def action_send_invitation(self):
        """Send the invitation as it stands to everybody who has an e-mail address."""
        self.ensure_one()
        self.check_access("write")
        people = self.attendee_ids.filtered("email_normalized")
        if not people:
            raise UserError(self.env._("No attendee has an e-mail address. Add one first."))
        if self.state != "confirmed" or not self._lies_ahead():
            raise UserError(self.env._("Only a confirmed appointment that lies ahead has one."))
        # sudo: mails are nobody's to create by hand.
        appointment = self.sudo()
        appointment._publish_revision()
        for attendee in people.sudo():
            appointment._queue_mail("mail_template_invitation_client", attendee)
            attendee.told_sequence = appointment.ical_sequence
        appointment._log_told(people.sudo())
        self._wake_mail_queue()
