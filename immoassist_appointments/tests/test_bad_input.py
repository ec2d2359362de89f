"""What people type wrongly: a clear message, nothing half-written, no guest in the log."""

from copy import deepcopy

from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import MONDAY, NOW, AgencyMixin, AppointmentCase

TIMES = {"start": f"{MONDAY} 15:00:00", "stop": f"{MONDAY} 16:00:00"}
ADA = {"name": "Ada Byron", "email": "ada@client.example"}


def guests(*attendees):
    return {"attendee_ids": [[0, 0, {**attendee}] for attendee in attendees]}


REFUSED = (
    ({"stop": f"{MONDAY} 14:00:00"}, "must end after it starts"),
    ({"stop": TIMES["start"]}, "must end after it starts"),
    ({"stop": False, "duration": 0}, "must end after it starts"),
    ({"stop": False, "duration": -1}, "must end after it starts"),
    ({"stop": "2030-03-01 15:00:00"}, "lasts at most one year"),
    ({"stop": False, "duration": 1e9}, "lasts at most one year"),
    ({"broker_id": False}, "Choose the broker"),
    (guests({**ADA, "name": False}), "Give the name of each attendee"),
    (guests({**ADA, "name": "  "}), "Give the name of each attendee"),
    (guests({**ADA, "email": "ada(at)client"}), "“ada(at)client” is not an e-mail address"),
    (guests(ADA, {**ADA, "email": " ADA@client.example"}), "already invited"),
    (guests({**ADA, "tz": "Mars/Olympus"}), "“Mars/Olympus” is not a time zone"),
    (guests({**ADA, "lang": "tlh_TLH"}), "The language “tlh_TLH” is not installed"),
)


def everything(env):
    """How many there are of what a refused call must leave as it was."""
    models = ("appointment", "appointment.attendee", "appointment.reminder")
    names = [*(f"immoassist.{model}" for model in models), "calendar.event", "mail.mail"]
    return {name: env[name].with_context(active_test=False).search_count([]) for name in names}


@tagged("post_install", "-at_install")
class TestBadInput(AppointmentCase):
    def refused(self, message, *call):
        """Refused in these words, by a check and not by the database: that would log the row."""
        before = everything(self.env)
        with (
            self.subTest(call=call[1:]),
            self.assertNoLogs("odoo.sql_db", "ERROR"),
            self.assertRaises(UserError) as refusal,
        ):
            self.rpc(self.broker, *call)
        self.assertIn(message, str(refusal.exception))
        self.assertEqual(everything(self.env), before)

    def planned(self, guest):
        """An appointment whose request is over, and its invitation queued."""
        appointment = self.plan(f"{MONDAY} 10:00", user=self.broker, **guests(guest))
        self.env.flush_all()
        self.env.cr.precommit.run()
        return appointment

    def test_new(self):
        for values, message in REFUSED:
            values = {"name": "x", **TIMES, **deepcopy(values)}
            self.refused(message, "immoassist.appointment", "create", [values])

    def test_change(self):
        appointment = self.planned({"name": "Zed", "email": "zed@client.example"})
        known = appointment.read(["name", "start", "stop", "broker_id", "attendee_ids"])
        for values, message in REFUSED:
            if "stop" in values and not values["stop"]:
                values = {"duration": values["duration"]}
            values = {"name": "Changed", **deepcopy(values)}
            self.refused(message, "immoassist.appointment", "write", appointment.ids, values)
            appointment.invalidate_recordset()
            self.assertEqual(appointment.read(list(known[0])[1:]), known)

    def test_same_address_twice(self):
        appointment = self.planned(ADA)
        bob = {"name": "Bob", "email": "bob@client.example", "appointment_id": appointment.id}
        model = "immoassist.appointment.attendee"
        self.refused("already invited", model, "create", [{**bob, "email": "Ada@client.example"}])
        partner = self.env["res.partner"].create({**ADA})
        contact = {"partner_id": partner.id, "appointment_id": appointment.id}
        self.refused("already invited", model, "create", [contact])
        other = self.env[model].create({**bob})
        self.env.cr.precommit.run()
        self.refused("already invited", model, "write", other.ids, {"email": ADA["email"]})
        self.refused("already invited", model, "write", other.ids, {"partner_id": partner.id})
        # His own address is not somebody else's.
        other.write({"email": "BOB@client.example"})
        ada = appointment.attendee_ids - other
        ada.partner_id = partner
        self.assertEqual(ada.email_normalized, ADA["email"])

    def test_overlap(self):
        self.plan(f"{MONDAY} 10:00", user=self.broker)
        values = {"name": "x", **TIMES, **guests(ADA)}
        self.refused("already taken", "immoassist.appointment", "create", [values])

    def test_an_attendee_without_an_address_is_welcome(self):
        values = {"name": "x", **TIMES, **guests({"name": "Ada"}, {"name": "Grace", "email": ""})}
        made = self.rpc(self.broker, "immoassist.appointment", "create", [values])
        self.assertEqual(len(self.env["immoassist.appointment"].browse(made).attendee_ids), 2)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestBadInputOfTheForm(AgencyMixin, HttpCase):
    """The call of the form view, as the browser makes it when one clicks on save."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()

    def save(self, values):
        body = {
            "method": "call",
            "params": {
                "model": "immoassist.appointment",
                "method": "web_save",
                "args": [[], values],
                "kwargs": {"specification": {"name": {}}},
            },
        }
        path = "/web/dataset/call_kw/immoassist.appointment/web_save"
        return self.url_open(path, json=body).json()

    def test_the_form_gets_the_message_and_nothing_is_written(self):
        self.authenticate("appt_marie", "appt_marie")
        for values, message in REFUSED:
            before = everything(self.env)
            with self.subTest(values=values), mute_logger("odoo.http"):
                answer = self.save({"name": "x", **TIMES, **deepcopy(values)})
                # What the dialog shows; the form behind it keeps what was typed.
                self.assertIn(message, answer["error"]["data"]["message"])
                self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.ValidationError")
                self.assertEqual(everything(self.env), before)
        saved = self.save({"name": "x", **TIMES, **guests(ADA)})
        self.assertEqual(saved["result"][0]["name"], "x")
