from odoo import models
from odoo.http import request

from ..core.embed import framed_link

LINKS = {"a": "href", "form": "action"}


class IrQweb(models.AbstractModel):
    """In a frame of another site, all links of a page keep `embed=1` or leave the frame."""

    _inherit = "ir.qweb"

    def _prepare_frontend_environment(self, values):
        qweb = super()._prepare_frontend_environment(values)
        if not getattr(request, "booking_embedded", False):
            return qweb
        values["embed"] = True
        return qweb.with_context(booking_embedded=True)

    def _get_template_cache_keys(self):
        # Links without any value in them are made when the template is compiled.
        return [*super()._get_template_cache_keys(), "booking_embedded"]

    def _post_processing_att(self, tagName, atts):
        name = LINKS.get(tagName)
        if name and atts.get(name) and self.env.context.get("booking_embedded"):
            url, target = framed_link(str(atts[name]))
            atts = {**atts, name: url}
            if target:
                atts.setdefault("target", target)
        return super()._post_processing_att(tagName, atts)
