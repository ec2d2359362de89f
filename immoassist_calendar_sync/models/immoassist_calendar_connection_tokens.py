from datetime import timedelta, timezone

from odoo import models

from .. import encryption
from ..core import AdministratorNeeded, Reauthorise
from ..providers import open_authoriser, open_calendar

MARGIN = timedelta(minutes=5)
"""An access token that ends sooner is renewed before it is used."""


class ImmoassistCalendarConnection(models.Model):
    """The tokens. Only the worker that holds the lease renews them, so it happens once."""

    _inherit = "immoassist.calendar.connection"

    def _token_to_refresh(self, now, *, force):
        """:return: the refresh token, when the access token has to be renewed; else None

        :param datetime now: aware
        """
        fresh = self.expires_at and self.expires_at.replace(tzinfo=timezone.utc) > now + MARGIN
        if fresh and not force:
            return None
        # sudo: nobody reads the fields of tokens, not even an administrator by RPC.
        encrypted = self.sudo().refresh_token
        if not encrypted:
            raise Reauthorise("no_refresh_token")
        return _decrypt(encrypted)

    def _authoriser(self):
        """:rtype: core.grant.Authoriser"""
        return open_authoriser(self.provider, self._provider_settings())

    def _open_provider(self):
        """:rtype: core.provider.CalendarProvider"""
        # sudo: as above.
        token = _decrypt(self.sudo().access_token)
        return open_calendar(self.provider, self._provider_settings(), token)

    def _provider_settings(self):
        try:
            return self.env["immoassist.calendar.settings"]._of(self.provider)
        except ValueError as error:
            raise AdministratorNeeded("address") from error
        except encryption.EncryptionKeyError as error:
            raise AdministratorNeeded("encryption_key") from error

    def _store_grant(self, grant):
        """Store what was granted; a rotated refresh token together with its access token.

        :param core.grant.Grant grant:
        """
        values = {
            "access_token": encryption.encrypt(grant.access_token),
            "expires_at": grant.expires_at.astimezone(timezone.utc).replace(tzinfo=None),
            "scope": " ".join(sorted(grant.scopes)),
        }
        if grant.refresh_token:
            values["refresh_token"] = encryption.encrypt(grant.refresh_token)
        if grant.account_id:
            values |= {"account_id": grant.account_id, "account_email": grant.account_email}
        # sudo: as above.
        self.sudo().write(values)


def _decrypt(token):
    """:raise AdministratorNeeded: the key is missing or another one"""
    try:
        return encryption.decrypt(token)
    except encryption.EncryptionKeyError as error:
        raise AdministratorNeeded("encryption_key") from error
