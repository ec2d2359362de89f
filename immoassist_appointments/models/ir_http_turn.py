from psycopg2.errors import SerializationFailure

from odoo import models
from odoo.http import request

from .ir_http import is_our_page

# Then Odoo's own way.
TRIES = 5


class IrHttp(models.AbstractModel):
    """Whoever comes too late for a broker's time waits for a turn, not for the clock.

    Odoo runs a request that lost a race again too, but after a sleep of up to two seconds, then
    four and so on, during which its worker serves nobody: a few clients of one broker could stop
    the pages of all. Whoever was faster is done, however, when the race is lost. So our own pages
    are run again at once, and have the broker from the first statement on.
    """

    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        # Not what scripts send: of that, a method may have changed the values that it got.
        if not is_our_page(endpoint):
            return super()._dispatch(endpoint)
        brokers = set()
        for _try in range(1, TRIES):
            try:
                return super()._dispatch(endpoint)
            except SerializationFailure as lost:
                brokers.update(getattr(lost, "broker_ids", ()))
            cls._immoassist_start_over(brokers)
        return super()._dispatch(endpoint)

    @classmethod
    def _immoassist_start_over(cls, broker_ids):
        """What was before the request, as Odoo's `retrying` restores it, with these brokers."""
        env = request.env
        env.cr.rollback()
        env.transaction.reset()
        env.registry.reset_changes()
        request.session = request._get_session_and_dbname()[0]
        # sudo: the guard is nobody's to read or write by hand.
        env["immoassist.booking.guard"].sudo()._begin(env["res.users"].browse(broker_ids))
