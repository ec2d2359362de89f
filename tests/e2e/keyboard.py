"""Somebody who has no mouse: goes by Tab, and sees on the way where he is."""

import re

FAR = 80
# What is under the keyboard now. `seen`: it says so by its looks; `hidden`: a bar lies over it.
HERE = """
() => {
    const one = document.activeElement;
    const shown = (one.matches("input[type=radio]") && one.labels[0]) || one;
    const seen = [one, shown].map((el) => getComputedStyle(el))
        .some((style) => style.outlineStyle !== "none" || style.boxShadow !== "none");
    const { left, right, top, bottom } = shown.getBoundingClientRect();
    const points = [top + 2, (top + bottom) / 2, bottom - 2].map((y) => [(left + right) / 2, y]);
    const hidden = !points.some(([x, y]) => {
        const found = document.elementFromPoint(x, y);
        return found && (shown.contains(found) || found.contains(shown));
    });
    // Where a link to a part of the page leads is no stop of the Tab key.
    const ours = !!one.closest("#wrap *") && one.tabIndex >= 0;
    return { html: one.outerHTML.slice(0, 120), ours, seen, hidden };
}
"""


class Keyboard:
    """:param page: of Playwright"""

    def __init__(self, page):
        self.page = page

    def reach(self, selector):
        """Press Tab until the keyboard is on an element; each one on the way can be seen."""
        for _press in range(FAR):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(HERE)
            if here["ours"]:
                assert here["seen"], f"nobody sees that the keyboard is on {here['html']}"
                assert not here["hidden"], f"a bar hides {here['html']}"
            if self.page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"no way to {selector} by Tab")

    def press(self, selector, leads_to):
        """Press Enter on an element, and wait for the address to which it leads."""
        self.reach(selector)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile(leads_to))

    def type(self, selector, text):
        self.reach(selector)
        self.page.keyboard.type(text)

    def send(self, selector):
        """Press Enter on a button whose answer has the same address."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
