from odoo import http
from odoo.http import request

from ..exceptions import SlotNotAvailable

PICK = "/immoassist/appointment/<int:line_id>/pick"
ROUTE = {
    "type": "http",
    "auth": "public",
    # The layout of the portal, in the language of the mail: no redirection to /fr/...
    "website": True,
    "multilang": False,
    "sitemap": False,
}


class ProposalPages(http.Controller):
    """A client takes one of the times proposed to him. GET shows, POST acts: scanners of mails
    follow links."""

    @http.route(PICK, methods=["GET"], readonly=True, **ROUTE)
    def proposal_page(self, line_id, token="", **_query):
        line, start = self._line(line_id, token)
        return self._page(line, start) if line else self._invalid_link()

    @http.route(PICK, methods=["POST"], **ROUTE)
    def proposal_pick(self, line_id, token="", **_form):
        line, start = self._line(line_id, token)
        if not line:
            return self._invalid_link()
        try:
            # Nothing stays of a refused choice.
            with request.env.cr.savepoint():
                line.proposal_id._pick(start)
        except SlotNotAvailable:
            return self._page(line, start)
        # Loading the answer again shows what was chosen, it does not choose once more.
        return request.redirect(request.httprequest.full_path, code=303)

    def _line(self, line_id, token):
        # sudo: the client has no account; the signed link says on which proposal he may act.
        lines = request.env["immoassist.appointment.proposal.line"].sudo()
        line, start = lines._of_token(line_id, token)
        if line:
            self._speak(line.proposal_id.lang)
        return line.with_env(line.env(context=request.env.context)), start

    def _speak(self, lang):
        """Answer in the language of the mail, whatever the browser asks for."""
        data = request.env["res.lang"]._get_data(code=lang)
        if data:
            request.lang = data
            request.update_context(lang=data.code)

    def _page(self, line, start):
        status, values = line.proposal_id._pick_page(line, start)
        return self._render("proposal_page", values, status)

    def _invalid_link(self):
        return self._render("proposal_invalid_link", {}, 404)

    def _render(self, template, values, status):
        # Without website, Odoo's layout does not say in which language the page is.
        language = {"lang": request.env.lang.replace("_", "-")}
        values = {"no_breadcrumbs": True, "html_data": language, **values}
        return request.render(f"immoassist_appointments.{template}", values, status=status)
