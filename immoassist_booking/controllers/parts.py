from odoo import http
from odoo.http import request

from ..core.query import BadQuery
from .common import bad_query, find_broker, find_type, not_found, read_query
from .times import PATH, render_type, type_url


class TimeParts(http.Controller):
    @http.route(
        f"{PATH}/times",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
        save_session=False,
    )
    def booking_parts(self, username, type_slug, **_query):
        """What changes on the page of times with its address, without the frame of the site.

        For the script of the page, which so needs no words and no formats of its own.
        """
        broker = find_broker(username)
        type_ = find_type(broker, type_slug)
        if not type_:
            return not_found()
        try:
            query = read_query(request.httprequest.args)
            # sudo: see `booking_times`.
            values = request.env["immoassist.booking.times"].sudo()._time_page(broker, type_, query)
        except BadQuery as bad:
            return bad_query(bad.code, type_url(broker, type_))
        return render_type("booker", broker, type_, values, private=True)
