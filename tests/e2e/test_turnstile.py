"""Cloudflare Turnstile before a booking: a robot is refused, a person never loses what he typed."""

import re

import pytest

from tools.devkit import server

from .backoffice import BackOffice
from .client import PAGE, Client, offered_times
from .cloudflare import HOST, SECRET, SITE_KEY, Cloudflare
from .conftest import PHONE
from .races import at_the_same_moment

REFUSED = "We could not make sure that you are not a robot"


@pytest.fixture(scope="module")
def cloudflare(tmp_path_factory):
    with Cloudflare(tmp_path_factory.mktemp("cloudflare")) as running:
        yield running


@pytest.fixture(scope="module")
def odoo(cloudflare, mailbox):
    """A server of its own: Odoo's addon is no part of ours."""
    smtp = ("--smtp=127.0.0.1", f"--smtp-port={mailbox.port}", "--limit-time-real-cron=900")
    options = ("-i", "website_cf_turnstile", *smtp)
    with server.running(demo=True, options=options, env=cloudflare.env) as running:
        admin = BackOffice(running.url, running.database, "admin", "admin")
        admin.lift_limits()
        for name, value in (("site_key", SITE_KEY), ("secret_key", SECRET)):
            admin.call("ir.config_parameter", "set_param", f"cf.turnstile_{name}", value)
        yield running


@pytest.fixture(scope="module")
def broker(odoo):
    return BackOffice(odoo.url, odoo.database, "marie", "marie").uid


@pytest.fixture(scope="module")
def days(odoo):
    """A free time of each of some days: all of them can be booked."""
    found = {start[:10]: start for start in offered_times(odoo.url)}
    return iter(list(found.values())[5:])


@pytest.fixture
def client(odoo, days):
    visitor = Client(odoo.url, "Ada")
    visitor.slot = next(days)
    visitor.open_form(visitor.slot)
    return visitor


def send(client, token):
    client.form["turnstile_captcha"] = token
    return client.submit()


def booked(odoo):
    return odoo.sql("SELECT count(*) FROM immoassist_appointment WHERE source = 'website'")[0][0]


def assert_refused(odoo, before, answer):
    assert answer.status_code == 422
    assert REFUSED in answer.text
    assert "Press the button once more" in answer.text
    assert "I typed this" in answer.text
    assert re.search(r'name="slot" value="[^"]+"', answer.text)
    assert booked(odoo) == before


def test_person(cloudflare, client):
    token = cloudflare.token()
    assert send(client, token).status_code == 303
    question = cloudflare.questions[-1]
    assert question == {"secret": SECRET, "response": token, "remoteip": "127.0.0.1"}


@pytest.mark.parametrize("token", ["", "made up", "token-0"])
def test_robot(odoo, cloudflare, client, token):
    before = booked(odoo)
    assert_refused(odoo, before, send(client, token))
    assert send(client, cloudflare.token()).status_code == 303


def test_without_javascript(odoo, client):
    """No script, no token; the page had said so."""
    page = client.session.get(odoo.url + PAGE, params={"slot": client.slot}, timeout=30).text
    assert re.search(r"<noscript>\s*<p[^>]*>This form checks that you are not a robot", page)
    before = booked(odoo)
    answer = client.submit()
    assert_refused(odoo, before, answer)
    assert "which needs JavaScript" in answer.text


def test_expired(odoo, cloudflare, client):
    token = cloudflare.token()
    cloudflare.expire(token)
    before = booked(odoo)
    assert_refused(odoo, before, send(client, token))
    assert send(client, cloudflare.token()).status_code == 303


def test_token_of_another_booking(odoo, cloudflare, client, days):
    token = cloudflare.token()
    assert send(client, token).status_code == 303
    other = Client(odoo.url, "Bob")
    other.open_form(next(days))
    before = booked(odoo)
    assert_refused(odoo, before, send(other, token))


@pytest.mark.parametrize("trouble", ["gone", "nonsense"])
def test_cloudflare_cannot_be_asked(odoo, cloudflare, client, trouble):
    before = booked(odoo)
    cloudflare.trouble = trouble
    try:
        answer = send(client, cloudflare.token())
    finally:
        cloudflare.trouble = None
    assert_refused(odoo, before, answer)
    assert send(client, cloudflare.token()).status_code == 303


def test_a_mistake_in_the_form_costs_no_token(cloudflare, client):
    token, email = cloudflare.token(), client.form["email"]
    client.form["email"] = "nowhere"
    assert send(client, token).status_code == 422
    client.form["email"] = email
    assert send(client, token).status_code == 303


def test_whoever_loses_a_race_is_asked_once(odoo, cloudflare, broker, days):
    """Such a request is run again, and Cloudflare takes each token once."""
    asked = len(cloudflare.questions)
    clients = [Client(odoo.url, name) for name in ("Carol", "Dan")]
    for each in clients:
        each.open_form(next(days))
    answers = at_the_same_moment(
        odoo, broker, *(lambda c=c: send(c, cloudflare.token()) for c in clients)
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(cloudflare.questions) == asked + 2


@pytest.fixture
def widget(cloudflare):
    """Opens a page whose widget gets a token, or no script at all."""

    def prepare(page, token):
        def answer(route):
            if token is None:
                route.abort()
            else:
                route.fulfill(content_type="text/javascript", body=cloudflare.script(token))

        page.route(f"https://{HOST}/**", answer)

    return prepare


def fill_in(page, odoo, slot, language=""):
    page.goto(f"{odoo.url}{language}{PAGE}?slot={slot}")
    page.fill("#name", "Ida")
    page.fill("#email", "ida@client.example")
    page.fill("#note", "I typed this")


def test_browser(odoo, cloudflare, visit, widget, days):
    """The token of the widget arrives, for the action that the server expects."""
    page, token = visit(), cloudflare.token()
    widget(page, token)
    fill_in(page, odoo, next(days))
    page.wait_for_function("window.asked")
    assert page.evaluate("window.asked") == {"action": "immoassist_booking", "sitekey": SITE_KEY}
    page.click("button.ib-button[type=submit]")
    page.wait_for_url(re.compile("/confirmation"))
    assert cloudflare.questions[-1]["response"] == token


def test_browser_of_somebody_refused(odoo, cloudflare, visit, widget, days):
    """He sends what he typed once more, with the new token of the page that refused him."""
    page = visit()
    widget(page, "made up")
    fill_in(page, odoo, next(days))
    page.wait_for_function("window.asked")
    page.unroute(f"https://{HOST}/**")
    token = cloudflare.token()
    widget(page, token)
    page.click("button.ib-button[type=submit]")
    page.wait_for_selector("#result:focus")
    assert REFUSED in page.inner_text("#result")
    assert page.input_value("#note") == "I typed this"
    page.wait_for_function("window.asked")
    page.click("button.ib-button[type=submit]")
    page.wait_for_url(re.compile("/confirmation"))


@pytest.mark.parametrize(
    ("language", "size", "words"),
    [("", None, "not a robot"), ("/fr_CA", PHONE, "pas un robot")],
)
def test_browser_that_blocks_cloudflare(odoo, visit, widget, days, picture, language, size, words):
    """Odoo keeps the button from sending; the page says why, where one looks."""
    page = visit(**({"viewport": size} if size else {}))
    widget(page, None)
    fill_in(page, odoo, next(days), language)
    page.wait_for_selector("input.turnstile_captcha_valid", state="attached")
    assert not page.is_visible(".ib-captcha")
    page.click("button.ib-button[type=submit]")
    page.wait_for_selector(".ib-captcha")
    assert words in page.inner_text(".ib-captcha")
    assert page.evaluate("document.querySelector('.ib-captcha').closest('[role=status]')")
    assert page.input_value("#note") == "I typed this"
    picture(page, f"book-captcha-blocked{'-phone-fr' if size else ''}")
