"""What the user sees: plain lines on standard error, flushed, so that pipes stay readable."""

import shutil
import sys
import time
from pathlib import Path

from tools.devkit.errors import Problem


def say(message: str) -> None:
    """Print one line of progress."""
    print(message, file=sys.stderr, flush=True)


class Timer:
    """Measures a step: `with Timer() as timer: ...; timer.seconds`."""

    def __enter__(self) -> "Timer":
        self._start = time.monotonic()
        return self

    def __exit__(self, *exc_info) -> None:
        self._end = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start, or the whole duration once it ended."""
        return getattr(self, "_end", time.monotonic()) - self._start


def require_space(folder: Path, megabytes: int, what: str) -> None:
    """Raise Problem when `folder`'s disk has less than `megabytes` left for `what`."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise Problem(
            f"{what} needs {megabytes} MB of free disk space, and {folder} has {free} MB: "
            "free some, or set XDG_CACHE_HOME to a folder on another disk."
        )


def tail(path: Path, lines: int = 15) -> str:
    """Return the last lines of a log, indented, for an error message."""
    if not path.exists():
        return ""
    text = path.read_text(errors="replace").splitlines()[-lines:]
    return "".join(f"\n    {line}" for line in text)
