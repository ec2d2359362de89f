from odoo import api, models

from .. import encryption
from .immoassist_calendar_settings import SECRETS

MARK = "encrypted:"
"""What is stored behind it is encrypted; a secret without it was written before there was a key."""


class IrConfigParameter(models.Model):
    """The secrets of the OAuth clients are stored encrypted, whoever writes them."""

    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [_sealed(vals) if vals.get("key") in SECRETS else vals for vals in vals_list]
        )

    def write(self, vals):
        secrets = self.filtered(lambda parameter: vals.get("key", parameter.key) in SECRETS)
        super(IrConfigParameter, secrets).write(_sealed(vals))
        return super(IrConfigParameter, self - secrets).write(vals)

    @api.model
    def _immoassist_secret(self, key):
        """:return: the secret in clear, empty when there is none
        :raise EncryptionKeyError: the key is missing, or not the one that encrypted it
        """
        stored = self.get_param(key) or ""
        if not stored.startswith(MARK):
            return stored
        return encryption.decrypt(stored.removeprefix(MARK))

    @api.model
    def _immoassist_rotate_secrets(self):
        """Encrypt the secrets with the first of the keys, also those that still stand in clear.

        :return: names of those that none of the keys opens
        """
        failed = []
        for parameter in self.search([("key", "in", list(SECRETS))]):
            try:
                parameter.value = self._immoassist_secret(parameter.key)
            except encryption.EncryptionKeyError:
                failed.append(parameter.key)
        return failed


def _sealed(vals):
    value = str(vals.get("value") or "")
    if not value or value.startswith(MARK) or not encryption.is_configured():
        return vals
    return {**vals, "value": MARK + encryption.encrypt(value)}
