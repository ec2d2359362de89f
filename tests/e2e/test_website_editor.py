"""The booking pages in the website's editor: texts can be changed, scripts keep still."""

import re

import pytest
from playwright.sync_api import expect

FRAME = ".o_iframe_container iframe:last-of-type"
EDIT = ".o_menu_systray .o_edit_website_container button"
SAVE = "button[data-action=save]:enabled"
MARIE, PAUL = "/book/marie-tremblay", "/book/paul-martin"
# The first time, the server makes the style sheets and scripts of the editor.
WAIT = 120_000


@pytest.fixture
def editor(odoo, visit):
    """Opens a page of the site in the editor, signed in as the administrator."""
    page = visit({"width": 1600, "height": 1000})
    errors = []
    page.on("console", lambda said: said.type == "error" and errors.append(said.text))
    # The editor shows the fonts that one may choose; its style sheet fails without an answer.
    page.route(re.compile("//fonts"), lambda route: route.fulfill(content_type="text/css", body=""))
    page.goto(f"{odoo.url}/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click(".oe_login_form button[type=submit]")
    page.wait_for_url(re.compile("/odoo"))

    def edit(path):
        page.goto(f"{odoo.url}/@{path}")
        frame = page.frame_locator(FRAME)
        frame.locator("#wrap.o_immoassist_booking").wait_for(timeout=WAIT)
        page.click(EDIT)
        page.wait_for_selector(".o_builder_sidebar_open", timeout=WAIT)
        frame.locator("#wrap .o_editable").first.wait_for(timeout=WAIT)
        return page, frame

    yield edit
    assert errors == []


@pytest.fixture
def texts(admin):
    """What is changed is as it was for the tests that follow."""
    yield
    domain = [("key", "=like", "immoassist_booking.%"), ("website_id", "!=", False)]
    admin.call("ir.ui.view", "unlink", admin.call("ir.ui.view", "search", domain))


def add_to(page, text, words):
    text.click()
    page.keyboard.press("End")
    page.keyboard.type(words)


def save(page):
    page.click(SAVE)
    page.wait_for_selector("body:not(.o_builder_open)", timeout=WAIT)


def test_texts_are_changed(odoo, visit, editor, texts, picture):
    """For all brokers; what is a broker's own stays so, and so does French."""
    page, frame = editor(MARIE)
    add_to(page, frame.get_by_text("What would you like to do?"), " Choose!")
    # Playwright hides carets by changing elements, which the editor would save.
    picture(page, "website-editor", caret="initial")
    save(page)
    page, frame = editor(f"{MARIE}/appel")
    add_to(page, frame.get_by_text("Other appointments"), " here")
    save(page)

    visitor = visit()
    visitor.goto(odoo.url + PAUL)
    expect(visitor.locator(".ib-head")).to_contain_text("What would you like to do? Choose!")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Paul Martin")
    assert visitor.locator("#wrap :is([data-oe-model], [contenteditable])").count() == 0
    visitor.goto(f"{odoo.url}{PAUL}/appel")
    link = visitor.get_by_role("link", name="Other appointments here")
    assert link.get_attribute("href") == PAUL
    visitor.goto(f"{odoo.url}/fr_CA{PAUL}")
    expect(visitor.locator(".ib-head")).to_contain_text("Que souhaitez-vous faire")


def test_scripts_keep_still(editor, picture):
    """No month is turned, no time is opened, nothing is asked of the server."""
    page, frame = editor(f"{MARIE}/appel")
    month = frame.locator("#month_name").inner_text()
    asked = []
    page.on("request", lambda request: "/book/" in request.url and asked.append(request.url))
    for link in ("a[data-turn=next]", ".ib-days a >> nth=-1", ".ib-list a >> nth=0"):
        frame.locator(link).click()
    picture(page, "website-editor-times")
    assert frame.locator("#month_name").inner_text() == month
    assert asked == []
