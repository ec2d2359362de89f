from zoneinfo import ZoneInfo

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import BROKER, MANAGER, QUIET


@tagged("post_install", "-at_install")
class TestBecomingABroker(TransactionCase):
    """Each broker has hours of his own, in his zone, however he became one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Agence des Érables"})
        cls.group = cls.env.ref(BROKER)

    def person(self, login, groups="base.group_user", tz="America/Toronto", **values):
        company = {"company_id": self.company.id}
        return new_test_user(
            self.env, f"appt_{login}", groups, context=QUIET, tz=tz, **company, **values
        )

    def assert_ready(self, user, zone="America/Toronto"):
        self.env.invalidate_all()
        resources = self.env["resource.resource"].search([("user_id", "=", user.id)])
        self.assertEqual(len(resources), 1)
        self.assertEqual(resources.company_id, user.company_id)
        self.assertEqual(resources.tz, zone)
        calendar = resources.calendar_id
        self.assertTrue(calendar.attendance_ids)
        self.assertEqual(calendar.tz, zone)
        self.assertEqual(calendar.company_id, user.company_id)
        self.assertNotEqual(calendar, user.company_id.resource_calendar_id)
        shared = self.env["resource.resource"].search([("calendar_id", "=", calendar.id)])
        self.assertEqual(shared, resources)
        self.assertEqual(user._broker_zone(), ZoneInfo(zone))

    def test_created_as_one(self):
        self.assert_ready(self.person("un", BROKER))
        self.assert_ready(self.person("deux", MANAGER, tz="Europe/Paris"), "Europe/Paris")

    def test_created_several_at_once(self):
        users = (
            self.env["res.users"]
            .with_context(**QUIET)
            .create(
                [
                    {
                        "name": f"Courtier {number}",
                        "login": f"appt_plusieurs_{number}",
                        "tz": "America/Toronto",
                        "company_id": self.company.id,
                        "company_ids": [Command.set(self.company.ids)],
                        "group_ids": [Command.set(self.group.ids)],
                    }
                    for number in range(3)
                ]
            )
        )
        for user in users:
            self.assert_ready(user)

    def test_by_the_form_of_the_user(self):
        user = self.person("formulaire")
        self.assertFalse(user.resource_ids)
        user.group_ids += self.group
        self.assert_ready(user)

    def test_by_the_form_of_the_group(self):
        user = self.person("groupe")
        self.group.user_ids += user
        self.assert_ready(user)

    def test_by_a_higher_group(self):
        user = self.person("gerant")
        self.env.ref(MANAGER).write({"user_ids": [Command.link(user.id)]})
        self.assert_ready(user)

    def test_by_a_group_that_comes_to_imply_it(self):
        user = self.person("implique")
        group = self.env["res.groups"].create({"name": "Équipe", "user_ids": [(4, user.id)]})
        self.assertFalse(user.resource_ids)
        group.implied_ids = self.group
        self.assert_ready(user)

    def test_by_a_new_group(self):
        user = self.person("nouveau")
        self.env["res.groups"].create(
            {
                "name": "Équipe",
                "user_ids": [Command.link(user.id)],
                "implied_ids": [Command.link(self.group.id)],
            }
        )
        self.assert_ready(user)

    def test_by_a_group_of_groups(self):
        user = self.person("indirect")
        middle = self.env["res.groups"].create(
            {"name": "Milieu", "implied_ids": [Command.link(self.group.id)]}
        )
        top = self.env["res.groups"].create(
            {"name": "Haut", "implied_ids": [Command.link(middle.id)]}
        )
        user.group_ids += top
        self.assert_ready(user)

    def test_by_copying_a_broker(self):
        broker = self.person("original", BROKER)
        copied = broker.with_context(**QUIET).copy({"login": "appt_copie"})
        self.assert_ready(broker)
        self.assert_ready(copied)

    def test_only_once(self):
        user = self.person("encore", BROKER)
        calendar = user.resource_ids.calendar_id
        user.group_ids -= self.group
        user.group_ids += self.env.ref("base.group_user") | self.group
        user.group_ids += self.env.ref(MANAGER)
        self.group.user_ids += user
        self.assert_ready(user)
        self.assertEqual(user.resource_ids.calendar_id, calendar)

    def test_who_has_a_resource_keeps_it(self):
        user = self.person("employe")
        calendar = self.env["resource.calendar"].create(
            {"name": "À lui", "company_id": self.company.id}
        )
        resource = self.env["resource.resource"].create(
            {
                "name": "Employé",
                "user_id": user.id,
                "company_id": self.company.id,
                "calendar_id": calendar.id,
            }
        )
        user.group_ids += self.group
        self.assertEqual(user.resource_ids, resource)
        self.assertEqual(resource.calendar_id, calendar)

    def test_others_get_nothing(self):
        self.assertFalse(self.person("interne").resource_ids)
        self.assertFalse(self.person("portail", "base.group_portal").resource_ids)

    def test_zone_of_the_company_without_own(self):
        self.company.resource_calendar_id.tz = "America/Halifax"
        self.assert_ready(self.person("sans", BROKER, tz=False), "America/Halifax")

    def test_zone_utc_as_the_last_resort(self):
        self.company.resource_calendar_id = False
        self.assert_ready(self.person("rien", BROKER, tz=False), "UTC")

    def test_zone_that_only_odoo_knows(self):
        user = self.person("zone", BROKER)
        self.env.cr.execute(
            "UPDATE resource_resource SET tz = 'Mars/Olympus' WHERE user_id = %s", [user.id]
        )
        self.env.invalidate_all()
        self.assertEqual(user._broker_zone(), ZoneInfo("America/Toronto"))

    def test_each_company_has_its_zone(self):
        """A new broker does not change the zone of the company's calendar."""
        before = self.company.resource_calendar_id.tz
        self.person("ailleurs", BROKER, tz="Asia/Tokyo")
        self.assertEqual(self.company.resource_calendar_id.tz, before)
