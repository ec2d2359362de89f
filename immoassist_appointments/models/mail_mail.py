from odoo import fields, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    immoassist_ics = fields.Text(
        string="Invitation", help="The iCalendar file that mail programs show with buttons."
    )
    immoassist_ics_method = fields.Char()

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if self.immoassist_ics:
            part = (
                "invite.ics",
                self.immoassist_ics.encode(),
                f"text/calendar; method={self.immoassist_ics_method}",
            )
            # The list of attachments is one object, shared by the mails of all recipients.
            for email in emails:
                email["attachments"] = [*email["attachments"], part]
        return emails
