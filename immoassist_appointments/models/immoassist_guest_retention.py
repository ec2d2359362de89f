import re
from functools import partial
from html import escape

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

PARAMETER = "immoassist_appointments.guest_retention_months"
BATCH = 500


class ImmoassistAppointmentAttendee(models.Model):
    """Guests are forgotten after a time that the agency chooses; their appointments stay."""

    _inherit = "immoassist.appointment.attendee"

    anonymised = fields.Boolean(readonly=True, copy=False)

    @api.autovacuum
    def _gc_guests(self):
        limit = self._retention_limit()
        if not limit:
            return 0, 0
        guests = Domain("partner_id", "=", False) & Domain("anonymised", "=", False)
        due = guests & Domain("appointment_id.stop", "<", limit)
        attendees = self.search(due, limit=BATCH, order="id")
        attendees._anonymise()
        return len(attendees), self.search_count(due)

    @api.model
    def _retention_limit(self):
        """The moment before which guests are forgotten; None when they are kept."""
        # sudo: called by the cron, as whoever it runs as.
        months = int(self.env["ir.config_parameter"].sudo().get_param(PARAMETER) or 0)
        return fields.Datetime.now() - relativedelta(months=months) if months > 0 else None

    def _anonymise(self):
        """Forget who they are, and what was written to them or by them."""
        # sudo: called by the cron; a mail of the guest's may belong to another author.
        messages = self.env["mail.message"].sudo()
        messages.search([("model", "=", self._name), ("res_id", "in", self.ids)]).unlink()
        for attendee in self:
            attendee._leave_chatter()
        for lang, attendees in self.grouped("lang").items():
            name = self.with_context(lang=lang or "en_US").env._("Guest")
            attendees.write({"name": name, "email": False, "phone": False, "anonymised": True})
        self.appointment_id.write({"told_now": False, "ended_now": False})
        self.appointment_id._forget_words()

    def _leave_chatter(self):
        """Take what this guest wrote out of the chatter, and his name out of the rest of it."""
        # sudo: as above.
        messages = self.env["mail.message"].sudo()
        appointment = self.appointment_id
        told = messages.search([("model", "=", appointment._name), ("res_id", "=", appointment.id)])
        own = told.filtered(
            lambda m: (
                self.email_normalized and email_normalize(m.email_from) == self.email_normalized
            )
        )
        own.unlink()
        for message in told - own:
            subject = self._without_me(message.subject, str)
            # Stored bodies escape three characters, and no quotes.
            body = self._without_me(message.body, partial(escape, quote=False))
            if (subject, body) != (message.subject or "", message.body or ""):
                message.subject = subject
                # security: stored HTML of Odoo's; the words put into it are escaped.
                message.body = Markup(body)  # noqa: S704 # nosec B704

    def _without_me(self, text, stored):
        """The text with “Guest” for what names this one, where it stands as whole words.

        :param stored: how the text writes a string
        """
        words = filter(None, [self.name, self.email, self.email_normalized, self.phone])
        known = "|".join(re.escape(stored(word)) for word in words)
        guest = stored(self.with_context(lang=self.lang or "en_US").env._("Guest"))
        return re.sub(rf"(?<!\w)(?:{known})(?!\w)", lambda _match: guest, text or "")


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    def _forget_words(self):
        """Forget what clients wrote and what was written about them, outside of the chatter."""
        # What a client typed on the booking page; a broker's own notes stay.
        self.filtered(lambda a: a.source == "website").filtered("description").description = False
        theirs = self.filtered(lambda a: a.cancelled_by == "client").with_context(
            tracking_disable=True
        )
        theirs.filtered("cancel_reason").cancel_reason = False
        # sudo: called by the cron; these belong to nobody or to their brokers.
        related = [("mail_message_id.model", "=", self._name)]
        related += [("mail_message_id.res_id", "in", theirs.ids)]
        related += [("field_id.name", "=", "cancel_reason")]
        self.env["mail.tracking.value"].sudo().search(related).unlink()
        # A mail that was sent is gone already; one that could not be is about the past.
        about = [("model", "=", self._name), ("res_id", "in", self.ids)]
        self.env["mail.mail"].sudo().search(about).unlink()
        self.sudo().reminder_ids.filtered("error").error = False
        about = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        for activity in activities.search(about):
            activity.res_name = self.browse(activity.res_id).display_name


class ImmoassistAppointmentProposal(models.Model):
    _inherit = "immoassist.appointment.proposal"

    @api.autovacuum
    def _gc_guests(self):
        """Delete the proposals to guests: there is nothing in them but who could have come when."""
        limit = self.env["immoassist.appointment.attendee"]._retention_limit()
        if not limit:
            return 0, 0
        due = Domain("partner_id", "=", False) & Domain("expires_at", "<", limit)
        over = Domain("appointment_id", "=", False) | Domain("appointment_id.stop", "<", limit)
        proposals = self.search(due & over, limit=BATCH, order="id")
        # sudo: called by the cron; the mails to clients belong to nobody.
        messages = self.env["mail.message"].sudo()
        messages.search([("model", "=", self._name), ("res_id", "in", proposals.ids)]).unlink()
        proposals.unlink()
        return len(proposals), self.search_count(due & over)
