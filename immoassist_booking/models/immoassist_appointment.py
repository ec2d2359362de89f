from datetime import timedelta, timezone
from urllib.parse import urlencode

from odoo import api, models
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..core import calendar_links
from ..core.username import MAX_LENGTH

CONFIRMATION_SCOPE = "immoassist_booking.confirmation"
# How long after the visit the confirmation can still be read.
CONFIRMATION_AFTER = timedelta(days=30)
MAX_TOKEN = 500


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    def _confirmation_url(self, attendee):
        self.ensure_one()
        expiration = self.stop.replace(tzinfo=timezone.utc) + CONFIRMATION_AFTER
        # sudo: the key of the database signs it.
        env = self.sudo().env
        token = hash_sign(env, CONFIRMATION_SCOPE, [self.id, attendee.id], expiration=expiration)
        return f"/book/{self.broker_id.booking_username}/confirmation?token={token}"

    @api.model
    def _from_confirmation(self, username, token):
        """The attendee that `token` was made for, on the page of `username`; else nobody.

        Not only published brokers: who has an appointment keeps its page.
        """
        attendees = self.env["immoassist.appointment.attendee"]
        if len(token) > MAX_TOKEN or len(username) > MAX_LENGTH:
            return attendees
        try:
            values = verify_hash_signed(self.env, CONFIRMATION_SCOPE, token)
        except ValueError:
            # Not base64, not UTF-8, not of this version: not a token of ours.
            return attendees
        if not values:
            return attendees
        appointment_id, attendee_id = values
        attendee = attendees.browse(attendee_id).exists()
        appointment = attendee.appointment_id
        if appointment.id != appointment_id:
            return attendees
        if appointment.broker_id.booking_username != username.lower():
            return attendees
        return attendee

    def _confirmation_page(self, attendee):
        """What the confirmation shows of the appointment as it is now."""
        self.ensure_one()
        page = self.env["immoassist.booking.page"]
        broker, type_ = self.broker_id, self.type_id
        wording = broker._broker_wording(self.env.lang)
        start, stop = (moment.replace(tzinfo=timezone.utc) for moment in (self.start, self.stop))
        what = type_.name or self.name
        kind = type_.location_kind
        return {
            "state": self.state,
            "what": what,
            "duration": page._duration_words(round((stop - start).total_seconds() / 60)),
            "when": wording.moment(start),
            "zone_short": page._zone_words_short(wording),
            "place": self.location or (page._kind_words(type_) if type_ else ""),
            "map_url": self._map_url() if kind not in ("phone", "video") else None,
            "broker": broker.name,
            "phone": broker.phone,
            "next_step": self._next_step_words(attendee),
            "places": type_.capacity > 1,
            "again": f"/book/{broker.booking_username}" if broker.booking_published else "/book",
            "calendars": self._calendar_links(what, start, stop),
        }

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

    def _calendar_links(self, what, start, stop):
        if self.state == "cancelled":
            return []
        entry = calendar_links.Entry(
            title=what,
            start=start,
            stop=stop,
            details=self.env._("With %(broker)s", broker=self.broker_id.name),
            location=self.location or "",
        )
        return [
            {"name": "Google", "url": calendar_links.google(entry)},
            {"name": "Outlook", "url": calendar_links.outlook(entry)},
            {"name": "Microsoft 365", "url": calendar_links.microsoft365(entry)},
        ]
