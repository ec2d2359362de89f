from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..core import embed
from ..core import prefix as prefixes


class Website(models.Model):
    """Where the booking pages of a website are, and which other sites may show them."""

    _inherit = "website"

    booking_prefix = fields.Char(
        "Address of the booking pages",
        required=True,
        default=prefixes.DEFAULT,
        help="First part of their address: “book” for /book/marie-tremblay.",
    )
    booking_former_prefixes = fields.Char(
        readonly=True, help="Addresses that they once had, and that lead to the present one."
    )
    booking_embed_code = fields.Text(
        "Code for other sites",
        compute="_compute_booking_embed_code",
        help="To paste into a page of a site of the list: shows all brokers.",
    )
    booking_embed_hosts = fields.Text(
        "Sites that may show the booking pages",
        help="One per line, like https://www.example.com. https://*.example.com stands for all "
        "subdomains. Empty: no other site.",
    )

    @api.depends("booking_prefix")
    def _compute_booking_embed_code(self):
        for website in self:
            website.booking_embed_code = embed.snippet(
                website._booking_address("/book"),
                self.env._("Book an appointment"),
                "immoassist-booking",
            )

    @api.constrains("booking_embed_hosts")
    def _check_booking_embed_hosts(self):
        for website in self:
            try:
                embed.parse_hosts(website.booking_embed_hosts)
            except embed.BadHost as bad:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” is not the address of a site. Write one per line, like "
                        "https://www.example.com, or https://*.example.com for all subdomains.",
                        line=bad.line,
                    )
                ) from bad

    @api.constrains("booking_prefix")
    def _check_booking_prefix(self):
        for website in self:
            problem = prefixes.problem(website.booking_prefix, website._taken_prefixes())
            if problem == "shape":
                raise ValidationError(
                    self.env._(
                        "The address of the booking pages has 2 to 40 lower-case letters, digits "
                        "and single hyphens, for instance “rendez-vous”."
                    )
                )
            if problem:
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s” is the address of other pages of this website. Choose "
                        "another one for the booking pages.",
                        prefix=website.booking_prefix,
                    )
                )

    def _taken_prefixes(self):
        """First parts of the addresses of everything else on this website."""
        routes = self.env["ir.http"]._generate_routing_rules(
            self.pool._init_modules, converters=self.env["ir.http"]._get_converters()
        )
        pages = self.env["website.page"].search_fetch(
            [("website_id", "in", (self.id, False))], ["url"]
        )
        paths = [url for url, _endpoint in routes] + [page.url or "" for page in pages]
        own = {name for website in self.search([]) for name in website._booking_prefixes()}
        taken = {path.split("/")[1] for path in paths if path.startswith("/")} - own
        return taken | set(self.language_ids.mapped("url_code"))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            _normalize(vals)
        return super().create(vals_list)

    def write(self, vals):
        if "booking_prefix" not in vals:
            return super().write(vals)
        vals = _normalize(dict(vals))
        for website in self:
            former = set(website._booking_prefixes()) | {website.booking_prefix}
            former -= {vals["booking_prefix"], prefixes.DEFAULT}
            website.booking_former_prefixes = " ".join(sorted(former))
        done = super().write(vals)
        # All workers learn the new addresses.
        self.env.registry.clear_cache("routing")
        return done

    @tools.ormcache("self.id", cache="routing")
    def _booking_prefix(self):
        """The first part of the address of this website's booking pages."""
        # sudo: an address is public.
        return self.sudo().booking_prefix or prefixes.DEFAULT

    def _booking_prefixes(self):
        """Everything that leads to the booking pages: the present address, then former ones."""
        # sudo: addresses are public.
        former = (self.sudo().booking_former_prefixes or "").split()
        names = [self._booking_prefix(), prefixes.DEFAULT, *former]
        return list(dict.fromkeys(names))

    def _booking_path(self, path):
        """`/book/...` as this website writes it.

        :param str path: as in the routes
        """
        return prefixes.swap(path, prefixes.DEFAULT, self._booking_prefix())

    def _booking_address(self, path):
        """The same, to be given to other sites and people."""
        return self.get_base_url() + self._booking_path(path)

    def _booking_frame_hosts(self):
        # sudo: visitors are told by a header which sites may show the page.
        return embed.parse_hosts(self.sudo().booking_embed_hosts)


def _normalize(vals):
    """As it is typed, with slashes; empty is the usual one."""
    if "booking_prefix" in vals:
        vals["booking_prefix"] = (vals["booking_prefix"] or "").strip().strip("/").lower()
        vals["booking_prefix"] = vals["booking_prefix"] or prefixes.DEFAULT
    return vals
