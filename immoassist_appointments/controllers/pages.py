"""What the pages behind signed links have in common."""

from odoo.http import request

# 12 or 24: how the visitor wishes to read hours, as he chose on a booking page in this browser.
HOURS_COOKIE = "booking_hours"


def chosen_hours():
    """12 or 24; 0: as his language has it."""
    hours = request.cookies.get(HOURS_COOKIE, "")
    return int(hours) if hours in ("12", "24") else 0


def speak(lang):
    """Have the page in the language of its reader, or the nearest that visitors can choose."""
    code = request.env["ir.http"].get_nearest_lang(lang)
    if code:
        request.lang = request.env["res.lang"]._get_data(code=code)
        request.update_context(lang=code)


def page(template, status=200, **values):
    """Render a page of this addon."""
    values["html_data"] = {"lang": request.lang.code.replace("_", "-")}
    response = request.render(f"immoassist_appointments.{template}", values)
    response.status_code = status
    return response


def refuse_link():
    """Say that a link is not good, the same whatever is wrong with it.

    Neither a guessed number of an appointment nor an old link tells anything.
    """
    return page("page_bad_link", status=403)


def is_post():
    return request.httprequest.method == "POST"


def back(url):
    """After acting: a reload then shows the page and does not act again."""
    return request.redirect(url, code=303)
