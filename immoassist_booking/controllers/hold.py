import json

from odoo import http
from odoo.http import request

from odoo.addons.immoassist_appointments.core.page_headers import PRIVATE
from odoo.addons.immoassist_appointments.exceptions import SlotNotAvailable

from ..core.query import BadQuery
from ..exceptions import BookingRefused
from .common import bad_query_message, find_broker, find_type, one_of_each, read_query
from .protection import know_visitor, once, protection, remote_address


class Holds(http.Controller):
    @http.route(
        "/book/<string:username>/<string:type_slug>/hold",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def booking_hold(self, username, type_slug, **_form):
        """Hold a time while the form is filled in (`slot`), or let it go (`release=1`).

        For the scripts of the page: without them everything works, and nothing is held.
        """
        broker = find_broker(username)
        type_ = find_type(broker, type_slug)
        if not type_:
            return _answer({"error": request.env._("This page is not available")}, 404)
        # sudo: whoever has no account may hold one time, which his session stands for.
        holds = request.env["immoassist.booking.hold"].sudo()
        visitor = know_visitor()
        try:
            given = one_of_each(request.httprequest.form)
            page = given.get("page", "")
            if given.get("release"):
                holds._release(visitor, page)
                return _answer({"released": True})
            query = read_query(request.httprequest.form)
            if not query.slot:
                raise BadQuery("slot")
            return self._hold(holds, visitor, broker, type_, query, page)
        except BadQuery as bad:
            return _answer({"error": bad_query_message(bad.code)}, 400)
        except BookingRefused as refused:
            headers = {"Retry-After": str(refused.retry_after)}
            return _answer({"error": refused.args[0]}, refused.status, headers)

    def _hold(self, holds, visitor, broker, type_, query, page):
        try:
            if not holds._prolong(visitor, broker, type_, query.slot, page):
                count = protection()._count_hold
                once("hold", lambda: count(broker.company_id, remote_address()))
                # A refusal leaves nothing behind, though its answer is a success to Odoo.
                with request.env.cr.savepoint():
                    holds._keep(visitor, broker, type_, query.slot, page)
        except SlotNotAvailable as lost:
            # sudo: only times leave this method, and only those that are offered to anybody.
            times = request.env["immoassist.booking.times"].sudo()
            return _answer(times._held_json(broker, type_, query, lost.nearest), 409)
        return _answer({"held": True})


def _answer(data, status=200, headers=()):
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    kind = {"Content-Type": "application/json; charset=utf-8"}
    headers = {**PRIVATE, **kind, **dict(headers)}
    return request.make_response(body, list(headers.items()), status=status)
