"""Debian's libfaketime: a clock of Odoo and PostgreSQL that can be set."""

import os
import tempfile
from pathlib import Path

from tools.devkit import apt, config, locks, odoo_tree

# Python sleeps until a moment, which libfaketime 0.9.10 gets wrong: the kernel refuses it.
_SLEEP = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""


def library():
    """Return the library, downloaded when it is missing; nothing is installed."""
    target = config.cache_dir() / "debs" / f"faketime-{_suite()}"

    def build(folder):
        debs = apt.download(_suite(), ["libfaketime"], folder, "Downloading libfaketime")
        apt.extract(debs, folder)

    locks.step(target, "downloading libfaketime", build)
    return next(target.rglob("libfaketimeMT.so.1"))


def _suite():
    """The release of this machine, whose C library it has to fit."""
    lines = Path("/etc/os-release").read_text().splitlines()
    words = dict(line.split("=", 1) for line in lines if "=" in line)
    return words.get("VERSION_CODENAME", "stable").strip('"')


class Clock:
    """The clock of the processes that get `env`."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        os.chmod(self._folder.name, 0o711)  # noqa: S103 (PostgreSQL is somebody else)
        self._file = Path(self._folder.name) / "offset"
        self.set(0)
        (Path(self._folder.name) / "sitecustomize.py").write_text(_SLEEP)
        self.env = {
            "PYTHONPATH": f"{self._folder.name}:{odoo_tree.get().path}",
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            # What measures how long something takes goes on as it does on a real machine.
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",
        }

    def set(self, seconds):
        """Set the clock so many seconds ahead of the real one."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.chmod(0o644)
        new.rename(self._file)
