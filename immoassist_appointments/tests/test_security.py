from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ADMINISTRATOR, MONDAY, QUIET, TORONTO, AppointmentCase, utc

R, C, U, D = "read", "create", "write", "unlink"
NOTHING, ALL = "", "rcwd"
LETTERS = {"r": R, "c": C, "w": U, "d": D}
ROLES = ("public", "portal", "internal", "broker", "manager", "administrator")

# What each role may do: with own records (o), a colleague's (c), those he attends (a) and those
# of another company (x). Everybody who is not named may do nothing.
MATRIX = {
    "immoassist.appointment": {
        "broker": {"own": ALL, "attended": "r", "colleague": "", "foreign": ""},
        "manager": {"own": ALL, "attended": ALL, "colleague": ALL, "foreign": ""},
        "administrator": {"own": ALL, "attended": ALL, "colleague": ALL, "foreign": ""},
    },
    "immoassist.appointment.attendee": {
        "broker": {"own": ALL, "attended": "r", "colleague": "", "foreign": ""},
        "manager": {"own": ALL, "attended": ALL, "colleague": ALL, "foreign": ""},
        "administrator": {"own": ALL, "attended": ALL, "colleague": ALL, "foreign": ""},
    },
    "immoassist.transaction": {
        "broker": {"own": "rcw", "colleague": "", "foreign": ""},
        "manager": {"own": ALL, "colleague": ALL, "foreign": ""},
        "administrator": {"own": ALL, "colleague": ALL, "foreign": ""},
    },
    "immoassist.transaction.contact": {
        "broker": {"own": ALL, "colleague": "", "foreign": ""},
        "manager": {"own": ALL, "colleague": ALL, "foreign": ""},
        "administrator": {"own": ALL, "colleague": ALL, "foreign": ""},
    },
    "immoassist.availability.override": {
        "broker": {"own": ALL, "colleague": "", "foreign": ""},
        "manager": {"own": ALL, "colleague": ALL, "foreign": ""},
        "administrator": {"own": ALL, "colleague": ALL, "foreign": ""},
    },
    "immoassist.appointment.type": {
        "broker": {"own": "r", "foreign": ""},
        "manager": {"own": "r", "foreign": ""},
        "administrator": {"own": ALL, "foreign": ""},
    },
    "immoassist.reminder.rule": {
        "broker": {"own": "r"},
        "manager": {"own": "r"},
        "administrator": {"own": ALL},
    },
    "immoassist.availability.hours": {
        "broker": {"own": ALL, "colleague": "", "foreign": ""},
        "manager": {"own": ALL, "colleague": ALL, "foreign": ""},
        "administrator": {"own": ALL, "colleague": ALL, "foreign": ""},
    },
    "immoassist.booking.guard": {"administrator": {"own": "r"}},
    # A question to who cancels, never anybody else's: it acts with the rights of its user.
    "immoassist.appointment.cancel": {role: {"own": ALL} for role in ROLES[3:]},
}

# Mostly written by code alone; who may do what is tested beside what they are for.
TESTED_ELSEWHERE = {
    "immoassist.appointment.reminder": "test_reminders",
    "immoassist.appointment.proposal": "test_proposal",
    "immoassist.appointment.proposal.line": "test_proposal",
    "immoassist.booking.hold": "test_proposal",
    "immoassist.propose.times": "test_propose_times",
    "immoassist.propose.times.slot": "test_propose_times",
}

# Nothing else of ours can be called from outside.
PUBLIC_METHODS = {
    "immoassist.appointment": {
        "create", "write", "unlink", "copy_data", "default_get", "get_availability",
        "action_approve", "action_confirm", "action_cancel",
        "action_mark_attended", "action_mark_no_show",
        "action_open_mirror", "action_ask_cancel", "action_clear_outcome", "action_open_map",
        "action_remind_now", "action_propose_times", "action_send_invitation",
        # Of the calendar view, about nobody but the user.
        "get_unusual_days", "get_working_hours",
    },
    "immoassist.appointment.attendee": {"create", "write", "unlink", "action_make_contact"},
    "immoassist.availability.hours": {"create", "write", "unlink", "action_open"},
    "immoassist.transaction": {
        "create", "action_view_appointments", "action_geolocalize", "action_new_appointment",
        "action_propose_times",
    },
    "immoassist.appointment.proposal": {"create", "action_view_appointment", "action_withdraw"},
    "immoassist.booking.hold": {"create"},
    "immoassist.appointment.type": {"write"},
    "immoassist.reminder.rule": {"write", "unlink"},
    "res.partner": {"action_view_immoassist_appointments"},
    "resource.calendar.leaves": {"default_get"},
    "res.users": {
        "create", "write", "action_view_appointments",
        # Of one's own feed: they check it.
        "action_renew_appointment_feed", "action_stop_appointment_feed",
    },
    "res.groups": {"create", "write"},
    "calendar.event": {"create", "write", "unlink"},
}  # fmt: skip


class SecurityCase(AppointmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("admin", ADMINISTRATOR, tz="America/Toronto")
        cls.people = {
            "public": cls.env.ref("base.public_user"),
            "portal": new_test_user(cls.env, "appt_portail", "base.group_portal", context=QUIET),
            "internal": cls.internal,
            "broker": cls.broker,
            "manager": cls.manager,
            "administrator": cls.admin,
        }


@tagged("post_install", "-at_install")
class TestMatrix(SecurityCase):
    def values_of(self, model, relation, role):
        """What makes a record of `model` that stands in `relation` to the person of `role`."""
        person = self.people[role]
        company = self.other_company if relation == "foreign" else self.company
        owner = {"own": person, "foreign": self.stranger}.get(relation, self.paris)
        makers = {
            "immoassist.appointment": self.appointment_values,
            "immoassist.transaction": self.transaction_values,
        }
        if model in makers:
            return makers[model](owner, company, relation, person)
        parents = {
            "immoassist.appointment.attendee": ("appointment_id", "immoassist.appointment"),
            "immoassist.transaction.contact": ("transaction_id", "immoassist.transaction"),
        }
        if model in parents:
            field, parent_model = parents[model]
            values = makers[parent_model](owner, company, relation, person)
            parent = self.env[parent_model].create(values)
            partner = self.env["res.partner"].create({"name": "Ada"})
            return {field: parent.id, "partner_id": partner.id, "name": "x"} | (
                {"role": "buyer"} if field == "transaction_id" else {}
            )
        return {
            "immoassist.availability.override": {"broker_id": owner.id, "date": MONDAY},
            "immoassist.availability.hours": {
                "broker_id": owner.id,
                "dayofweek": "6",
                "hour_from": 20,
                "hour_to": 21,
            },
            "immoassist.appointment.cancel": {"reason": "x"},
            "immoassist.appointment.type": {
                "name": "x",
                "slug": "tout-neuf",
                "company_id": company.id,
            },
            "immoassist.reminder.rule": {"minutes_before": 77},
            "immoassist.booking.guard": {"broker_id": owner.id},
        }[model]

    def appointment_values(self, owner, company, relation, person):
        attendees = []
        if relation == "attended":
            attendees = [Command.create({"name": "x", "partner_id": person.partner_id.id})]
        return {
            "name": "x",
            "broker_id": owner.id,
            "company_id": company.id,
            "start": utc(f"{MONDAY} 10:00", TORONTO),
            "duration": 1,
            "attendee_ids": attendees,
        }

    def transaction_values(self, owner, company, _relation, _person):
        return {"name": "x", "broker_id": owner.id, "company_id": company.id}

    def allowed(self, operation, model, values, person):
        """Really do it, as this person; whether Odoo let him."""
        values = {name: value for name, value in values.items() if name in self.env[model]._fields}
        person_model = self.env[model].with_user(person)
        record = self.env[model] if operation == C else self.env[model].sudo().create(values)
        self.env.flush_all()
        self.env.invalidate_all()
        record = record.with_user(person)
        field = next(iter(values))
        try:
            match operation:
                case "create":
                    person_model.create(values)
                case "read":
                    record.read([field])
                    found = person_model.with_context(active_test=False).search([])
                    self.assertIn(record, found)
                case "write":
                    record.write({field: values[field]})
                case "unlink":
                    record.unlink()
            self.env.flush_all()
        except AccessError:
            return False
        return True

    def check_model(self, model):
        relations = {name for lines in MATRIX[model].values() for name in lines}
        for role in ROLES:
            for relation in sorted(relations):
                if relation == "own" and role in ("public", "portal", "internal"):
                    continue
                expected = MATRIX[model].get(role, {}).get(relation, NOTHING)
                for letter, operation in LETTERS.items():
                    with (
                        self.subTest(model=model, role=role, relation=relation, op=operation),
                        self.cr.savepoint() as savepoint,
                    ):
                        values = self.values_of(model, relation, role)
                        person = self.people[role]
                        allowed = self.allowed(operation, model, values, person)
                        savepoint.rollback()
                        self.assertEqual(allowed, letter in expected)

    def test_appointment(self):
        self.check_model("immoassist.appointment")

    def test_attendee(self):
        self.check_model("immoassist.appointment.attendee")

    def test_transaction(self):
        self.check_model("immoassist.transaction")

    def test_contact(self):
        self.check_model("immoassist.transaction.contact")

    def test_override(self):
        self.check_model("immoassist.availability.override")

    def test_hours(self):
        self.check_model("immoassist.availability.hours")

    def test_type(self):
        self.check_model("immoassist.appointment.type")

    def test_reminder_rule(self):
        self.check_model("immoassist.reminder.rule")

    def test_guard(self):
        self.check_model("immoassist.booking.guard")

    def test_every_model_is_in_the_matrix(self):
        ours = self.env["ir.model"].search([("model", "=like", "immoassist.%")])
        mine = ours.filtered(
            lambda m: (
                "immoassist_appointments" in m.modules.split(", ")
                and not self.env[m.model]._abstract
            )
        )
        self.assertEqual(set(mine.mapped("model")), set(MATRIX) | set(TESTED_ELSEWHERE))


@tagged("post_install", "-at_install")
class TestSurface(SecurityCase):
    def test_public_methods(self):
        package = __name__.removesuffix(".tests.test_security") + ".models."
        found = {}
        for name, model in self.env.registry.items():
            for class_ in model.mro():
                if class_.__module__.startswith(package) and getattr(class_, "_name", name):
                    found.setdefault(name, set()).update(
                        attribute
                        for attribute, value in vars(class_).items()
                        if callable(value)
                        and not attribute.startswith("_")
                        and not getattr(value, "_api_private", False)
                    )
        for name, methods in found.items():
            with self.subTest(model=name):
                self.assertLessEqual(methods, PUBLIC_METHODS.get(name, set()))
        for name in ("action_confirm", "action_cancel", "get_availability"):
            self.assertIn(name, found["immoassist.appointment"])

    def test_booking_cannot_be_called(self):
        for method in ("_book", "_ranked_slots", "_take"):
            for model in (
                "immoassist.appointment", "immoassist.availability", "immoassist.booking.guard"
            ):  # fmt: skip
                with self.subTest(model=model, method=method), self.assertRaises(AccessError):
                    self.rpc(self.admin, model, method, [])


@tagged("post_install", "-at_install")
class TestNoWayAround(SecurityCase):
    """What links two records is no ladder from the one that is ours to the one that is not."""

    def private_meeting(self):
        return self.meet(
            f"{MONDAY} 15:00",
            attendees=[self.manager],
            user_id=self.manager.id,
            name="Secret",
            privacy="private",
        )

    def test_meeting_of_somebody_else_as_mirror(self):
        meeting = self.private_meeting()
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker)
        with suppress(AccessError, UserError):
            appointment.write({"calendar_event_id": meeting.id})
            appointment.write({"location": "Ailleurs", "start": utc(f"{MONDAY} 11:00", TORONTO)})
        self.env.invalidate_all()
        self.assertEqual(meeting.name, "Secret")
        self.assertEqual(meeting.user_id, self.manager)
        self.assertEqual(meeting.start, utc(f"{MONDAY} 15:00", TORONTO))

    def test_meeting_of_somebody_else_as_mirror_from_the_start(self):
        meeting = self.private_meeting()
        with suppress(AccessError, UserError):
            appointment = self.plan(
                f"{MONDAY} 10:00", user=self.broker, calendar_event_id=meeting.id
            )
            appointment.action_cancel()
        self.env.invalidate_all()
        self.assertTrue(meeting.active)
        self.assertEqual(meeting.name, "Secret")

    def test_own_meeting_tied_to_somebody_elses_appointment(self):
        appointment = self.plan(f"{MONDAY} 10:00")
        for values in ({"start": utc(f"{MONDAY} 16:00")}, {"active": False}):
            with self.subTest(values=values):
                meeting = self.meet(f"{MONDAY} 15:00", attendees=[self.internal])
                meeting = meeting.with_user(self.internal).with_context(dont_notify=True)
                with suppress(AccessError, UserError):
                    meeting.write({"immoassist_appointment_id": appointment.id})
                    meeting.write(values)
                self.env.invalidate_all()
                self.assertEqual(appointment.state, "confirmed")
                self.assertEqual(appointment.start, utc(f"{MONDAY} 10:00", TORONTO))

    def test_address_of_another_company_does_not_leak(self):
        foreign = self.make_transaction(
            "Confidentiel", broker_id=self.stranger.id, company_id=self.other_company.id
        )
        try:
            appointment = self.plan(f"{MONDAY} 10:00", user=self.broker, transaction_id=foreign.id)
            row = appointment.read(["name", "location"])
        except (AccessError, UserError):
            return
        self.assertNotIn("Confidentiel", str(row))
        self.assertNotIn("Saint-Denis", str(row))

    def test_broker_cannot_plan_for_a_colleague(self):
        with self.assertRaises(AccessError):
            self.plan(f"{MONDAY} 10:00", user=self.broker, broker=self.paris)

    def test_message_of_a_conflict_does_not_tell_what_it_is(self):
        """A manager of two companies plans over what he may not see."""
        self.plan(f"{MONDAY} 10:00", name="Chez le notaire", user=self.env.user)
        self.env.flush_all()
        self.stranger.write({"company_ids": [Command.link(self.company.id)]})
        with self.assertRaises(Exception) as caught:
            self.plan(f"{MONDAY} 10:00", user=self.stranger)
            self.env.flush_all()
        self.assertNotIn("Chez le notaire", str(caught.exception))

    def test_busy_range_is_not_written_by_hand(self):
        first = self.plan(f"{MONDAY} 10:00", user=self.broker)
        with suppress(AccessError, UserError):
            first.write({"busy_start": "2030-01-01 00:00:00", "busy_stop": "2030-01-01 01:00:00"})
        self.env.flush_all()
        self.assertEqual(self.hours(MONDAY), ["09:00", "11:00"])
