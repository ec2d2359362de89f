from odoo import http
from odoo.http import request

from .common import find_broker, moved, not_found, pages, render


def sitemap_brokers(env, rule, qs):
    """Addresses of the pages that are public, for search engines."""
    website = env["website"].get_current_website()
    # sudo: only the addresses of published pages leave this function.
    booking = env["immoassist.booking.page"].sudo()
    addresses = map(website._booking_path, booking._sitemap_paths(website.company_id))
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
        embeddable=True,
        sitemap=sitemap_brokers,
    )
    def booking_brokers(self, **_query):
        """The published brokers of the website's company."""
        brokers = pages()._broker_list(request.website.company_id)
        meta = pages()._brokers_meta(request.website)
        values = {"brokers": brokers, "meta": meta}
        if not brokers:
            values["contact"] = pages()._contact(request.website.company_id)
        return render("brokers", values)

    @http.route(
        "/book/<string:username>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        embeddable=True,
        sitemap=False,
    )
    def booking_broker(self, username, **_query):
        """One broker and what can be booked with him."""
        broker = find_broker(username)
        if not broker:
            return not_found()
        if elsewhere := moved(broker, username):
            return elsewhere
        card = pages()._broker_card(broker)
        meta = pages()._broker_meta(request.website, broker, card)
        types = pages()._type_list(broker)
        values = {"broker": card, "types": types, "meta": meta}
        if not types:
            values["contact"] = pages()._contact_of(broker)
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
        if len(broker) != 1:
            return not_found()
        binary = request.env["ir.binary"]
        return binary._get_image_stream_from(broker, "image_256").get_response()
