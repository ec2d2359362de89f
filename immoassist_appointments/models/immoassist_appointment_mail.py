from datetime import timedelta, timezone
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import fields, models

MAP = "https://www.google.com/maps/search/"


class ImmoassistAppointment(models.Model):
    """The words in the mails of an appointment."""

    _inherit = "immoassist.appointment"

    def _when_words(self, lang, zone, wording=None):
        """Day, hours and zone in words, for instance in a mail.

        :param str lang: Odoo language code
        :param zoneinfo.ZoneInfo zone: of who reads it
        :param Wording wording: how a page says times to him, if not as a mail does
        """
        return self._in_brackets(*self._when_parts(lang, zone, wording))

    def _when_parts(self, lang, zone, wording=None):
        """Day and hours, and the zone, in words; whole days have no zone to be told."""
        self.ensure_one()
        wording = wording or self.broker_id._broker_wording(lang, zone)
        return self._moment_parts(self.start, self.stop, self.allday, lang, wording)

    def _previous_words(self, lang, zone):
        """The day and hours that were told before, in words; False when they are the same."""
        self.ensure_one()
        before, now = self.ical_previous, self.ical_published
        moments = ("start", "stop", "allday")
        if not before or all(before[name] == now[name] for name in moments):
            return False
        start, stop = (fields.Datetime.to_datetime(before[name]) for name in ("start", "stop"))
        wording = self.broker_id._broker_wording(lang, zone)
        return self._in_brackets(*self._moment_parts(start, stop, before["allday"], lang, wording))

    def _in_brackets(self, when, where):
        return f"{when} ({where})" if where else when

    def _moment_parts(self, start, stop, allday, lang, wording):
        start, stop = (moment.replace(tzinfo=timezone.utc) for moment in (start, stop))
        if allday:
            # Whole days are the broker's, wherever one reads it.
            local = self.broker_id._broker_wording(lang).local
            last = local(stop - timedelta(microseconds=1)).date()
            days = dict.fromkeys([local(start).date(), last])
            return " – ".join(wording.day(day) for day in days), ""
        env = self.with_context(lang=lang).env
        when = env._(
            "%(day)s, %(start)s to %(stop)s",
            day=wording.day(wording.local(start).date()),
            start=wording.time(start),
            stop=wording.time(stop),
        )
        return when, env._("%s time", wording.city())

    def _map_url(self):
        """Where the place is on a map; False when there is none to go to."""
        self.ensure_one()
        # A bare name of a room or "Zoom" leads nowhere; the type knows whether one goes there.
        if not self.location or (self.type_id and not self.type_id._is_physical()):
            return False
        return f"{MAP}?{urlencode({'api': '1', 'query': self.location})}"

    # ---------------------------------------------------------------- subjects

    def _client_subject(self):
        """Subject of the mail to the client, in the language of the context."""
        self.ensure_one()
        if self.state == "pending":
            return self.env._("Requested: %s", self.name)
        return self.env._("Confirmed: %s", self.name)

    def _broker_subject(self):
        """Subject of the mail to the broker, in the language of the context."""
        self.ensure_one()
        if self.state == "pending":
            return self.env._("To approve: %s", self.display_name)
        return self.env._("Booked: %s", self.display_name)

    # ---------------------------------------------------------------- bodies

    def _mail_card(self, decide=False, former=True):
        """What, when, where and who, for the broker.

        :param bool decide: with the buttons by which he answers a request
        :param bool former: with the time that was told before, struck through
        """
        self.ensure_one()
        broker = self.broker_id
        zone = broker._broker_zone()
        return self.env["ir.qweb"]._render(
            "immoassist_appointments.mail_card_broker",
            {
                "appointment": self,
                "when": self._when_words(broker.lang, zone),
                "before": former and self._previous_words(broker.lang, zone),
                "decide": decide,
            },
            lang=broker.lang,
        )

    def _send_booking_mails(self):
        """Queue the mails to the client and to the broker, each in their language and zone."""
        # sudo: the client who books has no account and may not read templates or records.
        self.sudo()._tell()


class ImmoassistAppointmentAttendee(models.Model):
    _inherit = "immoassist.appointment.attendee"

    def _zone(self):
        """Their zone; the broker's when theirs is unknown."""
        self.ensure_one()
        try:
            if self.tz:
                return ZoneInfo(self.tz)
        except ZoneInfoNotFoundError:
            # A zone that Odoo's pytz knows and this machine's tz database does not.
            pass
        return self.appointment_id.broker_id._broker_zone()

    def _when_words(self, wording=None):
        """Day, hours and zone of the appointment in this attendee's language and zone.

        :param Wording wording: see `immoassist.appointment._when_words`
        """
        self.ensure_one()
        return self.appointment_id._when_words(self.lang, self._zone(), wording)

    def _when_parts(self, wording=None):
        self.ensure_one()
        return self.appointment_id._when_parts(self.lang, self._zone(), wording)

    def _mail_card(self, answer=False, manage=False, former=False):
        """What, when, where and with whom, for this attendee.

        :param bool answer: with the buttons to accept or decline
        :param bool manage: with the links to move, to cancel and to other calendars
        :param bool former: with the time that was told before, struck through
        """
        self.ensure_one()
        appointment = self.appointment_id
        before = former and appointment._previous_words(self.lang, self._zone())
        return self.env["ir.qweb"]._render(
            "immoassist_appointments.mail_card_client",
            {
                "attendee": self,
                "appointment": appointment,
                "when": self._when_words(),
                "before": before,
                "answer": answer,
                "manage": manage,
            },
            lang=self.lang,
        )
