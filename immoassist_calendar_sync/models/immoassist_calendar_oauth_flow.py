import hashlib
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import encryption
from ..core import ConsentRefused, ProviderError, Reauthorise, RetryLater, ScopesMissing
from ..providers import open_authoriser, open_calendar
from .immoassist_appointment_inbound import PROVIDERS

LIFETIME = timedelta(minutes=10)
PATH = "/calendar/connections/oauth/%s/callback"


class ImmoassistCalendarOauthFlow(models.Model):
    """A way to the provider's consent page and back, which can be gone once."""

    _name = "immoassist.calendar.oauth.flow"
    _description = "Calendar authorisation under way"
    _order = "id"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    provider = fields.Selection(
        [("google", "Google"), ("outlook", "Outlook")], required=True, readonly=True
    )
    state_hash = fields.Char(required=True, readonly=True, index=True, groups=fields.NO_ACCESS)
    flow = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS, help="Encrypted.")
    expires_at = fields.Datetime(required=True, readonly=True, help="UTC.")

    @api.autovacuum
    def _forget_expired(self):
        self.search([("expires_at", "<", fields.Datetime.now())]).unlink()

    # ---------------------------------------------------------------- there

    @api.model
    def _begin(self, provider, login_hint=""):
        """Begin to connect an account of the current user.

        :return: the address of the provider's consent page
        :raise UserError: it cannot be, and who has to do what about it
        """
        self._check_ready(provider)
        try:
            address, flow = self._authoriser(provider).begin(
                self._redirect_address(provider), login_hint
            )
        except ProviderError as error:
            raise UserError(self._explain(provider, error)) from None
        # sudo: written by code alone, for the current user.
        self.sudo().create(
            {
                "user_id": self.env.uid,
                "provider": provider,
                "state_hash": _hash(flow["state"]),
                "flow": encryption.encrypt(json.dumps(dict(flow))),
                "expires_at": fields.Datetime.now() + LIFETIME,
            }
        )
        return address

    def _check_ready(self, provider):
        if not encryption.is_configured():
            raise UserError(
                self.env._(
                    "Calendars cannot be connected yet: this server has no encryption key. An "
                    "administrator finds how to make one in Appointments › Configuration › "
                    "Settings."
                )
            )
        credentials = self._settings(provider)
        if not credentials.client_id or not credentials.client_secret:
            raise UserError(
                self.env._(
                    "%(provider)s is not set up on this server yet: an administrator does so in "
                    "Appointments › Configuration › Settings.",
                    provider=PROVIDERS[provider],
                )
            )

    def _redirect_address(self, provider):
        return self.get_base_url() + PATH % provider

    # ---------------------------------------------------------------- and back

    @api.model
    def _finish(self, provider, params):
        """Use what the provider sent the current user back with.

        :param dict params: the query of the callback
        :return: id of the connection
        :raise UserError: what went wrong, in words
        """
        flow = self._take(provider, params.get("state"))
        try:
            grant = self._authoriser(provider).finish(flow, params)
            account = open_calendar(provider, self._settings(provider), grant.access_token)
            calendars = account.calendars()
        except ProviderError as error:
            raise UserError(self._explain(provider, error)) from None
        return self.env["immoassist.calendar.connection"]._store_consent(provider, grant, calendars)

    def _take(self, provider, state):
        """The flow of this state, which is used up thereby, whatever comes next."""
        query = SQL(
            """
            DELETE FROM immoassist_calendar_oauth_flow
             WHERE state_hash = %s AND provider = %s
            RETURNING user_id, flow, expires_at
            """,
            _hash(state or ""),
            provider,
        )
        # In a transaction of its own: nothing that fails later gives the state back.
        with self.env.registry.cursor() as cr:
            cr.execute(query)
            row = cr.fetchone()
        if not row or row[2] < fields.Datetime.now():
            raise UserError(
                self.env._(
                    "This way to %(provider)s was used already, or took longer than ten minutes. "
                    "Press “Connect” again.",
                    provider=PROVIDERS[provider],
                )
            )
        if row[0] != self.env.uid:
            raise UserError(
                self.env._(
                    "Somebody else began to connect this account: you are signed in to Odoo as "
                    "%(user)s. Sign in as who began, and press “Connect” again.",
                    user=self.env.user.name,
                )
            )
        try:
            return json.loads(encryption.decrypt(row[1]))
        except encryption.EncryptionKeyError:
            raise UserError(
                self.env._("The encryption key was changed meanwhile. Press “Connect” again.")
            ) from None

    def _explain(self, provider, error):
        """:param ProviderError error: of the authorisation"""
        name = PROVIDERS[provider]
        if isinstance(error, ConsentRefused):
            return self.env._(
                "You declined: nothing was connected. To connect, press “Connect” and allow "
                "ImmoAssist to use your calendars.",
            )
        if isinstance(error, ScopesMissing):
            return self.env._(
                "%(provider)s did not give every permission that is needed. Press “Connect” "
                "again and leave these ticked: %(missing)s.",
                provider=name,
                missing=", ".join(
                    self.env["immoassist.calendar.connection"]._scope_words(error.missing)
                ),
            )
        if isinstance(error, RetryLater):
            return self.env._(
                "%(provider)s does not answer at the moment. Try again in a few minutes.",
                provider=name,
            )
        if isinstance(error, Reauthorise):
            return self.env._(
                "%(provider)s did not accept this sign-in. Press “Connect” again.", provider=name
            )
        return self.env._(
            "%(provider)s says that an administrator has to act (%(code)s): either your "
            "organisation has to approve ImmoAssist, or its credentials in Odoo's settings are "
            "not right. Give your administrator this message.",
            provider=name,
            code=error.code or type(error).__name__,
        )

    def _authoriser(self, provider):
        return open_authoriser(provider, self._settings(provider))

    def _settings(self, provider):
        try:
            return self.env["immoassist.calendar.settings"]._of(provider)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "An address in the system parameters is wrong, an administrator has to "
                    "correct it: %(problem)s.",
                    problem=error,
                )
            ) from None
        except encryption.EncryptionKeyError:
            raise UserError(
                self.env._(
                    "The encryption key of this server is not the one with which its client "
                    "secrets were stored: an administrator has to enter them again in "
                    "Appointments › Configuration › Settings."
                )
            ) from None


def _hash(state):
    return hashlib.sha256(state.encode()).hexdigest()
