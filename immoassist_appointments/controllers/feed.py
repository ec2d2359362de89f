from odoo import http
from odoo.http import request


class Feed(http.Controller):
    @http.route(
        "/immoassist/feed/<string:token>.ics",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
        readonly=True,
        sitemap=False,
    )
    def feed(self, token, **_query):
        """The appointments of a broker, for a calendar program that has the secret address."""
        broker = request.env["res.users"]._of_feed_secret(token)
        if not broker:
            raise request.not_found()
        response = request.make_response(
            broker._feed_file(),
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Cache-Control", "private, no-cache"),
            ],
        )
        # Who asks with the tag of what he has gets no file when nothing changed.
        response.add_etag()
        return response.make_conditional(request.httprequest)
