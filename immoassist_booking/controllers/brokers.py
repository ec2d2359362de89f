from odoo import http
from odoo.http import request

from .common import HEADERS, find_broker, moved, not_found, pages, render


def sitemap_brokers(env, rule, qs):
    """Addresses of the pages that are public, for search engines."""
    company = env["website"].get_current_website().company_id
    # sudo: only the addresses of published pages leave this function.
    booking = env["immoassist.booking.page"].sudo()
    cards = booking._broker_list(company)
    addresses = ["/book", *(card["url"] for card in cards)] if cards else []
    for address in addresses:
        if not qs or qs.lower() in address:
            yield {"loc": address}


class BrokerPages(http.Controller):
    @http.route(
        "/book",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=sitemap_brokers,
    )
    def booking_brokers(self, **_query):
        """The published brokers of the website's company."""
        brokers = pages()._broker_list(request.website.company_id)
        return render("brokers", {"brokers": brokers})

    @http.route(
        "/book/<string:username>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def booking_broker(self, username, **_query):
        """One broker and what can be booked with him."""
        broker = find_broker(username)
        if not broker:
            return not_found()
        if elsewhere := moved(broker, username):
            return elsewhere
        values = {"broker": pages()._broker_card(broker), "types": pages()._type_list(broker)}
        return render("broker", values)

    @http.route(
        "/book/photo/<string:username>",
        type="http",
        auth="public",
        website=True,
        multilang=False,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def booking_photo(self, username, **_query):
        """The photo of a published broker: a stranger cannot read it by `/web/image`."""
        broker = find_broker(username)
        if not broker:
            return not_found()
        binary = request.env["ir.binary"]
        response = binary._get_image_stream_from(broker, "image_256").get_response()
        response.headers.update(HEADERS)
        return response
