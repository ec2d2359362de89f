"""The disk of Odoo's data folder, with file store and sessions, is full, and has space again."""

import contextlib
import html
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import requests

from tests.e2e.backoffice import BackOffice, RefusedError
from tests.faults import _checks, _explained
from tests.faults._world import world
from tools.devkit import databases

SECONDS = 60
END_OF_PNG = b"IEND\xaeB`\x82"
MOST = 60
"""So many confirmations are read again at the end."""
SPARE = 24 * 2**20
"""Bytes of space beside what is there at the beginning."""
FAULT = (
    "The disk of the data folder (a small tmpfs: file store and sessions) is filled to the last "
    "byte, and has space again later"
)
HELD = (
    "a clear error or a whole thing, never a half: bookings, mails, pages, calendar files, QR "
    "codes, attachments"
)


def run(seconds):
    with world(seconds) as here, _disk(here.odoo) as disk:
        here.busy()
        here.pass_time(seconds / 3)
        errors = Trouble(here, disk)
        filler = _fill(disk)
        here.pass_time(seconds / 3)
        errors.upload(full=True)
        errors.read()
        filler.unlink()
        here.pass_time(seconds / 3)
        errors.upload(full=False)
        here.quiet()
        errors.read(healed=True)
        found = _checks.examine(here, _explained.NO_SPACE)
        errors.whole(found)
        return found


@contextlib.contextmanager
def _disk(odoo):
    """Move the data of the server onto a small disk of its own, and start it there."""
    odoo.stop()
    files = databases.filestore(odoo.database)
    size = sum(file.stat().st_size for file in files.rglob("*") if file.is_file())
    size += 8192 * sum(1 for _file in files.rglob("*"))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size + SPARE}", "faults", folder], check=True
        )
        try:
            shutil.copytree(files, Path(folder) / "filestore" / odoo.database)
            odoo.options = (*odoo.options, f"--data-dir={folder}")
            odoo.start()
            yield Path(folder)
        finally:
            odoo.stop()
            subprocess.run(["umount", "--lazy", folder], check=True)


def _fill(disk):
    """Take every byte that is left."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as output:
        for size in (2**20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    output.write(b"x" * size)
    return filler


class Trouble:
    """What people at the back office and clients with a confirmation see."""

    def __init__(self, here, disk):
        self.here, self.disk = here, disk
        self.admin = BackOffice(here.odoo.url, here.odoo.database, "admin", "admin")
        self.marie = BackOffice(here.odoo.url, here.odoo.database, "marie", "marie")
        self.lost, self.refused, self.files, self.number = [], 0, 0, 0

    def upload(self, full):
        """Attach a file that does not fit any more: there as a whole, or not at all."""
        self.number += 1
        # Another content each time: of the one that did not fit Odoo leaves a part on the disk, and
        # refuses the same content until somebody removes that.
        values = {"name": f"plan-{self.number}", "raw": f"{self.number}" * 300_000}
        try:
            (made,) = self.admin.call("ir.attachment", "create", [values])
        except (RefusedError, requests.RequestException):
            self.refused += 1
            if not full:
                self.lost.append("no file could be attached although there is space")
            return
        if full:
            self.lost.append(f"attachment {made} was accepted on a full disk")

    def read(self, healed=False):
        """Confirmations, their calendar files and the broker's QR code: whole, or refused."""
        pages = list(self.here.ledger.pages.values())
        for session, location in pages[-MOST if healed else -5 :]:
            page = self._get(session, location, b"</html>", healed)
            calendar_file = re.search(rb'href="([^"]+/ics\?token=[^"]+)"', page)
            if calendar_file:
                url = html.unescape(calendar_file[1].decode())
                self._get(session, url, b"END:VCALENDAR", healed)
            elif healed:
                self.lost.append("a confirmation without a calendar file")
        code = f"/web/content/res.users/{self.marie.uid}/booking_qr/marie.png"
        self._get(self.marie.session, code, END_OF_PNG, healed)
        self._get(requests.Session(), "/book/marie-tremblay/visit", b"</html>", healed)

    def _get(self, session, path, end, must):
        """Return what is there, nothing when it was refused."""
        url = path if path.startswith("http") else self.here.odoo.url + path
        answer = session.get(url, timeout=60)
        if answer.ok and not answer.content.rstrip().endswith(end):
            self.lost.append(f"half an answer of {path.split('?')[0]}")
        if must and not answer.ok:
            self.lost.append(
                f"{answer.status_code} of {path.split('?')[0]} although there is space"
            )
        self.files += answer.ok
        return answer.content if answer.ok else b""

    def whole(self, found):
        """Every file that the database knows is there as a whole."""
        rows = self.here.odoo.sql(
            "SELECT store_fname, file_size FROM ir_attachment WHERE store_fname IS NOT NULL"
        )
        store = self.disk / "filestore" / self.here.odoo.database
        half = [name for name, size in rows if _size(store / name) != size]
        found.expect(not half, f"{len(half)} files that are missing or cut: {half[:3]}")
        found.figures["uploads refused while full"] = self.refused
        found.figures["pages, calendar files, QR codes read"] = self.files
        found.lost += self.lost


def _size(file):
    return os.path.getsize(file) if file.exists() else -1
