"""The mail server is away, or does not take a mail: what becomes of it."""

import logging
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .invitation_case import VISIT, InvitationCase

NOISE = (
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.base.models.ir_mail_server",
    "mail.log",
)
QUEUE = "mail.ir_cron_mail_scheduler_action"


@tagged("post_install", "-at_install")
class TestMailRetry(InvitationCase):
    def setUp(self):
        super().setUp()
        # Odoo logs each failure with its traceback: provoked here.
        for name in NOISE:
            logger = logging.getLogger(name)
            self.addCleanup(logger.setLevel, logger.level)
            logger.setLevel(logging.CRITICAL + 1)
        self.keeper.refuse = self.keeper.unknown = None
        self.addCleanup(setattr, self.keeper, "refuse", None)
        self.addCleanup(setattr, self.keeper, "unknown", None)
        self.started = fields.Datetime.now()
        self.visit = self.appointment()
        self.env.flush_all()
        self.env.cr.flush()  # makes the mail, as a commit does

    def queue(self, **later):
        """Run the mail queue after a while, as its cron does; return who got something."""
        self.keeper.received.clear()
        with freeze_time(self.started + timedelta(**later)):
            self.env["mail.mail"].process_email_queue()
        return [to for tos, _message in self.keeper.received for to in tos]

    def mail(self):
        domain = [("model", "=like", "immoassist.%"), ("email_to", "ilike", "ada@client")]
        return self.env["mail.mail"].search(domain)

    def test_refused_for_now(self):
        self.keeper.refuse = "451 Try later"
        self.assertFalse(self.queue())
        self.assertEqual(self.mail().state, "exception", "a failure is seen as one")
        again = self.started + timedelta(minutes=1)
        self.assertEqual(self.mail().immoassist_next_try, again)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.env.ref(QUEUE).id)])
        self.assertIn(again, triggers.mapped("call_at"), "the queue is woken for it")
        self.keeper.refuse = None
        self.assertFalse(self.queue(seconds=50), "not before its time")
        self.assertEqual(self.queue(seconds=60), ["ada@client.example"])
        self.assertFalse(self.queue(hours=2), "once")

    def test_nobody_listens(self):
        server = self.env["ir.mail_server"].search([])
        port, server.smtp_port = server.smtp_port, 1
        self.assertFalse(self.queue())
        self.assertFalse(self.queue(minutes=1))
        self.assertEqual(self.mail().immoassist_attempts, 2)
        server.smtp_port = port
        self.assertFalse(self.queue(minutes=2), "it waits longer each time")
        self.assertEqual(self.queue(minutes=3), ["ada@client.example"])

    def test_the_server_refuses_for_good(self):
        # It is about the server, whatever its code: somebody will repair it.
        self.keeper.refuse = "554 Misconfigured"
        self.assertFalse(self.queue())
        self.keeper.refuse = None
        self.assertEqual(self.queue(minutes=1), ["ada@client.example"])

    def test_an_address_that_does_not_exist(self):
        self.keeper.unknown = "550 No such user"
        self.assertFalse(self.queue())
        self.assertFalse(self.mail().immoassist_next_try, "it is not asked for again")
        self.keeper.unknown = None
        self.assertFalse(self.queue(hours=3))
        self.assertEqual(self.mail().state, "exception", "it stays failed, for the agency to see")

    def test_a_full_mailbox(self):
        self.keeper.unknown = "452 Mailbox full"
        self.assertFalse(self.queue())
        self.keeper.unknown = None
        self.assertEqual(self.queue(minutes=1), ["ada@client.example"])

    def test_not_for_ever(self):
        self.keeper.refuse = "451 Try later"
        for hours in range(30):
            self.assertFalse(self.queue(hours=hours))
        self.keeper.refuse = None
        self.assertFalse(self.queue(hours=40), "a mail of a day ago is no news")
        self.assertEqual(self.mail().state, "exception")

    def test_no_reminder_of_what_has_begun(self):
        self.keeper.refuse = "451 Try later"
        with freeze_time(VISIT - timedelta(minutes=30)):
            self.env["immoassist.appointment.reminder"]._remind_now(self.visit.sudo())
        late = VISIT - self.started
        self.queue(seconds=(late - timedelta(minutes=30)).total_seconds())
        reminders = self.env["mail.mail"].search(
            [("model", "=", "immoassist.appointment.reminder"), ("state", "=", "exception")]
        )
        self.assertEqual(len(reminders), 2, "the client's and the broker's")
        self.keeper.refuse = None
        self.assertFalse(self.queue(seconds=late.total_seconds()))
        self.assertEqual(set(reminders.mapped("state")), {"cancel"})

    def test_mails_of_others_are_left_alone(self):
        partner = self.env["res.partner"].create({"name": "Eve", "email": "eve@client.example"})
        self.env["mail.mail"].create(
            {"email_to": "eve@client.example", "model": "res.partner", "res_id": partner.id}
        )
        self.keeper.refuse = "451 Try later"
        self.queue()
        self.keeper.refuse = None
        self.assertEqual(self.queue(hours=1), ["ada@client.example"])
