from contextlib import contextmanager
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .common import PARIS, TORONTO, AppointmentCase, utc

HTML = "<b>Été</b> & <script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestTimes(AppointmentCase):
    """Start, end and duration say one thing, whichever of them is written."""

    def assert_times(self, appointment, start, stop, duration):
        appointment.flush_recordset()
        appointment.invalidate_recordset()
        self.assertEqual(appointment.start, utc(start, TORONTO))
        self.assertEqual(appointment.stop, utc(stop, TORONTO))
        self.assertAlmostEqual(appointment.duration, duration, places=4)

    @contextmanager
    def refused(self):
        with (
            mute_logger("odoo.sql_db", "odoo.http"),
            self.assertRaisesRegex(ValidationError, "end after it starts"),
        ):
            yield

    def test_start_alone_keeps_the_duration(self):
        appointment = self.plan("2027-03-01 10:00", hours=1.5)
        appointment.write({"start": utc("2027-03-02 14:00", TORONTO)})
        self.assert_times(appointment, "2027-03-02 14:00", "2027-03-02 15:30", 1.5)

    def test_start_and_a_guest_in_one_write(self):
        for order in (1, -1):
            with self.subTest(order=order):
                appointment = self.plan("2027-03-01 10:00", hours=1.5)
                values = {
                    "attendee_ids": [Command.create({"name": "Ada", "email": "ada@x.example"})],
                    "start": utc("2027-03-02 14:00", TORONTO),
                }
                appointment.write(dict(list(values.items())[::order]))
                self.assert_times(appointment, "2027-03-02 14:00", "2027-03-02 15:30", 1.5)
                appointment.unlink()

    def test_stop_alone_changes_the_duration(self):
        appointment = self.plan("2027-03-01 10:00")
        appointment.write({"stop": utc("2027-03-01 12:15", TORONTO)})
        self.assert_times(appointment, "2027-03-01 10:00", "2027-03-01 12:15", 2.25)

    def test_duration_alone_moves_the_end(self):
        appointment = self.plan("2027-03-01 10:00")
        appointment.write({"duration": 0.75})
        self.assert_times(appointment, "2027-03-01 10:00", "2027-03-01 10:45", 0.75)

    def test_start_and_duration(self):
        appointment = self.plan("2027-03-01 10:00")
        appointment.write({"start": utc("2027-03-01 08:00", TORONTO), "duration": 2})
        self.assert_times(appointment, "2027-03-01 08:00", "2027-03-01 10:00", 2)

    def test_start_and_stop(self):
        appointment = self.plan("2027-03-01 10:00")
        appointment.write(
            {"start": utc("2027-03-01 08:00", TORONTO), "stop": utc("2027-03-01 08:20", TORONTO)}
        )
        self.assert_times(appointment, "2027-03-01 08:00", "2027-03-01 08:20", 0.3333)

    def test_created_with_start_and_duration(self):
        appointment = self.env["immoassist.appointment"].create(
            {"broker_id": self.broker.id, "start": utc("2027-03-01 10:00", TORONTO), "duration": 3}
        )
        self.assert_times(appointment, "2027-03-01 10:00", "2027-03-01 13:00", 3)

    def test_created_with_the_duration_of_its_type(self):
        call = self.make_type("appel-court", duration=20)
        appointment = self.env["immoassist.appointment"].create(
            {
                "broker_id": self.broker.id,
                "type_id": call.id,
                "start": utc("2027-03-01 10:00", TORONTO),
            }
        )
        self.assert_times(appointment, "2027-03-01 10:00", "2027-03-01 10:20", 0.3333)

    def test_several_moved_at_once_keep_each_their_duration(self):
        long = self.plan("2027-03-01 10:00", hours=2)
        short = self.plan("2027-03-01 14:00", hours=0.5, broker=self.paris)
        (long | short).write({"start": utc("2027-03-03 09:00", TORONTO)})
        self.assert_times(long, "2027-03-03 09:00", "2027-03-03 11:00", 2)
        self.assert_times(short, "2027-03-03 09:00", "2027-03-03 09:30", 0.5)

    @users("appt_marie")
    def test_form(self):
        form = Form(self.env["immoassist.appointment"])
        form.start = utc("2027-03-01 10:00", TORONTO)
        form.duration = 1.5
        self.assertEqual(form.stop, utc("2027-03-01 11:30", TORONTO))
        form.start = utc("2027-03-01 11:00", TORONTO)
        self.assertEqual(form.stop, utc("2027-03-01 12:30", TORONTO))
        form.stop = utc("2027-03-01 12:00", TORONTO)
        self.assertEqual(form.duration, 1.0)
        self.assert_times(form.save(), "2027-03-01 11:00", "2027-03-01 12:00", 1.0)

    def test_end_before_start(self):
        values = {"name": "x", "broker_id": self.broker.id}
        values |= {"start": "2027-03-01 10:00:00", "stop": "2027-03-01 09:00:00"}
        with self.refused():
            self.rpc(self.manager, "immoassist.appointment", "create", values)
        self.refused_change({"stop": "2027-03-01 09:00:00"})

    def test_no_length(self):
        self.refused_change({"stop": "2027-03-01 15:00:00"})
        self.refused_change({"duration": 0})

    def test_negative_duration(self):
        self.refused_change({"duration": -1})

    def refused_change(self, values):
        appointment = self.plan("2027-03-01 10:00")  # 15:00 in UTC
        with self.subTest(values=values), self.refused():
            self.rpc(self.manager, "immoassist.appointment", "write", appointment.ids, values)
        appointment.unlink()

    @mute_logger("odoo.sql_db")
    def test_three_years(self):
        values = {"start": "2027-03-01 10:00:00", "stop": "2030-03-01 10:00:00"}
        values |= {"name": "x", "broker_id": self.broker.id}
        with self.assertRaisesRegex(ValidationError, "at most one year"):
            self.rpc(self.manager, "immoassist.appointment", "create", values)
        with self.assertRaises(ValidationError):
            self.rpc(
                self.manager,
                "immoassist.appointment",
                "create",
                values | {"stop": False, "duration": 1e9},
            )


@tagged("post_install", "-at_install")
class TestDerived(AppointmentCase):
    """Name, place and busy range come from the type and the transaction."""

    def test_name(self):
        transaction = self.make_transaction("Duplex, Plateau")
        values = {"broker_id": self.broker.id, "start": utc("2027-03-01 10:00")}
        new = self.env["immoassist.appointment"].create
        self.assertTrue(new(values).name)
        values["start"] += timedelta(hours=2)
        named = new(values | {"type_id": self.type.id, "transaction_id": transaction.id})
        self.assertEqual(named.name, "type-simple · Duplex, Plateau")
        values["start"] += timedelta(hours=2)
        typed = new(values | {"type_id": self.type.id, "name": "Chez Ada"})
        self.assertEqual(typed.name, "Chez Ada")

    def test_location(self):
        self.company.partner_id.write({"street": "1, rue de l'Agence", "city": "Laval"})
        transaction = self.make_transaction()
        places = {
            "property": "4512, rue Saint-Denis, H2J 2L3 Montréal",
            "office": "1, rue de l'Agence, Laval",
            "client": False,
            "phone": False,
            "video": False,
        }
        for kind, place in places.items():
            with self.subTest(kind=kind), self.cr.savepoint() as savepoint:
                type_ = self.make_type(f"type-{kind}", location_kind=kind)
                values = {"type_id": type_.id, "transaction_id": transaction.id}
                self.assertEqual(self.plan("2027-03-01 10:00", **values).location, place)
                savepoint.rollback()

    def test_location_without_type_is_the_property(self):
        transaction = self.make_transaction()
        appointment = self.plan("2027-03-01 10:00", transaction_id=transaction.id)
        self.assertEqual(appointment.location, transaction.address)
        typed = self.plan("2027-03-01 14:00", transaction_id=transaction.id, location="Au café")
        self.assertEqual(typed.location, "Au café")

    def test_buffers(self):
        type_ = self.make_type("tampons", buffer_before=10, buffer_after=25)
        appointment = self.plan("2027-03-01 10:00", type_id=type_.id)
        self.assertEqual(appointment.busy_start, utc("2027-03-01 09:50", TORONTO))
        self.assertEqual(appointment.busy_stop, utc("2027-03-01 11:25", TORONTO))
        appointment.start = utc("2027-03-02 10:00", TORONTO)
        self.assertEqual(appointment.busy_start, utc("2027-03-02 09:50", TORONTO))
        self.assertEqual(appointment.busy_stop, utc("2027-03-02 11:25", TORONTO))

    def test_new_buffers_leave_what_is_booked(self):
        type_ = self.make_type("tampons", buffer_after=15)
        appointment = self.plan("2027-03-01 10:00", type_id=type_.id)
        self.plan("2027-03-01 11:15")
        type_.write({"buffer_before": 60, "buffer_after": 60})
        self.env.flush_all()
        appointment.invalidate_recordset()
        self.assertEqual(appointment.busy_start, utc("2027-03-01 10:00", TORONTO))
        self.assertEqual(appointment.busy_stop, utc("2027-03-01 11:15", TORONTO))

    def test_all_day_on_the_days_when_clocks_change(self):
        days = [
            (self.broker, TORONTO, "2027-03-14", "2027-03-15", 23),
            (self.broker, TORONTO, "2027-11-07", "2027-11-08", 25),
            (self.broker, TORONTO, "2027-03-28", "2027-03-29", 24),
            (self.paris, PARIS, "2027-03-28", "2027-03-29", 23),
            (self.paris, PARIS, "2027-10-31", "2027-11-01", 25),
        ]
        for broker, zone, day, next_day, hours in days:
            with self.subTest(broker=broker.login, day=day):
                appointment = self.plan(f"{day} 10:00", 2, broker=broker, zone=zone, allday=True)
                self.assertEqual(appointment.busy_start, utc(f"{day} 00:00", zone))
                self.assertEqual(appointment.busy_stop, utc(f"{next_day} 00:00", zone))
                length = appointment.busy_stop - appointment.busy_start
                self.assertEqual(length, timedelta(hours=hours))

    def test_company_of_the_broker(self):
        self.assertEqual(self.plan("2027-03-01 10:00").company_id, self.company)

    def test_broker_of_another_company(self):
        with self.assertRaisesRegex(UserError, "Ailleurs"):
            self.plan(
                "2027-03-01 10:00",
                user=self.env.user,
                broker=self.stranger,
                company_id=self.company.id,
            )

    def test_type_and_transaction_of_another_company(self):
        foreign_type = self.make_type("leur-type", company_id=self.other_company.id)
        foreign = self.make_transaction(
            "Chez eux", broker_id=self.stranger.id, company_id=self.other_company.id
        )
        for values in ({"type_id": foreign_type.id}, {"transaction_id": foreign.id}):
            with self.subTest(values=list(values)), self.assertRaises(UserError):
                self.plan("2027-03-01 10:00", user=self.broker, **values)


@tagged("post_install", "-at_install")
class TestNeverTwice(AppointmentCase):
    """The constraint of the database, as the person sees it."""

    def refused(self, *arguments, method="create", user=None):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(ValidationError, "already (taken|has an appointment)"),
        ):
            self.rpc(user or self.manager, "immoassist.appointment", method, *arguments)

    def values(self, start, stop, **values):
        times = {"start": str(utc(start, TORONTO)), "stop": str(utc(stop, TORONTO))}
        return {"name": "x", "broker_id": self.broker.id, **times, **values}

    def test_overlap_is_refused_in_words(self):
        self.plan("2027-03-01 10:00")
        self.refused(self.values("2027-03-01 10:59", "2027-03-01 12:00"))
        self.refused(self.values("2027-03-01 10:59", "2027-03-01 12:00", state="pending"))
        self.refused(self.values("2027-03-01 10:20", "2027-03-01 10:30"), user=self.broker)

    def test_move_onto_another_is_refused_in_words(self):
        self.plan("2027-03-01 10:00")
        other = self.plan("2027-03-01 14:00")
        self.refused(other.ids, {"start": str(utc("2027-03-01 10:30", TORONTO))}, method="write")
        self.assertEqual(other.start, utc("2027-03-01 14:00", TORONTO))

    def test_buffers_count(self):
        type_ = self.make_type("tampon", buffer_after=15)
        self.plan("2027-03-01 10:00", type_id=type_.id)
        self.refused(self.values("2027-03-01 11:14", "2027-03-01 12:00"))
        self.plan("2027-03-01 11:15", 0.5)

    def test_database_refuses_what_bypasses_the_orm(self):
        self.plan("2027-03-01 10:00")
        other = self.plan("2027-03-01 14:00")
        self.env.flush_all()
        query = "UPDATE immoassist_appointment SET busy_start = busy_start - interval '4 hours'"
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.cr.execute(query + " WHERE id = %s", [other.id])
            self.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_neighbours_are_allowed(self):
        self.plan("2027-03-01 10:00")
        self.plan("2027-03-01 11:00")
        self.plan("2027-03-01 09:00")
        self.env.flush_all()

    def test_cancelled_frees_the_time(self):
        first = self.plan("2027-03-01 10:00")
        first.action_cancel()
        self.plan("2027-03-01 10:00")
        self.refused(first.ids, method="action_confirm")
        self.assertEqual(first.state, "cancelled")

    def test_not_exclusive_allows_both(self):
        self.plan("2027-03-01 10:00", exclusive=False)
        self.plan("2027-03-01 10:00")
        self.plan("2027-03-01 10:30", exclusive=False)
        self.env.flush_all()

    def test_open_house_is_not_exclusive(self):
        house = self.make_type("portes", capacity=8)
        for _party in range(3):
            self.plan("2027-03-01 10:00", type_id=house.id)
        self.env.flush_all()

    def test_brokers_do_not_hinder_each_other(self):
        self.plan("2027-03-01 10:00")
        self.plan("2027-03-01 10:00", broker=self.paris)
        self.env.flush_all()

    def test_swapping_two_brokers_in_one_call(self):
        both = self.plan("2027-03-01 10:00") | self.plan("2027-03-01 10:00", broker=self.paris)
        both[0].exclusive = both[1].exclusive = False
        both.write({"broker_id": self.manager.id})
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestAttendees(AppointmentCase):
    def attended(self, *attendees):
        commands = [Command.create({"name": "Ada", **values}) for values in attendees]
        return self.plan("2027-03-01 10:00", user=self.broker, attendee_ids=commands)

    def test_guest_is_not_made_a_contact(self):
        before = self.env["res.partner"].search_count([])
        self.attended({"email": "ada@example.com"})
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_without_email(self):
        appointment = self.attended({}, {"name": "Grace"}, {"email": ""})
        self.env.flush_all()
        self.assertEqual(len(appointment.attendee_ids), 3)

    def test_bad_email(self):
        for email in ("ada", "ada@", "ada@@", "ada example.com", "<ada>"):
            with self.subTest(email=email), self.assertRaisesRegex(ValidationError, "e-mail"):
                self.rpc(
                    self.broker,
                    "immoassist.appointment",
                    "create",
                    {
                        "start": "2027-03-01 15:00:00",
                        "attendee_ids": [Command.create({"name": "Ada", "email": email})],
                    },
                )

    @mute_logger("odoo.sql_db")
    def test_same_email_twice(self):
        appointment = self.attended({"email": "Ada@Example.com"})
        values = {"appointment_id": appointment.id, "name": "x", "email": " ada@example.COM "}
        with self.assertRaisesRegex(ValidationError, "already invited"):
            self.rpc(self.broker, "immoassist.appointment.attendee", "create", values)

    def test_contact_fills_in(self):
        ada = self.env["res.partner"].create(
            {"name": "Ada Byron", "email": "Ada@Example.com", "phone": "514 555-0100"}
        )
        appointment = self.plan("2027-03-01 10:00", user=self.broker)
        appointment.attendee_ids = [Command.create({"partner_id": ada.id})]
        attendee = appointment.attendee_ids
        self.assertEqual(attendee.name, "Ada Byron")
        self.assertEqual(attendee.email_normalized, "ada@example.com")
        self.assertEqual(attendee.phone, "514 555-0100")
        self.assertEqual(attendee.tz, "America/Toronto")

    def test_html_stays_text(self):
        appointment = self.plan(
            "2027-03-01 10:00",
            name=HTML,
            description=HTML,
            location=HTML,
            attendee_ids=[Command.create({"name": HTML})],
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(appointment.name, HTML)
        self.assertEqual(appointment.description, HTML)
        self.assertEqual(appointment.attendee_ids.name, HTML)
        self.assertEqual(appointment.calendar_event_id.name, HTML)
        appointment.location = "Ailleurs"
        self.env.flush_all()
        self.flush_tracking()
        self.assertNotIn("<script>", "".join(appointment.message_ids.mapped("body")))

    def flush_tracking(self):
        self.env.cr.precommit.run()
