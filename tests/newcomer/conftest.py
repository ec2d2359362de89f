"""A clone as a newcomer has it, an empty cache, and the browser of the other tests."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import chromium, opening
from tools.devkit import config, serving

from .readme import Readme
from .terminal import Terminal

# The README says 4 to 6 minutes; the network and the machine may be slower.
PATIENCE = 30 * 60


@dataclass
class Demo:
    """What `make demo` printed."""

    odoo: str
    public: str
    calendars: str


@pytest.fixture(scope="session")
def clone():
    """What is committed, cloned; every user may enter, as PostgreSQL needs it for root."""
    folder = Path(tempfile.mkdtemp(prefix="immoassist-newcomer-"))
    folder.chmod(0o755)
    checkout = folder / "immoassist"
    git = ["git", "clone", "--quiet", "--no-hardlinks", str(config.REPO), str(checkout)]
    subprocess.run(git, check=True)
    yield checkout
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def readme(clone):
    return Readme((clone / "README.md").read_text())


@pytest.fixture(scope="session")
def demo(clone, readme):
    """The demo, started by the words of the README, stopped by Ctrl-C."""
    assert "make demo" in readme.commands("Try it")
    # The port that it says first may be taken on this machine: it tells how to take another.
    (line,) = re.findall(r"`(PORT=\d+ DB=\w+ make demo)`", readme.section("Try it"))
    # Empty, unless who works on these tests has no time for downloads.
    cache = os.environ.get("NEWCOMER_CACHE") or clone.parent / "cache"
    terminal = Terminal(clone, cache)
    line = re.sub(r"PORT=\d+", f"PORT={serving.free_port()}", line)
    # A cache that is not empty may have the database of the time before.
    terminal.type(f"FRESH=1 {line}" if os.environ.get("NEWCOMER_CACHE") else line)
    try:
        terminal.wait("Ctrl-C stops it", PATIENCE)
        found = [re.search(rf"{name} +(http\S+)", terminal.text)[1] for name in PRINTED]
        yield Demo(*found)
        assert terminal.press_ctrl_c() == 0
        assert "Stopped." in terminal.text
    finally:
        terminal.close()


PRINTED = ("Back office", "Public page", "Calendars")


@pytest.fixture(scope="session")
def nora():
    """What the newcomer has before her: the client's page, the broker's, the day of the visit."""
    return {}


@pytest.fixture(scope="session")
def visit():
    """Opens pages that stay open from one step to the next."""
    with chromium() as browser, opening(browser) as open_page:
        yield open_page
