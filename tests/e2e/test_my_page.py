"""The broker's side of his booking page, in the web client, with a broker's rights alone."""

import re

import pytest
from playwright.sync_api import expect

from .test_thread import sign_in

MY_PAGE = "/odoo/action-immoassist_booking.res_users_action_my_booking_page"
FIELDS = ["booking_noindex", "booking_type_ids"]


@pytest.fixture
def my_page(odoo, marie, visit):
    (before,) = marie.call("res.users", "read", [marie.uid], FIELDS)
    page = visit(viewport={"width": 1280, "height": 1100})
    sign_in(page, odoo.url)
    page.goto(odoo.url + MY_PAGE)
    expect(page.get_by_label("Hidden from search engines")).to_be_visible()
    yield page
    values = {"booking_noindex": False, "booking_type_ids": [(6, 0, before["booking_type_ids"])]}
    marie.call("res.users", "write", [marie.uid], values)


def test_a_broker_looks_after_his_page(odoo, marie, my_page, picture):
    picture(my_page, "my-page")
    my_page.get_by_label("Hidden from search engines").check()
    my_page.get_by_label("Signing").uncheck()
    with my_page.expect_response(re.compile("res.users/web_save")):
        my_page.locator(".o_form_button_save").click()
    (mine,) = marie.call("res.users", "read", [marie.uid], FIELDS)
    assert mine["booking_noindex"]
    types = marie.call("immoassist.appointment.type", "read", mine["booking_type_ids"], ["slug"])
    slugs = {type_["slug"] for type_ in types}
    assert "visite" in slugs
    assert "signature" not in slugs
    with my_page.context.expect_page() as opened:
        my_page.get_by_role("button", name="See the page").click()
    opened.value.wait_for_selector(".ib-choices")
    expect(opened.value.get_by_role("heading", name="Marie Tremblay")).to_be_visible()
    expect(opened.value.get_by_role("link", name="Signing")).to_have_count(0)
    with my_page.expect_download() as download:
        my_page.get_by_role("button", name="Download the QR code").click()
    assert download.value.suggested_filename == "marie-tremblay.png"


def test_why_a_time_is_not_offered(my_page, picture):
    my_page.get_by_role("button", name="Why is a time not offered?").click()
    dialog = my_page.get_by_role("dialog")
    dialog.get_by_label("Time").fill("3:10")
    my_page.keyboard.press("Tab")
    expect(dialog.get_by_text("Outside of the working hours")).to_be_visible()
    expect(dialog.get_by_text("do not start at this minute")).to_be_visible()
    picture(my_page, "why-not-offered")
