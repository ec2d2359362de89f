from datetime import timedelta, timezone

from odoo import fields, models
from odoo.tools import SQL

from ..core import Channel, schedule
from ..providers.settings import is_loopback
from ..worker.channels import ChannelPlan
from .immoassist_calendar_notification import secret_hash

ASK_AGAIN = timedelta(days=1)
"""A calendar that was refused may be accepted later."""
ASK_AGAIN_SOON = timedelta(hours=1)
"""Our server may only have been busy, or about to start."""
UNREACHABLE = "endpoint_not_reachable"
ANSWER_NOTIFICATIONS = """
    WITH received AS (
        DELETE FROM immoassist_calendar_notification n
         USING immoassist_calendar_channel c
         WHERE c.id = n.channel_id AND c.connection_id = %(connection)s
        RETURNING n.channel_id, c.source_id, n.kind),
    telling AS (SELECT * FROM received WHERE kind != 'ready'),
    called AS (
        UPDATE immoassist_calendar_channel c
           SET last_push = %(now)s,
               renew_wanted = c.renew_wanted OR (c.id, 'reauthorise') IN (
                   SELECT channel_id, kind FROM received)
         WHERE id IN (SELECT channel_id FROM received)),
    wanted AS (
        UPDATE immoassist_calendar_source s SET pull_wanted = COALESCE(pull_wanted, 0) + 1
         WHERE connection_id = %(connection)s
           AND EXISTS (SELECT FROM telling WHERE COALESCE(source_id, s.id) = s.id)),
    answered AS (
        UPDATE immoassist_calendar_connection
           SET answered_at = %(now)s,
               unannounced = CASE WHEN 'change' IN (SELECT kind FROM received)
                                  THEN 0 ELSE unannounced END
         WHERE id = %(connection)s AND EXISTS (SELECT FROM telling))
    SELECT channel_id, NULL FROM received WHERE kind = 'removed'
     UNION
    SELECT NULL, source_id FROM immoassist_calendar_link
     WHERE connection_id = %(connection)s AND unsettled
"""
"""Forgets them, notes what they ask for, and returns which channels ended there."""
PATHS = {"google": "/webhooks/google/calendar", "outlook": "/webhooks/microsoft/calendar"}


class ImmoassistCalendarChannel(models.Model):
    _inherit = "immoassist.calendar.channel"

    def _note_refusal(self, code):
        """The calendar has no push: it is polled, and asked again later."""
        wait = ASK_AGAIN_SOON if code == UNREACHABLE else ASK_AGAIN
        self.write(
            {
                "state": "refused",
                "last_error": code,
                "expires_at": fields.Datetime.now() + wait,
            }
        )

    def _activate(self, channel):
        """:param core.Channel channel: what the provider gave"""
        self.write(
            {
                "state": "active",
                "external_id": channel.external_id,
                "resource_id": channel.resource_id,
                "registered_at": fields.Datetime.now(),
                "expires_at": channel.expires_at.astimezone(timezone.utc).replace(tzinfo=None),
                "renew_wanted": False,
                "last_error": False,
            }
        )

    def _as_channel(self):
        """:return: the channel; its id is empty when nothing can be asked for with it
        :rtype: core.Channel
        """
        resource_id = self.resource_id or self._resource_of_others()
        nameless = self.connection_id.provider == "google" and not resource_id
        expires = self.expires_at or fields.Datetime.now()
        return Channel(
            "" if nameless else self.external_id or "",
            resource_id or "",
            expires.replace(tzinfo=timezone.utc),
        )

    def _resource_of_others(self):
        """Google's name of the calendar, the same for all its channels.

        So the channel of a worker that died before it heard the answer can be stopped as well.
        """
        others = self.source_id and self.connection_id.channel_ids.filtered(
            lambda channel: channel.source_id == self.source_id and channel.resource_id
        )
        return others and others[0].resource_id

    def _ends_soon(self, now):
        return self.renew_wanted or self.expires_at <= now + self._lead()

    def _lead(self):
        return schedule.renewal_lead(self.expires_at - self.registered_at, self.id)


class ImmoassistCalendarConnection(models.Model):
    """The push channels of a connection: what the worker reads and stores."""

    _inherit = "immoassist.calendar.connection"

    def _channel(self, channel_id):
        return self.env["immoassist.calendar.channel"].browse(channel_id)

    def _begin_channel(self, source_id, channel_id, secret, address):
        return self.env["immoassist.calendar.channel"].create(
            {
                "connection_id": self.id,
                "source_id": source_id,
                # Graph chooses another one.
                "external_id": channel_id if self.provider == "google" else False,
                "secret_hash": secret_hash(secret),
                "address": address,
            }
        )

    def _channel_plan(self, *, per_account, watched=None):
        """What is to be done about the channels.

        :param bool per_account: one channel covers all calendars
        :param dict watched: what `_watched` returned earlier in this run
        :rtype: worker.channels.ChannelPlan
        """
        now = fields.Datetime.now()
        address = self._webhook_address()
        register = {}
        if address:
            register = self._watched(per_account) if watched is None else dict(watched)
        renew, astray, stop = [], [], []
        for channel in reversed(self.channel_ids):  # of two for one calendar the newer one stays
            key = channel.source_id.id or None
            row = (channel.id, channel._as_channel())
            if channel.state == "active" and channel.address != address:
                astray.append(row)
            elif key not in register or channel.state in ("stopping", "registering"):
                stop.append(row)  # "registering": a worker died over it
            elif channel.state == "refused" and channel.expires_at <= now:
                stop.append(row)
            else:
                del register[key]
                if channel.state == "active" and channel._ends_soon(now):
                    renew.append(row)
        return ChannelPlan(
            tuple(register.items()), tuple(renew), tuple(astray), tuple(stop), address or ""
        )

    def _watched(self, per_account):
        """Calendar ids to have pushes of, by source id; by None for the whole account."""
        sources = self.source_ids.filtered(
            lambda s: not s.gone and (s.is_target or s.import_mode != "none")
        )
        if per_account:
            return {None: sources[0].external_id} if sources else {}
        return {source.id: source.external_id for source in sources}

    def _webhook_address(self):
        """Where the provider posts; None when it could not reach it."""
        parameter = self.env["immoassist.calendar.settings"]._parameter("webhook_base_url")
        base = (parameter or self.get_base_url()).rstrip("/")
        if not base.startswith("https://") and not is_loopback(base):
            return None
        return base + PATHS[self.provider]

    def _drain_notifications(self):
        """Turn what the webhooks received into wishes to pull; many become one.

        :return: the calendars for which a creation was sent whose answer is not known: asked for
            in the same statement, because each run needs both
        """
        values = {"connection": self.id, "now": fields.Datetime.now()}
        rows = self.env.execute_query(SQL(ANSWER_NOTIFICATIONS, **values))
        self.invalidate_recordset(["answered_at", "unannounced"])
        self._channel([channel_id for channel_id, _id in rows if channel_id]).unlink()
        return self._source([source_id for _id, source_id in rows if source_id])
