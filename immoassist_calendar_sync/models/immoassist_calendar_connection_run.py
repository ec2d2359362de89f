from datetime import timedelta, timezone

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import AdministratorNeeded, Reauthorise, RetryLater, Window, next_delay, schedule
from ..worker.pull import PullPlan
from ..worker.rows import Change, add, load_lines
from ..worker.run import Begin

BEFORE = timedelta(days=30)
AFTER = timedelta(days=365)


class ImmoassistCalendarConnection(models.Model):
    """What the worker reads and stores, each in one short transaction."""

    _inherit = "immoassist.calendar.connection"

    not_before = fields.Datetime(
        readonly=True, copy=False, help="After a failure: no run before then, UTC."
    )
    answered_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="Last pull that notifications asked for, UTC. The next one is a second later.",
    )
    emptied_trusted = fields.Boolean(
        readonly=True, copy=False, help="That so much was deleted was confirmed, for one run."
    )

    # ---------------------------------------------------------------- reading

    def _source(self, source_id):
        return self.env["immoassist.calendar.source"].browse(source_id)

    def _begin_run(self, now, *, refresh=False, told=True):
        """Everything that a run needs to know first, in one transaction.

        :param datetime now: aware
        :param bool refresh: whether the access token was refused
        :param bool told: False: there is nothing for `_drain_notifications`
        :rtype: worker.run.Begin
        """
        token = self._token_to_refresh(now, force=refresh)
        if token is not None:
            return Begin(refresh_token=token)
        provider = self._open_provider()
        if task := self._task():
            return Begin(provider=provider, task=task)
        unsettled = self._drain_notifications() if told else ()
        load_lines(self, "source_ids")
        pulls = [self._pull_plan(s, now, s in unsettled) for s in self._sources_to_pull()]
        return Begin(
            provider=provider,
            pulls=tuple(pulls),
            watched=self._watched(provider.per_account),
            list_calendars=self._calendars_are_old(),
        )

    def _sources_to_pull(self):
        """The calendars to be looked at now."""
        now = fields.Datetime.now()
        # Too far ahead: planned before the clock was set back.
        due = not self.next_sync or not now < self.next_sync <= now + schedule.LONGEST_POLL
        return self.source_ids.filtered(
            lambda source: (
                not source.gone
                and (source.import_mode != "none" or source.is_target)
                and (due or not source.last_pull or source.pull_wanted != source.pull_done)
            )
        )

    def _pull_plan(self, source, now, unsettled=False):
        """:rtype: worker.pull.PullPlan"""
        window = Window(now - BEFORE, now + AFTER)
        cursor = source.cursor or None
        if source.window_stop:
            stop = source.window_stop.replace(tzinfo=timezone.utc)
            if schedule.is_old(stop, window.stop):
                cursor = None
            else:
                start = source.window_start.replace(tzinfo=timezone.utc)
                window = Window(start, stop)
        return PullPlan(
            source_id=source.id,
            calendar_id=source.external_id,
            window=window if cursor else Window(now - BEFORE, now + AFTER),
            cursor=cursor,
            wanted=source.pull_wanted,
            unsettled=unsettled,
            database=self.env["ir.config_parameter"].get_param("database.uuid"),
            trusted=self.emptied_trusted,
        )

    # ---------------------------------------------------------------- how it went

    def _has_channels_to_keep(self, per_account, watched):
        """Whether a run that has pulled everything has a channel to register, renew or stop.

        For the parameters see `_channel_plan`.
        """
        load_lines(self, "channel_ids")
        return not self._channel_plan(per_account=per_account, watched=watched).empty

    def _give_back(self, report, fraction):
        """Store how the run went, and let others have the connection. See `_end_run`."""
        self._end_run(report, fraction)
        self.lease_until = False

    def _end_run(self, report, fraction):
        """Store how the run went, and when the next is due.

        :param worker.run.Report report:
        :param float fraction: random, from 0 to 1
        """
        now = fields.Datetime.now()
        failed = report.error or report.crashed or report.emptied
        values = self._failure_values(report, now, fraction) if failed else self._success(now)
        if not failed or isinstance(report.error, RetryLater):
            values["next_sync"] = schedule.next_poll(now, fraction, pushed=self._is_told())
        self.write(values)
        self._note_run(report, now)

    def _success(self, now):
        return {
            "last_sync": now,
            "failures": 0,
            "last_error": False,
            "not_before": False,
            "emptied_trusted": False,
        }

    def _failure_values(self, report, now, fraction):
        error = report.error
        values = {
            "failures": self.failures + 1,
            "last_error": (error and (error.code or type(error).__name__)) or report.crashed,
        }
        if report.emptied:
            return values | {"state": "paused", "pause_reason": "emptied"}
        if isinstance(error, Reauthorise):
            return values | {"state": "reauth"}
        if isinstance(error, AdministratorNeeded):
            return values | {"state": "paused", "pause_reason": "administrator"}
        asked = error.retry_after if isinstance(error, RetryLater) else None
        return values | {"not_before": now + next_delay(values["failures"], fraction, asked)}

    def _note_run(self, report, now):
        start = report.start.astimezone(timezone.utc).replace(tzinfo=None)
        counts = report.counts
        if not (counts or report.error or report.crashed or report.emptied):
            return  # a run that found nothing is no news
        names = ("pulled", "imported", "applied", "pushed", "failed")
        add(
            self.env["immoassist.calendar.sync.run"],
            {
                "connection_id": self.id,
                "user_id": self.user_id.id,
                "provider": self.provider,
                "start": start,
                "seconds": (now - start).total_seconds(),
                "outcome": self._outcome(report),
                "error": self.last_error or None,
                "requests": report.requests,
                **{name: counts[name] for name in names},
            },
        )

    def _outcome(self, report):
        if report.error or report.crashed or report.emptied:
            return "failed"
        return "partial" if report.counts["failed"] else "done"


class ImmoassistCalendarSource(models.Model):
    _inherit = "immoassist.calendar.source"

    def _known_ids(self, window):
        """External ids of the events that are there, as far as known: inside the window, and all.

        :return: (set, set)
        """
        return self._live_ids(_inside(window)), self._live_ids(Domain.TRUE)

    def _wanted_ids(self, window):
        """Of those inside the window the ones that Odoo does not want deleted itself."""
        return self._live_ids(_inside(window) & Domain("appointment_id.state", "!=", "cancelled"))

    def _live_ids(self, domain):
        domain &= Domain("source_id", "=", self.id) & Domain("presence", "=", "live")
        links = self.env["immoassist.calendar.link"].search_fetch(domain, ["external_id"])
        return set(links.mapped("external_id")) - {False}

    def _end_of_pull(self, plan, cursor):
        """What the calendar stores at the end of a pull.

        :param worker.pull.PullPlan plan: what was pulled
        :rtype: worker.rows.Change
        """
        values = {
            "cursor": cursor,
            "window_start": plan.window.start.replace(tzinfo=None),
            "window_stop": plan.window.stop.replace(tzinfo=None),
            "pull_done": plan.wanted,
            "last_pull": fields.Datetime.now(),
        }
        assignments = [SQL("%s = %s", SQL.identifier(n), value) for n, value in values.items()]
        return Change(self, SQL(", ").join(assignments), SQL("id = %s", self.id))

    def _settle_creations(self):
        """Know of each creation whose answer was lost: everything there was taken over now."""
        # What is not wanted any more, and was not found either, never was created.
        unsettled = self._unsettled_links().filtered(
            lambda link: link.revision == link.synced_revision
        )
        unsettled.filtered(lambda link: not link.appointment_id).unlink()
        unsettled.exists().write({"unsettled": False})

    def _unsettled_links(self):
        return self.env["immoassist.calendar.link"].search(
            [("source_id", "=", self.id), ("unsettled", "=", True)]
        )

    def _want_pull(self):
        """Have these looked at soon."""
        for source in self:
            source.pull_wanted += 1


class ImmoassistCalendarLink(models.Model):
    _inherit = "immoassist.calendar.link"

    def _stale_ids(self):
        return [link.external_id for link in self if link.external_id]


def _inside(window):
    start, stop = (moment.replace(tzinfo=None) for moment in (window.start, window.stop))
    return Domain("appointment_id.start", "<", stop) & Domain("appointment_id.stop", ">", start)
