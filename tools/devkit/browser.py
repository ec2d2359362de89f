"""Chromium, for Odoo's tours and for Playwright."""

import os
import shutil
import subprocess

from tools.devkit import config, locks
from tools.devkit.console import say, tail
from tools.devkit.errors import Problem

#: Names under which Odoo looks for it, in its order.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")

#: Keep it quiet where there is no network; no sandbox, since root may run it.
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """Return the path of the browser, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def ensure() -> str:
    """Return the path of the browser, installing Debian's when it is missing and we may."""
    found = find()
    if found:
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Problem("The browser tests need Chromium: `apt-get install chromium`, as root.")
    with locks.locked("chromium", "installing Chromium"):
        if not find():
            _install()
    found = find()
    if not found:
        raise Problem("Chromium was installed but is not found on PATH.")
    return found


def _install() -> None:
    say("Installing Chromium (apt-get install chromium)...")
    log = config.log_dir() / "apt-chromium.log"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("w") as output:
        for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            done = subprocess.run(
                ["apt-get", "-q", *words], env=env, stdout=output, stderr=output, check=False
            )
            # Some other source may be unreachable: only the installation itself has to work.
            if done.returncode and words[0] == "install":
                raise Problem(f"Chromium could not be installed; see {log}:{tail(log, 6)}")
