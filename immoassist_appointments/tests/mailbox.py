"""A real SMTP server on the loopback, and what it received."""

import email
import logging
import socket
import warnings
from email import policy
from unittest.mock import patch

from icalendar import Calendar

with warnings.catch_warnings():
    # aiosmtpd uses parts of asyncio that later Pythons deprecate.
    warnings.simplefilter("ignore")
    from aiosmtpd.controller import Controller

from odoo.addons.base.models.ir_mail_server import IrMail_Server

logging.getLogger("mail.log").setLevel(logging.ERROR)


def _free_port():
    # The controller connects to the port that it was given: 0 does not work.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class _Keeper:
    def __init__(self):
        self.received = []
        self.refuse = None  # the answer to every mail, when it is to be refused
        self.unknown = None  # the answer to every recipient

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.unknown:
            return self.unknown
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # the name is aiosmtpd's
        if self.refuse:
            return self.refuse
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.received.append((envelope.rcpt_tos, message))
        return "250 OK"


class MailboxMixin:
    """For test classes: `deliver` sends what is queued, over SMTP.

    Odoo opens no SMTP connection while tests run; `_disable_send` is its switch for that, which
    its own SMTP tests turn as well. Nothing else is replaced.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = _Keeper()
        controller = Controller(cls.keeper, hostname="127.0.0.1", port=_free_port())
        controller.start()
        cls.addClassCleanup(controller.stop)
        cls.env["ir.mail_server"].search([]).active = False
        cls.env["mail.mail"].search([("state", "=", "outgoing")]).state = "cancel"
        cls.env["ir.mail_server"].create(
            {
                "name": "loopback",
                "smtp_host": "127.0.0.1",
                "smtp_port": controller.port,
                "smtp_encryption": "none",
            }
        )
        cls.startClassPatcher(patch.object(IrMail_Server, "_disable_send", lambda self: False))

    def deliver(self):
        """End the transaction as a request does, run the mail cron, return what arrived.

        :return: [(recipient, message)] in order of recipient
        """
        self.env.flush_all()
        self.env.cr.flush()
        self.keeper.received.clear()
        queued = self.env["mail.mail"].search([("state", "=", "outgoing")], order="id")
        queued.send()
        self.assertFalse(queued.exists().filtered(lambda m: m.state == "exception"))
        arrived = [(to, message) for tos, message in self.keeper.received for to in tos]
        return sorted(arrived, key=lambda pair: pair[0])

    def recipients(self):
        return [to for to, _message in self.deliver()]


def invitation_of(message):
    """The text/calendar part of a mail, parsed, and its method in the MIME header."""
    (part,) = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    text = part.get_payload(decode=True).decode(part.get_content_charset())
    return Calendar.from_ical(text), part.get_param("method")


def body_of(message, kind="html"):
    return message.get_body(preferencelist=(kind,)).get_content()
