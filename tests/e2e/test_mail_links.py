"""From the mail that reached a mail server to the page behind its button, in a real browser."""

import pytest

from .axe import violations
from .backoffice import BackOffice
from .client import Client, offered_times
from .conftest import PHONE
from .mailbox import event_of, invitation_of, link_of

MARIE = "marie.tremblay@agence.example"
SIGNING = "/book/marie-tremblay/signature"


@pytest.fixture(scope="module")
def times(odoo):
    """From the end, where no other test books."""
    return iter(reversed(offered_times(odoo.url, page=SIGNING)[::6]))


@pytest.fixture
def booked(odoo, admin, times):
    """Books a signing for an address; returns what reads how it stands."""

    def book(email):
        visitor = Client(odoo.url, "Rosalind", SIGNING)
        visitor.open_form(next(times))
        # A name of its own: the broker also gets the mails of other tests.
        visitor.form |= {"email": email, "name": f"Élion {email}"}
        assert visitor.submit().status_code == 303

        def read():
            domain = [("attendee_ids.email_normalized", "=", email)]
            (found,) = admin.call(
                "immoassist.appointment",
                "search_read",
                domain,
                fields=["state", "ical_uid"],
            )
            return found

        return read

    return book


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_broker_approves_from_the_mail(odoo, mailbox, visit, booked, picture, screen):
    email = f"approve-{screen}@client.example"
    read = booked(email)
    (request_mail,) = mailbox.wait(MARIE, about=email)
    assert request_mail["Subject"].startswith("To approve")

    page = visit(PHONE) if screen == "phone" else visit()
    page.goto(link_of(request_mail, "refuse"))
    picture(page, f"refuse-{screen}")
    assert not violations(page)
    page.goto(link_of(request_mail, "approve"))
    picture(page, f"approve-{screen}")
    assert not violations(page)
    assert "Approve this request?" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert read()["state"] == "pending"  # GET only shows

    page.click("form[method=post] button[type=submit]")
    page.wait_for_selector("h1:has-text('Approved')")
    picture(page, f"approved-{screen}")
    assert not violations(page)
    assert read()["state"] == "confirmed"

    _asked, confirmed = mailbox.wait(email, 2)
    assert confirmed["Subject"].startswith("Confirmed")
    assert invitation_of(confirmed)[1] == "REQUEST"
    assert str(event_of(confirmed)["status"]) == "CONFIRMED"
    assert str(event_of(confirmed)["uid"]) == read()["ical_uid"]
    # The button is pressed twice: nothing more happens, and the broker is told so.
    page.goto(link_of(request_mail, "refuse"))
    assert "Approved" in page.inner_text("h1")
    assert read()["state"] == "confirmed"


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_proposed_time_and_a_link_of_a_property(odoo, mailbox, admin, visit, picture, screen):
    """What a broker sends a client: pages that everybody can use."""
    marie = BackOffice(odoo.url, odoo.database, "marie", "marie")
    email = f"sent-{screen}@client.example"
    call = admin.ref("immoassist_appointments.type_call")
    values = {"type_id": call, "client_name": "Ada Byron", "client_email": email}
    (dialog,) = marie.call("immoassist.propose.times", "create", [values])
    marie.call("immoassist.propose.times", "action_send", [dialog])
    page = visit(PHONE) if screen == "phone" else visit()
    page.goto(link_of(mailbox.wait(email)[0], "pick"))
    picture(page, f"proposal-{screen}")
    assert not violations(page)

    domain = [("broker_id", "=", marie.uid), ("city", "!=", False), ("state", "=", "open")]
    transaction = marie.call("immoassist.transaction", "search", domain, limit=1)[0]
    (link,) = marie.call("immoassist.booking.link", "create", [{"transaction_id": transaction}])
    (known,) = marie.call("immoassist.booking.link", "read", [link], ["url"])
    page.goto(known["url"])
    assert page.locator(".ib-property").count() == 1
    picture(page, f"property-link-{screen}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not violations(page)
