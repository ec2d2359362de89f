"""What the tests of the sync share: a broker connected to accounts in memory."""

from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import fields
from odoo.tests import TransactionCase, freeze_time

from odoo.addons.immoassist_appointments.tests.common import NOW, AgencyMixin

from .. import providers, worker
from ..core import Event, Presence
from ..core.grant import Grant
from ..providers import memory

IN_MEMORY = dict.fromkeys(("google", "outlook"), ("memory", "MemoryCalendar"))
CONSENT = dict.fromkeys(("google", "outlook"), ("memory_oauth", "MemoryAuthoriser"))


def moment(text):
    """Aware UTC of "2027-03-01 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


class SyncMixin(AgencyMixin):
    """Connections to `core.provider` accounts in memory, and the worker that Odoo's cron runs."""

    @classmethod
    def set_up_sync(cls):
        cls.make_agency()
        cls.startClassPatcher(patch.dict(providers.CALENDARS, IN_MEMORY))
        cls.startClassPatcher(patch.dict(providers.AUTHORISERS, CONSENT))
        for name in ("google", "microsoft"):
            for part in ("client_id", "client_secret"):
                cls.env["ir.config_parameter"].set_param(
                    f"immoassist_calendar_sync.{name}_{part}", f"{name}-{part}"
                )
        key = Fernet.generate_key().decode()
        cls.startClassPatcher(patch.dict("os.environ", {"IMMOASSIST_ENCRYPTION_KEY": key}))

    def connect(self, provider, broker=None, **source):
        """:return: the connection and its account, agreed to and ready"""
        broker = broker or self.broker
        token = f"{provider}-{broker.id}"
        account = memory.ACCOUNTS[token] = memory.MemoryAccount()
        self.addCleanup(memory.ACCOUNTS.pop, token, None)
        connection = self.env["immoassist.calendar.connection"].create(
            {"user_id": broker.id, "provider": provider, "state": "connected"}
        )
        expires = fields.Datetime.now().replace(tzinfo=timezone.utc) + timedelta(days=900)
        connection._store_grant(Grant(token, expires, frozenset(), refresh_token=token))
        self.env["immoassist.calendar.source"].create(
            {
                "connection_id": connection.id,
                "external_id": memory.CALENDAR,
                "name": "Memory",
                "can_write": True,
                "is_primary": True,
                "is_target": True,
                "import_mode": "full",
                **source,
            }
        )
        return connection, account

    def sync(self):
        """Run the worker until nothing is due any more.

        :return: list of reports
        """
        self.env.flush_all()
        reports = []
        while lease := worker.lease_next(self.registry):
            reports.append(worker.run(lease))
        self.env.invalidate_all()
        return reports

    def sync_all(self):
        """As if the time of the next poll had come."""
        self.env["immoassist.calendar.connection"].search([]).write(
            {"next_sync": False, "not_before": False}
        )
        return self.sync()

    def book(self, start="2027-03-01 15:00", stop="2027-03-01 16:00", **values):
        return self.env["immoassist.appointment"].create(
            {
                "name": "Visit",
                "start": start,
                "stop": stop,
                "broker_id": self.broker.id,
                **values,
            }
        )

    def event(self, external_id="e1", **fields_):
        """An event as a person enters it at the provider."""
        presence = fields_.pop("presence", Presence.LIVE)
        options = {
            name: fields_.pop(name)
            for name in ("role", "guests", "ical_uid", "blocking")
            if name in fields_
        }
        values = {
            "name": "Dentist",
            "description": "",
            "location": "",
            "start": moment("2027-03-02 15:00"),
            "stop": moment("2027-03-02 16:00"),
            "allday": False,
            "free": False,
            "private": False,
            **fields_,
        }
        return Event(external_id, values, presence=presence, **options)


@freeze_time(NOW)
class SyncCase(SyncMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_sync()

    def setUp(self):
        super().setUp()
        # The worker opens cursors of its own: here they are savepoints of this test's.
        self.registry_enter_test_mode()
