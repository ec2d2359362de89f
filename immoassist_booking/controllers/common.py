"""What the booking routes share: who is meant, how a page is answered, what to say when not."""

from werkzeug.datastructures import MultiDict

from odoo.http import Response, request

from odoo.addons.immoassist_appointments.controllers.pages import chosen_hours
from odoo.addons.immoassist_appointments.core.page_headers import PRIVATE

from ..core.query import (
    BadQuery,
    TimesQuery,
    only,
    parse_date,
    parse_hours,
    parse_month,
    parse_slot,
)

# The zone of the browser: Odoo's layout of every page writes it.
ZONE_COOKIE = "tz"
# Pages whose visits are counted, by template.
SEEN = {"broker": "view", "times": "view", "form": "start"}


def pages():
    """The methods that say what a stranger may see.

    sudo: the public user may read none of our models.
    """
    return request.env["immoassist.booking.page"].sudo()


def find_broker(username):
    """The published broker of the website's company (sudo, see `pages`), or nobody.

    For the name of the team several: those of whom the first available is offered.
    """
    return pages()._find_broker(username, request.website.company_id)


def moved(broker, username) -> Response | None:
    """The way to the present address of the same page, when a former name of `broker` was used."""
    if len(broker) != 1 or username.lower() == broker.booking_username:
        return None
    name = broker.booking_username
    prefix, _former, *rest = request.httprequest.path.strip("/").split("/")
    path = "/".join(("", prefix, name, *rest))
    query = request.httprequest.query_string.decode()
    url = request.env["ir.http"]._url_for(f"{path}?{query}" if query else path)
    # Not for ever: the broker may take the name again.
    return request.redirect(url, code=302)


def find_type(broker, slug):
    """What `broker` offers under this address (sudo, see `pages`), or nothing; he may be nobody."""
    return broker and pages()._find_type(broker, slug)


def one_of_each(values: MultiDict) -> dict[str, str]:
    """The parameters of a request.

    :raise BadQuery: one is given twice
    """
    return {name: only(texts) for name, texts in values.lists()}


def read_query(values: MultiDict) -> TimesQuery:
    """What the address, or the form, asks for.

    :raise BadQuery: it is nonsense
    """
    given = one_of_each(values)
    month, day, slot, zone, hours = (
        given.get(name) for name in ("month", "date", "slot", "tz", "hour")
    )
    return TimesQuery(
        month=parse_month(month) if month else None,
        day=parse_date(day) if day else None,
        slot=parse_slot(slot) if slot else None,
        zone=_zone(zone) if zone else _browser_zone(),
        zone_asked=bool(zone),
        hours=parse_hours(hours) if hours else chosen_hours(),
    )


def _zone(name):
    return request.env["immoassist.booking.zone"]._parse(name)


def _browser_zone():
    try:
        return _zone(request.cookies.get(ZONE_COOKIE, ""))
    except BadQuery:
        return None


def render(template, values, status=200, private=False) -> Response:
    request.booking_meta = values.get("meta")
    if status == 200 and template in SEEN:
        values = {**values, "seen": _seen(SEEN[template], values)}
    response = request.render(f"immoassist_booking.{template}", values, status=status)
    if private or status >= 400:
        response.headers.update(PRIVATE)
    elif not values.get("meta", {}).get("indexed", True):
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _seen(kind, values):
    """What the script of a page tells when somebody looks at it."""
    url = request.website._booking_path(values["broker"]["url"] + "/seen")
    return {"kind": kind, "url": url, "type": values.get("type", {}).get("slug")}


def render_type(template, broker, type_, values, **options):
    """A page about a type: `values`, with what every such page shows."""
    booking = pages()
    card, type_card = booking._broker_card(broker), booking._type_card(type_, broker)
    meta = booking._type_meta(request.website, broker, card, type_card)
    values = {**values, "broker": card, "type": type_card, "meta": meta}
    return render(template, values, **options)


def not_found() -> Response:
    """The same answer for whoever does not exist and whoever is not published."""
    return problem(
        404,
        title=request.env._("This page is not available"),
        message=request.env._("Check the address, or choose a broker from our list."),
        link="/book",
        link_label=request.env._("See our brokers"),
    )


def bad_query(code, url) -> Response:
    """The address asks for nonsense: say what, and lead to the first free times."""
    return problem(
        400,
        title=request.env._("We cannot show these times"),
        message=bad_query_message(code),
        link=url,
        link_label=request.env._("See the first free times"),
    )


def bad_query_message(code) -> str:
    """A sentence for the code of a `BadQuery`."""
    messages = {
        "repeated": request.env._(
            "The address says one thing twice, so we cannot tell which one is meant."
        ),
        "month": request.env._("The address names a month that does not exist."),
        "date": request.env._("The address names a day that does not exist."),
        "slot": request.env._("The address names no time that we can read."),
        "range": request.env._("No appointments are taken for this month."),
        "zone": request.env._("The address names a time zone that we do not know."),
        "hour": request.env._("The address asks for hours that are neither 12 nor 24."),
    }
    return messages[code]


def problem(status, title, message, link, link_label) -> Response:
    if not {".", ".."}.isdisjoint(request.httprequest.path.split("/")):
        # Odoo's layout cannot name the address of a page with dots, and fails.
        return request.redirect(request.env["ir.http"]._url_for("/book"), code=302)
    values = {"title": title, "message": message, "link": link, "link_label": link_label}
    return render("problem", values, status=status)
