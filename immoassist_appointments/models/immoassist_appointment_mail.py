from datetime import timezone

from odoo import models


class ImmoassistAppointment(models.Model):
    """The mails of an appointment and the words in them."""

    _inherit = "immoassist.appointment"

    def _when_words(self, lang, zone):
        """Day, hours and zone in words, for instance in a mail.

        :param str lang: Odoo language code
        :param zoneinfo.ZoneInfo zone: of who reads it
        """
        self.ensure_one()
        wording = self.broker_id._broker_wording(lang, zone)
        start, stop = (moment.replace(tzinfo=timezone.utc) for moment in (self.start, self.stop))
        return self.with_context(lang=lang).env._(
            "%(day)s, %(start)s to %(stop)s (%(city)s time)",
            day=wording.day(wording.local(start).date()),
            start=wording.time(start),
            stop=wording.time(stop),
            city=wording.city(),
        )

    def _client_subject(self):
        """Subject of the mail to the client, in the language of the context."""
        self.ensure_one()
        if self.state == "pending":
            return self.env._("Requested: %s", self.name)
        return self.env._("Confirmed: %s", self.name)

    def _broker_subject(self):
        """Subject of the mail to the broker, in the language of the context."""
        self.ensure_one()
        if self.state == "pending":
            return self.env._("To approve: %s", self.display_name)
        return self.env._("Booked: %s", self.display_name)

    def _send_booking_mails(self):
        """Queue the mails to the client and to the broker, each in their language and zone."""
        self.ensure_one()
        to_client = self.env.ref("immoassist_appointments.mail_template_booked_client")
        to_broker = self.env.ref("immoassist_appointments.mail_template_booked_broker")
        # sudo: the client who books has no account and may not read templates or records.
        for attendee in self.sudo().attendee_ids.filtered("email_normalized"):
            to_client.sudo().send_mail(attendee.id)
        to_broker.sudo().send_mail(self.id)
        # Send soon, from the cron: a mail server that hangs must not hold the client's page.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
