from odoo.tests import new_test_user, tagged

from odoo.addons.immoassist_appointments.tests.common import QUIET
from odoo.addons.immoassist_appointments.tests.guards_case import GuardsMixin

from .guards import CALLS, DOORS
from .test_security import SecurityCase


@tagged("post_install", "-at_install")
class TestGuards(GuardsMixin, SecurityCase):
    addon = "immoassist_calendar_sync"
    doors = DOORS
    calls = CALLS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "sync_portal", "base.group_portal", context=QUIET)

    def subject(self, model):
        if model == "immoassist.calendar.disconnect":
            connection = self.records_of(self.broker)["immoassist.calendar.connection"]
            wizards = self.env[model].with_user(self.broker).sudo()
            return wizards.create({"connection_id": connection.id})
        if model.startswith("immoassist.calendar."):
            return self.records_of(self.broker)[model]
        if model == "ir.config_parameter":
            return self.env[model].search([], limit=1)
        if model == "res.users":
            return self.broker
        if model == "res.users.settings":
            return self.env[model]._find_or_create_for_user(self.broker)
        return self.env[model]
