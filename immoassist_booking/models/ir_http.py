import functools

from odoo import models
from odoo.http import request

from ..core import prefix as prefixes
from ..core.embed import is_embedded


class IrHttp(models.AbstractModel):
    """Booking pages in frames of other sites, and under the address that the agency chose.

    Not by records of `website.rewrite`: it takes one for each route, which an upgrade may add to,
    knows nothing of former addresses, and its answer is for ever in the browsers.
    """

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        # Routes say themselves that other sites may show them: those of forms do not.
        if rule.endpoint.routing.get("embeddable"):
            request.booking_embedded = is_embedded(request.httprequest.args)
        return super()._pre_dispatch(rule, args)

    @classmethod
    def _immoassist_frame_hosts(cls):
        if getattr(request, "booking_embedded", False):
            return request.website._booking_frame_hosts()
        return super()._immoassist_frame_hosts()

    def _generate_routing_rules(self, modules, converters):
        rules = super()._generate_routing_rules(modules, converters)
        website = request and self.env["website"].browse(request.website_routing)
        names = website._booking_prefixes() if website else [prefixes.DEFAULT]
        for url, endpoint in rules:
            if not prefixes.ours(url):
                yield url, endpoint
                continue
            present, *others = (prefixes.swap(url, prefixes.DEFAULT, name) for name in names)
            yield present, endpoint
            for other in others:
                yield other, _leading_to_present(endpoint)

    @classmethod
    def _url_for(cls, url_from, lang_code=None):
        # Before Odoo looks: it keeps rewritten addresses for all websites together.
        if url_from and request and (website := getattr(request, "website", None)):
            url_from = website._booking_path(url_from)
        return super()._url_for(url_from, lang_code)


def _leading_to_present(endpoint):
    """The endpoint of a former address: sends to the present one, with language and query.

    What scripts call answers itself: a redirected call would lose what it says.
    """
    if endpoint.routing["type"] != "http":
        return endpoint
    redirect = functools.update_wrapper(functools.partial(_redirect), endpoint)
    # security: nothing is done here; the address that it leads to checks the form.
    checks = {"sitemap": False, "csrf": False, "captcha": None}
    redirect.routing = {**endpoint.routing, **checks}
    return redirect


def _redirect(**_values):
    _former, *rest = request.httprequest.path.strip("/").split("/")
    query = request.httprequest.query_string.decode()
    url = "/".join(("", request.website._booking_prefix(), *rest)) + ("?" + query if query else "")
    # Not for ever: the agency may take the address again. 307 keeps what a form sends.
    code = 302 if request.httprequest.method in ("GET", "HEAD") else 307
    return request.redirect(request.env["ir.http"]._url_for(url), code=code)
