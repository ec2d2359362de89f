"""The booking page in a frame of another site: shown where the agency allows it, booked outside.

`127.0.0.1` and `localhost` are two sites to a browser, so no cookie of ours reaches the frame.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from .conftest import PHONE

PAGE = """<!doctype html><html lang="en"><title>The agency's own site</title>
<body style="font-family: sans-serif; background: #f4efe6; margin: 24px">
<h1>Sell your house with us</h1>{code}<p id="after">Our fees</p></body></html>"""


class OtherSite:
    """A page of the agency's own site, with the code that the back office gave."""

    def __init__(self):
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(PAGE.format(code=site.code).encode())

            def log_message(self, *_args):
                pass

        self.code = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site(admin, marie):
    with OtherSite() as running:
        (broker,) = marie.call("res.users", "read", [marie.uid], ["booking_embed_code"])
        running.code = broker["booking_embed_code"]
        yield running
        allow(admin, False)


def allow(admin, hosts):
    (website,) = admin.call("website", "search", [], limit=1)
    admin.call("website", "write", [website], {"booking_embed_hosts": hosts})


def choose_a_time(page):
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="Phone call").click()
    expect(frame.get_by_role("heading", name="Best times")).to_be_visible()
    frame.locator(".ib-suggestions a").first.click()


def fill_in(page, email):
    page.fill("input[name=name]", "Inès Caron")
    page.fill("input[name=email]", email)
    page.click("button[type=submit].ib-button")
    expect(page.get_by_role("heading", name="It is confirmed")).to_be_visible()


def test_booked_from_another_site(admin, odoo, site, visit, picture):
    allow(admin, site.url)
    page = visit()
    page.goto(site.url)
    frame = page.frame_locator("iframe")
    expect(frame.locator("header#top, footer#bottom")).to_have_count(0)
    choose_a_time(page)
    # In the whole window: nobody can lay a page over the button, and the form's check holds.
    page.wait_for_url(f"{odoo.url}/**slot=**")
    assert len(page.frames) == 1
    fill_in(page, "ines.embed@client.example")


def test_the_frame_has_no_scrollbar(admin, site, visit, picture):
    allow(admin, site.url)
    for name, options in (("desktop", {}), ("phone", {"viewport": PHONE})):
        page = visit(**options)
        page.goto(site.url)
        frame = page.frame_locator("iframe")
        frame.get_by_role("link", name="Phone call").click()
        expect(frame.locator(".ib-list a").first).to_be_visible()
        inside = frame.locator(".ib-frame").evaluate("part => part.offsetHeight")
        page.wait_for_function(
            "height => Math.abs(document.querySelector('iframe').clientHeight - height) < 2",
            arg=inside,
        )
        picture(page, f"embed-{name}")


def test_without_javascript(admin, odoo, site, visit):
    allow(admin, site.url)
    page = visit(java_script_enabled=False)
    page.goto(site.url)
    choose_a_time(page)
    page.wait_for_url(f"{odoo.url}/**slot=**")
    fill_in(page, "sans.script@client.example")


@pytest.mark.parametrize("hosts", [False, "https://www.agency.example"])
def test_no_other_site_shows_it(admin, site, visit, hosts):
    allow(admin, hosts)
    page = visit()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(site.url)
    expect(page.frame_locator("iframe").locator(".ib-frame")).to_have_count(0)
