"""Marie connects her calendars in a browser, through the consent pages of the simulator."""

import base64
import contextlib
import os
import re
import time

from tests.simulator import Simulator
from tools.devkit import server, simulated

from .backoffice import BackOffice

GOOGLE, OUTLOOK = "marie.tremblay@gmail.example", "marie.tremblay@outlook.example"
CARD = ".o_kanban_record:has(.im_provider_{})"
ALLOW = {"google": "button[value=allow]", "outlook": "button[value=accept]"}
# Nothing is left to be sent or fetched.
UNSENT = "SELECT id FROM immoassist_calendar_link WHERE revision != synced_revision"


@contextlib.contextmanager
def simulator():
    """Google and Microsoft, with an account of Marie's at each."""
    with Simulator() as sim:
        sim.google.create_account(GOOGLE, "Marie Tremblay", zone="America/Montreal")
        sim.microsoft.create_account(OUTLOOK, "Marie Tremblay", zone="America/Montreal")
        yield sim


@contextlib.contextmanager
def house(sim, options=()):
    """An Odoo of its own, which takes the simulator for Google and Microsoft."""
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    env = {**simulated.CREDENTIALS, "IMMOASSIST_ENCRYPTION_KEY": key}
    with server.running(demo=True, options=options, env=env) as odoo:
        odoo.admin = BackOffice(odoo.url, odoo.database, "admin", "admin")
        for name, value in {**simulated.parameters(sim.url), "web.base.url": odoo.url}.items():
            odoo.admin.call("ir.config_parameter", "set_param", name, value)
        odoo.admin.lift_limits()
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


def connect(page, house, provider, picture):
    """From My calendars to the consent page and back, then agree to the preview.

    Returns when both sides are the same.
    """
    page.goto(house.url + "/odoo/my-calendars")
    page.click(CARD.format(provider) + " button[name=action_connect]")
    page.wait_for_url(re.compile("/google/o/oauth2/v2/auth|/microsoft/"))
    picture(page, f"calendars-consent-{provider}")
    page.click(ALLOW[provider])
    page.wait_for_url(re.compile("/odoo/my-calendars/"))
    page.wait_for_selector(".o_form_view .oe_title")
    connection = int(page.url.rpartition("/")[2])

    def read():
        query = "SELECT preview_at, last_sync FROM immoassist_calendar_connection WHERE id = %s"
        return house.sql(query, (connection,))[0]

    wait_until(lambda: read()[0])
    page.reload()
    page.wait_for_selector(".im_preview")
    picture(page, f"calendars-preview-{provider}")
    page.click("button[name=action_start]")
    page.wait_for_selector("button[name=action_sync_now]")
    wait_until(lambda: read()[1] and not house.sql(UNSENT))
