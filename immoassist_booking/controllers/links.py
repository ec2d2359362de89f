"""The booking pages of a signed link, which knows the property: the same pages, told which link.

The token is a part of the path: the links of the pages are relative, so it goes with the visitor
from month to month, into the form and into another language.
"""

from odoo import http
from odoo.http import request

from odoo.addons.immoassist_appointments.core.page_headers import PRIVATE

from .brokers import BrokerPages
from .common import find_broker
from .hold import Holds
from .slots import SlotData
from .times import PATH, TimePages

OPTIONS = {"type": "http", "auth": "public", "website": True, "sitemap": False}
READ = {**OPTIONS, "methods": ["GET"], "readonly": True}
# Other sites of the agency may show them, as the pages without a link.
SHOWN = {**READ, "embeddable": True}


def enter(username, token):
    """Let the rest of the request know the link, if it is good for the page of this broker.

    :return: the link itself when it leads to the page of another broker by now, else none
    """
    # sudo: the visitor has no account; the token was made by us for this one link.
    link = request.env["immoassist.booking.link"].sudo()._of_token(token)
    good = bool(link) and link.state == "open" and link.broker_id.booking_published
    if good and link.broker_id != find_broker(username):
        return link
    request.update_context(immoassist_booking_link=link.id if good else 0)
    return link.browse()


def follow(link):
    """The way to the page of whoever has the transaction now."""
    return request.redirect(request.env["ir.http"]._url_for(link._path()), code=302)


def private(response):
    """The address is a key, and the form may tell a name."""
    response.headers.update(PRIVATE)
    return response


class LinkBrokerPage(BrokerPages):
    @http.route("/book/<string:username>/link/<string:token>", **SHOWN)
    def booking_link_broker(self, username, token, **_query):
        if elsewhere := enter(username, token):
            return follow(elsewhere)
        return private(self.booking_broker(username))


class LinkTimePages(TimePages):
    @http.route(f"{PATH}/link/<string:token>", **SHOWN)
    def booking_link_times(self, username, type_slug, token, **_query):
        if elsewhere := enter(username, token):
            return follow(elsewhere)
        return private(self.booking_times(username, type_slug))

    @http.route(f"{PATH}/link/<string:token>", methods=["POST"], **OPTIONS)
    def booking_link_submit(self, username, type_slug, token, **_form):
        if enter(username, token):
            # Another broker now: his times are not those that were shown.
            request.update_context(immoassist_booking_link=0)
        return self.booking_submit(username, type_slug)


class LinkSlotData(SlotData):
    @http.route("/book/<string:username>/slots/link/<string:token>", save_session=False, **READ)
    def booking_link_slots(self, username, token, **_query):
        if enter(username, token):
            request.update_context(immoassist_booking_link=0)
        return self.booking_slots(username)


class LinkHolds(Holds):
    @http.route(f"{PATH}/link/<string:token>/hold", methods=["POST"], **OPTIONS)
    def booking_link_hold(self, username, type_slug, token, **_form):
        if enter(username, token):
            request.update_context(immoassist_booking_link=0)
        return self.booking_hold(username, type_slug)
