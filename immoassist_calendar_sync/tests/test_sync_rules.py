"""What happens as time goes by and people do what nobody planned: nothing is lost or doubled."""

from dataclasses import replace

from odoo.tests import freeze_time, tagged

from ..core.identity import creation_key
from .common import SyncCase, moment

NEXT_MONTH = "2027-02-20 12:00:00"


class RulesCase(SyncCase):
    def setUp(self):
        super().setUp()
        self.connection, self.account = self.connect("google")
        self.appointments = self.env["immoassist.appointment"]

    def imported(self):
        return self.appointments.search([("source", "in", ("google", "outlook"))])

    def live(self):
        return self.appointments.search([("state", "!=", "cancelled")])

    def assert_quiet(self, *accounts):
        """One more run, that lists everything, writes nothing."""
        accounts = accounts or (self.account,)
        writes = [account.writes for account in accounts]
        for account in accounts:
            account.expire_cursors()
        self.sync_all()
        self.assertEqual([account.writes for account in accounts], writes)


@tagged("post_install", "-at_install")
class TestRollingWindow(RulesCase):
    def test_what_slides_out_stays_and_what_slides_in_appears(self):
        times = {"start": moment("2026-12-20 15:00"), "stop": moment("2026-12-20 16:00")}
        self.account.put(self.event("old", name="Old", ical_uid="old@there", **times))
        later = {"start": moment("2028-01-20 15:00"), "stop": moment("2028-01-20 16:00")}
        self.account.put(self.event("far", name="Far", ical_uid="far@there", **later))
        visit = self.book("2027-01-05 15:00", "2027-01-05 16:00")
        self.sync_all()
        self.assertEqual(self.imported().mapped("name"), ["Old"])
        stop = self.connection.source_ids.window_stop
        with freeze_time(NEXT_MONTH):
            self.sync_all()
            self.assertGreater(self.connection.source_ids.window_stop, stop)
            self.assertEqual(set(self.imported().mapped("name")), {"Old", "Far"})
            self.assertEqual(set(self.appointments.search([]).mapped("state")), {"confirmed"})
            self.assertEqual(len(self.account.live()), 3)
            self.assertTrue(visit.google_event_id)
            self.assert_quiet()

    def test_what_slid_out_is_still_the_same_event(self):
        self.book("2026-12-20 15:00", "2026-12-20 16:00")
        self.sync_all()
        with freeze_time(NEXT_MONTH):
            self.sync_all()
            visit = self.appointments.search([])
            visit.location = "12, rue Saint-Paul"
            self.sync_all()
            (event,) = self.account.live().values()
            self.assertEqual(event.fields["location"], "12, rue Saint-Paul")
            visit.action_cancel()
            self.sync_all()
            self.assertFalse(self.account.live())


@tagged("post_install", "-at_install")
class TestLostLinks(RulesCase):
    def lose_links(self):
        """As after a restored backup; then the broker connects again."""
        self.env["immoassist.calendar.link"].search([]).unlink()
        self.connection.source_ids.write({"cursor": False, "pull_wanted": 99})
        self.connection._appointments_ahead()._note_for_sync()

    def test_what_was_written_is_found_by_its_mark(self):
        visits = self.book() | self.book("2027-03-03 15:00", "2027-03-03 16:00")
        self.sync()
        before = set(self.account.live())
        writes = self.account.writes
        self.lose_links()
        self.sync_all()
        self.assertEqual(set(self.account.live()), before)
        self.assertEqual(set(visits.mapped("google_event_id")), before)
        self.assertEqual(self.account.writes, writes)
        self.assert_quiet()

    def test_of_whatever_generation(self):
        """Deleted there and created anew: under another key than the first."""
        visit = self.book()
        self.sync()
        self.account.delete(visit.google_event_id)
        visit.location = "Here"
        self.sync_all()
        (event,) = self.account.live().values()
        self.assertEqual(event.mark.key, self.key(visit, 1))
        self.lose_links()
        self.sync_all()
        self.assertEqual(set(self.account.live()), {event.external_id})
        visit.location = "There"
        self.sync_all()
        (event,) = self.account.live().values()
        self.assertEqual(event.fields["location"], "There")
        self.assert_quiet()

    def key(self, visit, generation):
        database = self.env["ir.config_parameter"].get_param("database.uuid")
        return creation_key(database, visit.id, "event", generation)

    def test_where_lists_do_not_show_the_mark(self):
        self.account.shows_marks = False
        visit = self.book()
        self.sync()
        self.lose_links()
        self.sync_all()
        self.assertEqual(set(self.account.live()), {visit.google_event_id})
        self.assertFalse(self.imported())

    def test_what_changed_meanwhile_is_merged(self):
        visit = self.book(location="Here")
        self.sync()
        (event,) = self.account.live().values()
        self.account.put(replace(event, fields={**event.fields, "location": "There"}))
        self.lose_links()
        self.sync_all()
        (event,) = self.account.live().values()
        self.assertEqual((event.fields["location"], visit.location), ("Here", "Here"))
        self.assertIn("There", " ".join(visit.message_ids.mapped("body")))

    def test_imported_ones_are_found_by_their_uid_and_followed(self):
        event = self.account.put(self.event(ical_uid="e1@there"))
        self.sync_all()
        self.lose_links()
        self.sync_all()
        self.assertEqual(len(self.imported()), 1)
        self.account.put(replace(event, fields={**event.fields, "name": "Surgeon"}))
        self.sync_all()
        self.assertEqual(self.imported().mapped("name"), ["Surgeon"])
        self.assert_quiet()

    def test_disconnected_and_connected_again(self):
        visit = self.book()
        self.account.put(self.event(ical_uid="e1@there"))
        self.sync_all()
        before = set(self.account.live())
        token = self.connection.sudo().refresh_token
        self.connection._leave(removed=False)
        self.assertFalse(self.imported())
        self.assertEqual(set(self.account.live()), before)
        expires = "2029-01-01 00:00:00"
        self.connection.write(
            {"refresh_token": token, "access_token": token, "expires_at": expires}
        )
        self.connection.write({"state": "connected"})
        self.connection._appointments_ahead()._note_for_sync()
        self.connection.source_ids._look_anew()
        self.sync_all()
        self.assertEqual(set(self.account.live()), before)
        self.assertEqual(len(self.imported()), 1)
        self.assertIn(visit.google_event_id, before)
        self.assert_quiet()


@tagged("post_install", "-at_install")
class TestCopyBusy(RulesCase):
    def setUp(self):
        super().setUp()
        self.outlook, self.at_outlook = self.connect("outlook")
        at = {"start": moment("2027-03-02 18:00"), "stop": moment("2027-03-02 19:00")}
        self.account.put(self.event("g", name="Dentist", ical_uid="g@there"))
        self.at_outlook.put(self.event("o", name="Yoga", ical_uid="o@there", **at))
        self.sync_all()

    def blocks(self, account):
        return [e.fields["start"] for e in account.live().values() if e.fields["name"] == "Busy"]

    def switch(self, on):
        (self.connection | self.outlook).with_user(self.broker).write({"copy_busy": on})
        self.sync()

    def test_both_ways_on_and_off_and_on_again(self):
        self.assertEqual((self.blocks(self.account), self.blocks(self.at_outlook)), ([], []))
        for _time in range(2):
            self.switch(on=True)
            self.assertEqual(self.blocks(self.account), [moment("2027-03-02 18:00")])
            self.assertEqual(self.blocks(self.at_outlook), [moment("2027-03-02 15:00")])
            self.assert_quiet(self.account, self.at_outlook)
            self.assertEqual(len(self.imported()), 2, "blocks are no meetings")
            self.switch(on=False)
            self.assertEqual((self.blocks(self.account), self.blocks(self.at_outlook)), ([], []))
            self.assert_quiet(self.account, self.at_outlook)

    def test_one_way_leaves_the_other_alone(self):
        self.outlook.with_user(self.broker).copy_busy = True
        self.sync()
        self.assertEqual(len(self.blocks(self.at_outlook)), 1)
        self.assertFalse(self.blocks(self.account))
        event = self.account.live()["g"]
        self.account.put(replace(event, fields={**event.fields, "free": True}))
        self.sync_all()
        self.assertFalse(self.blocks(self.at_outlook), "who is free is not shown as busy")
