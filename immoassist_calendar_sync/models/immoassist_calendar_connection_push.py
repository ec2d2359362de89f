from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

NAMES = {"google": "Google", "outlook": "Outlook"}
UNANSWERED = ("endpoint_not_reachable", "push.webhookUrlNotHttps")
PATIENCE = timedelta(minutes=10)
"""Google calls as soon as a channel is made: without a word for so long, it cannot."""
MOST_UNANNOUNCED = 2
"""One change may be found by a poll just before its notification comes; two are a pattern."""
LATE = timedelta(hours=12)
"""Not renewed so long before its end, a channel has failed to be for half a day."""


class ImmoassistCalendarConnection(models.Model):
    """Whether the provider tells of changes, in words; and how often it is asked if it does not."""

    _inherit = "immoassist.calendar.connection"

    unannounced = fields.Integer(
        readonly=True,
        copy=False,
        help="Polls one after another that found changes of which no notification had told.",
    )
    push_state = fields.Selection(
        [
            ("unreachable", "The address of this server is not reachable"),
            ("pending", "Not registered yet"),
            ("refused", "Refused by the provider"),
            ("expired", "Expired"),
            ("never", "Never called"),
            ("stale", "Changes come without a call"),
            ("partly", "Some calendars are refused"),
            ("expiring", "Expires soon"),
            ("good", "Good"),
        ],
        compute="_compute_push_status",
    )
    push_status = fields.Char(string="Changes arrive", compute="_compute_push_status")
    push_healthy = fields.Boolean(compute="_compute_push_status")

    @api.depends(
        *("state", "unannounced", "source_ids.import_mode", "source_ids.is_target"),
        *("channel_ids.state", "channel_ids.last_error", "channel_ids.last_push"),
        *("channel_ids.expires_at", "channel_ids.registered_at", "channel_ids.source_id"),
    )
    def _compute_push_status(self):
        for connection in self:
            # sudo: the channels are the administrator's; of their state only words are shown.
            known = connection.sudo()
            connection.push_state = state = known.state == "connected" and known._push_state()
            connection.push_healthy = state in ("partly", "expiring", "good")
            connection.push_status = state and known._push_words(state)

    def _push_state(self):
        if not self._webhook_address():
            return "unreachable"
        now = fields.Datetime.now()
        active = self.channel_ids.filtered(lambda channel: channel.state == "active")
        refused = self.channel_ids.filtered(lambda channel: channel.state == "refused")
        alive = active.filtered(lambda channel: channel.expires_at > now)
        if not alive:
            return "refused" if refused else "expired" if active else "pending"
        if any(channel._is_silent(now) for channel in alive):
            return "never"
        if self.unannounced >= MOST_UNANNOUNCED:
            return "stale"
        if alive < active or any(channel.expires_at < now + channel._late() for channel in alive):
            return "expiring"
        return "partly" if refused else "good"

    def _push_words(self, state):
        """:return: how changes arrive, and who must do what when it is not at once"""
        name = NAMES[self.provider]
        match state:
            case "good":
                return self.env._("at once")
            case "partly":
                return self.env._("at once; of some calendars every few minutes")
            case "expiring":
                return self._expiry_words(name)
            case "refused":
                return self._refusal_words(name)
            case "unreachable":
                return self.env._(
                    "every few minutes: %(provider)s cannot reach this server, whose address is "
                    "not https. An administrator can change that in the settings.",
                    provider=name,
                )
            case "never":
                return self.env._(
                    "every few minutes: %(provider)s has never called this server. An "
                    "administrator has to check that its address can be reached from outside.",
                    provider=name,
                )
            case "stale" | "expired":
                return self._broken_words(name, state)
        return self.env._("every few minutes, soon at once")

    def _broken_words(self, name, state):
        if state == "stale":
            return self.env._(
                "every few minutes: the last changes came without a call from %(provider)s",
                provider=name,
            )
        return self.env._(
            "every few minutes: the registration at %(provider)s has ended; it is tried again by "
            "itself",
            provider=name,
        )

    def _expiry_words(self, name):
        ends = min(self.channel_ids.filtered("expires_at").mapped("expires_at"))
        return self.env._(
            "at once until %(moment)s; %(provider)s could not be asked to go on so far, which is "
            "tried again by itself",
            moment=format_datetime(self.env, ends, dt_format="short"),
            provider=name,
        )

    def _refusal_words(self, name):
        code = self.channel_ids.filtered(lambda channel: channel.state == "refused")[0].last_error
        if code in UNANSWERED:
            return self.env._(
                "every few minutes: %(provider)s gets no answer from this server. An "
                "administrator has to check that its address can be reached from outside.",
                provider=name,
            )
        return self.env._(
            "every few minutes: %(provider)s does not tell of changes in this calendar (%(code)s)",
            provider=name,
            code=code,
        )

    # ---------------------------------------------------------------- polling

    def _is_told(self):
        """Whether the provider tells of changes, so that it need not be asked so often."""
        return self._push_state() in ("good", "expiring")

    def _end_run(self, report, fraction):
        if report.counts["imported"] or report.counts["applied"]:
            start = report.start.replace(tzinfo=None, microsecond=0)
            channels = self.channel_ids.filtered(
                lambda channel: channel.state == "active" and channel.registered_at < start
            )
            if channels and not any(c.last_push and c.last_push >= start for c in channels):
                self.unannounced += 1
        return super()._end_run(report, fraction)


class ImmoassistCalendarChannel(models.Model):
    _inherit = "immoassist.calendar.channel"

    def _is_silent(self, now):
        """Whether the provider ought to have called by now, and has not.

        Microsoft has called before it registers anything.
        """
        google = self.connection_id.provider == "google"
        return google and not self.last_push and self.registered_at < now - PATIENCE

    def _late(self):
        return min(LATE, self._lead() / 2)
