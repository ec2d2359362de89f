import json
from dataclasses import asdict
from datetime import datetime

from odoo import api, fields, models

from .. import encryption
from ..core import Calendar, Grant
from ..worker.lease import ATTEMPTS, CONCURRENCY


class ImmoassistCalendarConnection(models.Model):
    """What becomes of a consent."""

    _inherit = "immoassist.calendar.connection"

    # A copy of the database has another one: it must not touch real calendars.
    database_uuid = fields.Char(default=lambda self: self._this_database())
    pending_grant = fields.Char(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Of another account than before, until the broker says which one is right; encrypted.",
    )
    pending_email = fields.Char(string="Other account", readonly=True, copy=False)

    def _this_database(self):
        # sudo: the identity of the database, for a comparison only.
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model
    def _store_consent(self, provider, grant, calendars):
        """Store what was granted to the current user.

        In a transaction of its own, which is run again when the worker was faster: the request as
        a whole cannot be, its code is used up.

        :param core.Grant grant:
        :param calendars: list of `core.Calendar`
        :return: id of the connection
        """
        for _attempt in range(ATTEMPTS - 1):
            try:
                return self._try_to_store(provider, grant, calendars)
            except CONCURRENCY:
                continue
        return self._try_to_store(provider, grant, calendars)

    def _try_to_store(self, provider, grant, calendars):
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, self.env.uid, self.env.context)
            # sudo: these fields are written by code alone; it is the user's own connection.
            connection = env[self._name].sudo()._own(provider)
            if connection.account_id and connection.account_id != grant.account_id:
                connection._hold(grant, calendars)
            else:
                connection._use(grant, calendars)
            env.flush_all()
            return connection.id

    def _own(self, provider):
        """The connection of the current user to this provider, made when there is none."""
        values = {"user_id": self.env.uid, "provider": provider}
        domain = [(name, "=", value) for name, value in values.items()]
        return self.search(domain) or self.create(values)

    def _use(self, grant, calendars):
        """Connect: the first sync waits until it was agreed to."""
        self._store_grant(grant)
        self._refresh_calendars(calendars)
        agreed = bool(self.last_sync)
        self.write(
            {
                "state": "connected" if agreed else "paused",
                "pause_reason": False if agreed else "preview",
                "preview_wanted": not agreed,
                "preview_at": False,
                "leaving": False,
                "failures": 0,
                "last_error": False,
                "not_before": False,
                "next_sync": False,
                "database_uuid": self._this_database(),
                "pending_grant": False,
                "pending_email": False,
                # A worker with the former tokens writes nothing any more.
                "fence": self.fence + 1,
                "lease_until": False,
            }
        )
        self._wake_workers()

    # ---------------------------------------------------------------- another account

    def _hold(self, grant, calendars):
        """Keep the grant of another account until the broker has said which one is right."""
        values = {
            "grant": {
                **asdict(grant),
                "expires_at": grant.expires_at.isoformat(),
                "scopes": sorted(grant.scopes),
            },
            "calendars": [asdict(calendar) for calendar in calendars],
        }
        self.pending_grant = encryption.encrypt(json.dumps(values))
        self.pending_email = grant.account_email

    def _use_pending(self):
        """Go over to the other account; what was written into the former one stays there."""
        values = json.loads(encryption.decrypt(self.pending_grant))
        granted = values["grant"]
        grant = Grant(
            **granted
            | {
                "expires_at": datetime.fromisoformat(granted["expires_at"]),
                "scopes": frozenset(granted["scopes"]),
            }
        )
        self._forget_calendars()
        self.write({"last_sync": False, "account_id": False})
        self._use(grant, [Calendar(**calendar) for calendar in values["calendars"]])

    @api.model
    def _rotate_key(self):
        """Encrypt every token with the first of the keys.

        :return: (how many connections, ids of those that none of the keys opens)
        """
        names = ("access_token", "refresh_token", "pending_grant")
        failed = []
        connections = self.search([("refresh_token", "!=", False)])
        for connection in connections:
            try:
                connection.write(
                    {
                        name: encryption.rotate(connection[name])
                        for name in names
                        if connection[name]
                    }
                )
            except encryption.EncryptionKeyError:
                failed.append(connection.id)
        return len(connections) - len(failed), failed

    # ---------------------------------------------------------------- calendars

    def _forget_calendars(self):
        """Forget them and what came from them; nothing is done at the provider."""
        self.source_ids._drop_imported()
        self.source_ids.unlink()
        self.channel_ids.unlink()
