"""What the guards of the booking pages need to know of a request."""

from odoo.http import request

from .common import problem, render

ONCE = "immoassist_booking.once"


def protection():
    """The guards.

    sudo: the visitor has no account; they count and compare, and tell nothing.
    """
    return request.env["immoassist.booking.protection"].sudo()


def remote_address() -> str:
    """The visitor's address; behind a proxy the one it names, if Odoo runs in `proxy_mode`."""
    return request.httprequest.remote_addr or ""


def once(name, act):
    """The result of `act`, done once for this request: Odoo runs it again after a lost race."""
    done = request.httprequest.environ.setdefault(ONCE, {})
    if name not in done:
        done[name] = act()
    return done[name]


def check_visitor(company, form):
    """Whether this may be somebody who fills in the form, and not too often.

    :raise BookingRefused: not like this, or not now
    :raise BookingBlocked: not online
    """
    # sudo: see `protection`.
    blocks = request.env["immoassist.booking.block"].sudo()
    blocks._check_client(company, form.values["email"], remote_address())
    protection()._check_fill_time(company, form.stamp)
    once("address", lambda: protection()._count_address(company, remote_address()))


def refuse_kindly(response, refused):
    """The page with what was typed, as the answer to a `BookingRefused`."""
    if refused.retry_after:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def call_us(company):
    """The answer to whom the agency does not want bookings from: it does not say why."""
    message = request.env._("This booking cannot be made online. Please call us.")
    if company.phone:
        message = request.env._(
            "This booking cannot be made online. Please call us at %(phone)s.", phone=company.phone
        )
    return problem(
        403,
        title=request.env._("Please call us"),
        message=message,
        link="/book",
        link_label=request.env._("See our brokers"),
    )


def decoy(broker, type_, start, form):
    """For a robot: the page that it expects. Nothing was written."""
    # sudo: only what the robot sent and what the pages show to anybody.
    appointments = request.env["immoassist.appointment"].sudo()
    values = appointments._decoy_page(broker, type_, start, form)
    return render("confirmation", values, private=True)
