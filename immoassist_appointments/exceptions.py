"""Errors that callers of the appointments models handle by type."""

from odoo.exceptions import UserError


class SlotNotAvailable(UserError):
    """The wanted time is not free (any more); nothing was written.

    :param str message: a sentence for the person who wanted the time
    :param nearest: the free times nearest to the wanted one, `core.ranking.RankedSlot`
        (aware UTC), in order of time; empty when nothing is free around
    """

    def __init__(self, message, nearest=()):
        super().__init__(message)
        self.nearest = list(nearest)
