"""What the tests of the appointments share: an agency of its own, and short ways to say things."""

from datetime import date, datetime, timedelta, timezone
from functools import partial
from zoneinfo import ZoneInfo

from odoo import Command, api
from odoo.service.model import call_kw, retrying
from odoo.tests import TransactionCase, freeze_time, new_test_user

TORONTO = ZoneInfo("America/Toronto")
PARIS = ZoneInfo("Europe/Paris")

# A Monday. Every date of the tests lies after it, whenever they run.
NOW = "2027-01-04 12:00:00"
MONDAY = "2027-03-01"

# No welcome mails, no chatter: users are only furniture here.
QUIET = {"no_reset_password": True, "mail_create_nolog": True, "mail_notrack": True}

BROKER = "immoassist_appointments.group_broker"
MANAGER = "immoassist_appointments.group_manager"
ADMINISTRATOR = "immoassist_appointments.group_administrator"


def utc(text, zone=timezone.utc):
    """Naive UTC, as stored, of the wall clock `text` ("2027-03-01 10:00") in `zone`."""
    wall = datetime.fromisoformat(text).replace(tzinfo=zone)
    return wall.astimezone(timezone.utc).replace(tzinfo=None)


def aware(text, zone=TORONTO):
    """The wall clock `text` in `zone`, as an aware datetime."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


class AgencyMixin:
    """Makes the agency; for `TransactionCase` and `HttpCase`."""

    @classmethod
    def make_agency(cls):
        cls.company = cls.env["res.company"].create({"name": "Agence des Érables"})
        cls.other_company = cls.env["res.company"].create({"name": "Une autre agence"})
        cls.broker = cls.make_user("marie", BROKER, tz="America/Toronto", name="Marie Tremblay")
        cls.paris = cls.make_user("luc", BROKER, tz="Europe/Paris", name="Luc Moreau")
        cls.manager = cls.make_user("gerante", MANAGER, tz="America/Toronto", name="La gérante")
        cls.internal = cls.make_user("adjointe", "base.group_user", name="Une adjointe")
        cls.stranger = cls.make_user(
            "ailleurs", BROKER, company=cls.other_company, tz="America/Toronto", name="Ailleurs"
        )
        for broker in (cls.broker, cls.paris, cls.stranger):
            cls.set_hours(broker, {day: [(9, 12)] for day in range(5)})
        cls.type = cls.make_type("type-simple")

    @classmethod
    def make_user(cls, login, groups, company=None, **values):
        company = company or cls.company
        values = {
            "company_id": company.id,
            "lang": "en_US",
            "email": f"{login}@agence.example.com",
            **values,
        }
        return new_test_user(cls.env, login=f"appt_{login}", groups=groups, context=QUIET, **values)

    @classmethod
    def make_type(cls, slug, **values):
        """A type without notice, buffers or travel: an hour, every hour, two years ahead."""
        values = {
            "name": slug,
            "slug": slug,
            "duration": 60,
            "slot_step": 60,
            "min_notice_hours": 0,
            "horizon_days": 730,
            "location_kind": "phone",
            "company_id": cls.company.id,
            **values,
        }
        return cls.env["immoassist.appointment.type"].create(values)

    @classmethod
    def make_transaction(cls, name="Duplex", **values):
        values = {
            "name": name,
            "broker_id": cls.broker.id,
            "company_id": cls.company.id,
            "street": "4512, rue Saint-Denis",
            "zip": "H2J 2L3",
            "city": "Montréal",
            "property_latitude": 45.5247,
            "property_longitude": -73.5823,
            **values,
        }
        return cls.env["immoassist.transaction"].create(values)

    @classmethod
    def calendar_of(cls, broker):
        return broker.resource_ids[:1].calendar_id

    @classmethod
    def set_hours(cls, broker, hours):
        """:param dict hours: weekday (0 is Monday) to list of (from, to), wall clock"""
        cls.calendar_of(broker).attendance_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"name": "x", "dayofweek": str(day), "hour_from": begin, "hour_to": end}
                )
                for day, spans in hours.items()
                for begin, end in spans
            ),
        ]


@freeze_time(NOW)
class AppointmentCase(AgencyMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()

    def plan(self, start, hours=1.0, broker=None, zone=TORONTO, user=None, **values):
        """An appointment at a wall clock of `zone`, made by the manager by default."""
        broker = broker or self.broker
        begin = utc(start, zone)
        values = {
            "name": "Rendez-vous",
            "start": begin,
            "stop": begin + timedelta(hours=hours),
            "broker_id": broker.id,
            **values,
        }
        return self.env["immoassist.appointment"].with_user(user or self.manager).create(values)

    def meet(self, start, hours=1.0, zone=TORONTO, attendees=(), answer=None, **values):
        """A meeting of Odoo's Calendar, organised by the assistant, without any mail."""
        begin = utc(start, zone)
        partners = [user.partner_id.id for user in attendees]
        values = {
            "name": "Réunion",
            "start": begin,
            "stop": begin + timedelta(hours=hours),
            "user_id": self.internal.id,
            "partner_ids": [Command.set(partners)],
            **values,
        }
        quiet = {"no_mail_to_attendees": True, "dont_notify": True}
        meeting = self.env["calendar.event"].with_context(**quiet).create(values)
        if answer:
            meeting.attendee_ids.state = answer
        return meeting

    def rows(self, first, last=None, broker=None, user=None, type_=None, **arguments):
        """The answer of `get_availability`, asked by the broker himself by default."""
        broker = broker or self.broker
        type_ = self.type if type_ is None else type_
        appointments = self.env["immoassist.appointment"].with_user(user or broker)
        return appointments.get_availability(
            broker.id, first, last or first, type_id=type_ and type_.id, **arguments
        )

    def starts(self, *arguments, **keywords):
        return [row["start"] for row in self.rows(*arguments, **keywords)]

    def hours(self, *arguments, **keywords):
        """The wall clocks of the free times: ["09:00", "10:00"]."""
        return [start[11:16] for start in self.starts(*arguments, **keywords)]

    def rpc(self, user, model, method, *arguments, **keywords):
        """Call like a client of the API does, with what Odoo makes of database errors."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = api.Environment(cr, user.id, {})
            call = partial(call_kw, env[model], method, list(arguments), keywords)
            try:
                return retrying(call, env)
            finally:
                self.env.invalidate_all()

    def statements(self, function):
        """How many SQL statements `function` needs."""
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        function()
        return self.env.cr.sql_log_count - before


def day_after(text, days):
    return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
