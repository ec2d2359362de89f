"""A newcomer does what the README says, by hand, and knows nothing else.

Each name that is clicked or looked for is taken from the README with `readme.says`, so a name that
is not in the product any more fails here, and so does one that nobody looked for. Each test goes on
where the one before it ended.
"""

import re
import time
from datetime import datetime, timedelta

from playwright.sync_api import TimeoutError

from tests.e2e.conftest import PHONE
from tests.e2e.test_thread import drag_to_hour, show_in_calendar

# On a narrower screen Odoo puts the last menus behind a plus.
WIDE = {"width": 1600, "height": 1100}
HEADING = "The first five minutes"
NAME, EMAIL = "Nora Newcomer", "nora@client.example"


def said_hour(client):
    """When it is, as the client's page says it."""
    client.reload()
    return client.inner_text("main")


def until(question, what, seconds=120):
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, f"waited in vain for {what}"


def appears(locator):
    try:
        locator.wait_for(timeout=3000)
    except TimeoutError:
        return False
    return True


def sign_in(page, demo, who, app):
    page.goto(demo.odoo)
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", who)
    page.click(".oe_login_form button[type=submit]")
    page.locator(".o_navbar_apps_menu button").click()
    page.get_by_role("menuitem", name=app, exact=True).first.click()
    page.wait_for_selector(".o_calendar_view")


def menu(page, *names):
    """Open a menu of the app by its name, and what is below it."""
    top, *below = names
    bar = page.locator(".o_menu_sections")
    bar.get_by_text(top, exact=True).click()
    for name in below:
        page.locator(".o-dropdown--menu").get_by_text(name, exact=True).click()


def test_the_commands_and_files_are_there(clone, readme):
    assert readme.commands("Try it")[:2] == ["make demo", "make test"]
    makefile = (clone / "Makefile").read_text()
    for command in re.findall(r"\bmake ([a-z][\w-]*)", readme.text):
        assert f"\n{command}:" in makefile, f"make {command}"
    missing = [name for name in readme.files() if not (clone / name).exists()]
    assert not missing
    first, *_compose = readme.commands("Try it", 1)
    assert (clone / first.split()[1]).is_file(), first


def test_a_client_books(demo, readme, visit, nora):
    assert readme.steps(HEADING) == 5
    readme.says("make demo")  # it runs
    assert demo.public.endswith(readme.says("/book/marie-tremblay"))
    page = nora["client"] = visit()
    page.goto(demo.public)
    page.get_by_role("link", name=readme.says("Property visit")).click()
    page.wait_for_selector("h2:text-is('%s')" % readme.says("best times").capitalize())
    page.locator(".ib-suggestions a").first.click()
    page.get_by_label(re.compile("^Name")).first.fill(NAME)
    page.get_by_label(re.compile("^E-mail")).first.fill(EMAIL)
    page.get_by_role("button", name="Book this appointment").click()
    page.wait_for_url(re.compile("/confirmation"))

    french = visit(viewport=PHONE, locale="fr-CA")
    french.goto(demo.odoo.replace("/odoo", readme.says("/fr_CA/book/marie-tremblay/visite")))
    assert "Les meilleurs moments" in french.inner_text("main")


def test_the_broker_moves_it(demo, readme, visit, nora):
    assert demo.odoo.endswith(readme.says("/odoo"))
    page = nora["broker"] = visit(WIDE)
    sign_in(page, demo, readme.says("marie"), readme.says("Appointments"))
    said = re.search(r"\w+day, (\w+ \d+, \d{4})", nora["client"].inner_text("main"))
    nora["day"] = datetime.strptime(f"{said[1]} +0000", "%B %d, %Y %z").strftime("%F")
    event = show_in_calendar(page, NAME, nora["day"])
    before = nora["client"].inner_text("main")
    drag_to_hour(page, event, 19)
    assert "7:00" not in before
    assert re.search(r"\b7:00\sPM", said_hour(nora["client"]))


def test_what_else_there_is(demo, readme, visit, nora):
    team = visit()
    team.goto(demo.odoo.replace("/odoo", readme.says("/book/team")))
    assert team.locator(".ib-list a, .ib-types a, main a").count()
    page = nora["broker"]
    for name in ("My booking page", "Transactions"):
        menu(page, readme.says(name))
        page.wait_for_selector(f".o_breadcrumb:has-text('{name}'), .o_form_view")
    page.locator(".o_data_row .o_data_cell, .o_kanban_record").first.click()
    page.get_by_role("button", name=readme.says("Propose times")).first.wait_for()
    menu(page, readme.says("My availability"), "Weekly hours")
    page.locator(".o_data_row").first.wait_for()


def test_google_follows_and_is_followed(demo, readme, visit, nora):
    page = nora["broker"]
    menu(page, readme.says("My calendars"))
    page.get_by_role("button", name="Connect Google").click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(re.compile("/odoo/my-calendars/"))
    page.wait_for_selector(".o_form_view .oe_title")
    start = page.get_by_role("button", name="Start syncing")
    until(lambda: page.reload() and appears(start), "the preview")
    start.click()
    page.get_by_role("button", name="Sync now").wait_for()

    there = visit()
    google = there.locator("section.google")
    at_seven = f"form.event:has(input[name=start][value='{nora['day']}T19:00'])"
    until(lambda: there.goto(demo.calendars) and google.locator(at_seven).count(), "the visit")
    visit_there = google.locator(at_seven).first
    length = timedelta(hours=1)
    begin = datetime.fromisoformat(f"{nora['day']}T17:00")
    visit_there.get_by_label("Start").fill(f"{begin:%Y-%m-%dT%H:%M}")
    visit_there.get_by_label("End").fill(f"{begin + length:%Y-%m-%dT%H:%M}")
    visit_there.get_by_role("button", name="Save").click()
    until(lambda: re.search(r"\b5:00\sPM", said_hour(nora["client"])), "Odoo to follow")


def test_the_administrator(demo, readme, visit):
    page = visit(WIDE)
    sign_in(page, demo, readme.says("admin"), "Appointments")
    menu(page, readme.says("Configuration"), readme.says("Appointment types"))
    page.get_by_role("cell", name="Property visit").first.click()
    page.wait_for_selector(".o_form_view")
    form = page.inner_text(".o_form_view")
    assert all(word in form for word in ("Duration", "Buffer", "Notice", "days ahead", "At most"))


def test_the_broker_publishes(readme, nora):
    page = nora["broker"]
    menu(page, readme.says("My booking page"))
    page.get_by_label("Booking page is public").first.wait_for()
    assert not readme.unused(), "names in the README that nobody looked for"
