"""What stands between the form and a booking: holds, codes, limits, blocked clients."""

import re

import pytest

from .client import Client, offered_times
from .conftest import PHONE
from .races import until

LIMITS = ("booking_fill_seconds", "booking_limit_address")


@pytest.fixture(scope="module")
def times(odoo):
    return iter(offered_times(odoo.url)[::3])


@pytest.fixture
def company(admin):
    """Sets fields of the agency, and puts them back."""
    company = admin.ref("base.main_company")
    (before,) = admin.call("res.company", "read", [company], [*LIMITS, "phone"])

    def write(**values):
        admin.call("res.company", "write", [company], values)

    yield write
    del before["id"]
    write(**before)


@pytest.fixture
def verified(admin):
    """Calls ask for a code."""
    calls = admin.ref("immoassist_appointments.type_call")
    admin.call("immoassist.appointment.type", "write", [calls], {"verify_email": True})
    yield
    admin.call("immoassist.appointment.type", "write", [calls], {"verify_email": False})


def holds(odoo):
    return odoo.sql("SELECT count(*) FROM immoassist_booking_hold WHERE purpose = 'form'")[0][0]


def open_form(page, url, slot, language=""):
    page.goto(f"{url}{language}/book/marie-tremblay/appel?slot={slot}")


def fill_in(page, name):
    page.fill("#name", name)
    page.fill("#email", f"{name.lower()}@client.example")
    page.click("button.ib-button[type=submit]")


def test_a_time_is_held_until_one_leaves(odoo, visit, times):
    slot = next(times)
    page = visit()
    open_form(page, odoo.url, slot)
    until(lambda: holds(odoo) == 1, "the time to be held")
    other = visit(java_script_enabled=False)
    open_form(other, odoo.url, slot)
    assert "This time is not free any more" in other.inner_text("main")
    page.goto(f"{odoo.url}/book")
    until(lambda: holds(odoo) == 0, "the time to be let go")
    open_form(other, odoo.url, slot)
    fill_in(other, "Ida")
    other.wait_for_url(re.compile("/confirmation"))


def test_ones_own_hold_is_no_obstacle(odoo, visit, times):
    page = visit()
    open_form(page, odoo.url, next(times))
    until(lambda: holds(odoo) == 1, "the time to be held")
    page.reload()
    assert "Book this appointment" in page.inner_text("main")
    until(lambda: holds(odoo) == 1, "the time to be held")
    fill_in(page, "Olga")
    page.wait_for_url(re.compile("/confirmation"))
    assert holds(odoo) == 0


def test_the_second_of_two_is_told(odoo, visit, picture, times):
    """Both have the form before them; only one of them can hold the time."""
    slot = next(times)
    second = visit(viewport=PHONE)
    waiting = []
    second.route("**/hold", lambda route: waiting.append(route))  # its own method is none to it
    open_form(second, odoo.url, slot)
    second.wait_for_function("document.querySelector('form[data-hold]')")
    first = visit()
    open_form(first, odoo.url, slot)
    until(lambda: holds(odoo) == 1, "the time to be held")
    with second.expect_response("**/hold"):
        until(lambda: second.title() and waiting, "the second to ask")
        waiting[0].continue_()
    second.wait_for_selector(".ib-alert")
    assert "Somebody else is booking this time" in second.inner_text(".ib-alert")
    assert second.locator(".ib-alert a").count() == 3
    picture(second, "book-held-phone")
    second.click(".ib-alert a >> nth=0")
    second.wait_for_selector("form[data-hold]")
    first.goto(f"{odoo.url}/book")
    second.goto(f"{odoo.url}/book")
    until(lambda: holds(odoo) == 0, "the times to be let go")


@pytest.mark.parametrize(
    ("language", "size", "words"),
    [("", None, "Look at your mails"), ("/fr_CA", PHONE, "Consultez vos courriels")],
)
def test_code(odoo, mailbox, visit, picture, times, verified, language, size, words):
    page = visit(**({"viewport": size} if size else {}))
    name = "Vera" if size else "Victor"
    open_form(page, odoo.url, next(times), language)
    fill_in(page, name)
    page.wait_for_selector("#code")
    assert words in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(page, f"book-code{'-phone-fr' if size else ''}")
    (mail,) = mailbox.wait(f"{name.lower()}@client.example")
    code = re.search(r">\s*(\d{6})\s*<", mail.get_body(("html",)).get_content())[1]
    page.fill("#code", "000000" if code != "000000" else "111111")
    page.click("button.ib-button:not(.ib-quiet)")
    page.wait_for_selector("#code_error")
    picture(page, f"book-code-wrong{'-phone-fr' if size else ''}")
    page.fill("#code", code)
    page.click("button.ib-button:not(.ib-quiet)")
    page.wait_for_url(re.compile("/confirmation"))


def test_too_many_from_one_address(odoo, company, visit, picture, times):
    """Every worker counts the same bookings."""
    company(booking_limit_address=3, phone="514 555-0111")
    answers = []
    for number in range(4):
        client = Client(odoo.url, f"Nora{number}")
        client.open_form(next(times))
        answers.append(client.submit())
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert int(answers[-1].headers["Retry-After"]) <= 3601
    for name, options, language in (
        ("book-limit", {}, ""),
        ("book-limit-phone-fr", {"viewport": PHONE}, "/fr_CA"),
    ):
        page = visit(**options)
        open_form(page, odoo.url, next(times), language)
        page.fill("#note", "I typed this")
        fill_in(page, "Nadia")
        page.wait_for_selector(".ib-alert")
        assert "514 555-0111" in page.inner_text(".ib-alert")
        assert page.input_value("#note") == "I typed this"
        picture(page, name)
    odoo.sql("DELETE FROM immoassist_booking_limit RETURNING 1")


def test_blocked(odoo, admin, company, visit, picture, times):
    company(phone="514 555-0111")
    blocked = {"kind": "domain", "value": "blocked.example"}
    blocks = admin.call("immoassist.booking.block", "create", [blocked])
    for name, options, language in (
        ("book-blocked", {}, ""),
        ("book-blocked-phone-fr", {"viewport": PHONE}, "/fr_CA"),
    ):
        page = visit(**options)
        open_form(page, odoo.url, next(times), language)
        page.fill("#name", "Blocked")
        page.fill("#email", "b@blocked.example")
        page.click("button.ib-button[type=submit]")
        page.wait_for_selector("a.ib-button")
        assert "514 555-0111" in page.inner_text("main")
        picture(page, name)
    admin.call("immoassist.booking.block", "unlink", blocks)
