from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.immoassist_appointments.models.immoassist_appointment_booking import Guest

from ..core import notice
from ..core.address import address, day_url
from ..core.guard import HONEYPOT
from ..core.guest import LIMITS, read_guest
from ..core.query import format_slot


class ImmoassistBookingForm(models.AbstractModel):
    """The form in which the client leaves name and e-mail, and what becomes of it."""

    _name = "immoassist.booking.form"
    _description = "Form of the booking pages"

    @api.model
    def _read(self, type_, given):
        """What was typed, checked.

        :param given: the fields as they were sent, by anybody
        :return: a `GuestForm`
        """
        return read_guest(given)

    @api.model
    def _blank(self):
        """What stands in the fields of a new form."""
        return dict.fromkeys(LIMITS, "")

    @api.model
    def _booking_options(self, type_, form):
        """More for `immoassist.appointment._book`."""
        return {}

    @api.model
    def _form_page(self, broker, type_, query, form=None, *, lost=False, alternatives=None):
        """What the form shows for the time that was chosen.

        :param TimesQuery query: what the address asks for, with its `slot`
        :param GuestForm form: what was typed, with its errors
        :param bool lost: known not to be free; otherwise this method looks
        :param alternatives: the free slots nearest to it, when they are known
        """
        times = self.env["immoassist.booking.times"]
        zones = self.env["immoassist.booking.zone"]
        wording, start = zones._wording(broker, type_, query).together(), query.slot
        lost = lost or not times._free_slot(broker, type_, start)
        if lost and not alternatives:
            alternatives = times._alternatives(broker, type_, start, wording.zone)
        errors = self._error_messages(form.errors) if form else {}
        kept = query.kept()
        day = wording.local(start).date()
        return {
            "lost": lost,
            "slot": format_slot(start),
            # The zone of which this page speaks, wherever it is known from.
            "hidden": {**kept, "tz": query.zone.key} if query.zone else kept,
            "when": wording.moment(start),
            "back": address({}, kept) if lost else day_url(day, kept),
            "alternatives": [
                {"value": format_slot(other.start), "label": wording.moment(other.start)}
                for other in alternatives or ()
            ],
            "values": form.values if form else self._blank(),
            "errors": errors,
            "error_title": form.title if form else "",
            **self._notice(broker.company_id, form),
            **self._guards(form),
            "limits": LIMITS,
            "zone_short": zones._words_short(type_, query, wording, start),
        }

    @api.model
    def _notice(self, company, form):
        text = company._booking_privacy_notice()
        return {
            "notice": text,
            "notice_version": notice.version(text),
            "marketing_question": company.booking_marketing_question,
            "marketing": bool(form and form.marketing),
        }

    @api.model
    def _guards(self, form):
        protection = self.env["immoassist.booking.protection"]
        stamp = protection._keep_stamp(form.stamp) if form else protection._stamp()
        return {"stamp": stamp, "proof": form.proof if form else "", "honeypot": HONEYPOT}

    @api.model
    def _error_messages(self, errors):
        """Sentences for the codes of `core.guest`, in the order of the form.

        What concerns no field stands under an empty name, and is a sentence already.
        """
        general = {"": errors[""]} if "" in errors else {}
        return general | {
            field: self._error_message(field, errors[field]) for field in LIMITS if field in errors
        }

    @api.model
    def _error_message(self, field, code):
        if code == "long":
            return self.env._("Use at most %(limit)s characters.", limit=LIMITS[field])
        if code == "required":
            if field == "name":
                return self.env._("Enter your name.")
            return self.env._("Enter your e-mail address.")
        if code == "email":
            return self.env._("Enter one e-mail address, like name@example.com.")
        if code == "phone":
            return self.env._("Enter a phone number, like +1 514 555 0100, or leave this empty.")
        return self.env._("This contains characters that cannot be used. Type it again, please.")

    @api.model
    def _book(self, broker, type_, query, form, session):
        """Book the time that was chosen for the client who filled in `form`.

        :param str session: the lasting part of the id of his session
        :return: the appointment: the one that he has already when this is the same form again

        :raise SlotNotAvailable: the time is gone
        :raise ValidationError: the data is wrong
        """
        values, company = form.values, broker.company_id
        if form.notice and form.notice != notice.version(company._booking_privacy_notice()):
            raise ValidationError(
                self.env._("Our privacy notice has just changed. Read it, and send the form again.")
            )
        guest = Guest(
            name=values["name"],
            email=values["email"],
            phone=values["phone"],
            note=values["note"],
            lang=self.env.lang or "",
            # The zone of which the page spoke: where they meet, or where the client is.
            tz=self.env["immoassist.booking.zone"]._zone(broker, type_, query).key,
        )
        appointments = self.env["immoassist.appointment"]
        attendees = self.env["immoassist.appointment.attendee"]
        # Before looking: of two forms sent at once, the second is run again, and finds the first.
        appointments._take_guard(broker)
        key = attendees._booking_key(session, type_, query.slot, values["email"])
        if same := attendees._booked_before(key, query.slot):
            return same
        self.env["immoassist.booking.protection"]._check_open(company, guest.email)
        appointment = appointments._book(
            broker, type_, query.slot, guest, source="website", **self._booking_options(type_, form)
        )
        self.env["immoassist.booking.hold"]._release(self.env.context.get("booking_visitor"))
        attendee = appointment.attendee_ids[:1]
        attendee.booking_key = key
        attendee._note_consent(company, form.notice, form.marketing)
        return appointment
