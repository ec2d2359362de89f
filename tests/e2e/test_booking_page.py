"""The page of days and times as a visitor has it: keyboard, phone, abroad, on a bad network."""

import re

import pytest

from .conftest import DESKTOP, PHONE

VISIT, CALL = "/book/marie-tremblay/visite", "/book/marie-tremblay/appel"
# Shifts of the layout inside of our page that no press or key of the last half second explains.
WATCH_SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) {
            const ours = shift.sources.map(({ node }) => node?.parentElement || node)
                .filter((el) => el?.closest(".o_immoassist_booking, footer"));
            if (!shift.hadRecentInput && ours.length) {
                window.shifts.push([shift.value, ours.map((el) => el.outerHTML.slice(0, 120))]);
            }
        }
    }).observe({ type: "layout-shift", buffered: true });
    for (const kind of ["pointerdown", "keydown"]) {
        document.addEventListener(kind, () => { window.touched = performance.now(); }, true);
    }
"""
PARTS = re.compile("show=parts")


def focused(page):
    return page.evaluate("document.activeElement.innerText").strip()


def is_alive(page):
    """The script of the page has started: the month is one stop of the Tab key."""
    page.wait_for_selector(".ib-days a[tabindex='0']")


def open_times(page, url):
    page.goto(url)
    is_alive(page)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_moves_when_times_arrive_late(odoo, visit, viewport):
    page = visit(viewport=viewport)
    page.add_init_script(WATCH_SHIFTS)
    open_times(page, odoo.url + VISIT)
    held = []
    page.route(PARTS, lambda route: held.append(route))

    def late(action, shown):
        """Answer when the browser does not take it for the effect of the press any more."""
        action()
        page.wait_for_selector(".ib-status.ib-shown")
        assert page.inner_text(".ib-status") == "Loading times…"
        page.wait_for_function("performance.now() - window.touched > 600")
        held.pop().continue_()
        shown()

    before = page.inner_text("#month_name")
    turn = page.locator("a[data-turn=next]")
    late(turn.click, lambda: turned(page, before))
    assert page.inner_text("#month_name") in page.text_content(".ib-status")
    day = page.locator(".ib-days a:not([aria-current])").last
    late(day.click, lambda: page.wait_for_selector("#day_name:focus"))
    late(page.go_back, lambda: page.wait_for_selector(".ib-status:not(.ib-shown)"))
    assert page.evaluate("window.shifts") == []
    if viewport is PHONE:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_address_says_what_is_shown(odoo, visit):
    page = visit()
    open_times(page, odoo.url + VISIT)
    first = page.inner_text("#month_name")
    page.click("a[data-turn=next]")
    page.wait_for_url(re.compile(r"month="))
    second = page.inner_text("#month_name")
    page.click(".ib-days a:not([aria-current]) >> nth=0")
    page.wait_for_url(re.compile(r"date="))
    day = page.inner_text("#day_name")
    page.reload()
    assert page.inner_text("#day_name") == day
    is_alive(page)
    shows = "text => document.querySelector('#month_name').innerText === text"
    page.go_back()
    page.wait_for_function(shows, arg=second)
    page.go_back()
    page.wait_for_function(shows, arg=first)
    page.go_forward()
    page.wait_for_function(shows, arg=second)


def turned(page, month):
    """Wait until another month than `month` is shown, and say which."""
    page.wait_for_function(
        "text => document.querySelector('#month_name').innerText !== text", arg=month
    )
    return page.inner_text("#month_name")


def test_keys_move_in_the_month(odoo, visit):
    page = visit()
    open_times(page, odoo.url + VISIT)
    first = page.inner_text("#month_name")
    page.focus("a[data-turn=next]")
    page.keyboard.press("Enter")
    second = turned(page, first)
    page.wait_for_selector("a[data-turn=next]:focus, #month_name:focus")
    page.focus("a[data-turn=previous]")
    while not page.locator(".ib-days a:focus").count():
        page.keyboard.press("Tab")
    one = focused(page)
    page.keyboard.press("ArrowRight")
    other = focused(page)
    assert int(other) > int(one)
    page.keyboard.press("ArrowLeft")
    assert focused(page) == one
    page.keyboard.press("End")
    assert int(focused(page)) >= int(other)
    page.keyboard.press("Home")
    page.keyboard.press("Escape")
    home = focused(page)
    page.keyboard.press("ArrowDown")
    assert int(focused(page)) >= int(home) + 7
    page.keyboard.press("PageUp")
    assert turned(page, second) == first
    page.wait_for_selector(".ib-days a:focus")
    page.keyboard.press("PageDown")
    assert turned(page, first) == second
    page.wait_for_selector(".ib-days a:focus")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")  # one stop for the whole month
    assert not page.locator(".ib-days a:focus").count()


def test_the_way_back_to_the_days(odoo, visit):
    page = visit(viewport=PHONE, reduced_motion="reduce")
    open_times(page, odoo.url + VISIT)
    page.click(".ib-days a >> nth=0")
    page.wait_for_selector("#day_name:focus")
    page.click(".ib-other-day")
    page.wait_for_selector(".ib-days a[aria-current]:focus")


def test_a_network_that_fails(odoo, visit, picture):
    page = visit()
    open_times(page, odoo.url + VISIT)
    page.route(PARTS, lambda route: route.abort())
    page.click("a[data-turn=next]")
    page.wait_for_selector(".ib-again")
    assert "could not be loaded" in page.inner_text(".ib-status")
    picture(page, "book-network")
    page.unroute(PARTS)
    month = page.inner_text("#month_name")
    page.click(".ib-again")
    turned(page, month)
    page.route(PARTS, lambda route: route.fulfill(status=500, body=""))
    page.click(".ib-days a >> nth=-1")
    page.wait_for_selector(".ib-again")
    with page.expect_navigation():  # a link is a link again
        page.click("a[data-turn=previous]")


def test_a_visitor_in_paris(odoo, visit, picture):
    page = visit(timezone_id="Europe/Paris", locale="fr-CA")
    page.goto(f"{odoo.url}/fr_CA{VISIT}")
    page.wait_for_selector("text=de moins que chez vous")
    picture(page, "book-time-abroad")
    page.goto(odoo.url + "/en" + CALL)
    page.wait_for_selector("text=Times are Paris time.")
    page.click("text=Change time zone")
    page.fill("#q", "kolk")
    page.wait_for_function("document.querySelectorAll('.ib-zones li:not([hidden])').length === 1")
    page.click(".ib-zones li:visible a")
    page.wait_for_selector("text=Times are Kolkata time.")
    page.click("[data-hours='24']")
    page.wait_for_url(re.compile("hour=24"))
    page.goto(odoo.url + CALL)  # remembered, without the address
    assert re.match(r"\d\d:\d\d", page.inner_text(".ib-list a >> nth=0"))


def test_zone_and_hours_without_javascript(odoo, visit):
    page = visit(java_script_enabled=False)
    page.goto(odoo.url + CALL)
    page.click("text=Change time zone")
    page.fill("#q", "montreal")
    page.click("text=Search")
    page.click("[data-zone='America/Montreal']")
    assert "Times are Montréal time." in page.inner_text("main")
    page.click("[data-hours='24']")
    page.click("a[data-turn=next]")
    page.click(".ib-list a >> nth=0")
    assert re.search(r", \d\d:\d\d", page.inner_text(".ib-chosen"))
    assert "tz=America/Montreal" in page.url
