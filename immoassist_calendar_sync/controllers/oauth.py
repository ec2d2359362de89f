from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
BASE = "/calendar/connections/oauth"
OPTIONS = {
    "type": "http",
    "auth": "user",
    "website": True,  # for its layout, where it is installed
    "sitemap": False,
    "multilang": False,  # the provider knows one address
}


class OAuth(http.Controller):
    """To the provider's consent page, and back from it.

    GET shows a button and POST begins, as the button in My calendars does by itself: no link on a
    foreign page connects anything. The way back is a GET of the provider's; it does something only
    once, for who began it, with the random state of a flow.
    """

    @http.route(f"{BASE}/google", methods=["GET", "POST"], **OPTIONS)
    def google(self, **_params):
        return self._begin("google")

    @http.route(f"{BASE}/outlook", methods=["GET", "POST"], **OPTIONS)
    def outlook(self, **_params):
        return self._begin("outlook")

    @http.route(f"{BASE}/google/callback", methods=["GET"], **OPTIONS)
    def google_back(self, **params):
        return self._finish("google", params)

    @http.route(f"{BASE}/outlook/callback", methods=["GET"], **OPTIONS)
    def outlook_back(self, **params):
        return self._finish("outlook", params)

    def _begin(self, provider):
        if not self._is_broker():
            return self._problem(provider, request.env._("Calendars are for brokers."), status=403)
        if request.httprequest.method != "POST":
            return self._page("page_connect", provider=provider)
        try:
            address = request.env["immoassist.calendar.oauth.flow"]._begin(provider)
        except UserError as error:
            return self._problem(provider, str(error))
        return request.redirect(address, code=303, local=False)

    def _finish(self, provider, params):
        if not self._is_broker():
            return self._problem(provider, request.env._("Calendars are for brokers."), status=403)
        try:
            flows = request.env["immoassist.calendar.oauth.flow"]
            connection_id = flows._finish(provider, params)
        except UserError as error:
            return self._problem(provider, str(error))
        return request.redirect(f"/odoo/my-calendars/{connection_id}", code=303)

    def _is_broker(self):
        return request.env.user.has_group("immoassist_appointments.group_broker")

    def _problem(self, provider, text, status=400):
        return self._page("page_not_connected", status=status, provider=provider, text=text)

    def _page(self, template, status=200, **values):
        values["name"] = {"google": "Google", "outlook": "Outlook"}[values["provider"]]
        response = request.render(f"immoassist_calendar_sync.{template}", values)
        response.status_code = status
        response.headers.update(HEADERS)
        return response
