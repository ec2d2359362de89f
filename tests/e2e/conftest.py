"""A real Odoo with the three addons, demo data and two workers, and a real browser."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tools.devkit import config, server

from .backoffice import BackOffice
from .mailbox import Mailbox

# Without them Chromium calls home at every start (see tools/README.md).
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def mailbox():
    """Receives what the server sends."""
    with Mailbox() as running:
        yield running


@pytest.fixture(scope="session")
def odoo(mailbox):
    """The running server: `url`, `database`, `log`, `sql(query)`."""
    # All crons run for the first time now: on a busy machine longer than Odoo gives a worker.
    patience = "--limit-time-real-cron=900"
    options = ("--smtp=127.0.0.1", f"--smtp-port={mailbox.port}", patience)
    with server.running(demo=True, options=options) as running:
        # The links in mails lead to this server, as they do once the administrator signed in.
        admin = BackOffice(running.url, running.database, "admin", "admin")
        admin.call("ir.config_parameter", "set_param", "web.base.url", running.url)
        admin.lift_limits()
        yield running


@pytest.fixture(scope="session")
def admin(odoo):
    return BackOffice(odoo.url, odoo.database, "admin", "admin")


@pytest.fixture(scope="session")
def marie(odoo):
    return BackOffice(odoo.url, odoo.database, "marie", "marie")


@pytest.fixture(scope="session")
def browser():
    with chromium() as running:
        yield running


@contextlib.contextmanager
def chromium():
    """Give a running Chromium."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=list(BROWSER_FLAGS))
        yield running
        running.close()


@pytest.fixture
def visit(browser):
    """Opens pages, each in its own browser context, and fails on any script error in them."""
    with opening(browser) as open_page:
        yield open_page


@contextlib.contextmanager
def opening(browser):
    """Give what opens pages, which stay open until the end; no script may have failed in them."""
    contexts, problems = [], []

    def open_page(viewport=DESKTOP, **options):
        options = {"locale": "en-US", "timezone_id": "America/Toronto"} | options
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture(scope="session")
def picture():
    """Saves a screenshot under a name; SCREENSHOTS chooses the folder."""
    folder = Path(os.environ.get("SCREENSHOTS") or config.log_dir() / "screenshots").resolve()
    folder.mkdir(parents=True, exist_ok=True)

    def save(page, name, **options):
        page.screenshot(path=folder / f"{name}.png", **options)

    return save
