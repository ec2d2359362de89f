from odoo import api, models

from ..core import structured


class ImmoassistBookingPage(models.AbstractModel):
    """What search engines read of the pages that they may show: agency, broker, appointment.

    Nothing that the page does not show to people, too.
    """

    _inherit = "immoassist.booking.page"

    @api.model
    def _brokers_meta(self, website):
        meta = super()._brokers_meta(website)
        return meta | {"structured": structured.document(self._agency_structured(website))}

    @api.model
    def _broker_meta(self, website, broker, card):
        meta = super()._broker_meta(website, broker, card)
        if not self._is_public(meta, card):
            return meta
        return meta | {
            "structured": structured.document(self._broker_structured(website, broker, card))
        }

    @api.model
    def _type_meta(self, website, broker, card, type_card):
        meta = super()._type_meta(website, broker, card, type_card)
        meta.pop("structured", None)  # a team's page has that of the team
        if not self._is_public(meta, card):
            return meta
        service = structured.service(
            name=type_card["name"],
            description=type_card["description"],
            url=website._booking_address(type_card["url"]),
            provider=self._broker_structured(website, broker, card),
        )
        return meta | {"structured": structured.document(service)}

    @api.model
    def _is_public(self, meta, card):
        """Whether search engines may show the page; behind a signed link they may not."""
        return meta["indexed"] and not card["link"]

    @api.model
    def _broker_structured(self, website, broker, card):
        """The agency for a team."""
        works_for = self._agency_structured(website)
        if len(broker) != 1:
            return works_for
        photo = card["photo"] and website._booking_address(card["photo"])
        return structured.broker(
            name=broker.name,
            job=self.env._("Real-estate broker"),
            url=website._booking_address(card["url"]),
            image=photo,
            telephone=card["phone"],
            description=card["bio"],
            languages=card["languages"],
            works_for=works_for,
        )

    @api.model
    def _agency_structured(self, website):
        # sudo: the name, address and phone of the agency, which it shows on its website anyway.
        base, company = website.get_base_url(), website.sudo().company_id
        place = company.partner_id
        street = ", ".join(filter(None, (place.street, place.street2)))
        return structured.agency(
            name=company.name,
            url=base,
            image=base + website.image_url(website, "logo"),
            telephone=company.phone or "",
            address={
                "streetAddress": street,
                "addressLocality": place.city or "",
                "addressRegion": place.state_id.code or "",
                "postalCode": place.zip or "",
                "addressCountry": place.country_id.code or "",
            },
        )

    # ---------------------------------------------------------------- sitemap

    @api.model
    def _sitemap_paths(self, company):
        """The addresses of the pages that search engines may show, in as many statements for any
        number of brokers."""
        brokers = self.env["res.users"].search(self._published_domain(company), order="name, id")
        if not brokers:
            return []
        shown = brokers.filtered(lambda broker: not broker.booking_noindex)
        paths = ["/book", *(f"/book/{broker.booking_username}" for broker in shown)]
        for type_ in shown and self.env["immoassist.appointment.type"]._offered_by(shown):
            offering = type_._offering(shown)
            if type_.company_id:
                offering = offering.filtered(lambda one, of=type_.company_id: one.company_id == of)
            paths += (f"/book/{broker.booking_username}/{type_.slug}" for broker in offering)
        if team := self._find_team(company):
            types = self._offered(team)
            paths += ["/book/team", *(f"/book/team/{type_.slug}" for type_ in types)]
        return paths
