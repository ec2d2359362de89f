"""The calendar under a real pointer: create by click, drag, resize, and what is refused."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from .calendar_view import CalendarView

ZONE = ZoneInfo("America/Toronto")
FIELDS = ["name", "start", "stop", "state"]


@pytest.fixture(scope="module")
def day():
    """A Saturday far enough ahead that the demo data has nothing there."""
    today = datetime.now(ZONE).date()
    return today + timedelta(days=(5 - today.weekday()) % 7 + 42)


@pytest.fixture
def calendar(odoo, visit, day):
    view = CalendarView(visit(viewport={"width": 1280, "height": 1100}), odoo.url)
    view.sign_in("marie")
    view.show_day(day)
    return view


@pytest.fixture
def plan(marie, day):
    """Makes appointments of Marie's, and removes them."""
    made = []

    def create(name, hour, hours=1):
        start = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)
        values = {"name": name, "start": stored(start), "stop": stored(start, hours)}
        made.extend(marie.call("immoassist.appointment", "create", [values]))
        return made[-1]

    yield create
    marie.call("immoassist.appointment", "unlink", made)


def stored(start, hours=0):
    """As Odoo keeps it: naive UTC."""
    moment = start.astimezone(ZoneInfo("UTC")) + timedelta(hours=hours)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def hours_of(marie, appointment, day):
    """(first, last) hour on the wall clock of the broker, of an appointment of the day."""
    (values,) = marie.call("immoassist.appointment", "read", [appointment], FIELDS)
    moments = [
        datetime.fromisoformat(values[name]).replace(tzinfo=ZoneInfo("UTC")).astimezone(ZONE)
        for name in ("start", "stop")
    ]
    assert {moment.date() for moment in moments} == {day}
    return tuple(moment.hour + moment.minute / 60 for moment in moments)


def test_create_by_click(calendar, marie, day, picture):
    calendar.click_at(day, 14)
    page = calendar.page
    page.wait_for_selector(".modal .o_form_view, .o_form_view")
    page.fill(".o_field_widget[name=name] input, .o_field_widget[name=name] textarea", "By click")
    picture(page, "calendar-create")
    page.click(".modal .o_form_button_save, .o_form_button_save")
    calendar.event("By click")

    domain = [("name", "=", "By click"), ("start", ">=", f"{day} 00:00:00")]
    (created,) = marie.call("immoassist.appointment", "search_read", domain, fields=FIELDS)
    assert created["state"] == "confirmed"
    assert hours_of(marie, created["id"], day)[0] == 14
    marie.call("immoassist.appointment", "unlink", [created["id"]])


def test_drag_and_resize(calendar, plan, marie, day):
    appointment = plan("Pulled", 10)
    calendar.page.reload()
    calendar.show_day(day)

    calendar.drag(calendar.event("Pulled"), day, 16)
    assert hours_of(marie, appointment, day) == (16, 17)

    calendar.resize(calendar.event("Pulled"), day, 19)
    assert hours_of(marie, appointment, day) == (16, 19)


@pytest.mark.parametrize("gesture", ["drag", "resize"])
def test_a_busy_time_is_refused_and_the_event_snaps_back(
    calendar, plan, marie, day, gesture, picture
):
    plan("In the way", 13)
    appointment = plan("Pulled", 10)
    calendar.page.reload()
    calendar.show_day(day)
    event = calendar.event("Pulled")
    before = event.bounding_box()

    getattr(calendar, gesture)(event, day, 13 if gesture == "drag" else 14)

    dialog = calendar.page.locator(".modal")
    dialog.wait_for()
    assert "Marie Tremblay is already taken: In the way" in dialog.inner_text()
    calendar.event("Pulled")  # is back already behind the message
    picture(calendar.page, f"calendar-busy-{gesture}")
    dialog.locator("footer button").first.click()
    dialog.wait_for(state="detached")
    assert hours_of(marie, appointment, day) == (10, 11)
    after = calendar.event("Pulled").bounding_box()
    assert after["height"] == pytest.approx(before["height"], abs=1)
    assert after["y"] == pytest.approx(before["y"], abs=1)
