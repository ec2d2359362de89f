from urllib.parse import urlsplit

from odoo import http
from odoo.http import request

from ..core.query import BadQuery
from .common import find_broker, find_type, one_of_each
from .protection import remote_address

KINDS = {"view": "views", "start": "starts"}


class SeenPages(http.Controller):
    @http.route(
        "/book/<string:username>/seen",
        type="http",
        auth="public",
        website=True,
        multilang=False,
        methods=["POST"],
        sitemap=False,
        save_session=False,
        # security: acts in nobody's name, and a frame of another site has no session to check it
        # against; where it comes from is checked instead.
        csrf=False,
    )
    def booking_seen(self, username, **_form):
        """The script of a page tells that somebody looks at it. The answer is always the same."""
        try:
            given = one_of_each(request.httprequest.form)
        except BadQuery:
            given = {}
        kind = KINDS.get(given.get("kind"))
        if kind and _from_our_page() and not request.env["ir.http"].is_a_bot():
            broker = find_broker(username)
            slug = given.get("type")
            type_ = find_type(broker, slug) if slug else request.env["immoassist.appointment.type"]
            if broker and (type_ or not slug):
                # sudo: a visitor may write nothing; this counts him, and says nothing about him.
                events = request.env["immoassist.booking.event"].sudo()
                events._note_visit(kind, broker, type_, remote_address())
        return request.make_response("", status=204)


def _from_our_page():
    """Whether a page of this site sends it: browsers say so, and scripts cannot change it."""
    origin = urlsplit(request.httprequest.headers.get("Origin", ""))
    return origin.netloc == request.httprequest.host
