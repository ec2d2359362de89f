from odoo import http
from odoo.http import request

from ..core.query import BadQuery
from .common import one_of_each, problem, read_query, render


class ConfirmationPage(http.Controller):
    @http.route(
        "/book/<string:username>/confirmation",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def booking_confirmation(self, username, **_query):
        """What was booked, as it is now, for whoever holds the signed address."""
        try:
            given = request.httprequest.args
            token, hours = one_of_each(given).get("token", ""), read_query(given).hours
        except BadQuery:
            token, hours = "", 0
        # sudo: the token was made by us for this one attendee, and expires.
        appointments = request.env["immoassist.appointment"].sudo()
        attendee = appointments._from_confirmation(username, token)
        if not attendee:
            return self._invalid_link()
        values = attendee.appointment_id._confirmation_page(attendee, hours)
        return render("confirmation", values, private=True)

    def _invalid_link(self):
        return problem(
            404,
            title=request.env._("This link does not work any more"),
            message=request.env._(
                "It has expired, or a part of it is missing. Open the link of your invitation "
                "again: it must be on one line."
            ),
            link="/book",
            link_label=request.env._("Book an appointment"),
        )
