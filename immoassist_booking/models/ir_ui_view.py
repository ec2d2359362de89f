from odoo import models
from odoo.http import request


class IrUiView(models.Model):
    """The page of a broker is described by him, where Odoo would describe its template.

    What a designer wrote in the website's own SEO dialog still counts more.
    """

    _inherit = "ir.ui.view"

    def _default_website_meta(self):
        found = super()._default_website_meta()
        meta = getattr(request, "booking_meta", None)
        if meta:
            title, text, image = meta["title"], meta["description"], meta["image"]
            found["default_opengraph"] |= {
                "og:title": title,
                "og:description": text,
                "og:image": image,
            }
            found["default_twitter"] |= {
                "twitter:card": "summary",
                "twitter:title": title,
                "twitter:description": text,
                "twitter:image": image,
            }
            found["default_meta_description"] = text
        return found
