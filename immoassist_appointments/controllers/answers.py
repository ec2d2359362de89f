from datetime import date, datetime, timedelta, timezone

from odoo import http
from odoo.http import request

from .. import ics
from ..core import ranking
from ..exceptions import SlotNotAvailable
from ..models.immoassist_appointment_client import ANSWERS, window_of_days
from .pages import back, chosen_hours, is_post, page, refuse_link, speak

ROUTE = "/immoassist/appointment/<int:appointment_id>"
PAGE_DAYS = 7
# How many empty pages are turned over to find the first free time.
PAGES_TRIED = 9
MAX_REASON = 500
OPTIONS = {
    "type": "http",
    "auth": "public",
    # The layout of visitors, which the portal has too; the language comes from the link.
    "website": True,
    "multilang": False,
    "sitemap": False,
}


class Answers(http.Controller):
    """The pages of those who come. GET shows, POST acts: mail scanners follow every link."""

    @http.route(f"{ROUTE}/answer", methods=["GET", "POST"], **OPTIONS)
    def answer(self, appointment_id, token="", answer="", reason="", **_kwargs):
        """The appointment as it stands, what to do about it, and the answer to the invitation."""
        attendee = self._attendee(appointment_id, "answer", token)
        if not attendee:
            return refuse_link()
        if is_post() and answer in ANSWERS:
            attendee.appointment_id._client_answer(attendee, answer, _short(reason))
            return back(attendee._link("answer"))
        return self._page("page_answer", attendee, token, wish=answer)

    @http.route(f"{ROUTE}/cancel", methods=["GET", "POST"], **OPTIONS)
    def cancel(self, appointment_id, token="", reason="", **_kwargs):
        attendee = self._attendee(appointment_id, "cancel", token)
        if not attendee:
            return refuse_link()
        if is_post():
            attendee.appointment_id._client_cancel(attendee, _short(reason))
            return back(attendee._link("answer"))
        return self._page("page_cancel", attendee, token)

    @http.route(f"{ROUTE}/move", methods=["GET", "POST"], **OPTIONS)
    def move(self, appointment_id, token="", start="", first="", **_kwargs):
        attendee = self._attendee(appointment_id, "move", token)
        if not attendee:
            return refuse_link()
        moment = _moment(start)
        if is_post() and moment:
            try:
                attendee.appointment_id._client_move(attendee, moment)
            except SlotNotAvailable as lost:
                values = self._times(attendee, _day(first)) | {"nearest": lost.nearest}
                return self._page("page_move", attendee, token, status=409, **values)
            return back(attendee._link("answer"))
        return self._page(
            "page_move", attendee, token, unchosen=is_post(), **self._times(attendee, _day(first))
        )

    @http.route(f"{ROUTE}/ics", methods=["GET"], **OPTIONS)
    def ics(self, appointment_id, token="", **_kwargs):
        """The appointment as a file for any calendar program."""
        attendee = self._attendee(appointment_id, "ics", token)
        if not attendee:
            return refuse_link()
        meeting = attendee.appointment_id._ical_meeting(attendee)
        return request.make_response(
            ics.invitation(meeting, ics.PUBLISH),
            headers={
                "Content-Type": "text/calendar; charset=utf-8",
                "Content-Disposition": 'attachment; filename="appointment.ics"',
            }.items(),
        )

    # ---------------------------------------------------------------- what the pages show

    def _attendee(self, appointment_id, action, token):
        attendees = request.env["immoassist.appointment.attendee"]
        attendee = attendees._of_token(appointment_id, action, token)
        speak(attendee.lang)
        return attendee.with_context(lang=request.env.lang)

    def _page(self, template, attendee, token, status=200, **values):
        appointment = attendee.appointment_id
        wording = appointment.broker_id._broker_wording(
            attendee.lang, attendee._zone(), chosen_hours()
        )
        return page(
            template,
            status=status,
            attendee=attendee,
            appointment=appointment,
            broker=appointment.broker_id,
            wording=wording.together(),
            token=token,
            **values,
        )

    def _times(self, attendee, first):
        """The free times of some days, by day, from `first` on."""
        appointment, zone = attendee.appointment_id, attendee._zone()
        if not (attendee._may_manage() and appointment._client_may_move()):
            return {}
        today = datetime.now(timezone.utc).astimezone(zone).date()
        begin = first = max(first or today, today)
        slots = ()
        for _page in range(PAGES_TRIED):
            slots = appointment._client_times(window_of_days(first, PAGE_DAYS, zone))
            if slots:
                break
            first += timedelta(days=PAGE_DAYS)
        days = {}
        for slot in slots:
            days.setdefault(slot.start.astimezone(zone).date(), []).append(slot.start)
        best = ranking.suggest(slots, zone=zone) if begin == today else ()
        return {
            "days": days,
            "best": [(slot.start, self._reason(slot)) for slot in best],
            "first": first,
            "earlier": first - timedelta(days=PAGE_DAYS) if first > today else None,
            "later": first + timedelta(days=PAGE_DAYS) if slots else None,
        }

    def _reason(self, slot):
        availability = request.env["immoassist.availability"]
        words = [availability._reason_words(reason, request.env.lang) for reason in slot.reasons]
        return words[0] if words else ""


def _short(text):
    return " ".join(text.split())[:MAX_REASON]


def _moment(text):
    """An aware moment from a form; None for what is not one."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(timezone.utc) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _day(text):
    """A day from the address; None for what is not one, or further than anybody books."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None
