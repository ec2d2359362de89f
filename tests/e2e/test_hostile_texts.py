"""HTML and scripts in every text: shown as text wherever a text is shown, never executed."""

import re
from datetime import datetime, timedelta, timezone

import pytest

from .client import Client, offered_times
from .mailbox import invitation_of

EVIL = '<img src="x" onerror="window.evil = 1"><script>window.evil = 1</script>'
# Two months ahead is neither the demo data nor another test.
TODAY = datetime.now(timezone.utc).date()
DAY = TODAY + timedelta(days=60)
TIMES = {"start": f"{DAY} 14:00:00", "stop": f"{DAY} 15:00:00"}


def sign_in(page, url):
    page.goto(f"{url}/web/login?redirect=/odoo/appointments")
    page.fill("input[name=login]", "marie")
    page.fill("input[name=password]", "marie")
    page.click(".oe_login_form button[type=submit]")
    page.wait_for_selector(".o_calendar_view")


@pytest.fixture(scope="module")
def evil(admin, marie):
    """An appointment and its transaction with a script in every text."""
    texts = {"name": EVIL, "street": EVIL, "street2": EVIL, "city": EVIL, "zip": EVIL}
    transaction = marie.call("immoassist.transaction", "create", [texts])[0]
    values = {
        **TIMES,
        "name": EVIL,
        "description": EVIL,
        "location": EVIL,
        "transaction_id": transaction,
        "attendee_ids": [[0, 0, {"name": EVIL, "email": "evil@client.example", "phone": EVIL}]],
    }
    (appointment,) = marie.call("immoassist.appointment", "create", [values])
    marie.call("immoassist.appointment", "message_post", appointment, body=EVIL)
    activity = {"summary": EVIL, "note": EVIL, "act_type_xmlid": "mail.mail_activity_data_todo"}
    marie.call("immoassist.appointment", "activity_schedule", appointment, **activity)
    yield appointment, transaction
    admin.call("immoassist.appointment", "unlink", [appointment])
    admin.call("immoassist.transaction", "unlink", [transaction])


def assert_shown_as_text(page):
    page.wait_for_selector(".o_view_controller, #wrapwrap")
    page.get_by_text("onerror=").first.wait_for()
    assert page.evaluate("window.evil") is None
    assert not page.locator("img[onerror], script:has-text('window.evil')").count()


@pytest.mark.parametrize("view", ["list", "kanban", "activity"])
def test_scripts_are_text_in_the_views(odoo, visit, evil, view):
    page = visit()
    sign_in(page, odoo.url)
    page.goto(f"{odoo.url}/odoo/action-immoassist_appointments.immoassist_appointment_action")
    page.wait_for_selector(".o_list_view")
    page.click(f".o_switch_view.o_{view}")
    assert_shown_as_text(page)


def test_scripts_are_text_in_the_forms_and_their_chatter(odoo, visit, evil):
    appointment, transaction = evil
    page = visit()
    sign_in(page, odoo.url)
    for model, number in (("appointment", appointment), ("transaction", transaction)):
        page.goto(f"{odoo.url}/odoo/immoassist.{model}/{number}")
        page.wait_for_selector(".o-mail-Chatter")
        assert page.input_value(".o_field_widget[name=name] input") == EVIL
        assert_shown_as_text(page)


def test_scripts_are_text_in_the_calendar(odoo, visit, evil):
    page = visit()
    sign_in(page, odoo.url)
    page.click(".scale_button_selection")
    page.click(".o_scale_button_month")
    months = 12 * (DAY.year - TODAY.year) + DAY.month - TODAY.month
    for _month in range(months):
        with page.expect_response(re.compile("immoassist.appointment/search_read")):
            page.click(".o_calendar_button_next")
    page.locator(".fc-event", has_text="onerror").first.click()
    page.wait_for_selector(".o_cw_popover")
    assert_shown_as_text(page)


def test_scripts_are_text_in_the_mail_and_on_the_pages_of_the_client(odoo, mailbox, visit, evil):
    appointment, _transaction = evil
    mail = mailbox.wait("evil@client.example")[0]
    body = mail.get_body(preferencelist=("html",)).get_content()
    assert "&lt;script&gt;" in body
    assert "<script" not in body
    assert '<img src="x"' not in body
    assert b"BEGIN:VEVENT" in invitation_of(mail)[0]
    link = re.search(rf'href="([^"]*/immoassist/appointment/{appointment}/[^"]*)"', body)[1]
    page = visit()
    page.goto(re.sub(r"^https?://[^/]+", odoo.url, link.replace("&amp;", "&")))
    assert_shown_as_text(page)


def test_scripts_that_a_client_typed_are_text_everywhere(odoo, admin, visit):
    """Through the form of the public page: what anybody can do, without an account."""
    page, dialogs = visit(), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    typed = '"><img src=x onerror="window.evil=alert(1)"><script>window.evil=1</script>'
    client = Client(odoo.url, "Eve")
    client.open_form(offered_times(odoo.url)[-1])
    client.form |= {"name": typed, "note": typed, "email": "eve@client.example"}
    answer = client.submit()
    assert answer.status_code == 303
    page.goto(odoo.url + answer.headers["Location"].removeprefix(odoo.url))
    page.wait_for_selector("#wrap")
    assert page.evaluate("window.evil") is None

    domain = [("attendee_ids.email_normalized", "=", "eve@client.example")]
    (booked,) = admin.call("immoassist.appointment", "search", domain)
    sign_in(page, odoo.url)
    page.goto(f"{odoo.url}/odoo/immoassist.appointment/{booked}")
    page.wait_for_selector(".o-mail-Chatter")
    assert_shown_as_text(page)
    for action in ("action", "action_agenda", "action_calendar"):
        page.goto(f"{odoo.url}/odoo/action-immoassist_appointments.immoassist_appointment_{action}")
        page.wait_for_selector(".o_view_controller")
        assert page.evaluate("window.evil") is None
    assert dialogs == []
