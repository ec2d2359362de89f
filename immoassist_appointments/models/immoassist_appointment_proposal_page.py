from datetime import timezone
from urllib.parse import urlencode

from odoo import models

from ..core.common_time import offered
from ..core.intervals import Interval
from .immoassist_appointment_proposal_send import MINUTE

STATUS = {"offer": 200, "chosen": 200, "lost": 409, "withdrawn": 410}


class ImmoassistAppointmentProposal(models.Model):
    """What the page of a proposed time shows. Nothing here writes."""

    _inherit = "immoassist.appointment.proposal"

    def _pick_page(self, line, start):
        """Values of the page, in the language of the context.

        :param line: the line whose link was opened
        :param datetime start: aware; the time that the link stands for
        :return: (HTTP status, dict)
        """
        self.ensure_one()
        situation = self._situation(start)
        chosen, appointment = situation == "chosen", self.appointment_id
        shown = appointment.start.replace(tzinfo=timezone.utc) if appointment else start
        values = {
            **self._page_facts(shown, appointment),
            "situation": situation,
            "cancelled": chosen and (not appointment or appointment.state == "cancelled"),
            "another": chosen and shown != start,
            "held": situation == "offer" and self._is_held(start),
            "until": self._deadline_words(),
            "email": self.client_email,
            "others": self._other_times(start) if situation in ("offer", "lost") else [],
            "nearest": [],
        }
        if situation == "lost":
            values["nearest"] = [
                self._time_link(slot.start, line._pick_url(slot.start))
                for slot in self._nearest(start)
            ]
        return STATUS[situation], values

    def _situation(self, start):
        """ "offer", "chosen", "withdrawn" or "lost"."""
        if self.resolution:
            return self.resolution
        return "offer" if self._offer(start) else "lost"

    def _is_held(self, start):
        return self.state == "open" and start in {x._start_aware() for x in self.line_ids}

    def _page_facts(self, start, appointment=None):
        wording, type_ = self._wording(), self.type_id
        place = (appointment.location if appointment else self._place_words()) or ""
        physical = type_._is_physical()
        return {
            "what": type_.name,
            "duration": self._duration_words(),
            "day": wording.day(wording.local(start).date()),
            "hour": wording.time(start),
            "zone": self.env._("%s time", wording.city()),
            "place": place if physical and place else self._kind_words(),
            "map_url": _map_url(place) if physical and place else None,
            "brokers": [broker.name for broker in self._brokers()],
            "broker": self.broker_id.name,
            "phone": self.broker_id.phone or self.company_id.phone,
            "broker_email": self.broker_id.email,
        }

    def _other_times(self, start):
        """The other proposed times that are still free."""
        lines = [line for line in self.line_ids if line._start_aware() != start]
        if self.state != "open" or not lines:
            return []
        starts = [line._start_aware() for line in lines]
        free = self._common_slots(Interval(min(starts), max(starts) + MINUTE), self)
        return [
            self._time_link(line._start_aware(), line._pick_url())
            for line in lines
            if offered(free, line._start_aware())
        ]

    def _time_link(self, start, url):
        wording = self._wording()
        day = wording.day_heading(wording.local(start).date())
        return {"day": day, "time": wording.time(start), "url": url}

    def _duration_words(self):
        hours, minutes = divmod(self.type_id.duration, 60)
        if not hours:
            return self.env._("%s min", minutes)
        if not minutes:
            return self.env._("%s h", hours)
        return self.env._("%(hours)s h %(minutes)s", hours=hours, minutes=f"{minutes:02d}")

    def _kind_words(self):
        """How they meet, when no address says it."""
        match self.type_id.location_kind:
            case "phone":
                return self.env._("By phone: you will be called")
            case "video":
                return self.env._("By video")
            case "client":
                return self.env._("At your home")
            case _:
                return ""


def _map_url(place):
    return f"https://www.google.com/maps/dir/?{urlencode({'api': 1, 'destination': place})}"
