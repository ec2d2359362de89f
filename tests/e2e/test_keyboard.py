"""Who has no mouse, or no JavaScript, books, answers, moves and cancels all the same."""

import re

import pytest

from .axe import violations
from .conftest import DESKTOP

FAR = 80
# What is under the keyboard now: whether one sees so, and whether a bar hides it.
SEEN = """
() => {
    const one = document.activeElement, style = getComputedStyle(one);
    const label = one.type === "radio" && one.labels[0];
    const shown = label ? getComputedStyle(label) : style;
    return [style, shown].some((s) => s.outlineStyle !== "none" || s.boxShadow !== "none");
}
"""


def reach(page, selector):
    """Press Tab until the keyboard is on an element; each one on the way shows that it is there."""
    for _press in range(FAR):
        page.keyboard.press("Tab")
        if page.locator("#wrap :focus").count():
            where = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
            assert page.evaluate(SEEN), f"nobody sees that the keyboard is on {where}"
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"no way to {selector} by Tab")


def press(page, selector, leads_to):
    reach(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(leads_to))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_book_answer_move_and_cancel(odoo, visit, script):
    page = visit(DESKTOP, java_script_enabled=script)
    page.goto(f"{odoo.url}/book/paul-martin")
    press(page, "a[href$='/paul-martin/appel']", "/appel")
    press(page, ".ib-suggestions a", "slot=")
    reach(page, "#name")
    page.keyboard.type("Ada Byron")
    reach(page, "#email")
    page.keyboard.type(f"keyboard{script}@client.example".lower())
    press(page, "button.ib-button[type=submit]", "/confirmation")
    confirmation = page.url

    press(page, "a[href*='/move?token=']", "/move")
    reach(page, "input[type=radio][name=start]")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("input[name=start]:checked").get_attribute("value")
    assert chosen
    press(page, "form[method=post] button[type=submit]", "/answer")

    assert not script or not violations(page)
    for answer, words in (("tentative", "You may come"), ("accepted", "See you there")):
        reach(page, f"button[name=answer][value={answer}]")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert words in page.inner_text("main")

    page.goto(confirmation)
    press(page, "a[href*='/cancel?token=']", "/cancel")
    reach(page, "#reason")
    page.keyboard.type("Found another one")
    press(page, "form[method=post] button[type=submit]", "/answer")
    assert "This appointment is cancelled" in page.inner_text("main")
    page.goto(confirmation)
    assert "This appointment is cancelled" in page.inner_text("main")
