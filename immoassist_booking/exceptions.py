"""Errors of the booking pages that their controllers handle by type."""

from odoo.exceptions import UserError


class BookingRefused(UserError):
    """Nothing was written. What was typed is shown again, with this sentence.

    :param str message: what the client can do
    :param str title: above it
    :param int status: of the answer, an HTTP code
    :param int retry_after: seconds until it is worth trying again, None when that is no question
    """

    def __init__(self, message, title, status=422, retry_after=None):
        super().__init__(message)
        self.title = title
        self.status = status
        self.retry_after = retry_after


class BookingBlocked(UserError):
    """The agency does not want bookings from this client. He is asked to call, without a reason."""
