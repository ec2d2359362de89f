from dataclasses import replace

from odoo import api, fields, models

from .. import ics


class ImmoassistAppointmentAttendee(models.Model):
    _inherit = "immoassist.appointment.attendee"

    told_sequence = fields.Integer(
        default=-1,
        readonly=True,
        copy=False,
        help="The revision of the appointment that this attendee knows; -1: none.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        attendees = super().create(vals_list)
        # sudo: mails are nobody's to delete by hand.
        attendees.sudo()._unsay_end()
        attendees.appointment_id._mark_news()
        return attendees

    def write(self, vals):
        if vals.keys().isdisjoint({"email", "partner_id"}):
            return super().write(vals)
        addresses = {attendee: attendee.email_normalized for attendee in self}
        done = super().write(vals)
        changed = self.filtered(lambda a: a.email_normalized != addresses[a])
        if changed:
            changed.told_sequence = -1
            changed.appointment_id._mark_news()
        return done

    def unlink(self):
        # sudo: who may take somebody off the list thereby tells him.
        self.sudo()._withdraw()
        return super().unlink()

    def _withdraw(self):
        """Tell those who were invited that they are not expected any more."""
        sent = False
        for appointment in self.appointment_id:
            people = self.filtered(lambda a, of=appointment: a.appointment_id == of)
            if appointment._take_back()[0]:
                appointment._mark_news()
            ended = appointment._ended_mails()
            invited = people.filtered(
                lambda a, ended=ended: a.told_sequence >= 0 or a._address_digest() in ended
            )
            known = appointment.state != "cancelled" and appointment._lies_ahead()
            if invited and known and appointment.inform_attendees:
                appointment._count_withdrawal()
                for attendee in invited.filtered("email_normalized"):
                    attendee._tell_end()
                sent = True
        if sent:
            self.env["immoassist.appointment"]._wake_mail_queue()

    def _tell_end(self):
        appointment = self.appointment_id
        ended = replace(appointment._ical_meeting(self), status=ics.CANCELLED)
        mail = appointment._queue_mail("mail_template_cancelled_client", self, ended)
        appointment._note_ended(self, mail)

    def _unsay_end(self):
        """Whoever is put on the list again by the transaction that took him off never left."""
        for attendee in self:
            mail = attendee.appointment_id._ended_mails().get(attendee._address_digest())
            waiting = self.env["mail.mail"].browse(mail).exists()
            waiting.filtered(lambda m: m.state == "outgoing").unlink()

    def _news_template(self, before):
        """Which mail tells this attendee what he does not know, if there is any.

        :param before: what was told last; {} when nothing was yet, None when nothing changed
        """
        self.ensure_one()
        appointment, invited = self.appointment_id, self.told_sequence >= 0
        if invited and self.told_sequence == appointment.ical_sequence:
            return None
        if appointment.state == "cancelled":
            return self._end_template(before or {}) if invited else None
        if appointment.state == "pending":
            asked = invited or appointment.source == "website"
            return "mail_template_request_client" if asked else None
        state = (before or {}).get("state")
        booked_online = before == {} and appointment.source == "website"
        if booked_online or (invited and state == "pending"):
            return "mail_template_booked_client"
        if not invited or state == "cancelled":
            return "mail_template_invitation_client"
        return "mail_template_changed_client"

    def _end_template(self, before):
        refused = before.get("state") == "pending" and self.appointment_id.cancelled_by != "client"
        return "mail_template_refused_client" if refused else "mail_template_cancelled_client"
