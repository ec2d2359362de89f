import os

from odoo import models

from .. import encryption
from ..core import AdministratorNeeded, ProviderError, RetryLater
from ..providers import open_authoriser
from ..providers.settings import is_loopback
from .immoassist_appointment_inbound import PROVIDERS
from .immoassist_calendar_settings import CREDENTIALS

COMPANIES = {"google": "google", "outlook": "microsoft"}


class ImmoassistCalendarSettings(models.AbstractModel):
    """Tells an administrator in words what is wrong with the settings."""

    _inherit = "immoassist.calendar.settings"

    def _from_environment(self, provider):
        """Names of the variables that win over the system parameters."""
        return [name for name in CREDENTIALS[COMPANIES[provider]] if os.environ.get(name)]

    def _webhook_base(self):
        return (self._parameter("webhook_base_url") or self.get_base_url()).rstrip("/")

    def _check(self):
        """Ask the providers what they think of the settings.

        :return: list of (whether it is right, what was looked at, in words how it is)
        """
        return [
            self._check_key(),
            *(self._check_provider(provider) for provider in PROVIDERS),
            self._check_webhook(),
        ]

    def _check_key(self):
        if encryption.is_configured():
            return True, self.env._("Encryption key"), self.env._("It is there.")
        return (
            False,
            self.env._("Encryption key"),
            self.env._("It is missing or malformed: no calendar can connect."),
        )

    def _check_provider(self, provider):
        name = PROVIDERS[provider]
        try:
            settings = self._of(provider)
        except ValueError as error:
            return False, name, self.env._("An address is wrong: %(problem)s.", problem=error)
        except encryption.EncryptionKeyError:
            return (
                False,
                name,
                self.env._(
                    "The client secret was stored with another encryption key: enter it again."
                ),
            )
        if not settings.client_id or not settings.client_secret:
            return False, name, self.env._("The client ID or the client secret is missing.")
        return self._check_client(provider, settings)

    def _check_client(self, provider, settings):
        """A renewal with a token that does not exist: it tells a right client from a wrong one."""
        name = PROVIDERS[provider]
        try:
            open_authoriser(provider, settings).refresh("immoassist-test")
        except RetryLater as error:
            return (
                False,
                name,
                self.env._(
                    "%(provider)s cannot be reached from this server (%(code)s): look at its "
                    "network and firewall.",
                    provider=name,
                    code=error.code,
                ),
            )
        except AdministratorNeeded as error:
            return (
                False,
                name,
                self.env._(
                    "%(provider)s does not know this client, or its secret is wrong or has expired "
                    "(%(code)s).",
                    provider=name,
                    code=error.code,
                ),
            )
        except ProviderError:
            pass  # it knows the client, and refuses the invented token, as it should
        return (
            True,
            name,
            self.env._("%(provider)s knows this client and its secret.", provider=name),
        )

    def _check_webhook(self):
        base = self._webhook_base()
        if base.startswith("https://"):
            return (
                True,
                self.env._("Webhook address"),
                self.env._("It is https: changes can arrive at once."),
            )
        if is_loopback(base):
            return (
                False,
                self.env._("Webhook address"),
                self.env._(
                    "%(address)s is reached from this machine alone: with the real providers, "
                    "changes arrive every few minutes.",
                    address=base,
                ),
            )
        return (
            False,
            self.env._("Webhook address"),
            self.env._(
                "%(address)s is not https: changes arrive every few minutes, instead of at once.",
                address=base,
            ),
        )
