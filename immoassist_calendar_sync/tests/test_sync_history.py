from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.immoassist_appointments.tests.rows_read import copy_row, rows_read

from ..worker import lease
from .common import SyncCase

PAST = 5_000


@tagged("post_install", "-at_install")
class TestSyncHistory(SyncCase):
    """To look for something to do, each minute, does not read all that was ever synchronised."""

    def setUp(self):
        super().setUp()
        self.connection, self.account = self.connect("google")
        self.appointment = self.book()
        self.sync()
        self.link = self.env["immoassist.calendar.link"].search(
            [("appointment_id", "=", self.appointment.id)]
        )
        own = {"appointment_id": SQL("NULL"), "external_id": SQL("'past ' || n")}
        copy_row(self.env, self.link, PAST, **own)

    def next(self):
        return lease._next(fields.Datetime.now())

    def test_nothing_to_do(self):
        self.assertLess(rows_read(self.env, self.next()), 200)
        self.assertFalse(self.env.execute_query(self.next()))

    def test_one_change_among_thousands_is_found(self):
        self.appointment.name = "Moved"
        self.assertLess(rows_read(self.env, self.next()), 200)
        self.assertEqual(self.env.execute_query(self.next()), [(self.connection.id,)])
        self.assertLess(rows_read(self.env, self.connection._due_query(50)), 20)
        self.assertEqual(self.connection._due_links(50), self.link)
