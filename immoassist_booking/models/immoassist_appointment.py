from datetime import timedelta, timezone
from urllib.parse import urlencode

from odoo import api, models

from odoo.addons.immoassist_appointments import signing

from ..core.username import MAX_LENGTH

PURPOSE = "confirmation"
MAX_TOKEN = 500


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    def _confirmation_url(self, attendee, hours=0):
        """:param int hours: 12 or 24, as the client wishes to read times"""
        self.ensure_one()
        token = signing.sign(self.env, PURPOSE, attendee._token_values(), self.stop)
        url = f"/book/{self.broker_id.booking_username}/confirmation?token={token}"
        return f"{url}&hour={hours}" if hours else url

    @api.model
    def _from_confirmation(self, username, token):
        """The attendee that `token` was made for, on the page of `username`; else nobody.

        Not only published brokers: who has an appointment keeps its page.
        """
        attendees = self.env["immoassist.appointment.attendee"]
        if len(token) > MAX_TOKEN or len(username) > MAX_LENGTH:
            return attendees
        values = signing.read(self.env, PURPOSE, token) or {}
        attendee = attendees._of_token(values.get("appointment"), PURPOSE, token)
        broker, name = attendee.appointment_id.broker_id, username.lower()
        if broker.booking_username != name:  # he may have had it when the link was made
            broker &= self.env["immoassist.booking.alias"]._owner(name)
        return attendee if broker else attendees

    def _confirmation_page(self, attendee, hours=0):
        """What the confirmation shows of the appointment as it is now.

        :param int hours: see `_confirmation_url`
        """
        self.ensure_one()
        page = self.env["immoassist.booking.page"]
        broker, type_ = self.broker_id, self.type_id
        zone = broker._broker_zone() if type_ and type_._is_physical() else attendee._zone()
        wording = broker._broker_wording(self.env.lang, zone, hours).together()
        start, stop = (moment.replace(tzinfo=timezone.utc) for moment in (self.start, self.stop))
        what = type_.name or self.name
        kind = type_.location_kind
        return {
            "state": self.state,
            "what": what,
            "duration": page._duration_words(round((stop - start).total_seconds() / 60)),
            "when": wording.moment(start),
            "zone_short": self.env["immoassist.booking.zone"]._city_words(wording),
            "place": self.location or (page._kind_words(type_) if type_ else ""),
            "map_url": self._map_url() if kind not in ("phone", "video") else None,
            "broker": broker.name,
            "phone": broker.phone,
            "next_step": self._next_step_words(attendee),
            "bring": self.state != "cancelled" and type_.to_bring,
            "places": type_.capacity > 1,
            "again": f"/book/{broker.booking_username}" if broker.booking_published else "/book",
            **self._confirmation_actions(attendee, wording),
        }

    @api.model
    def _decoy_page(self, broker, type_, start, form):
        """What the confirmation would show, of an appointment that is not made.

        :param datetime start: aware
        """
        begin = start.astimezone(timezone.utc).replace(tzinfo=None)
        appointment = self.new(
            {
                "name": type_.name,
                "broker_id": broker.id,
                "type_id": type_.id,
                "start": begin,
                "stop": begin + timedelta(minutes=type_.duration),
                "state": "pending" if type_.requires_approval else "confirmed",
                "location": False,
            }
        )
        zone = broker._broker_zone().key
        values = {"email": form.values["email"], "tz": zone, "lang": self.env.lang}
        attendee = self.env["immoassist.appointment.attendee"].new(values)
        return appointment._confirmation_page(attendee)

    def _next_step_words(self, attendee):
        if self.state == "cancelled":
            return self.env._("Nobody expects you at this time.")
        if self.state == "pending":
            return self.env._(
                "The time is kept for you. %(broker)s answers by e-mail, to %(email)s.",
                broker=self.broker_id.name,
                email=attendee.email,
            )
        return self.env._("An invitation is on its way to %(email)s.", email=attendee.email)

    def _map_url(self):
        if not self.location:
            return None
        query = urlencode({"api": 1, "destination": self.location})
        return f"https://www.google.com/maps/dir/?{query}"

    def _confirmation_actions(self, attendee, wording):
        """Where the client can go from the confirmation: only what still makes sense."""
        if not self.id:  # see `_decoy_page`: it only has to look right
            return {"calendars": [{"name": "Google", "url": "#"}], "move": "#", "cancel": "#"}
        ahead = self.state != "cancelled" and self._lies_ahead()
        manages = ahead and attendee._may_manage() and self._client_may_change()
        calendars = attendee._add_to_calendar() if ahead else ()
        return {
            "calendars": [{"name": name, "url": url} for name, url in calendars],
            "move": attendee._link("move") if manages and self._client_may_move() else None,
            "cancel": attendee._link("cancel") if manages else None,
            "until": attendee._change_until_words(wording),
            # Too late for a page: a person answers.
            "call": ahead and not manages and attendee._may_manage(),
        }
