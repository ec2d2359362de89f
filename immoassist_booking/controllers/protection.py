"""What the guards of the booking pages need to know of a request."""

import logging

from odoo.exceptions import UserError
from odoo.http import STORED_SESSION_BYTES, request

from ..exceptions import BookingRefused
from .common import problem, render

_logger = logging.getLogger(__name__)
CAPTCHA = "immoassist_booking"
# What `google_recaptcha` and `website_cf_turnstile` tell the browser when they are set up.
CAPTCHA_KEYS = {"recaptcha_public_key", "turnstile_site_key"}
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


def know_visitor():
    """Let him see the time that he holds himself as free.

    :return: what stands for his session
    """
    # sudo: the key of the hash is a system parameter.
    limits = request.env["immoassist.booking.limit"].sudo()
    visitor = limits._key("visitor", request.session.sid[:STORED_SESSION_BYTES])
    request.update_context(booking_visitor=visitor)
    return visitor


def check_blocked(company, form):
    """:raise BookingBlocked: the agency wants no bookings from here online"""
    # sudo: see `protection`.
    blocks = request.env["immoassist.booking.block"].sudo()
    blocks._check_client(company, form.values["email"], remote_address())


def check_visitor(company, form):
    """Whether this may be somebody who fills in the form, and not too often.

    :return: how many bookings came from his address in this hour
    :raise BookingRefused: not like this, or not now
    """
    protection()._check_fill_time(company, form.stamp)
    once("captcha", check_captcha)
    return once("address", lambda: protection()._count_address(company, remote_address()))


# ---------------------------------------------------------------- Odoo's own captcha


def captcha_action():
    """What the form asks Odoo's captcha to watch; None when none is set up."""
    public = request.env["ir.http"].get_frontend_session_info()
    return CAPTCHA if not CAPTCHA_KEYS.isdisjoint(public) else None


def check_captcha():
    """What `captcha=` of a route does, but so that what was typed is not lost.

    :raise BookingRefused: Google or Cloudflare took him for a robot, or cannot tell
    """
    try:
        request.env["ir.http"]._verify_request_recaptcha_token(CAPTCHA)
    except UserError as error:
        _logger.info("Refused by the captcha: %s", error.args[0])
        raise BookingRefused(
            request.env._(
                "We could not make sure that you are not a robot, which needs JavaScript. If it "
                "does not help, please call us."
            ),
            title=request.env._("Press the button once more"),
        ) from error


def refuse_kindly(response, refused):
    """The page with what was typed, as the answer to a `BookingRefused`."""
    if refused.retry_after:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def call_us(company):
    """The answer to whom the agency does not want bookings from: it does not say why."""
    phone = company.phone
    label = request.env._("Call %(phone)s", phone=phone) if phone else ""
    return problem(
        403,
        title=request.env._("Please call us"),
        message=request.env._("This booking cannot be made online."),
        link=f"tel:{phone.replace(' ', '')}" if phone else "/book",
        link_label=label or request.env._("See our brokers"),
    )


def decoy(broker, type_, start, form):
    """For a robot: the page that it expects. Nothing was written."""
    # sudo: only what the robot sent and what the pages show to anybody.
    appointments = request.env["immoassist.appointment"].sudo()
    values = appointments._decoy_page(broker, type_, start, form)
    return render("confirmation", values, private=True)
