"""A mail server that can be away, hang or refuse, and the ledger of what it took."""

import asyncio
import email
import socket
import threading
import warnings
from collections import Counter
from dataclasses import dataclass
from email import policy

with warnings.catch_warnings():
    # aiosmtpd uses parts of asyncio that later Pythons deprecate.
    warnings.simplefilter("ignore")
    from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Taken:
    """One mail for which the server answered 250."""

    to: str
    subject: str
    message_id: str


class MailServer:
    """On a port that stays the same; `mode` says how it behaves.

    Modes: `ok`; `down`, nobody listens; `hang`, no answer to a mail; else the answer to each mail,
    for instance `451 Try later`.
    """

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._lock = threading.Lock()
        self._taken = []
        self._controller = None
        self.mode = "down"

    def __enter__(self):
        self.set("ok")
        return self

    def __exit__(self, *_error):
        self.set("down")

    def set(self, mode):
        """Behave differently from now on."""
        self.mode = mode
        if mode == "down" and self._controller:
            self._controller.stop()
            self._controller = None
        elif mode != "down" and not self._controller:
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
            self._controller.start()

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        while self.mode == "hang":
            await asyncio.sleep(0.1)  # until the test lets go
        if self.mode != "ok":
            return self.mode if self.mode[0].isdigit() else "421 Going away"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # the names are aiosmtpd's
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        what = (str(message["Subject"]), str(message["Message-Id"]))
        with self._lock:
            self._taken += [Taken(to, *what) for to in envelope.rcpt_tos]
        return "250 OK"

    def count(self):
        """How often each mail was taken: {Taken: number}."""
        with self._lock:
            return Counter(self._taken)
