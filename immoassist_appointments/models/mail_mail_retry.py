import psycopg2

from odoo import api, fields, models
from odoo.tools.mail import email_split

from ..core.mail_retry import PATIENCE, is_hopeless, pause

# Odoo's words for "the server": what is wrong with an address or a sender has others.
SERVER = (False, "mail_smtp", "unknown")


class MailMail(models.Model):
    """Tries our mails again when the mail server was away: Odoo gives up at the first failure.

    A failure is committed as such before anything is planned, so who is killed in between leaves a
    failed mail, which the next round of the queue plans.
    """

    _inherit = "mail.mail"

    immoassist_attempts = fields.Integer(string="Failed attempts", readonly=True)
    immoassist_next_try = fields.Datetime(string="Next attempt", readonly=True)

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        if email_ids:
            return super().process_email_queue(email_ids, batch_size)
        self._put_back_failed()
        done = super().process_email_queue(email_ids, batch_size)
        try:
            self._plan_next_try()
        except psycopg2.Error:
            # What went wrong was the database, and Odoo has logged it: the next round plans.
            return done
        return done

    @api.model
    def _failed_of_ours(self, domain):
        """Those that the mail server did not take, lately.

        Only mails to one address: of several, some may have got it.
        """
        since = fields.Datetime.now() - PATIENCE
        ours = [("model", "=like", "immoassist.%"), ("date", ">", since)]
        failed = [("state", "=", "exception"), ("failure_type", "in", SERVER)]
        mails = self.search([*failed, *ours, *domain])
        return mails.filtered(lambda mail: mail._is_to_one() and not mail._is_hopeless())

    def _is_to_one(self):
        return len(self.recipient_ids) + len(email_split(self.email_to or "")) == 1

    def _is_hopeless(self):
        return is_hopeless(self.failure_reason or "")

    @api.model
    def _put_back_failed(self):
        mails = self._failed_of_ours([("immoassist_next_try", "<=", fields.Datetime.now())])
        late = mails.filtered(lambda mail: mail._reminds_too_late())
        late.write({"state": "cancel", "immoassist_next_try": False})
        (mails - late).write(
            {
                "state": "outgoing",
                "failure_type": False,
                "failure_reason": False,
                "immoassist_next_try": False,
            }
        )

    def _reminds_too_late(self):
        """Whether it reminds of what has begun."""
        if self.model != "immoassist.appointment.reminder":
            return False
        row = self.env[self.model].browse(self.res_id).exists()
        return not row or row.start <= fields.Datetime.now()

    @api.model
    def _plan_next_try(self):
        now, moments = fields.Datetime.now(), set()
        failed = self._failed_of_ours([("immoassist_next_try", "=", False)])
        for attempts, mails in failed.grouped("immoassist_attempts").items():
            again = now + pause(attempts + 1)
            mails.write({"immoassist_attempts": attempts + 1, "immoassist_next_try": again})
            moments.add(again)
        if moments:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(at=sorted(moments))
