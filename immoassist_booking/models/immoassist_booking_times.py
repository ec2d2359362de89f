from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, fields, models

from odoo.addons.immoassist_appointments.core.availability import nearest
from odoo.addons.immoassist_appointments.core.intervals import Interval
from odoo.addons.immoassist_appointments.core.ranking import suggest
from odoo.addons.immoassist_appointments.core.wall_clock import midnight

from ..core import month as months
from ..core.address import day_url, month_url, slot_url
from ..core.query import BadQuery, format_month

# Suggestions are looked for in this many days; farther only when nothing is free in them.
NEAR = timedelta(days=28)
MINUTE = timedelta(minutes=1)
PARTS = ("night", "morning", "afternoon", "evening")


class ImmoassistBookingTimes(models.AbstractModel):
    """The free times of one broker, as the page and its JSON twin show them."""

    _name = "immoassist.booking.times"
    _description = "Times of the booking pages"

    # ---------------------------------------------------------------- asking

    @api.model
    def _free(self, broker, type_, start, stop):
        """Every free time that starts from `start` until before `stop`, in order."""
        window = Interval(start, stop)
        availability = self.env["immoassist.availability"]
        return availability._ranked_slots(broker, window, type_, **self._options())[broker.id]

    @api.model
    def _options(self):
        """More of the question: see `immoassist.availability._ranked_slots`."""
        return {}

    @api.model
    def _free_slot(self, broker, type_, start):
        """The free slot that starts at `start`, or None."""
        slots = self._free(broker, type_, start, start + MINUTE)
        return next((slot for slot in slots if slot.start == start), None)

    @api.model
    def _free_month(self, broker, type_, month, zone):
        return self._free(
            broker, type_, midnight(month, zone), midnight(months.next_month(month), zone)
        )

    @api.model
    def _free_soon(self, broker, type_, zone):
        """The free times of this and the next weeks, in whole months; of all when there are none.

        :return: the times, and the end of the time that was looked at
        """
        now = self._now()
        stop = midnight(months.next_month((now + NEAR).astimezone(zone).date()), zone)
        slots = self._free(broker, type_, now, stop)
        last = now + timedelta(days=type_.horizon_days + 1)
        if slots or last <= stop:
            return slots, stop
        return self._free(broker, type_, now, last), last

    @api.model
    def _best(self, slots, zone):
        return suggest(slots, count=3, per_day=2, zone=zone)

    @api.model
    def _alternatives(self, broker, type_, wanted, zone):
        """Up to three free times near `wanted`; the best ones when it is far from all of them."""
        slots, _stop = self._free_soon(broker, type_, zone)
        return nearest(slots, wanted, count=3)

    @api.model
    def _now(self):
        return fields.Datetime.now().replace(tzinfo=timezone.utc)

    @api.model
    def _offered_months(self, type_, zone):
        """First day of the first and of the last month in which times may be free."""
        now = self._now()
        last = now + timedelta(days=type_.horizon_days)
        first, last = (months.first_of(moment.astimezone(zone).date()) for moment in (now, last))
        return first, last

    @api.model
    def _check_month(self, month, type_, zone):
        first, last = self._offered_months(type_, zone)
        if not first <= month <= last:
            raise BadQuery("range")

    # ---------------------------------------------------------------- the page

    @api.model
    def _time_page(self, broker, type_, query):
        """What the page of days and times shows.

        :param TimesQuery query: what the address asks for
        :raise BadQuery: a month in which this type is never offered
        """
        zones = self.env["immoassist.booking.zone"]
        wording = zones._wording(broker, type_, query)
        zone = wording.zone
        month = query.month or (query.day and months.first_of(query.day))
        if month:
            self._check_month(month, type_, zone)
        soon, soon_stop = self._free_soon(broker, type_, zone)
        if not month:
            first = soon[0].start if soon else self._now()
            month = months.first_of(first.astimezone(zone).date())
        if midnight(months.next_month(month), zone) > soon_stop:
            slots = self._free_month(broker, type_, month, zone)
        else:
            slots = soon
        by_day = self._by_day(slots, month, zone)
        best = self._best(soon, zone)
        day = query.day if query.day and months.first_of(query.day) == month else None
        day = day or min(by_day, default=None)
        kept = query.kept()
        return {
            "suggestions": [self._suggestion(slot, wording, kept) for slot in best],
            "month": self._month_values(type_, month, day, by_day, wording, kept),
            "day": self._day_values(type_, day, by_day, best, wording, kept),
            "nothing": None if soon or slots else self._nothing_values(broker, type_, zone),
            "elsewhere": None
            if by_day
            else self._elsewhere(broker, type_, month, soon, wording, kept),
            "zone": zones._page_values(broker, type_, query, wording, day or month),
            "clocks": self._clocks(query, day or month, wording),
        }

    @api.model
    def _clocks(self, query, day, wording):
        """The two ways to read hours, and where the page is that has them."""
        kept = query.kept()
        return [
            {
                "name": f"{hours} h",
                "hours": hours,
                "url": day_url(day, {**kept, "hour": str(hours)}, "clock"),
                "chosen": hours == wording.clock(),
            }
            for hours in (12, 24)
        ]

    @api.model
    def _by_day(self, slots, month, zone):
        by_day = defaultdict(list)
        for slot in slots:
            day = slot.start.astimezone(zone).date()
            if months.first_of(day) == month:
                by_day[day].append(slot)
        return dict(by_day)

    @api.model
    def _suggestion(self, slot, wording, kept):
        day = wording.local(slot.start).date()
        reason = ""
        if slot.reasons:
            availability = self.env["immoassist.availability"]
            reason = availability._reason_words(slot.reasons[0], self.env.lang)
        return {
            "url": slot_url(slot.start, day, kept),
            "day": wording.day_short(day),
            "time": wording.time(slot.start),
            "reason": reason[:1].upper() + reason[1:],
        }

    @api.model
    def _month_values(self, type_, month, chosen, by_day, wording, kept):
        today = wording.local(self._now()).date()
        first, last = self._offered_months(type_, wording.zone)
        week_start = self.env["immoassist.booking.page"]._week_start()
        rows = months.weeks(month, week_start, today, by_day.keys())
        following, previous = months.next_month(month), months.previous_month(month)
        return {
            "label": wording.month(month),
            "weekdays": wording.weekdays(week_start),
            "weeks": [
                [day and self._cell(day, by_day, chosen, today, wording, kept) for day in row]
                for row in rows
            ],
            "previous": month_url(previous, kept) if previous >= first else None,
            "previous_label": wording.month(previous),
            "next": month_url(following, kept) if following <= last else None,
            "next_label": wording.month(following),
            "empty": not by_day,
        }

    @api.model
    def _cell(self, day, by_day, chosen, today, wording, kept):
        cell = {"number": day.day, "today": day == today, "chosen": day == chosen, "url": None}
        if count := len(by_day.get(day, ())):
            cell["url"] = day_url(day, kept)
            cell["label"] = self._day_name(day, count, wording)
        return cell

    @api.model
    def _day_name(self, day, count, wording):
        if count == 1:
            return self.env._("%(day)s, 1 free time", day=wording.day(day))
        return self.env._("%(day)s, %(count)s free times", day=wording.day(day), count=count)

    @api.model
    def _day_values(self, type_, day, by_day, best, wording, kept):
        if not day:
            return None
        slots = by_day.get(day, ())
        words = wording.times(slot.start for slot in slots)
        best = {slot.start for slot in best}
        parts = defaultdict(list)
        for slot in slots:
            part = months.part_of_day(wording.local(slot.start).hour)
            parts[part].append(
                {
                    "label": words[slot.start],
                    "url": slot_url(slot.start, day, kept),
                    "best": slot.start in best,
                    "places": self._places_words(slot) if type_.capacity > 1 else None,
                }
            )
        names = self._part_names()
        return {
            "heading": wording.day_heading(day),
            "parts": [
                {"name": names[part], "times": parts[part]} for part in PARTS if part in parts
            ],
        }

    @api.model
    def _part_names(self):
        return {
            "night": self.env._("Night"),
            "morning": self.env._("Morning"),
            "afternoon": self.env._("Afternoon"),
            "evening": self.env._("Evening"),
        }

    @api.model
    def _places_words(self, slot):
        if slot.places_left == 1:
            return self.env._("1 place left")
        return self.env._("%(count)s places left", count=slot.places_left)

    # ---------------------------------------------------------------- its JSON twin

    @api.model
    def _month_json(self, broker, type_, query):
        """The days of a month that have free times; of the first such month when none is asked.

        :param TimesQuery query: what the address asks for
        :raise BadQuery: a month in which this type is never offered
        """
        wording = self.env["immoassist.booking.zone"]._wording(broker, type_, query)
        zone, month = wording.zone, query.month
        if month:
            self._check_month(month, type_, zone)
        else:
            soon, _stop = self._free_soon(broker, type_, zone)
            first = soon[0].start if soon else self._now()
            month = months.first_of(first.astimezone(zone).date())
        by_day = self._by_day(self._free_month(broker, type_, month, zone), month, zone)
        return {
            "month": format_month(month),
            "zone": zone.key,
            "days": [self._day_json(day, by_day[day], wording) for day in sorted(by_day)],
        }

    @api.model
    def _day_json(self, day, slots, wording):
        """A day: when it begins, and its times in minutes after that.

        Short, for a month may have thousands of them; and right on the days that have 23 or 25
        hours, for the minutes are counted, not read from a clock.
        """
        begin = midnight(day, wording.zone)
        return {
            "date": day.isoformat(),
            "label": wording.day_heading(day),
            "start": wording.iso(begin),
            "times": [(slot.start - begin) // MINUTE for slot in slots],
        }
