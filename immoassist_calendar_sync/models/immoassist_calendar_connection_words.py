from odoo import api, fields, models

from .immoassist_appointment_inbound import PROVIDERS


class ImmoassistCalendarConnection(models.Model):
    """How a connection is, in words."""

    _inherit = "immoassist.calendar.connection"

    status = fields.Char(compute="_compute_status")
    permissions = fields.Char(string="Granted permissions", compute="_compute_permissions")

    @api.depends("provider", "account_email")
    def _compute_display_name(self):
        for connection in self:
            words = [PROVIDERS.get(connection.provider), connection.account_email]
            connection.display_name = " · ".join(word for word in words if word)

    @api.depends("state", "pause_reason", "leaving", "preview_at", "failures", "last_error")
    def _compute_status(self):
        for connection in self:
            connection.status = connection._status_words()

    def _status_words(self):
        _ = self.env._
        name = PROVIDERS[self.provider]
        if self.leaving:
            return _("Being disconnected…")
        if self.state == "draft":
            if self.last_error:
                return self._error_words(self.last_error)
            return _("Connect it, and your appointments are in both calendars, always the same.")
        if self.state == "reauth":
            return _(
                "%(provider)s no longer lets ImmoAssist in: nothing is kept the same until you "
                "reconnect. Nothing is lost.",
                provider=name,
            )
        if self.state == "paused":
            return self._pause_words()
        if self.failures:
            return _(
                "It did not work the last %(count)s times (%(problem)s), and is tried again by "
                "itself.",
                count=self.failures,
                problem=self._error_words(self.last_error),
            )
        return _("Kept the same in both directions.")

    def _pause_words(self):
        _ = self.env._
        match self.pause_reason:
            case "preview" if self.preview_at:
                return _("Ready: see what will happen, then start.")
            case "preview":
                return _("Looking at your calendars… nothing is written yet.")
            case "emptied":
                return _("Almost everything seems deleted there. Is that what you want?")
            case "database":
                return _(
                    "This database is a copy: it leaves the real calendar alone. Reconnect only "
                    "if this one is to be used from now on."
                )
            case "administrator":
                return _(
                    "An administrator has to act: %(problem)s.",
                    problem=self._error_words(self.last_error),
                )
        return _("Paused: changes wait on both sides.")

    @api.model
    def _error_words(self, code):
        """What a code of `last_error` means to a person; an unknown one says itself."""
        _ = self.env._
        known = {
            "encryption_key": _("the encryption key of the server is missing or another one"),
            "address": _("an address in the system parameters is wrong"),
            "database": _("this database is a copy"),
            "not_removed": _(
                "Disconnected. What had been written there could not be removed any more: delete "
                "it there by hand."
            ),
            "loop": _("changed back and forth too often: another program undoes the change"),
            "invalid_client": _("the credentials in the settings are not right"),
            "forbiddenForNonOrganizer": _("only the organiser may change it"),
            "accessNotConfigured": _("the Calendar API is not enabled in Google's console"),
            "ConnectionError": _("the provider cannot be reached"),
            "ValidationError": _("Odoo does not accept it"),
            "UserError": _("Odoo does not accept it"),
        }
        return known.get(code) or _("error %(code)s", code=code or "?")

    @api.depends("scope")
    def _compute_permissions(self):
        for connection in self:
            # Its last part names a scope: Google's are whole addresses.
            scopes = (connection.scope or "").split()
            words = ", ".join(connection._scope_words(scopes))
            connection.permissions = words[:1].upper() + words[1:]

    @api.model
    def _scope_words(self, scopes):
        """What the scopes allow, in words and in order; an unknown one says itself."""
        _ = self.env._
        words = {
            "calendar.events": _("see and change events"),
            "calendar.calendarlist.readonly": _("see the list of calendars"),
            "Calendars.ReadWrite": _("see and change events"),
            "User.Read": _("know the address of the account"),
            "userinfo.email": _("know the address of the account"),
            "offline_access": _("stay connected"),
        }
        short = [scope.rpartition("/")[2] for scope in scopes]
        silent = {"openid", "profile", "email"}
        return sorted({words.get(scope, scope) for scope in short if scope not in silent})
