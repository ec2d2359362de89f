"""The demo data: an agency worth looking at, whatever the day on which it is installed."""

from collections import Counter
from datetime import timedelta, timezone

from odoo import fields
from odoo.modules import get_manifest
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import convert_file

ADDON = "immoassist_appointments"


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    def load(self):
        """Load the files as an installation with demo data does; return what they made."""
        before = {name: self.env[name].search([]) for name in ("mail.mail", "mail.notification")}
        known = self.env["immoassist.appointment"].search([])
        for path in get_manifest(ADDON)["demo"]:
            convert_file(self.env, ADDON, path, {}, mode="init", noupdate=True)
        # What an installation does at its end.
        self.env.flush_all()
        self.env.cr.precommit.run()
        for name, records in before.items():
            self.assertEqual(self.env[name].search([]), records, f"{name} of the demo data")
        return self.env["immoassist.appointment"].search([]) - known

    @freeze_time("2027-02-01 15:00:00")
    def test_installed_on_a_monday(self):
        self.check(self.load())

    @freeze_time("2027-03-10 15:00:00")
    def test_installed_in_the_week_before_the_clocks_of_montreal_change(self):
        self.check(self.load())

    @freeze_time("2027-10-31 15:00:00")
    def test_installed_on_a_sunday_on_which_the_clocks_of_paris_change(self):
        self.check(self.load())

    def check(self, appointments):
        self.check_agency(appointments)
        self.check_every_state(appointments)
        self.check_hours(appointments)
        self.check_words(appointments)

    def check_agency(self, appointments):
        brokers = appointments.broker_id
        self.assertEqual(len(brokers), 3)
        self.assertEqual(len(set(brokers.mapped("tz"))), 2)
        transactions = self.env["immoassist.transaction"].search([("broker_id", "in", brokers.ids)])
        self.assertGreaterEqual(len(transactions), 12)
        for transaction in transactions:
            coordinates = transaction.property_latitude and transaction.property_longitude
            complete = coordinates and transaction.contact_ids and transaction.address
            self.assertTrue(complete, transaction.name)

    def check_every_state(self, appointments):
        now = fields.Datetime.now()
        counted = Counter(appointments.mapped(lambda a: a.outcome or a.state))
        for state in ("pending", "confirmed", "cancelled", "attended", "no_show"):
            self.assertGreaterEqual(counted[state], 3, state)
        days = [appointment.start.date() for appointment in appointments]
        self.assertGreaterEqual(max(days) - min(days), timedelta(days=28))
        self.assertFalse(appointments.filtered(lambda a: a.outcome and a.start > now))
        requests = appointments.filtered(lambda a: a.state == "pending")
        self.assertTrue(all(request.start > now for request in requests))
        self.assertTrue(requests.activity_ids)
        self.assertLessEqual(requests.activity_ids.user_id, appointments.broker_id)

    def check_hours(self, appointments):
        for appointment in appointments:
            zone = appointment.broker_id._broker_zone()
            begin, end = (
                moment.replace(tzinfo=timezone.utc).astimezone(zone)
                for moment in (appointment.start, appointment.stop)
            )
            said = f"{appointment.name} {begin:%a %H:%M}"
            self.assertLess(begin.weekday(), 5, said)
            self.assertTrue(begin.hour >= 9 and begin.minute in (0, 30), said)
            self.assertLessEqual(end.hour * 60 + end.minute, 17 * 60, said)
            self.assertFalse(begin.hour < 13 and end.hour * 60 + end.minute > 12 * 60, said)

    def check_words(self, appointments):
        """The data of a French agency is French, whatever the language of its users."""
        types = appointments.type_id.with_context(lang="en_US")
        for appointment in appointments:
            self.assertFalse(
                [name for name in types.mapped("name") if appointment.name.startswith(name)]
            )
            self.assertNotIn("False", appointment.display_name)
