import os

from odoo import api, models

from ..providers.settings import GoogleSettings, MicrosoftSettings

PREFIX = "immoassist_calendar_sync."
CREDENTIALS = {
    "google": ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    "microsoft": ("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"),
}
SECRETS = frozenset(f"{PREFIX}{company}_client_secret" for company in CREDENTIALS)
"""System parameters that are stored encrypted, see `ir.config_parameter`."""
ADDRESSES = {
    "google": ("api_endpoint", "auth_uri", "token_uri", "revoke_uri", "userinfo_uri"),
    "microsoft": ("graph_endpoint", "authority"),
}


class ImmoassistCalendarSettings(models.AbstractModel):
    """The OAuth clients and addresses: from the environment, else the system parameters."""

    _name = "immoassist.calendar.settings"
    _description = "Settings of the calendar sync"

    @api.model
    def _google(self):
        """:raise ValueError: an address that is neither https nor http on this machine
        :raise EncryptionKeyError: the client secret cannot be decrypted
        """
        return GoogleSettings(**self._credentials("google"), **self._options("google"))

    @api.model
    def _microsoft(self):
        """As `_google`."""
        return MicrosoftSettings(**self._credentials("microsoft"), **self._options("microsoft"))

    @api.model
    def _of(self, provider):
        """:param provider: google or outlook, as in `immoassist.calendar.connection`"""
        return self._google() if provider == "google" else self._microsoft()

    def _credentials(self, company):
        id_variable, secret_variable = CREDENTIALS[company]
        return {
            "client_id": os.environ.get(id_variable) or self._parameter(f"{company}_client_id"),
            "client_secret": os.environ.get(secret_variable) or self._secret(company),
        }

    def _secret(self, company):
        # sudo: it is read by code, and never leaves the server but for the provider.
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters._immoassist_secret(f"{PREFIX}{company}_client_secret")

    def _options(self, company):
        found = {name: self._parameter(f"{company}_{name}") for name in ADDRESSES[company]}
        found["read_seconds"] = float(self._parameter("read_seconds") or 0)
        return {name: value for name, value in found.items() if value}

    def _parameter(self, name):
        # sudo: system parameters are read by code; none of these leaves the server.
        return self.env["ir.config_parameter"].sudo().get_param(PREFIX + name) or ""
