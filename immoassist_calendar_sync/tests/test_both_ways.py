from dataclasses import replace

from odoo.tests import tagged

from .common import SyncCase, moment


@tagged("post_install", "-at_install")
class TestBothWays(SyncCase):
    def test_an_appointment_goes_to_both_calendars(self):
        _google, at_google = self.connect("google")
        _outlook, at_outlook = self.connect("outlook")
        appointment = self.book()
        self.sync()
        for account in (at_google, at_outlook):
            (event,) = account.live().values()
            self.assertEqual(event.fields["name"], "Visit")
            self.assertEqual(event.fields["start"], moment("2027-03-01 15:00"))
        self.assertTrue(appointment.google_event_id)
        self.assertTrue(appointment.outlook_event_id)

    def test_a_second_run_writes_nothing(self):
        _google, account = self.connect("google")
        self.book()
        self.sync()
        before = account.writes
        reports = self.sync_all()
        self.assertEqual(len(reports), 1)
        self.assertIsNone(reports[0].error)
        self.assertEqual(account.writes, before)

    def test_moved_there_it_moves_here_and_in_the_other(self):
        _google, at_google = self.connect("google")
        _outlook, at_outlook = self.connect("outlook")
        appointment = self.book()
        self.sync()
        (event,) = at_google.live().values()
        times = {"start": moment("2027-03-01 17:00"), "stop": moment("2027-03-01 18:00")}
        at_google.put(replace(event, fields={**event.fields, **times}))
        self.sync_all()
        self.assertEqual(str(appointment.start), "2027-03-01 17:00:00")
        (event,) = at_outlook.live().values()
        self.assertEqual(event.fields["start"], moment("2027-03-01 17:00"))

    def test_deleted_there_it_is_cancelled_here_and_deleted_in_the_other(self):
        _google, at_google = self.connect("google")
        _outlook, at_outlook = self.connect("outlook")
        appointment = self.book()
        self.sync()
        (event,) = at_google.live().values()
        at_google.delete(event.external_id)
        self.sync_all()
        self.assertEqual(appointment.state, "cancelled")
        self.assertFalse(at_outlook.live())

    def test_each_change_here_wakes_a_worker(self):
        self.connect("google")
        appointment = self.book()
        changes = {
            "moved": lambda: appointment.write({"start": "2027-03-01 15:30:00"}),
            "cancelled": appointment.action_cancel,
            "deleted": appointment.unlink,
        }
        self.assertTrue(self.woken(), "created")
        for what, change in changes.items():
            self.sync()
            change()
            self.assertTrue(self.woken(), what)

    def woken(self):
        """Whether workers were woken since this was asked last."""
        self.env.flush_all()
        self.env.cr.precommit.run()  # what a commit does
        triggers = self.env["ir.cron.trigger"].search([])
        triggers.unlink()
        return bool(triggers)

    def test_cancelled_here_it_is_deleted_there(self):
        _google, account = self.connect("google")
        appointment = self.book()
        self.sync()
        appointment.action_cancel()
        self.sync()
        self.assertFalse(account.live())

    def test_deleted_here_it_is_deleted_there(self):
        _google, account = self.connect("google")
        appointment = self.book()
        self.sync()
        appointment.unlink()
        self.sync()
        self.assertFalse(account.live())
        self.assertFalse(self.env["immoassist.calendar.link"].search([]))

    def test_an_event_comes_in(self):
        _google, account = self.connect("google")
        account.put(self.event())
        self.sync()
        appointment = self.env["immoassist.appointment"].search([("source", "=", "google")])
        self.assertEqual(appointment.name, "Dentist")
        self.assertEqual(appointment.broker_id, self.broker)
        self.assertFalse(appointment.exclusive)
        before = account.writes
        self.sync_all()
        self.assertEqual(account.writes, before)

    def test_a_busy_time_is_no_longer_offered_and_says_nothing(self):
        connection, account = self.connect("google", import_mode="busy")
        free = self.free_starts("2027-03-02")
        self.assertIn("2027-03-02T10:00:00-05:00", free)
        account.put(self.event())
        self.sync()
        (busy,) = connection.source_ids.busy_ids
        self.assertNotIn("Dentist", str(busy.read()))
        self.assertNotIn("2027-03-02T10:00:00-05:00", self.free_starts("2027-03-02"))
        self.assertFalse(self.env["immoassist.appointment"].search([("source", "=", "google")]))
        account.delete("e1")
        self.sync_all()
        self.assertEqual(self.free_starts("2027-03-02"), free)

    def free_starts(self, day):
        appointments = self.env["immoassist.appointment"].with_user(self.broker)
        slots = appointments.get_availability(self.broker.id, day, day, self.type.id)
        return [slot["start"] for slot in slots]
