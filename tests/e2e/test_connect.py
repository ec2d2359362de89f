"""A broker connects Google and Outlook, through the consent pages of the simulator."""

import re

import pytest

from . import connecting
from .conftest import PHONE
from .connecting import CARD, GOOGLE, OUTLOOK, connect, open_my_calendars, sign_in, wait_until


@pytest.fixture(scope="module")
def sim():
    with connecting.simulator() as running:
        yield running


@pytest.fixture(scope="module")
def house(sim):
    with connecting.house(sim) as odoo:
        yield odoo


def test_connect_both(house, sim, visit, picture):
    page = visit()
    sign_in(page, house)
    page.goto(house.url + "/odoo/my-calendars")  # by its address alone, before its menu was used
    page.wait_for_selector(".im_connections .o_kanban_record")
    picture(page, "calendars-none")
    connect(page, house, "google", picture)
    connect(page, house, "outlook", picture)
    picture(page, "calendars-outlook")

    ahead = house.sql(
        "SELECT count(*) FROM immoassist_appointment a JOIN res_users u ON u.id = a.broker_id "
        "WHERE u.login = 'marie' AND a.state != 'cancelled' "
        "AND a.stop > now() AT TIME ZONE 'UTC' AND a.source NOT IN ('google', 'outlook')"
    )[0][0]
    assert ahead
    assert len(sim.google.events(GOOGLE, "primary")) == ahead
    outlook = sim.microsoft.find(OUTLOOK, "primary")[1]
    assert len(sim.microsoft.events(OUTLOOK, outlook.id)) == ahead
    assert not sim.ledger.mails

    page.goto(house.url + "/odoo/my-calendars")
    page.wait_for_selector(CARD.format("google"))
    picture(page, "calendars-connected")


def test_declined_is_told_with_a_way_back(house, visit, picture):
    page = visit()
    open_my_calendars(page, house)
    page.goto(house.url + "/calendar/connections/oauth/google")
    picture(page, "calendars-connect-page")
    page.click("form[action*=oauth] button[type=submit]")
    page.wait_for_url(re.compile("/google/o/oauth2/v2/auth"))
    page.click("button[value=deny]")
    page.wait_for_selector("text=You declined")
    picture(page, "calendars-declined")
    page.click("text=Back to My calendars")
    page.wait_for_selector(".im_connections .o_kanban_record")


def test_revoked_then_reconnected_then_left(house, sim, visit, picture):
    """After the first test: Google takes the grant back, and Marie leaves Outlook."""
    page = visit()
    open_my_calendars(page, house)
    sim.google.revoke(GOOGLE)
    page.click(CARD.format("google") + " button[name=action_sync_now]")
    state = "SELECT state FROM immoassist_calendar_connection WHERE provider = %s"
    wait_until(lambda: house.sql(state, ("google",)) == [("reauth",)])
    page.reload()
    page.wait_for_selector(".im_calendar_alert:has-text('Google')")
    picture(page, "calendars-failing")
    page.click(CARD.format("google") + " button[name=action_connect]")
    page.click("button[value=allow]")
    page.wait_for_url(re.compile("/odoo/my-calendars/"))
    page.wait_for_selector(".o_form_view button[name=action_sync_now]")
    assert not page.locator(".im_calendar_alert").count()

    page.goto(house.url + "/odoo/my-calendars")
    page.click(CARD.format("outlook") + " a:has-text('Details')")
    page.click(".o_form_view button[name=action_disconnect]")
    page.click(".modal [data-value=remove] ")
    picture(page, "calendars-disconnect")
    page.click(".modal button[name=action_disconnect]")
    wait_until(lambda: house.sql(state, ("outlook",)) == [("draft",)])
    outlook = sim.microsoft.find(OUTLOOK, "primary")[1]
    assert not sim.microsoft.events(OUTLOOK, outlook.id)
    assert not sim.ledger.mails


def test_on_a_phone(house, visit, picture):
    page = visit(viewport=PHONE)
    sign_in(page, house)
    page.goto(house.url + "/odoo/my-calendars")
    page.wait_for_selector(".im_connections .o_kanban_record")
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) <= PHONE["width"]
    picture(page, "calendars-phone")
    page.click(CARD.format("google") + " a:has-text('Details')")
    page.wait_for_selector(".o_form_view .oe_title")
    assert page.evaluate(width) <= PHONE["width"]
    picture(page, "calendars-phone-form")


def test_settings(house, visit, picture):
    page = visit()
    sign_in(page, house, "admin")
    page.goto(house.url + "/odoo/action-immoassist_appointments.res_config_settings_action")
    page.wait_for_selector("[name=immoassist_google_client_id]")
    picture(page, "calendars-settings")
    page.click("button[name=action_test_calendar_sync]")
    page.wait_for_selector(".modal .fa-check-circle")
    picture(page, "calendars-settings-test")
    rows = page.locator(".modal .fa-check-circle")
    assert rows.count() == 3  # the key and both credentials; the webhook is of this machine alone
