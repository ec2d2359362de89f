"""A terminal in which a newcomer types one command, reads what it prints, and presses Ctrl-C."""

import fcntl
import os
import re
import subprocess
import termios
import threading

# What belongs to who runs the test, and would help or disturb the newcomer.
OURS = re.compile("PYTHON|PG|ODOO|MAKE|MFLAGS|IMMOASSIST|XDG|VIRTUAL|PYTEST|HYPOTHESIS|LOGNAME")
VARIABLES = ("PORT", "DB", "FRESH", "ADDON", "TAGS", "ARGS", "LINT", "BENCH", "RELEASES")


class Terminal:
    """:param folder: where it is opened; :param cache: a cache folder of its own"""

    def __init__(self, folder, cache):
        self.folder, self.cache = folder, cache
        self.text = ""
        self._changed = threading.Condition()

    def type(self, command):
        """Start a command line in a shell."""
        self._screen, inner = os.openpty()
        self._child = subprocess.Popen(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self._environment(),
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(inner)
        threading.Thread(target=self._read, daemon=True).start()

    def _environment(self):
        kept = {k: v for k, v in os.environ.items() if not OURS.match(k) and k not in VARIABLES}
        return kept | {"XDG_CACHE_HOME": str(self.cache)}

    def _read(self):
        while True:
            try:
                piece = os.read(self._screen, 65536).decode(errors="replace")
            except OSError:  # the other end is closed
                piece = ""
            with self._changed:
                self.text += piece
                self._changed.notify_all()
            if not piece:
                return

    def wait(self, pattern, seconds):
        """Read until something is printed; the match.

        :raise AssertionError: it did not come, with the last that was printed
        """
        with self._changed:
            found = self._changed.wait_for(
                lambda: re.search(pattern, self.text) or self._child.poll() is not None, seconds
            )
            match = re.search(pattern, self.text)
        assert match and found, f"{pattern!r} was not printed:\n{self.text[-3000:]}"
        return match

    def press_ctrl_c(self, seconds=120):
        """Press Ctrl-C; the exit code of the shell."""
        os.write(self._screen, b"\x03")
        return self._child.wait(seconds)

    def close(self):
        """Close the terminal's window, whatever runs in it."""
        if self._child.poll() is None:
            os.killpg(self._child.pid, 1)
            try:
                self._child.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self._child.pid, 9)
