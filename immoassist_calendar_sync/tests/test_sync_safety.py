"""One bad event, a calendar that seems empty, a loop, a private life: nothing is lost or told."""

from dataclasses import replace
from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core import Guest, Rejected, RetryLater, Role, Throttled
from .common import SyncCase, moment

INBOUND = "odoo.addons.immoassist_calendar_sync.models.immoassist_calendar_source_inbound"


@tagged("post_install", "-at_install")
class TestSyncSafety(SyncCase):
    def setUp(self):
        super().setUp()
        self.connection, self.account = self.connect("google")

    def imported(self):
        return self.env["immoassist.appointment"].search([("source", "in", ("google", "outlook"))])

    def failed(self):
        return self.env["immoassist.calendar.link"].search([("state", "=", "failed")])

    @mute_logger(INBOUND)
    def test_one_event_that_cannot_be_taken_over_is_put_aside_and_healed(self):
        for number in range(9):
            self.account.put(self.event(f"e{number}"))
        broken = {"start": moment("2027-03-02 15:00"), "stop": moment("2031-03-02 15:00")}
        event = self.account.put(self.event("broken", **broken))
        (report,) = self.sync()
        self.assertEqual(len(self.imported()), 9)
        self.assertEqual((report.counts["imported"], report.counts["failed"]), (9, 1))
        self.assertEqual(self.failed().mapped("external_id"), ["broken"])
        self.assertTrue(self.failed().last_error)
        stop = moment("2027-03-02 16:00")
        self.account.put(replace(event, fields={**event.fields, "stop": stop}))
        self.sync_all()
        self.assertFalse(self.failed())
        self.assertEqual(len(self.imported()), 10)

    def test_a_write_that_is_refused_stops_alone_and_a_change_is_a_new_chance(self):
        self.account.fault = _once("create", Rejected("400"))
        first, second = self.book(), self.book("2027-03-03 15:00", "2027-03-03 16:00")
        self.sync()
        self.assertEqual(len(self.account.live()), 1)
        self.assertEqual(self.failed().last_error, "400")
        (first | second).filtered(lambda a: not a.google_event_id).location = "Elsewhere"
        self.sync()
        self.assertEqual(len(self.account.live()), 2)
        self.assertFalse(self.failed())

    def test_over_the_quota_no_more_is_sent_for_a_while_and_changes_come_in(self):
        sent = []

        def over_the_quota(kind):
            sent.append(kind)
            if kind == "create":
                raise Throttled("rateLimitExceeded", timedelta(minutes=2))

        self.account.fault = over_the_quota
        for day in range(1, 29):
            self.book(f"2027-03-{day:02} 17:00", f"2027-03-{day:02} 18:00")
        self.sync()
        self.assertEqual(sent.count("send"), 1, "the others would have been refused too")
        links = self.env["immoassist.calendar.link"].search([])
        self.assertEqual(len(links), 28)
        soonest = fields.Datetime.now() + timedelta(minutes=2)
        self.assertGreaterEqual(min(links.mapped("next_attempt")), soonest)
        self.assertEqual(sum(links.mapped("attempts")), 5, "of those that were sent alone")
        self.account.put(self.event())
        self.sync_all()
        self.assertEqual(len(self.imported()), 1)
        self.assertEqual(sent.count("send"), 1)
        self.account.fault = lambda kind: None
        links.next_attempt = False  # as if the time had come
        self.sync()
        self.assertEqual(len(self.account.live()), 29)

    def test_what_undoes_our_work_again_and_again_stops_it(self):
        appointment = self.book()
        self.sync()
        for number in range(30):
            appointment.location = f"Place {number}"
            self.sync()
        self.assertEqual(self.failed().last_error, "loop")
        self.assertLess(self.account.writes, 25)

    def test_a_calendar_that_seems_empty_is_asked_about(self):
        for number in range(4):
            self.book(f"2027-03-0{number + 1} 15:00", f"2027-03-0{number + 1} 16:00")
        self.sync()
        for id_ in list(self.account.live()):
            self.account.delete(id_)
        self.sync_all()
        appointments = self.env["immoassist.appointment"].search([])
        self.assertEqual(set(appointments.mapped("state")), {"confirmed"})
        self.assertEqual(self.connection.pause_reason, "emptied")
        self.assertFalse(self.sync_all())
        self.connection.write(
            {"state": "connected", "pause_reason": False, "emptied_trusted": True}
        )
        self.sync_all()
        self.assertEqual(set(appointments.mapped("state")), {"cancelled"})
        self.assertFalse(self.connection.emptied_trusted)

    def lose(self, known, gone):
        """Import events, then lose so many of them together with the place in the changes."""
        for number in range(known):
            self.account.put(self.event(f"e{number}"))
        self.sync()
        for number in range(gone):
            self.account.delete(f"e{number}")
        self.account.expire_cursors()

    def test_too_many_missing_to_ask_for_each_are_asked_about(self):
        self.lose(known=260, gone=250)
        asked = []
        self.account.fault = asked.append
        self.sync_all()
        self.assertEqual(self.connection.pause_reason, "emptied")
        self.assertNotIn("fetch", asked, "would use up a quota to learn what the broker knows")
        self.assertEqual(set(self.imported().mapped("state")), {"confirmed"})

    def test_what_was_found_missing_before_the_quota_ended_is_not_asked_for_again(self):
        self.lose(known=520, gone=250)
        self.connection.emptied_trusted = True
        asked = []

        def over_the_quota(kind):
            asked.append(kind)
            if asked.count("fetch") > 1:
                raise Throttled("rateLimitExceeded", timedelta(minutes=2))

        self.account.fault = over_the_quota
        self.sync_all()
        cancelled = self.imported().filtered(lambda a: a.state == "cancelled")
        self.assertEqual(len(cancelled), 200)
        asked.clear()
        self.sync_all()
        cancelled = self.imported().filtered(lambda a: a.state == "cancelled")
        self.assertEqual(len(cancelled), 250)
        self.assertEqual(asked.count("fetch"), 1)

    def test_own_deletions_whose_answer_was_lost_are_no_emptying(self):
        appointments = self.book() | self.book("2027-03-03 15:00", "2027-03-03 16:00")
        self.sync()
        self.account.fault = _once("send.done", RetryLater("503"))
        appointments.action_cancel()
        self.sync()
        self.account.fault = lambda kind: None
        self.sync_all()
        self.assertFalse(self.connection.pause_reason)
        self.assertEqual(self.connection.state, "connected")

    def test_deleted_here_while_the_answer_to_its_creation_is_lost(self):
        self.account.fault = _once("send.done", RetryLater("503"))
        appointment = self.book()
        self.sync()
        self.assertEqual(len(self.account.live()), 1)
        appointment.unlink()
        self.sync_all()
        self.assertFalse(self.account.live())
        self.assertFalse(self.env["immoassist.calendar.link"].search([]))

    def test_moved_there_while_the_answer_to_its_creation_is_lost(self):
        self.account.fault = _once("send.done", RetryLater("503"))
        appointment = self.book()
        self.sync()
        (event,) = self.account.live().values()
        times = {"start": moment("2027-03-01 17:00"), "stop": moment("2027-03-01 18:00")}
        self.account.put(replace(event, fields={**event.fields, **times}))
        self.sync_all()
        self.assertEqual(str(appointment.start), "2027-03-01 17:00:00")
        self.assertEqual(len(self.account.live()), 1)

    def test_imported_ones_are_the_brokers_alone(self):
        self.account.put(self.event(name="Dentist", location="Clinic"))
        self.sync()
        appointment = self.imported()
        for user in (self.paris, self.manager, self.internal):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                appointment.with_user(user).read(["name"])
        meeting = appointment.calendar_event_id.with_user(self.manager)
        shown = meeting.read(["name", "location", "start"])[0]
        self.assertNotIn("Dentist", str(shown))
        self.assertNotIn("Clinic", str(shown))
        self.assertFalse(appointment.message_follower_ids)
        self.assertFalse(appointment.message_ids)

    def test_guests_are_no_contacts_and_their_answers_come_in(self):
        partners = self.env["res.partner"].search_count([])
        guests = (Guest("ada@client.example", "Ada"),)
        event = self.account.put(self.event(guests=guests))
        self.sync()
        self.assertEqual(self.imported().attendee_ids.mapped("name"), ["Ada"])
        self.account.put(replace(event, guests=(replace(guests[0], answer="accepted"),)))
        self.sync_all()
        self.assertEqual(self.imported().attendee_ids.state, "accepted")
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertFalse(self.env["mail.mail"].search([("res_id", "=", self.imported().id)]))

    def test_what_somebody_else_organises_cannot_be_moved_here(self):
        self.account.put(self.event(role=Role.GUEST))
        self.sync()
        with self.assertRaisesRegex(UserError, "organised by somebody else in Google"):
            self.imported().with_user(self.broker).start = "2027-03-02 18:00"

    def test_the_refusal_does_not_tell_its_name(self):
        """Who may not see a private event does not learn of it by trying to change it."""
        self.account.put(self.event(role=Role.GUEST, name="Dentist"))
        self.sync()
        portal = self.make_user("portail", "base.group_portal")
        for user in (self.paris, self.manager, self.internal, self.stranger, portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError) as refused:
                self.imported().with_user(user).name = "x"
            self.assertNotIn("Dentist", str(refused.exception))

    def test_an_imported_one_stays_with_its_broker(self):
        self.account.put(self.event())
        self.sync()
        with self.assertRaisesRegex(UserError, "comes from the calendar of Marie"):
            self.imported().broker_id = self.paris

    def test_moved_onto_another_both_are_kept_and_it_is_said(self):
        appointment = self.book()
        self.book("2027-03-01 17:00", "2027-03-01 18:00")
        self.sync()
        event = self.account.live()[appointment.google_event_id]
        times = {"start": moment("2027-03-01 17:00"), "stop": moment("2027-03-01 18:00")}
        self.account.put(replace(event, fields={**event.fields, **times}))
        self.sync_all()
        self.assertEqual(str(appointment.start), "2027-03-01 17:00:00")
        self.assertFalse(appointment.exclusive)
        self.assertIn("both are kept", " ".join(appointment.message_ids.mapped("body")))

    def test_busy_blocks_in_the_other_calendar_say_nothing(self):
        outlook, at_outlook = self.connect("outlook")
        outlook.copy_busy = True
        event = self.account.put(self.event(name="Dentist"))
        self.sync()
        (block,) = at_outlook.live().values()
        self.assertEqual((block.fields["name"], block.fields["private"]), ("Busy", True))
        self.assertNotIn("Dentist", str(block))
        self.account.delete(event.external_id)
        self.sync_all()
        self.assertFalse(at_outlook.live())

    def test_the_same_meeting_in_both_goes_on_when_one_calendar_drops_it(self):
        _outlook, at_outlook = self.connect("outlook")
        event = self.event(ical_uid="same@there")
        self.account.put(event)
        at_outlook.put(event)
        self.sync()
        self.assertEqual(len(self.imported()), 1)
        self.account.delete("e1")
        self.sync_all()
        self.assertEqual(self.imported().state, "confirmed")
        at_outlook.delete("e1")
        self.sync_all()
        self.assertEqual(self.imported().state, "cancelled")

    def test_whole_days_are_the_brokers_days_across_the_change_of_the_clock(self):
        days = {"start": date(2027, 3, 13), "stop": date(2027, 3, 16), "allday": True}
        self.account.put(self.event(**days))  # Toronto's clock changes on the 14th
        self.sync()
        appointment = self.imported()
        self.assertEqual(str(appointment.start), "2027-03-13 05:00:00")
        self.assertEqual(str(appointment.stop), "2027-03-16 04:00:00")
        before = self.account.writes
        appointment.location = "Québec"
        self.sync()
        self.assertEqual(self.account.writes, before + 1)
        self.assertEqual({name: self.account.events["e1"].fields[name] for name in days}, days)


def _once(kind, error):
    left = [error]

    def fault(called):
        if called == kind and left:
            raise left.pop()

    return fault
