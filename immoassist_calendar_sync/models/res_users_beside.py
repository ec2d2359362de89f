from odoo import models

#: Of `google_calendar` and `microsoft_calendar`, which need not be installed: whether the user is
#: connected, whether the sync is stopped, and the method that stops it.
THEIRS = {
    "google": (
        "google_calendar_rtoken",
        "google_synchronization_stopped",
        "stop_google_synchronization",
    ),
    "outlook": (
        "microsoft_calendar_rtoken",
        "microsoft_synchronization_stopped",
        "stop_microsoft_synchronization",
    ),
}
WATCHED = frozenset(name for names in THEIRS.values() for name in names[:2])


class ResUsers(models.Model):
    """Odoo's own calendar sync of a user."""

    _inherit = "res.users"

    def write(self, vals):
        done = super().write(vals)
        if not WATCHED.isdisjoint(vals):
            self._warn_beside_odoo()
        return done

    def _odoo_sync_runs(self, provider):
        """Whether Odoo's own sync with the provider works for this user."""
        token, stopped, _method = THEIRS[provider]
        if stopped not in self._fields:
            return False
        user = self.sudo()  # sudo: whether there is a token, which no user may read
        return bool(user[token]) and not user[stopped]

    def _stop_odoo_sync(self, provider):
        getattr(self, THEIRS[provider][2])()

    def _warn_beside_odoo(self):
        """Warn those of them who connected the same provider in My calendars, once."""
        # sudo: the user's own connections, whoever writes his settings.
        connections = self.sudo().calendar_connection_ids
        for connection in connections:
            known = connection.told_beside_odoo or connection.state == "draft"
            if not known and connection.user_id._odoo_sync_runs(connection.provider):
                connection._meet_odoo_sync()


class ResUsersSettings(models.Model):
    """Where Odoo keeps most of what its own sync knows of a user."""

    _inherit = "res.users.settings"

    def write(self, vals):
        done = super().write(vals)
        if not WATCHED.isdisjoint(vals):
            self.user_id._warn_beside_odoo()
        return done
