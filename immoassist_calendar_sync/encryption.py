"""Tokens are encrypted with a key that is not in the database: a dump of it opens no calendar.

The key is `IMMOASSIST_ENCRYPTION_KEY` in the environment, or else `immoassist_encryption_key` in
`odoo.conf`. Several, separated by commas: the first one encrypts, all of them decrypt, which is how
a key is replaced.
"""

import os

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo.tools import config

VARIABLE = "IMMOASSIST_ENCRYPTION_KEY"
OPTION = "immoassist_encryption_key"


class EncryptionKeyError(Exception):
    """There is no key, or not the one with which it was encrypted: the administrator has to act."""


def is_configured():
    """Tell whether there is a usable key."""
    try:
        _keys()
    except EncryptionKeyError:
        return False
    return True


def encrypt(text):
    """:raise EncryptionKeyError: no key, or a malformed one"""
    return _keys().encrypt(text.encode()).decode()


def decrypt(token):
    """:raise EncryptionKeyError: no key, a malformed one, or another than it was encrypted with"""
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken:
        raise EncryptionKeyError("The key is not the one that encrypted this.") from None


def rotate(token):
    """Return it encrypted with the first key, whichever of them encrypted it.

    :raise EncryptionKeyError: as `decrypt`
    """
    try:
        return _keys().rotate(token.encode()).decode()
    except InvalidToken:
        raise EncryptionKeyError("None of the keys is the one that encrypted this.") from None


def _keys():
    keys = os.environ.get(VARIABLE) or config.get(OPTION) or ""
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
    except ValueError:
        # No text of the error: it might quote the key.
        raise EncryptionKeyError(f"{VARIABLE} is missing or malformed.") from None
