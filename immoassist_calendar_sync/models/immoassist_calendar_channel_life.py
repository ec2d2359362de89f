import hashlib
import hmac
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import Channel
from ..providers.settings import is_loopback
from ..worker.channels import ChannelPlan

LEAD = timedelta(hours=24)
"""A channel is renewed so long before it expires: a day of outages is survived."""
STAGGER_HOURS = 12
"""The lead differs by up to so many hours, so that not all are renewed in one minute."""
ASK_AGAIN = timedelta(days=1)
PATHS = {"google": "/webhooks/google/calendar", "outlook": "/webhooks/microsoft/calendar"}


class ImmoassistCalendarChannel(models.Model):
    _inherit = "immoassist.calendar.channel"

    _secret_index = models.Index("(secret_hash)")

    def _note_refusal(self, code):
        """The calendar has no push: it is polled, and asked again tomorrow."""
        self.write(
            {
                "state": "refused",
                "last_error": code,
                "expires_at": fields.Datetime.now() + ASK_AGAIN,
            }
        )

    def _activate(self, channel):
        """:param core.Channel channel: what the provider gave"""
        self.write(
            {
                "state": "active",
                "external_id": channel.external_id,
                "resource_id": channel.resource_id,
                "expires_at": channel.expires_at.astimezone(timezone.utc).replace(tzinfo=None),
                "last_error": False,
            }
        )

    def _replace(self):
        self.state = "stopping"
        self.connection_id._wake_workers()

    def _as_channel(self):
        expires = self.expires_at or fields.Datetime.now()
        return Channel(
            self.external_id or "",
            self.resource_id or "",
            expires.replace(tzinfo=timezone.utc),
        )

    def _ends_soon(self, now):
        return bool(self.expires_at) and self.expires_at < now + self._lead()

    def _lead(self):
        return LEAD + timedelta(hours=self.id % STAGGER_HOURS)

    # ---------------------------------------------------------------- notifications

    @api.model
    def _receive(self, secret, external_id, kind="change"):
        """Store a notification, unless it is forged or says what is known already.

        :param str secret: as sent
        :param str external_id: of the channel, as sent
        """
        channel = self._authentic(secret, external_id)
        if not channel:
            return
        # One is enough to make the worker look, which forgets it before it does: whatever is
        # notified after that is a new one.
        query = SQL(
            """
            INSERT INTO immoassist_calendar_notification (channel_id, kind, create_date)
            SELECT %(channel)s, %(kind)s, %(now)s
             WHERE NOT EXISTS (SELECT FROM immoassist_calendar_notification
                                WHERE channel_id = %(channel)s AND kind = %(kind)s)
            RETURNING id
            """,
            channel=channel.id,
            kind=kind,
            now=fields.Datetime.now(),
        )
        if self.env.execute_query(query):
            self.env["immoassist.calendar.connection"]._wake_workers()

    def _authentic(self, secret, external_id):
        """The channel that was given this secret, if it is that one."""
        if not secret or not external_id:
            return self.browse()
        # Found by a hash: how long that takes tells nothing of the secret.
        channel = self.search([("secret_hash", "=", secret_hash(secret))], limit=1)
        known = channel.external_id or external_id
        same = hmac.compare_digest(known.encode(), external_id.encode())
        return channel if same else self.browse()


class ImmoassistCalendarConnection(models.Model):
    """The push channels of a connection: what the worker reads and stores."""

    _inherit = "immoassist.calendar.connection"

    def _channel(self, channel_id):
        return self.env["immoassist.calendar.channel"].browse(channel_id)

    def _begin_channel(self, source_id, channel_id, secret):
        return self.env["immoassist.calendar.channel"].create(
            {
                "connection_id": self.id,
                "source_id": source_id,
                # Graph chooses another one.
                "external_id": channel_id if self.provider == "google" else False,
                "secret_hash": secret_hash(secret),
            }
        )

    def _channel_plan(self, *, per_account):
        """What is to be done about the channels.

        :param bool per_account: one channel covers all calendars
        :rtype: worker.channels.ChannelPlan
        """
        now = fields.Datetime.now()
        address = self._webhook_address()
        wanted = self._watched(per_account) if address else {}
        register, renew, stop = dict(wanted), [], []
        for channel in self.channel_ids:
            key = channel.source_id.id or None
            row = (channel.id, channel._as_channel())
            if channel.state in ("stopping", "registering") or key not in wanted:
                stop.append(row)  # "registering": a worker died over it
            elif channel.state == "refused" and channel._ends_soon(now - channel._lead()):
                stop.append((channel.id, Channel("", "", now.replace(tzinfo=timezone.utc))))
            else:
                register.pop(key, None)
                if channel.state == "active" and channel._ends_soon(now):
                    renew.append(row)
        return ChannelPlan(tuple(register.items()), tuple(renew), tuple(stop), address or "")

    def _watched(self, per_account):
        """Calendar ids to have pushes of, by source id; by None for the whole account."""
        sources = self.source_ids.filtered(lambda s: s.is_target or s.import_mode != "none")
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
        """Turn what the webhooks received into wishes to pull; many become one."""
        query = SQL(
            """
            DELETE FROM immoassist_calendar_notification n
             USING immoassist_calendar_channel c
             WHERE c.id = n.channel_id AND c.connection_id = %s
            RETURNING n.channel_id, n.kind
            """,
            self.id,
        )
        now = fields.Datetime.now()
        for channel_id, kind in set(self.env.execute_query(query)):
            channel = self._channel(channel_id)
            channel.last_push = now
            (channel.source_id or self.source_ids)._want_pull()
            if kind == "removed":
                channel.unlink()
            elif kind == "reauthorise":
                channel.expires_at = now


def secret_hash(secret):
    """What is stored of a channel's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
