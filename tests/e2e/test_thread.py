"""The thread through the whole house: a client books, the broker sees it and moves it."""

import re

from .conftest import PHONE
from .races import until_sent

SIGN_IN = "/web/login?redirect=/odoo/appointments"


def book_first_suggestion(page, url, picture):
    """Book the first suggested visit as Ada Byron; leaves the confirmation on the screen."""
    page.goto(f"{url}/book/marie-tremblay")
    picture(page, "book-types")
    page.click("a[href$='/book/marie-tremblay/visite']")
    page.wait_for_selector(".ib-suggestions a")
    picture(page, "book-time")
    page.click(".ib-suggestions a >> nth=0")
    page.fill("#name", "Ada Byron")
    page.fill("#email", "ada.byron@client.example")
    picture(page, "book-form")
    page.click("button.ib-button[type=submit]")
    page.wait_for_url(re.compile("/confirmation"))
    picture(page, "book-done")


def appointment_of(admin, email):
    found = admin.call(
        "immoassist.appointment.attendee",
        "search_read",
        [("email_normalized", "=", email)],
        fields=["appointment_id"],
    )
    assert len(found) == 1
    (appointment,) = admin.call(
        "immoassist.appointment",
        "read",
        found[0]["appointment_id"][:1],
        ["start", "stop", "state", "source", "broker_id", "calendar_event_id"],
    )
    return appointment


def sign_in(page, url):
    page.goto(url + SIGN_IN)
    page.fill("input[name=login]", "marie")
    page.fill("input[name=password]", "marie")
    page.click(".oe_login_form button[type=submit]")
    page.wait_for_selector(".o_calendar_view")


def show_in_calendar(page, text, day):
    """Go to the week of `day` (ISO) and return the event."""
    first_day = "document.querySelector('.fc-timegrid-col[data-date]')?.dataset.date"
    for _ in range(10):
        page.wait_for_selector(".fc-timegrid-body")
        if page.locator(f".fc-timegrid-col[data-date='{day}']").count():
            break
        shown = page.evaluate(first_day)
        page.click(".o_calendar_button_next")
        # The week that was asked for stands there: an answer alone may be that of the one before.
        page.wait_for_function(f"shown => ![shown, undefined].includes({first_day})", arg=shown)
    event = page.locator(".fc-timegrid-event", has_text=text).first
    event.wait_for()
    return event


def drag_to_hour(page, event, hour):
    """Drag an event of the week view to start at a full hour of the same day."""
    target = page.locator(f".fc-timegrid-slot-lane[data-time='{hour:02}:00:00']")
    target.scroll_into_view_if_needed()
    box, to = event.bounding_box(), target.bounding_box()
    x, grip = box["x"] + box["width"] / 2, box["height"] / 2  # the edges would resize it
    page.mouse.move(x, box["y"] + grip)
    page.mouse.down()
    page.mouse.move(x, to["y"] + grip + 2, steps=20)
    with page.expect_response(re.compile("immoassist.appointment/write")):
        page.mouse.up()


def test_client_books_broker_moves_client_sees(odoo, admin, visit, picture):
    client = visit()
    book_first_suggestion(client, odoo.url, picture)
    booked = appointment_of(admin, "ada.byron@client.example")
    assert (booked["state"], booked["source"]) == ("confirmed", "website")
    assert booked["broker_id"][0] == admin.ref("immoassist_appointments.user_marie")
    before = client.inner_text("dd b >> nth=1")

    broker = visit(viewport={"width": 1280, "height": 1100})
    sign_in(broker, odoo.url)
    event = show_in_calendar(broker, "Ada Byron", booked["start"][:10])
    picture(broker, "calendar")
    drag_to_hour(broker, event, 19)
    moved = appointment_of(admin, "ada.byron@client.example")
    assert moved["start"] != booked["start"]
    assert moved["start"][:10] in (booked["start"][:10], moved["stop"][:10])

    client.reload()
    after = client.inner_text("dd b >> nth=1")
    assert after != before
    assert re.search(r"\b7:00", after), after
    (meeting,) = admin.call(
        "calendar.event", "read", booked["calendar_event_id"][:1], ["start", "user_id"]
    )
    assert meeting["start"] == moved["start"]
    picture(client, "book-moved")


def test_both_get_one_mail(odoo, mailbox, visit):
    page = visit()
    page.goto(f"{odoo.url}/book/paul-martin/appel")
    page.click(".ib-suggestions a >> nth=0")
    page.fill("#name", "Grace Hopper")
    page.fill("#email", "grace@client.example")
    page.click("button.ib-button[type=submit]")
    page.wait_for_url(re.compile("/confirmation"))

    mailbox.wait("grace@client.example")
    mailbox.wait("paul.martin@agence.example", about="Grace Hopper")
    until_sent(odoo)
    assert len(mailbox.of("grace@client.example")) == 1
    assert len(mailbox.of("paul.martin@agence.example", about="Grace Hopper")) == 1


def test_the_client_cancels_from_the_confirmation(odoo, admin, visit):
    page = visit()
    page.goto(f"{odoo.url}/book/paul-martin/visite")
    page.click(".ib-suggestions a >> nth=1")
    page.fill("#name", "Rosa Parks")
    page.fill("#email", "rosa@client.example")
    page.click("button.ib-button[type=submit]")
    page.wait_for_url(re.compile("/confirmation"))
    confirmation = page.url

    page.click("a[href*='/cancel?token=']")
    page.wait_for_selector("form[method=post]")
    assert appointment_of(admin, "rosa@client.example")["state"] == "confirmed"  # GET only shows
    page.click("form[method=post] button[type=submit]")
    page.wait_for_url(re.compile("/answer"))
    assert appointment_of(admin, "rosa@client.example")["state"] == "cancelled"

    page.goto(confirmation)
    assert "This appointment is cancelled" in page.inner_text("main")


def test_the_pages_in_french_on_a_phone(odoo, visit, picture):
    page = visit(viewport=PHONE, locale="fr-CA")
    page.goto(f"{odoo.url}/fr_CA/book/marie-tremblay/visite")
    assert "Les meilleurs moments" in page.inner_text("main")
    assert re.search(r"\d{1,2} h( \d\d)?", page.inner_text(".ib-times"))
    # Nothing sticks out to the side of a phone.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(page, "book-time-phone-fr")


def test_without_javascript(odoo, admin, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{odoo.url}/book/paul-martin/visite")
    page.click(".ib-list a >> nth=0")
    page.fill("#name", "No Script")
    page.fill("#email", "noscript@client.example")
    page.click("button.ib-button[type=submit]")
    assert "/confirmation?" in page.url
    assert appointment_of(admin, "noscript@client.example")["state"] == "confirmed"
