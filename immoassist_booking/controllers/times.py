from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import STORED_SESSION_BYTES, request

from odoo.addons.immoassist_appointments.exceptions import SlotNotAvailable

from ..core.guard import HONEYPOT
from ..core.query import BadQuery
from ..exceptions import BookingBlocked, BookingRefused
from .common import (
    bad_query,
    find_broker,
    find_type,
    moved,
    not_found,
    one_of_each,
    pages,
    read_query,
    render_type,
)
from .protection import (
    call_us,
    captcha_action,
    check_blocked,
    decoy,
    know_visitor,
    refuse_kindly,
)
from .verification import verify
from .zones import zones_page

PATH = "/book/<string:username>/<string:type_slug>"


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
        """The days and times, then the form for the time that the address names.

        `show=zones` is the choice of a time zone, `show=parts` what changes on the page of times
        with its address, without the frame of the site: for its script, which so needs no words
        and no formats of its own.
        """
        broker = find_broker(username)
        type_ = find_type(broker, type_slug)
        if not type_:
            return not_found()
        if elsewhere := moved(broker, username):
            return elsewhere
        know_visitor()
        try:
            query = read_query(request.httprequest.args)
            show = one_of_each(request.httprequest.args).get("show")
            if show == "zones":
                return zones_page(broker, type_, query)
            if query.slot:
                return self._form_page(broker, type_, query)
            # sudo: only times leave this method, and only those that are offered to anybody.
            values = request.env["immoassist.booking.times"].sudo()._time_page(broker, type_, query)
        except BadQuery as bad:
            return bad_query(bad.code, type_url(broker, type_))
        if show == "parts":
            return render_type("booker", broker, type_, values, private=True)
        return render_type("times", broker, type_, values)

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
            query = read_query(request.httprequest.form)
            if not query.slot:
                raise BadQuery("slot")
        except BadQuery as bad:
            return bad_query(bad.code, type_url(broker, type_))
        # Before anything is shown again: his own hold does not take the time from him.
        know_visitor()
        # sudo: see `_book`.
        form = request.env["immoassist.booking.form"].sudo()._read(type_, given)
        if form.errors:
            return self._form_page(broker, type_, query, form, status=422)
        if given.get(HONEYPOT):
            return decoy(broker[:1], type_, query.slot, form)
        return self._answer(broker, type_, query, form, given)

    def _answer(self, broker, type_, query, form, given):
        """The answer to a form that is filled in rightly."""
        try:
            check_blocked(broker.company_id, form)
            if given.get("edit"):
                return self._form_page(broker, type_, query, form)
            if same := _booking()._booked_before(type_, query, form, _session()):
                return self._confirmed(same, query)
            step = verify(broker, type_, query, form, given)
            return step or self._book(broker, type_, query, form)
        except SlotNotAvailable as lost:
            # sudo: a visitor may write nothing; the booking was undone, and this is kept.
            request.env["immoassist.booking.event"].sudo()._note("lost", broker, type_)
            return self._form_page(broker, type_, query, form, lost=lost)
        except BookingBlocked:
            return call_us(broker.company_id)
        except BookingRefused as refused:
            form.errors[""], form.title = refused.args[0], refused.title
            response = self._form_page(broker, type_, query, form, status=refused.status)
            return refuse_kindly(response, refused)
        except ValidationError as error:
            form.errors[""] = error.args[0]
            return self._form_page(broker, type_, query, form, status=422)

    def _book(self, broker, type_, query, form):
        booking = _booking()
        # A refusal must not leave half a booking behind, for the page that says so is a success
        # to Odoo and is committed. Serialization failures go through: Odoo runs this again.
        with request.env.cr.savepoint():
            appointment = booking._book(broker, type_, query, form, _session())
        return self._confirmed(appointment, query)

    def _confirmed(self, appointment, query):
        url = appointment._confirmation_url(appointment.attendee_ids[:1], query.hours)
        # With the language of the page: Odoo adds none to a redirect.
        return request.redirect(request.env["ir.http"]._url_for(url))

    def _form_page(self, broker, type_, query, form=None, lost=None, status=200):
        # sudo: see `booking_times`.
        values = (
            request.env["immoassist.booking.form"]
            .sudo()
            ._form_page(
                broker,
                type_,
                query,
                form,
                alternatives=lost.nearest if lost else None,
                lost=bool(lost),
            )
        )
        if values["lost"] and status == 200:
            status = 409
        values["captcha"] = captcha_action()
        response = render_type("form", broker, type_, values, status=status, private=True)
        if not form:
            # An empty form is nobody's secret: the browser may keep it, with what is typed in it,
            # for who goes back and forth.
            response.headers["Cache-Control"] = "private, no-cache"
        return response


def _booking():
    # sudo: the client has no account; these methods check all that he may do.
    return request.env["immoassist.booking.form"].sudo()


def _session():
    """The lasting part of the id of the visitor's session."""
    return request.session.sid[:STORED_SESSION_BYTES]


def type_url(broker, type_):
    return pages()._type_card(type_, broker)["url"]
