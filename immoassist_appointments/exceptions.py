"""Errors that callers of the appointments models handle by type."""

from psycopg2 import errorcodes
from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError


class BrokersTaken(SerializationFailure):
    """Somebody else took one of these brokers since the transaction began; it must run again.

    To Odoo's `retrying` it is what it was to the database.

    :param broker_ids: whose turn was wanted
    """

    pgcode = errorcodes.SERIALIZATION_FAILURE  # only psycopg2 itself can set that of an instance

    def __init__(self, broker_ids):
        super().__init__(f"Somebody else took the turn of one of the brokers {broker_ids}")
        self.broker_ids = broker_ids


class SlotNotAvailable(UserError):
    """The wanted time is not free (any more); nothing was written.

    :param str message: a sentence for the person who wanted the time
    :param nearest: the free times nearest to the wanted one, `core.ranking.RankedSlot`
        (aware UTC), in order of time; empty when nothing is free around
    """

    def __init__(self, message, nearest=()):
        super().__init__(message)
        self.nearest = list(nearest)
