"""The form of a client: nothing typed is lost, nothing is booked twice."""

import re

from .client import Client, offered_times
from .conftest import PHONE
from .races import at_the_same_moment
from .test_booking_page import CALL, is_alive

# The script of the form has started.
KEPT = "sessionStorage.getItem('immoassist_booking.draft')"


def open_form(page, url):
    page.goto(url + CALL)
    page.click(".ib-list a >> nth=0")
    page.wait_for_selector("#name")


def fill_in(page, name, email):
    page.fill("#name", name)
    page.fill("#email", email)


def attendees(admin, email):
    domain = [("email_normalized", "=", email)]
    return admin.call("immoassist.appointment.attendee", "search_count", domain)


def test_what_is_wrong_has_the_focus(odoo, visit, picture):
    """With and without JavaScript; what was typed is there."""
    for script in (True, False):
        page = visit(viewport=PHONE, java_script_enabled=script)
        open_form(page, odoo.url)
        fill_in(page, "Wrong Address", "wrong@nowhere")
        page.click("button.ib-button[type=submit]")
        page.wait_for_selector("#result:focus")
        assert page.input_value("#name") == "Wrong Address"
        page.click("#result a")
        page.wait_for_selector("#email[aria-invalid=true]:focus")
    picture(page, "book-form-wrong")


def test_another_time_keeps_what_is_typed(odoo, visit):
    page = visit()
    open_form(page, odoo.url)
    fill_in(page, "Changed Mind", "mind@client.example")
    page.wait_for_function(KEPT)
    page.click(".ib-chosen a")
    is_alive(page)
    page.click(".ib-list a >> nth=1")
    page.wait_for_function("document.querySelector('#name')?.value === 'Changed Mind'")
    page.go_back()
    page.go_forward()
    page.wait_for_function("document.querySelector('#email')?.value === 'mind@client.example'")
    page.click("button.ib-button[type=submit]")
    page.wait_for_url(re.compile("/confirmation"))
    # It has arrived: the next form in this tab is empty.
    page.wait_for_function(f"!{KEPT}")


# What the button says once the form has left; after our own script, which listened before.
NOTE_BUTTON = """
    const button = document.querySelector("button.ib-button[type=submit]");
    button.form.addEventListener("submit", () => {
        sessionStorage.setItem("pressed", `${button.disabled} ${button.textContent}`);
    });
"""


def test_the_button_can_be_pressed_once(odoo, admin, visit):
    page = visit()
    open_form(page, odoo.url)
    fill_in(page, "Double Click", "double@client.example")
    page.wait_for_function(KEPT)
    page.evaluate(NOTE_BUTTON)
    posts = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    page.dblclick("button.ib-button[type=submit]")
    page.wait_for_url(re.compile("/confirmation"))
    assert page.evaluate("sessionStorage.getItem('pressed')") == "true Sending…"
    assert len([url for url in posts if "/appel" in url]) == 1
    assert attendees(admin, "double@client.example") == 1


def test_one_form_sent_twice_at_the_same_moment(odoo, admin):
    """Both answers are the same confirmation; another browser is told that the time is gone."""
    slot = offered_times(odoo.url)[-1]
    client = Client(odoo.url, "Twice")
    stranger = Client(odoo.url, "Twice")
    client.open_form(slot)
    stranger.open_form(slot)
    broker = admin.ref("immoassist_appointments.user_marie")
    answers = at_the_same_moment(odoo, broker, client.submit, client.submit)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert attendees(admin, "twice@client.example") == 1
    assert stranger.submit().status_code == 409
