from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.availability import AvailabilityQuery, availability, reach
from ..core.intervals import Interval
from ..core.query import Preference
from ..core.slots import Busy, SlotRule
from ..core.travel import Place
from ..core.working_time import DateOverride, WeeklyHours
from .immoassist_appointment_type import PHYSICAL_KINDS


class ImmoassistAvailability(models.AbstractModel):
    """Loads what `core.availability` decides upon, for any number of brokers at once.

    The number of SQL statements depends neither on the number of brokers nor of busy events. An
    addon that knows other busy times adds a SELECT to `_busy_queries`.
    """

    _name = "immoassist.availability"
    _description = "Free times of brokers"

    @api.model
    def _ranked_slots(
        self, brokers, window, type_, duration=None, transaction=None, ignored=None,
        preference=None, proposal=None,
    ):  # fmt: skip
        """The free times of each broker, ranked.

        :param brokers: `res.users` records
        :param Interval window: in which the times start, aware UTC
        :param type_: an `immoassist.appointment.type`; a new record (defaults) for none
        :param int duration: minutes, instead of the type's
        :param transaction: `immoassist.transaction` whose property is visited, or None
        :param ignored: appointments that do not count as busy (the one that is being moved)
        :param core.query.Preference preference: what the client would like
        :param proposal: `immoassist.appointment.proposal` whose held times are asked about: they
            do not count as busy, nor does the notice, for the broker himself named these times
        :return: {broker id: tuple of core.ranking.RankedSlot in order of time}
        """
        queries = self._questions(
            brokers, window, type_, duration, transaction, ignored, preference, proposal
        )
        return {broker_id: availability(query) for broker_id, query in queries.items()}

    @api.model
    def _questions(
        self, brokers, window, type_, duration=None, transaction=None, ignored=None,
        preference=None, proposal=None,
    ):  # fmt: skip
        """What `core` decides upon, for each broker; the parameters are those of `_ranked_slots`.

        :return: {broker id: core.query.AvailabilityQuery}
        """
        # sudo: only times leave this model, never what fills them.
        self = self.sudo()
        zones = {broker.id: broker._broker_zone() for broker in brokers}
        rule = self._slot_rule(type_, duration, held=bool(proposal))
        span = self._span(window, rule, zones.values())
        loaded = {
            "leaves": self._leaves(brokers, span),
            "overrides": self._overrides(brokers, span),
            "busy": self._busy(zones, span, ignored, proposal),
        }
        shared = self._shared_terms(type_, transaction, preference)
        questions = {}
        for broker in brokers:
            own = {name: tuple(found[broker.id]) for name, found in loaded.items()}
            own |= self._broker_terms(broker, zones[broker.id])
            questions[broker.id] = AvailabilityQuery(window=window, rule=rule, **own, **shared)
        return questions

    # ---------------------------------------------------------------- terms of the question

    def _shared_terms(self, type_, transaction, preference):
        at_property = transaction and type_.location_kind == "property"
        # sudo: the place tells how far it is, and does not leave.
        return {
            "now": _aware(fields.Datetime.now()),
            "place": transaction.sudo()._place() if at_property else None,
            "travels": type_._is_physical(),
            "preference": preference or Preference(),
        }

    def _broker_terms(self, broker, zone):
        return {
            "zone": zone,
            "weekly": self._weekly_hours(broker),
            "day_start_place": broker._day_start_place(),
            "day_end_place": broker._day_end_place(),
        }

    # ---------------------------------------------------------------- loading

    def _slot_rule(self, type_, duration, held=False):
        return SlotRule(
            duration=timedelta(minutes=duration or type_.duration),
            step=timedelta(minutes=type_.slot_step),
            buffer_before=timedelta(minutes=type_.buffer_before),
            buffer_after=timedelta(minutes=type_.buffer_after),
            min_notice=timedelta(hours=0 if held else type_.min_notice_hours),
            horizon_days=type_.horizon_days,
            max_per_day=type_.max_per_day,
            capacity=type_.capacity,
            type_key=type_.id or None,
        )

    def _span(self, window, rule, zones):
        """The time to load for `window`, for brokers of several zones."""
        reached = [reach(window, rule, zone) for zone in zones] or [window]
        return Interval(min(r.start for r in reached), max(r.stop for r in reached))

    def _broker_calendar(self, broker):
        return broker._broker_resource().calendar_id or broker.company_id.resource_calendar_id

    def _weekly_hours(self, broker):
        # sudo: of the hours of a colleague, or of a broker to a visitor, only what is free is told.
        calendar = self._broker_calendar(broker).sudo()
        return tuple(
            WeeklyHours(
                weekday=int(line.dayofweek),
                hour_from=line.hour_from,
                hour_to=line.hour_to,
                week_parity=int(line.week_type) if calendar.two_weeks_calendar else None,
            )
            for line in calendar.attendance_ids
            if not line.display_type and line.day_period != "lunch"
            if line.hour_from < line.hour_to
        )

    def _leaves(self, brokers, span):
        """Time off of each broker: his own, and that of his calendar or company."""
        resources = {broker.id: broker._broker_resource() for broker in brokers}
        calendars = {broker.id: self._broker_calendar(broker) for broker in brokers}
        found = self.env["resource.calendar.leaves"].search_fetch(
            [
                ("time_type", "=", "leave"),
                ("resource_id", "in", [False, *(r.id for r in resources.values())]),
                ("calendar_id", "in", [False, *(c.id for c in calendars.values())]),
                ("date_from", "<", _naive(span.stop)),
                ("date_to", ">", _naive(span.start)),
            ],
            ["resource_id", "calendar_id", "company_id", "date_from", "date_to"],
        )
        leaves = defaultdict(list)
        for leave in found.filtered(lambda leave: leave.date_from < leave.date_to):
            interval = Interval(_aware(leave.date_from), _aware(leave.date_to))
            for broker in brokers:
                own = leave.resource_id and leave.resource_id == resources[broker.id]
                shared = (
                    not leave.resource_id
                    and leave.calendar_id in (calendars[broker.id], leave.calendar_id.browse())
                    and leave.company_id in (broker.company_id, leave.company_id.browse())
                )
                if own or shared:
                    leaves[broker.id].append(interval)
        return leaves

    def _overrides(self, brokers, span):
        found = self.env["immoassist.availability.override"].search_fetch(
            [
                ("broker_id", "in", brokers.ids),
                ("date", ">=", span.start.date()),
                ("date", "<=", span.stop.date()),
            ],
            ["broker_id", "date", "hour_from", "hour_to", "kind"],
        )
        overrides = defaultdict(list)
        for line in found:
            overrides[line.broker_id.id].append(
                DateOverride(line.date, line.hour_from, line.hour_to, line.kind == "opening")
            )
        return overrides

    def _busy(self, zones, span, ignored, proposal=None):
        """Busy times of each broker, loaded in one statement from all their sources."""
        self.env.flush_all()
        brokers = SQL(
            "(SELECT id AS broker_id, partner_id FROM res_users WHERE id = ANY(%s))",
            list(zones),
        )
        queries = self._busy_queries(
            brokers,
            _naive(span.start),
            _naive(span.stop),
            list(ignored.ids if ignored else []),
            proposal.id if proposal else None,
        )
        rows = self.env.execute_query_dict(SQL(" UNION ALL ").join(queries))
        busy = defaultdict(list)
        for row in rows:
            busy[row["broker_id"]].append(_busy_from_row(row, zones[row["broker_id"]]))
        return busy

    def _busy_queries(self, brokers, start, stop, ignored, proposal=None):
        """SELECTs of busy times, combined by UNION ALL.

        Columns: `broker_id`; `busy_start`, `busy_stop` (held, buffers included) and `start`,
        `stop` (bare), all in UTC, or wall clock of the broker where `is_local`; `type_id`;
        `location_kind` (a value of the type's field, or null: nobody knows); `latitude`,
        `longitude` of the place, or null.

        :param SQL brokers: a table expression with `broker_id`, `partner_id`
        :param datetime start: naive UTC; times that end after it
        :param datetime stop: naive UTC; times that begin before it
        :param list ignored: ids of appointments to leave out, with their meetings
        :param int proposal: id of the proposal whose holds to leave out
        """
        return [self._busy_appointments(brokers, start, stop, ignored)]

    def _busy_appointments(self, brokers, start, stop, ignored):
        return SQL(
            """
            SELECT a.broker_id, a.busy_start, a.busy_stop, a.start, a.stop,
                   FALSE AS is_local, a.type_id,
                   CASE WHEN t.id IS NULL AND a.transaction_id IS NOT NULL THEN 'property'
                        ELSE t.location_kind END AS location_kind,
                   d.property_latitude AS latitude, d.property_longitude AS longitude
              FROM %(brokers)s AS b
              JOIN immoassist_appointment a ON a.broker_id = b.broker_id
              LEFT JOIN immoassist_appointment_type t ON t.id = a.type_id
              LEFT JOIN immoassist_transaction d ON d.id = a.transaction_id
             WHERE a.state != 'cancelled' AND a.show_as = 'busy' AND a.id != ALL(%(ignored)s)
               AND a.busy_stop > %(start)s AND a.busy_start < %(stop)s
            """,
            brokers=brokers,
            ignored=ignored,
            start=start,
            stop=stop,
        )


def _aware(naive_utc):
    return naive_utc.replace(tzinfo=timezone.utc)


def _naive(aware):
    return aware.astimezone(timezone.utc).replace(tzinfo=None)


def _busy_from_row(row, zone):
    """A `Busy` of a row of `_busy_queries`, `zone` being the broker's."""
    names = ("busy_start", "busy_stop", "start", "stop")
    times = {name: row[name].replace(tzinfo=timezone.utc) for name in names}
    if row["is_local"]:
        times = {name: row[name].replace(tzinfo=zone).astimezone(timezone.utc) for name in names}
    latitude, longitude = row["latitude"], row["longitude"]
    at_property = row["location_kind"] == "property"
    return Busy(
        start=times["busy_start"],
        stop=times["busy_stop"],
        visit=Interval(times["start"], times["stop"]) if times["start"] < times["stop"] else None,
        type_key=row["type_id"],
        travels=row["location_kind"] in PHYSICAL_KINDS,
        place=Place(latitude, longitude) if at_property and (latitude or longitude) else None,
    )
