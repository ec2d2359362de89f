from odoo import http
from odoo.http import request

from ..core.query import BadQuery
from .common import bad_query, find_broker, find_type, moved, not_found, one_of_each, read_query
from .times import PATH, render_type, type_url

MAX_WORDS = 60


class ZonePage(http.Controller):
    @http.route(
        f"{PATH}/zone",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def booking_zone(self, username, type_slug, **_query):
        """The time zones to choose from (`?q=paris`); each leads back to the times."""
        broker = find_broker(username)
        type_ = find_type(broker, type_slug)
        if not type_:
            return not_found()
        if elsewhere := moved(broker, username):
            return elsewhere
        try:
            words = one_of_each(request.httprequest.args).get("q", "")[:MAX_WORDS]
            query = read_query(request.httprequest.args)
        except BadQuery as bad:
            return bad_query(bad.code, type_url(broker, type_))
        # sudo: only the names of zones leave this method.
        choice = request.env["immoassist.booking.zone.choice"].sudo()
        values = choice._page(broker, type_, query, words)
        return render_type("zones", broker, type_, values, private=True)
