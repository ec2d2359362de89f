from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.immoassist_appointments.exceptions import SlotNotAvailable

from ..core.guest import read_guest
from ..core.query import BadQuery, TimesQuery, parse_date, parse_month, parse_slot
from .common import (
    bad_query,
    find_broker,
    find_type,
    moved,
    not_found,
    one_of_each,
    pages,
    render,
)

PATH = "/book/<string:username>/<string:type_slug>"


def read_query(arguments) -> TimesQuery:
    """What the address asks for.

    :raise BadQuery: it is nonsense
    """
    given = one_of_each(arguments)
    month, day, slot = (given.get(name) for name in ("month", "date", "slot"))
    return TimesQuery(
        month=parse_month(month) if month else None,
        day=parse_date(day) if day else None,
        slot=parse_slot(slot) if slot else None,
    )


class TimePages(http.Controller):
    @http.route(
        PATH,
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        embeddable=True,
        sitemap=False,
    )
    def booking_times(self, username, type_slug, **_query):
        """The days and times, then the form for the time that the address names."""
        broker = find_broker(username)
        type_ = find_type(broker, type_slug)
        if not type_:
            return not_found()
        if elsewhere := moved(broker, username):
            return elsewhere
        try:
            query = read_query(request.httprequest.args)
            if query.slot:
                return self._form_page(broker, type_, query.slot)
            # sudo: only times leave this method, and only those that are offered to anybody.
            values = request.env["immoassist.booking.times"].sudo()._time_page(broker, type_, query)
        except BadQuery as bad:
            return bad_query(bad.code, _url(broker, type_))
        return render("times", _shared(broker, type_, values))

    @http.route(
        PATH,
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def booking_submit(self, username, type_slug, **_form):
        """Book the time, or show the form again with what is wrong and what was typed."""
        broker = find_broker(username)
        type_ = find_type(broker, type_slug)
        if not type_:
            return not_found()
        try:
            one_of_each(request.httprequest.args)
            given = one_of_each(request.httprequest.form)
            start = parse_slot(given.get("slot", ""))
        except BadQuery as bad:
            return bad_query(bad.code, _url(broker, type_))
        form = read_guest(given)
        if form.errors:
            return self._form_page(broker, type_, start, form, status=422)
        try:
            return self._book(broker, type_, start, form)
        except SlotNotAvailable as lost:
            return self._form_page(broker, type_, start, form, lost=lost)
        except ValidationError as error:
            form.errors[""] = error.args[0]
            return self._form_page(broker, type_, start, form, status=422)

    def _book(self, broker, type_, start, form):
        # sudo: the client has no account; this method checks all that he may do.
        booking = request.env["immoassist.booking.form"].sudo()
        # A refusal must not leave half a booking behind, for the page that says so is a success
        # to Odoo and is committed. Serialization failures go through: Odoo runs this again.
        with request.env.cr.savepoint():
            appointment = booking._book(broker, type_, start, form)
        url = appointment._confirmation_url(appointment.attendee_ids[:1])
        # With the language of the page: Odoo adds none to a redirect.
        return request.redirect(request.env["ir.http"]._url_for(url))

    def _form_page(self, broker, type_, start, form=None, lost=None, status=200):
        # sudo: see `booking_times`.
        values = (
            request.env["immoassist.booking.form"]
            .sudo()
            ._form_page(
                broker,
                type_,
                start,
                form,
                alternatives=lost.nearest if lost else None,
                lost=bool(lost),
            )
        )
        if values["lost"] and status == 200:
            status = 409
        return render("form", _shared(broker, type_, values), status=status, private=True)


def _url(broker, type_):
    return f"/book/{broker.booking_username}/{type_.slug}"


def _shared(broker, type_, values):
    """`values` with what every page about a type shows."""
    booking = pages()
    card, type_card = booking._broker_card(broker), booking._type_card(type_, broker)
    meta = booking._type_meta(request.website, broker, card, type_card)
    return {**values, "broker": card, "type": type_card, "meta": meta}
