"""The other things that the address of a page about times can show (`?show=zones`)."""

from odoo.http import request

from .common import one_of_each, render_type

MAX_WORDS = 60


def zones_page(broker, type_, query):
    """The time zones to choose from (`?q=paris`); each leads back to the times.

    :raise BadQuery: the address says one thing twice
    """
    words = one_of_each(request.httprequest.args).get("q", "")[:MAX_WORDS]
    # sudo: only the names of zones leave this method.
    choice = request.env["immoassist.booking.zone.choice"].sudo()
    values = choice._page(broker, type_, query, words)
    return render_type("zones", broker, type_, values, private=True)
