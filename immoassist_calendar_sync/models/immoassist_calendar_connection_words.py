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
        name = PROVIDERS[self.provider]
        if self.leaving:
            return self.env._("Being disconnected…")
        if self.state == "draft":
            if self.last_error:
                return self._error_words(self.last_error)
            return self.env._(
                "Connect it, and your appointments are in both calendars, always the same."
            )
        if self.state == "reauth":
            return self.env._(
                "%(provider)s no longer lets ImmoAssist in: nothing is kept the same until you "
                "reconnect. Nothing is lost.",
                provider=name,
            )
        if self.state == "paused":
            return self._pause_words()
        if self.failures:
            return self.env._(
                "It did not work the last %(count)s times (%(problem)s), and is tried again by "
                "itself.",
                count=self.failures,
                problem=self._error_words(self.last_error),
            )
        return self.env._("Kept the same in both directions.")

    def _pause_words(self):
        match self.pause_reason:
            case "preview" if self.preview_at:
                return self.env._("Ready: see what will happen, then start.")
            case "preview":
                return self.env._("Looking at your calendars… nothing is written yet.")
            case "emptied":
                return self.env._("Almost everything seems deleted there. Is that what you want?")
            case "database":
                return self.env._(
                    "This database is a copy: it leaves the real calendar alone. Reconnect only "
                    "if this one is to be used from now on."
                )
            case "administrator":
                return self.env._(
                    "An administrator has to act: %(problem)s.",
                    problem=self._error_words(self.last_error),
                )
        return self.env._("Paused: changes wait on both sides.")

    @api.model
    def _error_words(self, code):
        """What a code of `last_error` means to a person; an unknown one says itself."""
        known = {
            "encryption_key": self.env._(
                "the encryption key of the server is missing or another one"
            ),
            "address": self.env._("an address in the system parameters is wrong"),
            "database": self.env._("this database is a copy"),
            "not_removed": self.env._(
                "Disconnected. What had been written there could not be removed any more: delete "
                "it there by hand."
            ),
            "loop": self.env._(
                "changed back and forth too often: another program undoes the change"
            ),
            "invalid_client": self.env._("the credentials in the settings are not right"),
            "forbiddenForNonOrganizer": self.env._("only the organiser may change it"),
            "accessNotConfigured": self.env._(
                "the Calendar API is not enabled in Google's console"
            ),
            "ConnectionError": self.env._("the provider cannot be reached"),
            "ValidationError": self.env._("Odoo does not accept it"),
            "UserError": self.env._("Odoo does not accept it"),
        }
        return known.get(code) or self.env._("error %(code)s", code=code or "?")

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
        words = {
            "calendar.events": self.env._("see and change events"),
            "calendar.calendarlist.readonly": self.env._("see the list of calendars"),
            "Calendars.ReadWrite": self.env._("see and change events"),
            "User.Read": self.env._("know the address of the account"),
            "userinfo.email": self.env._("know the address of the account"),
            "offline_access": self.env._("stay connected"),
        }
        short = [scope.rpartition("/")[2] for scope in scopes]
        silent = {"openid", "profile", "email"}
        return sorted({words.get(scope, scope) for scope in short if scope not in silent})
