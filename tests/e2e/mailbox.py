"""A real SMTP server on the loopback, and what the running Odoo sent to it."""

import email
import re
import socket
import threading
from email import policy

from aiosmtpd.controller import Controller
from icalendar import Calendar

PATIENCE = 60


class Mailbox:
    """All mails in order of arrival; `wait` blocks until enough have come."""

    def __init__(self):
        self._arrival = threading.Condition()
        self._received = []
        # The controller connects to the port that it was given: 0 does not work.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_error):
        self._controller.stop()

    async def handle_DATA(self, server, session, envelope):  # the name is aiosmtpd's
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        with self._arrival:
            self._received += [(to, message) for to in envelope.rcpt_tos]
            self._arrival.notify_all()
        return "250 OK"

    def all(self):
        """Every mail until now: one for each recipient of the envelope."""
        with self._arrival:
            return [message for _to, message in self._received]

    def of(self, address, about=""):
        """The mails to an address until now, with a text in their subject."""
        with self._arrival:
            mails = [message for to, message in self._received if to == address]
        return [mail for mail in mails if about in mail["Subject"]]

    def wait(self, address, number=1, about=""):
        """The first mails to an address, as soon as there are that many."""
        with self._arrival:
            came = self._arrival.wait_for(lambda: len(self.of(address, about)) >= number, PATIENCE)
        assert came, f"waited in vain for mail {number} to {address}"
        return self.of(address, about)


def link_of(message, action):
    """The address behind a button of a mail, as one clicks it."""
    html = message.get_body(preferencelist=("html",)).get_content()
    found = re.search(rf'href="([^"]+/{action}\?token=[^"]+)"', html)
    assert found, f"no link to {action} in the mail"
    return found[1].replace("&amp;", "&")


def invitation_of(message):
    """The text/calendar part of a mail as bytes, and its method in the MIME header."""
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return part.get_payload(decode=True), part.get_param("method")


def event_of(message):
    """The event of the text/calendar part of a mail."""
    (event,) = Calendar.from_ical(invitation_of(message)[0]).walk("VEVENT")
    return event
