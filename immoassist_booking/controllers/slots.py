import json

from odoo import http
from odoo.http import request

from odoo.addons.immoassist_appointments.core.page_headers import PRIVATE

from ..core.query import BadQuery
from .common import bad_query_message, find_broker, find_type, one_of_each, read_query
from .protection import know_visitor


class SlotData(http.Controller):
    @http.route(
        "/book/<string:username>/slots",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
        save_session=False,
    )
    def booking_slots(self, username, **_query):
        """The free times of a month (`?type=visite&month=2027-03`), for scripts of the page."""
        know_visitor()
        try:
            given = one_of_each(request.httprequest.args)
            query = read_query(request.httprequest.args)
            broker = find_broker(username)
            type_ = find_type(broker, given.get("type", ""))
            if not type_:
                return self._answer({"error": request.env._("This page is not available")}, 404)
            # sudo: only times leave this method, and only those that are offered to anybody.
            times = request.env["immoassist.booking.times"].sudo()
            return self._answer(times._month_json(broker, type_, query))
        except BadQuery as bad:
            return self._answer({"error": bad_query_message(bad.code)}, 400)

    def _answer(self, data, status=200):
        # Not `make_json_response`: it counts characters where the header wants bytes.
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {**PRIVATE, "Content-Type": "application/json; charset=utf-8"}
        return request.make_response(body, list(headers.items()), status=status)
