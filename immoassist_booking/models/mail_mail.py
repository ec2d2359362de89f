from odoo import fields, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    booking_full = fields.Boolean(
        readonly=True,
        help="A mail with a code, in whose place the appointments that are open are sent: there "
        "are as many as may be.",
    )

    def send(self, *args, **kwargs):
        full = self.filtered("booking_full")
        for mail in full:
            mail._tell_booking_full()
        return super(MailMail, self.exists() if full else self).send(*args, **kwargs)

    def _tell_booking_full(self):
        """Write what is open into the mail.

        Not when it is queued: whoever asked for it waits for that, and would learn from the time
        that it takes.
        """
        # sudo: the queue sends for whoever asked, who may read nothing of it.
        row = self.env["immoassist.booking.code"].sudo().browse(self.res_id).exists()
        if row:
            self.write({**row._open_mail(self.email_to), "booking_full": False})
        else:  # it lay in the queue for longer than a code is good
            self.unlink()
