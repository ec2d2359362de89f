"""The calendar of the back office, by the hand of a broker: a real pointer on a real screen."""

import re
from datetime import date, timedelta

WEEK = timedelta(days=7)
DAY = ".fc-timegrid-col[data-date='{}']"
HOUR = ".fc-timegrid-slot-lane[data-time='{:02}:00:00']"
WRITES = re.compile("immoassist.appointment/write")
READ_ANEW = re.compile("immoassist.appointment/get_working_hours")
# What arrived is drawn in the next frame.
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class CalendarView:
    """The week view of one signed-in broker.

    :param page: of Playwright
    :param str url: of the server
    """

    def __init__(self, page, url):
        self.page = page
        self.url = url

    def sign_in(self, login):
        page = self.page
        page.goto(f"{self.url}/web/login?redirect=/odoo/appointments")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", login)
        page.click(".oe_login_form button[type=submit]")
        page.wait_for_selector(".o_calendar_view")

    def show_day(self, day):
        """Turn the pages to the week of a date."""
        first = self.page.locator(".fc-timegrid-col[data-date]").first
        shown = date.fromisoformat(first.get_attribute("data-date"))
        while day - shown >= WEEK:
            self.page.click(".o_calendar_button_next")
            shown += WEEK
            self.page.wait_for_selector(DAY.format(shown))

    def event(self, text):
        found = self.page.locator(".fc-timegrid-event", has_text=text).first
        found.wait_for()
        return found

    def point(self, day, hour):
        """Where an hour of a date begins on the screen: (x, y)."""
        lane = self.page.locator(HOUR.format(hour))
        lane.scroll_into_view_if_needed()
        column = self.page.locator(DAY.format(day)).bounding_box()
        box = lane.bounding_box()
        return column["x"] + column["width"] / 2, box["y"] + 3

    def click_at(self, day, hour):
        self.page.mouse.click(*self.point(day, hour))

    def drag(self, event, day, hour):
        """Drop an event so that it begins at a full hour of a day; waits for the server."""
        x, y = self.point(day, hour)
        box = event.bounding_box()
        # Held near its upper edge, but not on it: that would resize it.
        self._pull((box["x"] + box["width"] / 2, box["y"] + 10), (x, y + 10))

    def resize(self, event, day, hour):
        """Pull the lower edge of an event so that it ends at a full hour."""
        x, y = self.point(day, hour)
        event.hover()
        box = event.bounding_box()
        # The lower edge shows a handle to the pointer that stands on the event.
        self._pull((box["x"] + box["width"] / 2, box["y"] + box["height"] - 2), (x, y - 6))

    def _pull(self, begin, end):
        mouse = self.page.mouse
        mouse.move(*begin)
        mouse.down()
        mouse.move(*end, steps=20)
        # Whatever the server says, the appointments are read anew, the working hours last.
        with self.page.expect_response(WRITES), self.page.expect_response(READ_ANEW):
            mouse.up()
        self.page.evaluate(TWO_FRAMES)
