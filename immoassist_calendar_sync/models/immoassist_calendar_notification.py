import hashlib
import hmac
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL


class Received(NamedTuple):
    """A notification as it came, from whomever.

    `resource_id` is Google's; `external_id` that of the channel.
    """

    secret: str
    external_id: str
    kind: str
    resource_id: str = ""


class ImmoassistCalendarNotification(models.Model):
    """What the webhooks received and the worker has not answered yet. Insert only: no lock."""

    _name = "immoassist.calendar.notification"
    _description = "Push notification"
    _order = "id"

    channel_id = fields.Many2one(
        "immoassist.calendar.channel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("ready", "The channel was made"),
            ("change", "Something changed"),
            ("missed", "Notifications were missed"),
            ("reauthorise", "The subscription must be renewed"),
            ("removed", "The subscription is gone"),
        ],
        required=True,
        default="change",
        readonly=True,
    )

    @api.model
    def _receive(self, received):
        """Store what is authentic and not known already, and wake the workers.

        Two statements, however many notifications there are; one when all are forged.

        :param received: set of `Received`
        """
        news = received and self._authentic(received)
        if not news:
            return
        channels, kinds = zip(*sorted(news), strict=True)
        # One is enough to make the worker look, which forgets it before it does: whatever is
        # notified after that is a new one.
        query = SQL(
            """
            INSERT INTO immoassist_calendar_notification (channel_id, kind, create_date)
            SELECT new.channel_id, new.kind, %s
              FROM unnest(%s::int[], %s::varchar[]) AS new(channel_id, kind)
             WHERE NOT EXISTS (SELECT FROM immoassist_calendar_notification old
                                WHERE old.channel_id = new.channel_id AND old.kind = new.kind)
            RETURNING kind
            """,
            fields.Datetime.now(),
            list(channels),
            list(kinds),
        )
        if {kind for (kind,) in self.env.execute_query(query)} - {"ready"}:
            connections = self.env["immoassist.calendar.connection"]
            if not connections._is_worker_awaited():
                connections._wake_workers()

    @api.model
    def _authentic(self, received):
        """Those whose secret is that of their channel, as a set of (channel id, kind)."""
        # Found by a hash: how long that takes tells nothing of a secret. Locked, so that the worker
        # does not delete the channel meanwhile; one that it is deleting is of no interest.
        query = SQL(
            """
            SELECT secret_hash, id, external_id, resource_id FROM immoassist_calendar_channel
             WHERE secret_hash IN %s FOR KEY SHARE SKIP LOCKED
            """,
            tuple({secret_hash(item.secret) for item in received}),
        )
        channels = {found: rest for found, *rest in self.env.execute_query(query)}
        news = set()
        for item in received:
            channel = channels.get(secret_hash(item.secret))
            if channel and all(map(_same, channel[1:], (item.external_id, item.resource_id))):
                news.add((channel[0], item.kind))
        return news


def secret_hash(secret):
    """What is stored of a channel's secret."""
    return hashlib.sha256(_bytes(secret)).hexdigest()


def _same(known, told):
    """Whether what is told is right, or cannot be known: the answer to a registration comes later.

    What the provider does not tell at all, it does not have.
    """
    return not known or not told or hmac.compare_digest(_bytes(known), _bytes(told))


def _bytes(text):
    # JSON may hold half a character, which UTF-8 cannot.
    return text.encode(errors="surrogatepass")
