"""What brokers do at the provider that nobody planned, and what the provider does to us."""

from dataclasses import replace
from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .. import worker
from ..core import Calendar, Gone, Mark, Rejected, RetryLater
from ..models.immoassist_calendar_notification import Received
from ..providers import memory
from .test_sync_rules import RulesCase

LATER = "2027-01-04 12:01:00"


@tagged("post_install", "-at_install")
class TestBecomesSeries(RulesCase):
    """An event of ours is made recurring there: occurrences `<id>_<time>` take its place."""

    def make_series(self, event, days=3):
        """As a listing shows it: without the event itself, whose id is that of the series now."""
        del self.account.events[event.external_id]
        for day in range(days):
            times = {name: event.fields[name] + timedelta(days=day) for name in ("start", "stop")}
            self.account.put(
                replace(
                    event,
                    external_id=f"{event.external_id}_{day}",
                    ical_uid=f"{event.ical_uid}/{times['start'].isoformat()}",
                    fields={**event.fields, **times},
                )
            )

    def series_of_ours(self):
        visit = self.book()
        self.sync()
        (event,) = self.account.live().values()
        self.make_series(event)
        self.sync_all()
        return visit, event

    def test_ours_is_the_first_occurrence_and_the_others_come_in(self):
        visit, event = self.series_of_ours()
        self.assertEqual(visit.google_event_id, f"{event.external_id}_0")
        self.assertEqual((visit.state, len(self.imported()), len(self.live())), ("confirmed", 2, 3))
        self.assertEqual(len(self.account.live()), 3)
        self.assert_quiet()
        self.assertEqual(len(self.live()), 3)

    def test_a_change_here_concerns_one_day(self):
        visit, _event = self.series_of_ours()
        visit.location = "12, rue Saint-Paul"
        self.sync_all()
        places = [event.fields["location"] for event in self.account.live().values()]
        self.assertEqual(sorted(places), ["", "", "12, rue Saint-Paul"])
        visit.action_cancel()
        self.sync_all()
        self.assertEqual((len(self.account.live()), len(self.live())), (2, 2))

    def test_no_series_any_more_it_is_itself_again(self):
        visit, event = self.series_of_ours()
        for day in range(3):
            self.account.delete(f"{event.external_id}_{day}")
        self.account.put(event)
        self.connection.emptied_trusted = True  # three at once are asked about otherwise
        self.sync_all()
        self.assertEqual((visit.state, visit.google_event_id), ("confirmed", event.external_id))
        self.assertEqual(len(self.live()), 1)
        self.assert_quiet()

    def test_an_imported_one_too(self):
        event = self.account.put(self.event(ical_uid="e1@there"))
        self.sync_all()
        visit = self.imported()
        self.make_series(event)
        self.sync_all()
        self.assertEqual(visit.google_event_id, "e1_0")
        self.assertEqual((len(self.imported()), len(self.live())), (3, 3))
        self.assert_quiet()

    def test_a_strange_mark_is_nobodys(self):
        mark = Mark("another-database", "0" * 32)
        self.account.put(replace(self.event(ical_uid="x@there"), mark=mark))
        self.sync_all()
        self.assertEqual(len(self.imported()), 1)


@tagged("post_install", "-at_install")
class TestCalendarsComeAndGo(RulesCase):
    """At the provider; here without connecting again."""

    def add(self, name="Shared", **options):
        self.account.calendars.append(Calendar(name.lower(), name, "Europe/Paris", **options))

    def sources(self):
        return self.connection.source_ids

    def an_hour_later(self):
        self.connection.calendars_at = False
        self.sync_all()

    def test_a_new_one_appears_by_itself_and_by_the_button(self):
        self.sync()
        self.add()
        self.sync_all()
        self.assertEqual(self.sources().mapped("name"), ["Memory"], "asked a moment ago")
        with freeze_time("2027-01-04 13:01:00"):
            self.sync_all()
        self.assertEqual(self.sources().mapped("name"), ["Memory", "Shared"])
        shared = self.sources()[1]
        self.assertEqual((shared.is_target, shared.import_mode), (False, "busy"))
        self.assertTrue(shared.last_pull)
        self.add("Another")
        self.connection.with_user(self.broker).action_sync_now()
        self.sync()
        self.assertEqual(self.sources().mapped("name"), ["Memory", "Another", "Shared"])

    def test_one_that_is_gone_is_shown_so_and_never_emptied_here(self):
        visit = self.book()
        self.account.put(self.event(ical_uid="e1@there"))
        self.sync_all()
        self.add()
        memory_ = self.account.calendars.pop(0)
        visit.location = "Waits"
        self.an_hour_later()
        source = self.sources().filtered(lambda s: s.external_id == memory.CALENDAR)
        self.assertTrue(source.gone)
        self.assertIn("stays in Odoo", source.remark)
        self.assertIn("Choose another one", self.connection.status)
        self.assertEqual(set(self.appointments.search([]).mapped("state")), {"confirmed"})
        self.assertEqual(self.imported().name, "Dentist")
        self.assertFalse(self.sync(), "nothing to be done again and again")
        self.account.calendars.append(memory_)
        self.an_hour_later()
        self.assertFalse(source.gone)
        self.assertEqual(len(self.imported()), 1)
        event = self.account.live()[visit.google_event_id]
        self.assertEqual(event.fields["location"], "Waits")
        self.assert_quiet()

    def test_not_found_while_it_is_listed_heals(self):
        self.sync()
        self.account.fault = _once("changes", Gone("404"))
        self.sync_all()
        self.assertTrue(self.sources().gone)
        self.account.fault = lambda kind: None
        self.account.put(self.event(ical_uid="e1@there"))
        self.sync_all()
        self.assertFalse(self.sources().gone)
        self.assertEqual(len(self.imported()), 1)

    def test_another_one_takes_the_appointments(self):
        visit = self.book()
        self.sync()
        self.add("Work", can_write=True)
        self.account.calendars.pop(0)
        self.account.delete(visit.google_event_id)
        self.an_hour_later()
        work = self.sources().filtered(lambda s: s.name == "Work")
        work.with_user(self.broker).is_target = True
        self.sync()
        link = visit.calendar_link_ids
        self.assertEqual((link.source_id, link.presence), (work, "live"))
        self.assertEqual(visit.state, "confirmed")

    def test_a_list_that_fails_keeps_no_event_waiting(self):
        visit = self.book()
        self.account.fault = _once("calendars", Rejected("403"))
        (report,) = self.sync()
        self.assertIsNone(report.error)
        self.assertTrue(visit.google_event_id)

    def test_an_empty_list_is_no_answer(self):
        self.sync()
        self.account.calendars.clear()
        self.account.fault = _once("changes", RetryLater("503"))
        self.an_hour_later()
        self.assertFalse(self.sources().gone)


def _once(kind, error):
    left = [error]

    def fault(called):
        if called == kind and left:
            raise left.pop()

    return fault


@tagged("post_install", "-at_install")
class TestManyPushes(RulesCase):
    """However many notifications come: one pull in a second, and no change waits for two."""

    def setUp(self):
        super().setUp()
        self.sync()

    def push(self):
        ((id_, channel),) = self.account.channels.items()
        received = {Received(channel.secret, id_, "change")}
        self.env["immoassist.calendar.notification"]._receive(received)

    def test_a_burst_is_one_pull_and_the_rest_another_a_second_later(self):
        with freeze_time(LATER) as clock:
            for _number in range(50):
                self.push()
            self.assertEqual(len(self.sync()), 1)
            self.push()
            self.assertEqual(len(self.sync()), 0)
            self.assertTrue(worker.holds_back(self.registry))
            clock.tick(1)
            self.assertFalse(worker.holds_back(self.registry))
            self.assertEqual(len(self.sync()), 1)

    def test_a_stream(self):
        waits, pulls = [], 0
        with freeze_time(LATER) as clock:
            for number in range(100):
                self.account.put(self.event(f"e{number}", ical_uid=f"e{number}@there"))
                entered = clock.time_to_freeze
                self.push()
                pulls += len(self.sync())
                waits += [(number, entered)]
                clock.tick(0.1)
                there = set(self.imported().calendar_link_ids.mapped("external_id"))
                waits = [(n, moment_) for n, moment_ in waits if f"e{n}" not in there]
                longest = max((clock.time_to_freeze - m for _n, m in waits), default=timedelta())
                self.assertLess(longest, timedelta(seconds=1.2))
        self.assertLessEqual(pulls, 11)
        self.assertGreater(pulls, 8)
