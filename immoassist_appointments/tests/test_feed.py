from datetime import timedelta

from freezegun import freeze_time
from icalendar import Calendar

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .invitation_case import VISIT, Agency

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestFeed(Agency, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_agency()
        cls.me = cls.marie.with_user(cls.marie)
        cls.me.action_renew_appointment_feed()

    def get(self, url=None, **headers):
        path = (url or self.me.appointment_feed_url).partition("/immoassist")[2]
        return self.url_open(f"/immoassist{path}", headers=headers)

    def events(self):
        return Calendar.from_ical(self.get().content).walk("VEVENT")

    def test_own_appointments_of_the_window(self):
        expected = self.appointment()
        expected |= self.appointment(start=VISIT - 29 * DAY, stop=VISIT - 28 * DAY)
        expected |= self.appointment(start=VISIT + 300 * DAY, state="pending")
        self.appointment(start=VISIT - 40 * DAY, stop=VISIT - 39 * DAY)
        self.appointment(start=VISIT + 370 * DAY)
        self.appointment(start=VISIT + 2 * DAY).action_cancel()
        self.appointment(start=VISIT + 3 * DAY, source="google")
        self.appointment(user=self.manager, broker_id=self.paul.id)
        events = {str(event["uid"]): event for event in self.events()}
        self.assertEqual(set(events), set(expected.mapped("ical_uid")))
        self.assertEqual(str(events[expected[2].ical_uid]["status"]), "TENTATIVE")
        self.assertNotIn("attendee", events[expected[0].ical_uid])
        self.assertIn("Ada Byron", events[expected[0].ical_uid]["description"])

    def test_whole_file_only_when_something_changed(self):
        appointment = self.appointment()
        self.env.flush_all()
        first = self.get()
        self.assertEqual(first.headers["Content-Type"], "text/calendar; charset=utf-8")
        tag = first.headers["ETag"]
        with freeze_time("2027-03-08 15:00:00"):
            again = self.get(**{"If-None-Match": tag})
        self.assertEqual((again.status_code, again.content), (304, b""))
        for change in ({"location": "12, avenue du Parc"}, {"state": "cancelled"}):
            appointment.write(change)
            changed = self.get(**{"If-None-Match": tag})
            self.assertEqual(changed.status_code, 200)
            self.assertNotEqual(changed.headers["ETag"], tag)
            tag = changed.headers["ETag"]
        appointment.action_confirm()
        tag = self.get().headers["ETag"]
        appointment.attendee_ids.name = "Ada King"
        self.assertEqual(self.get(**{"If-None-Match": tag}).status_code, 200)

    def test_the_old_address_dies(self):
        old = self.me.appointment_feed_url
        self.me.action_renew_appointment_feed()
        self.assertEqual(self.get(old).status_code, 404)
        self.assertEqual(self.get().status_code, 200)
        new = self.me.appointment_feed_url
        self.me.action_stop_appointment_feed()
        self.assertEqual(self.get(new).status_code, 404)
        self.assertFalse(self.me.appointment_feed_url)

    def test_it_ends_with_the_broker(self):
        url = self.me.appointment_feed_url
        self.marie.active = False
        self.assertEqual(self.get(url).status_code, 404)
        self.marie.active = True
        self.marie.group_ids -= self.env.ref("immoassist_appointments.group_broker")
        self.assertEqual(self.get(url).status_code, 404)

    def test_guessing(self):
        for token in ("x", "%25", "é", "False", "a" * 500):
            self.assertEqual(self.url_open(f"/immoassist/feed/{token}.ics").status_code, 404)

    def test_the_address_is_the_owners_alone(self):
        self.assertTrue(self.me.appointment_feed_url)
        for other in (self.manager, self.env.ref("base.user_admin")):
            self.assertFalse(self.marie.with_user(other).appointment_feed_url)
            with self.assertRaises(AccessError):
                self.marie.with_user(other).action_renew_appointment_feed()
        for reader in (self.marie, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                self.marie.with_user(reader).read(["appointment_feed_secret"])
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            public.with_user(public).action_renew_appointment_feed()
