"""Signed links: each is good for one purpose and for a while, nothing is stored for it."""

import hashlib
from datetime import timedelta

from odoo import fields
from odoo.tools.misc import hash_sign, verify_hash_signed

SCOPE = "immoassist_appointments"
# A link of a mail still opens a page that says how things stand for so long after the visit.
KEPT = timedelta(days=30)


def sign(env, purpose, values, until):
    """A token that proves that we gave it out.

    :param str purpose: what it is good for; another purpose refuses it
    :param dict values: readable by everybody who has the token: ids, no names
    :param datetime until: naive UTC; it is good for `KEPT` longer
    """
    until = max(until, fields.Datetime.now()) + KEPT
    # sudo: the key is a system parameter. A length of time: Odoo takes naive moments as local.
    return hash_sign(env(su=True), f"{SCOPE}.{purpose}", values, until - fields.Datetime.now())


def read(env, purpose, token):
    """The values of a token; None when it is not ours, for something else, too old or garbage."""
    try:
        # sudo: the key is a system parameter.
        values = verify_hash_signed(env(su=True), f"{SCOPE}.{purpose}", token or "")
    except ValueError:
        # Not base64, not text, or of another version: Odoo tells those by exceptions.
        return None
    return values if isinstance(values, dict) else None


def digest(text):
    """Stands for a text in a token without telling it."""
    return hashlib.sha256((text or "").encode()).hexdigest()[:16]
