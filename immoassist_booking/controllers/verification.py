"""Whose e-mail address it is: a code is sent to it, and asked for on a page of its own."""

import re

from odoo.http import request

from ..core.query import format_slot
from ..exceptions import BookingRefused
from ..models.immoassist_booking_code import LASTING
from .common import render_type
from .protection import check_visitor, know_visitor, once, protection

# Of the form, what the page of the code does not carry along: it has its own.
OWN = frozenset({"csrf_token", "ticket", "code", "again", "edit", "slot"})


def verify(broker, type_, query, form, given):
    """Whether the booking may go on.

    :return: None when it may; otherwise the page that asks for a code
    :raise BookingRefused: too often, too fast, or too many appointments are open already
    :raise SlotNotAvailable: the time is gone, which is to be held while he looks at his mails
    """
    company, email, visitor = broker.company_id, form.values["email"], know_visitor()
    ticket = given.get("ticket", "")
    # sudo: see `protection`.
    codes = request.env["immoassist.booking.code"].sudo()
    if ticket and not given.get("again"):
        typed = re.sub(r"\D", "", given.get("code", ""))[:6]
        found = once("code", lambda: codes._check(ticket, email, visitor, typed))
        if found != "right":
            return _page(broker, type_, query, form, ticket, problem=found)
        form.proof = protection()._proof(email, visitor)
    if protection()._is_proven(form.proof, email, visitor):
        if protection()._is_full(company, email):
            title = request.env._("Please move or cancel an appointment first")
            raise BookingRefused(_too_many_words(company), title)
        return None
    if ticket and not codes._is_ours(ticket, email, visitor):
        raise BookingRefused(
            request.env._("Please check what you typed."),
            title=request.env._("Press the button once more"),
        )
    if ticket:  # one more message: it was not a robot the first time
        count = protection()._count_address
        once("address", lambda: count(company, request.httprequest.remote_addr))
        needed = True
    else:
        from_address = check_visitor(company, form)
        must = protection()._must_prove
        needed = once("prove", lambda: must(type_, company, email, from_address))
    return _ask(codes, broker, type_, query, form, visitor) if needed else None


def _ask(codes, broker, type_, query, form, visitor):
    # sudo: see `controllers.hold`.
    holds = request.env["immoassist.booking.hold"].sudo()
    lasting = {"lasting": LASTING, "longest": 2 * LASTING}
    # A refusal leaves nothing behind, though its answer is a success to Odoo.
    with request.env.cr.savepoint():
        if not holds._prolong(visitor, broker, type_, query.slot, **lasting):
            holds._keep(visitor, broker, type_, query.slot, lasting=LASTING)
    email = form.values["email"]
    full = protection()._is_full(broker.company_id, email)
    ticket = codes._send(broker, email, visitor, full)
    return _page(broker, type_, query, form, ticket)


def _page(broker, type_, query, form, ticket, problem=None):
    # sudo: only words about the time leave it.
    zones = request.env["immoassist.booking.zone"].sudo()
    wording = zones._wording(broker, type_, query).together()
    given = request.httprequest.form.items(multi=True)
    values = {
        "carried": [
            ("slot", format_slot(query.slot)),
            *((name, value) for name, value in given if name not in OWN),
        ],
        "ticket": ticket,
        "email": form.values["email"],
        "error": _problem_words(problem),
        "when": wording.moment(query.slot),
        "zone_short": zones._words_short(type_, query, wording, query.slot),
        "phone": broker.company_id.phone,
    }
    status = 422 if problem else 200
    return render_type("code", broker, type_, values, status=status, private=True)


def _problem_words(problem):
    if problem == "wrong":
        return request.env._("This is not the code of our last message. Type it again, please.")
    if problem:
        return request.env._("This code cannot be used any more. Have another message sent.")
    return None


def _too_many_words(company):
    return request.env._(
        "%(count)s appointments are open with this e-mail address already, as many as may be. The "
        "links in our mails lead to them; or call us.",
        count=company.booking_limit_open,
    )
