"""A broker connects Google and Outlook, through the consent pages of the simulator."""

import base64
import os
import re
import time

import pytest

from tests.simulator import Simulator
from tools.devkit import server, simulated

from .backoffice import BackOffice
from .conftest import PHONE

GOOGLE, OUTLOOK = "marie.tremblay@gmail.example", "marie.tremblay@outlook.example"
CARD = ".o_kanban_record:has(.im_provider_{})"


@pytest.fixture(scope="module")
def sim():
    with Simulator() as running:
        running.google.create_account(GOOGLE, "Marie Tremblay", zone="America/Montreal")
        running.microsoft.create_account(OUTLOOK, "Marie Tremblay", zone="America/Montreal")
        yield running


@pytest.fixture(scope="module")
def house(sim):
    """An Odoo of its own, which takes the simulator for Google and Microsoft."""
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    env = {**simulated.CREDENTIALS, "IMMOASSIST_ENCRYPTION_KEY": key}
    with server.running(demo=True, env=env) as odoo:
        admin = BackOffice(odoo.url, odoo.database, "admin", "admin")
        for name, value in {**simulated.parameters(sim.url), "web.base.url": odoo.url}.items():
            admin.call("ir.config_parameter", "set_param", name, value)
        odoo.admin = admin
        yield odoo


def sign_in(page, house, who="marie"):
    page.goto(house.url + "/web/login?redirect=/odoo/appointments")
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", who)
    page.click(".oe_login_form button[type=submit]")
    page.wait_for_selector(".o_calendar_view")


def open_my_calendars(page, house):
    sign_in(page, house)
    page.click(".o_menu_sections [data-menu-xmlid='immoassist_calendar_sync.menu_my_calendars']")
    page.wait_for_selector(".im_connections .o_kanban_record")


def wait_until(question):
    """Ask until it is so: the workers act within seconds, by themselves."""
    end = time.monotonic() + 90
    while not question():
        assert time.monotonic() < end, "the workers did not get there"


def start(page, house, picture, name):
    """Wait for the preview, agree to it, and wait until both sides are the same."""
    page.wait_for_selector(".o_form_view .oe_title")
    connection = int(page.url.rpartition("/")[2])

    def read():
        query = "SELECT preview_at, last_sync FROM immoassist_calendar_connection WHERE id = %s"
        return house.sql(query, (connection,))[0]

    wait_until(lambda: read()[0])
    page.reload()
    page.wait_for_selector(".im_preview")
    picture(page, f"calendars-preview-{name}")
    page.click("button[name=action_start]")
    page.wait_for_selector("button[name=action_sync_now]")
    waiting = "SELECT id FROM immoassist_calendar_link WHERE revision != synced_revision"
    wait_until(lambda: read()[1] and not house.sql(waiting))


def test_connect_both(house, sim, visit, picture):
    page = visit()
    sign_in(page, house)
    page.goto(house.url + "/odoo/my-calendars")  # by its address alone, before its menu was used
    page.wait_for_selector(".im_connections .o_kanban_record")
    picture(page, "calendars-none")
    page.click(CARD.format("google") + " button[name=action_connect]")
    page.wait_for_url(re.compile("/google/o/oauth2/v2/auth"))
    picture(page, "calendars-consent-google")
    page.click("button[value=allow]")
    page.wait_for_url(re.compile("/odoo/my-calendars/"))
    start(page, house, picture, "google")

    page.goto(house.url + "/odoo/my-calendars")
    page.click(CARD.format("outlook") + " button[name=action_connect]")
    page.wait_for_url(re.compile("/microsoft/"))
    page.click("button[value=accept]")
    page.wait_for_url(re.compile("/odoo/my-calendars/"))
    start(page, house, picture, "outlook")
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
    page.wait_for_selector("button[name=action_sync_now]")
    assert not page.locator(".im_calendar_alert").count()

    page.goto(house.url + "/odoo/my-calendars")
    page.click(CARD.format("outlook") + " a:has-text('Details')")
    page.click("button[name=action_disconnect]")
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
