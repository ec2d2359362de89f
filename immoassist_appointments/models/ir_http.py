from odoo import models
from odoo.http import request

from ..core.page_headers import page_headers

OURS = "odoo.addons.immoassist_"
# Behind signed links, every page is about one person.
PRIVATE_PATH = "/immoassist/"


class IrHttp(models.AbstractModel):
    """Security headers on every answer of our routes, refusals and errors too."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        if is_our_page(rule.endpoint):
            request.immoassist_private = rule.rule.startswith(PRIVATE_PATH)
        return super()._pre_dispatch(rule, args)

    @classmethod
    def _post_dispatch(cls, response):
        done = super()._post_dispatch(response)
        private = getattr(request, "immoassist_private", None)
        if private is not None:
            # What a route says itself counts more.
            for name, value in page_headers(cls._immoassist_frame_hosts(), private).items():
                response.headers.setdefault(name, value)
        return done

    @classmethod
    def _immoassist_frame_hosts(cls):
        """Sources of `frame-ancestors` that may frame this answer, besides the site itself."""
        return ()


def is_our_page(endpoint):
    return endpoint.__module__.startswith(OURS) and endpoint.routing["type"] == "http"
