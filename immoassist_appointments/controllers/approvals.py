from odoo import http
from odoo.http import request

from .answers import OPTIONS, ROUTE, _short
from .pages import back, is_post, page, refuse_link, speak


class Approvals(http.Controller):
    """The pages by which a broker decides on a request from his mail, without signing in."""

    @http.route(f"{ROUTE}/approve", methods=["GET", "POST"], **OPTIONS)
    def approve(self, appointment_id, token="", unchanged="", **_kwargs):
        appointment = self._appointment(appointment_id, "approve", token)
        if not appointment:
            return refuse_link()
        if is_post():
            return self._decided(appointment, "approve", appointment._approve())
        return self._page("page_approve", appointment, token, unchanged)

    @http.route(f"{ROUTE}/refuse", methods=["GET", "POST"], **OPTIONS)
    def refuse(self, appointment_id, token="", reason="", unchanged="", **_kwargs):
        appointment = self._appointment(appointment_id, "refuse", token)
        if not appointment:
            return refuse_link()
        if is_post():
            return self._decided(appointment, "refuse", appointment._refuse(_short(reason)))
        return self._page("page_refuse", appointment, token, unchanged)

    def _appointment(self, appointment_id, action, token):
        """The appointment, in the name and with the rights of the broker who has the link."""
        appointment = request.env["immoassist.appointment"].browse(appointment_id)
        broker = appointment._broker_of_token(action, token)
        if not broker:
            return None
        speak(broker.lang)
        mine = appointment.with_user(broker).with_context(lang=request.env.lang)
        return mine if mine.has_access("write") else None

    def _decided(self, appointment, action, changed):
        # Whoever was slower is told so: the page may show the opposite of his answer.
        return back(appointment._broker_link(action) + ("" if changed else "&unchanged=1"))

    def _page(self, template, appointment, token, unchanged):
        return page(
            template,
            appointment=appointment,
            broker=appointment.broker_id,
            wording=appointment.broker_id._broker_wording(appointment.broker_id.lang).together(),
            token=token,
            unchanged=bool(unchanged),
        )
