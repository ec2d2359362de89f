"""The pictures of the user guides, in both languages: SCREENSHOTS=docs/pictures and `-k guides`.

Each of them shows what its guide speaks of: a page that lost it fails.
"""

import re
from datetime import datetime, timedelta, timezone

import pytest

from . import connecting
from .calendar_view import CalendarView
from .conftest import DESKTOP

LANGUAGES = {"en": "en_US", "fr": "fr_FR"}
# Their English pictures are those of the README, taken by other tests.
IN_README = ("calendar", "my-calendars")
# Name of the picture, who looks, where, what must stand there: by language.
SHOWN = [
    ("calendar", "marie", "appointments", ".o_calendar_view", ("Calendar", "Calendrier")),
    ("hours", "marie", "action-immoassist_appointments.immoassist_availability_hours_action_open",
     ".o_data_row", ("Monday", "Lundi")),
    ("my-page", "marie", "action-immoassist_booking.res_users_action_my_booking_page",
     ".o_form_view", ("Download the QR code", "Télécharger le code QR")),
    ("my-calendars", "marie", "my-calendars", ".im_connections .o_kanban_record",
     ("Sync now", "Synchroniser maintenant")),
    ("agenda", "ines", "action-immoassist_appointments.immoassist_appointment_action_agenda",
     ".o_kanban_record", ("Agenda", "Agenda")),
    ("team-calendars", "ines",
     "action-immoassist_calendar_sync.immoassist_calendar_connection_action_team",
     ".o_data_row, .o_kanban_record", ("Google", "Google")),
    ("settings", "admin", "action-immoassist_appointments.res_config_settings_action",
     "[name=immoassist_google_client_id]", ("Redirect address", "Adresse de redirection")),
]  # fmt: skip


@pytest.fixture(scope="module")
def house(browser):
    """Marie's Google is connected."""
    with connecting.simulator() as sim, connecting.house(sim) as house:
        context = browser.new_context(locale="en-US", timezone_id="America/Toronto")
        page = context.new_page()
        connecting.open_my_calendars(page, house)
        connecting.connect(page, house, "google", lambda page, name: None)
        context.close()
        yield house


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request, house):
    """Everybody reads this language."""
    people = house.admin.call("res.users", "search", [("login", "in", ["marie", "ines", "admin"])])
    house.admin.call("res.users", "write", people, {"lang": LANGUAGES[request.param]})
    return request.param


@pytest.mark.parametrize(("name", "who", "where", "wanted", "words"), SHOWN)
def test_guides(house, language, visit, picture, name, who, where, wanted, words):
    # The page with the most words is kept below the size that a picture may have in git.
    size = DESKTOP | {"height": 720} if name == "settings" else DESKTOP
    page = visit(size, locale=f"{language}-CA")
    connecting.sign_in(page, house, who)
    page.goto(f"{house.url}/odoo/{where}")
    page.wait_for_selector(wanted)
    word = words[list(LANGUAGES).index(language)]
    page.get_by_text(re.compile(word)).first.wait_for()
    page.locator(wanted).first.scroll_into_view_if_needed()
    if name == "calendar":  # the demo's appointments begin tomorrow, perhaps in another week
        CalendarView(page, house.url).show_day(datetime.now(timezone.utc).date() + timedelta(7))
        page.wait_for_selector(".fc-timegrid-event")
    elif name == "agenda":  # of the whole team, not only her own
        page.locator(".o_facet_remove").first.click()
        page.wait_for_selector(".o_kanban_record")
    page.wait_for_selector(".o_loading_indicator", state="detached")
    if language == "fr" or name not in IN_README:
        picture(page, f"guide-{name}-{language}")


def test_guides_propose(house, language, visit, picture):
    """Times for a client, of the dialog that a transaction opens."""
    page = visit(DESKTOP, locale=f"{language}-CA")
    connecting.sign_in(page, house)
    page.goto(f"{house.url}/odoo/action-immoassist_appointments.immoassist_transaction_action")
    page.locator(".o_data_row .o_data_cell, .o_kanban_record").first.click()
    page.get_by_role("button", name=re.compile("Propose times|Proposer des heures")).first.click()
    page.wait_for_selector(".modal .o_data_row")
    page.wait_for_selector(".o_loading_indicator", state="detached")
    picture(page, f"guide-propose-{language}")


def test_guides_client(house, language, visit, picture):
    """What a client sees: the times, the form, the confirmation."""
    page = visit(DESKTOP, locale=f"{language}-CA")
    prefix = "" if language == "en" else "/fr_CA"
    page.goto(f"{house.url}{prefix}/book/marie-tremblay/visite")
    page.wait_for_selector(".ib-suggestions a")
    if language == "fr":
        picture(page, "book-time-fr")
    page.click(".ib-suggestions a >> nth=0")
    page.fill("#name", "Ada Byron")
    page.fill("#email", f"ada.{language}@client.example")
    page.click("button.ib-button[type=submit]")
    page.wait_for_url(re.compile("/confirmation"))
    if language == "fr":
        picture(page, "book-done-fr")
    page.click("a[href*='/move?token=']")
    page.wait_for_selector("main")
    picture(page, f"guide-move-{language}")
