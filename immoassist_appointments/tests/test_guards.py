from odoo.tests import tagged

from .common import MONDAY, AppointmentCase
from .guards import CALLS, DOORS
from .guards_case import GuardsMixin
from .rights_case import MATRIX, RightsMixin


@tagged("post_install", "-at_install")
class TestGuards(GuardsMixin, RightsMixin, AppointmentCase):
    addon = "immoassist_appointments"
    doors = DOORS
    calls = CALLS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_people()
        cls.portal = cls.people["portal"]

    def subject(self, model):
        if model in MATRIX:
            return self.make_record(model, "own", "broker")
        return {
            "calendar.event": lambda: self.plan(f"{MONDAY} 10:00").calendar_event_id,
            "mail.mail": lambda: self.env["mail.mail"],
            "res.groups": lambda: self.env.ref("immoassist_appointments.group_broker"),
            "res.partner": lambda: self.env["res.partner"].create({"name": "Ada"}),
            "res.users": lambda: self.broker,
            "resource.calendar.leaves": lambda: self.env["resource.calendar.leaves"],
        }[model]()

    def arguments(self, model, name):
        days = (MONDAY, MONDAY)
        return {
            "get_availability": (self.broker.id, *days),
            "get_unusual_days": days,
            "get_working_hours": days,
        }.get(name) or super().arguments(model, name)
