"""An agency with two brokers and a client, at a frozen moment."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user

from .mailbox import MailboxMixin

# A Monday, a week before the clocks of Canada change.
NOW = "2027-03-08 14:00:00"
VISIT = fields.Datetime.to_datetime("2027-03-10 15:00:00")  # 10:00 in Montreal


class Agency:
    """Mixed into test classes: records, made once."""

    @classmethod
    def make_agency(cls):
        cls.startClassPatcher(freeze_time(NOW))
        cls.env["res.lang"]._activate_lang("fr_FR")
        company = cls.env.company
        company.write({"name": "Agence du Plateau", "email": "agence@agency.example"})
        cls.marie = cls._broker("marie", "Marie Tremblay", "America/Toronto", "en_US")
        cls.marie.phone = "514 555-0100"
        cls.paul = cls._broker("paul", "Paul Martin", "Europe/Paris", "fr_FR")
        cls.manager = cls._broker("manager", "Zoé Roy", "America/Toronto", "en_US")
        cls.manager.group_ids = [
            Command.link(cls.env.ref("immoassist_appointments.group_manager").id)
        ]
        cls.type = cls.env["immoassist.appointment.type"].create(
            {"name": "Property visit", "slug": "test-visit", "duration": 60, "slot_step": 60}
        )

    @classmethod
    def _broker(cls, login, name, tz, lang):
        return new_test_user(
            cls.env,
            f"inv_{login}",
            name=name,
            email=f"{login}@agency.example",
            tz=tz,
            lang=lang,
            groups="base.group_user,immoassist_appointments.group_broker",
        )

    @classmethod
    def appointment(cls, *attendees, user=None, **values):
        """An appointment of Marie's, made by herself unless told otherwise."""
        guests = attendees or ({"name": "Ada Byron", "email": "ada@client.example"},)
        values = {
            "broker_id": cls.marie.id,
            "type_id": cls.type.id,
            "start": VISIT,
            "stop": values.get("start", VISIT) + timedelta(hours=1),
            "location": "4512, rue Saint-Denis",
            "attendee_ids": [Command.create(guest) for guest in guests],
            **values,
        }
        return cls.env["immoassist.appointment"].with_user(user or cls.marie).create(values)

    @classmethod
    def book(cls, start=VISIT, **guest):
        """As the booking page does, for somebody without an account."""
        from ..models.immoassist_appointment_booking import Guest

        who = {"name": "Ada Byron", "email": "ada@client.example", "tz": "America/Toronto", **guest}
        public = cls.env.ref("base.public_user")
        booker = cls.env["immoassist.appointment"].with_user(public).sudo()
        return booker._book(
            cls.marie, cls.type, start.replace(tzinfo=ZoneInfo("UTC")), Guest(**who)
        )


class InvitationCase(MailboxMixin, Agency, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()
