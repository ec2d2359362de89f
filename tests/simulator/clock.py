"""The time the simulated providers believe in."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone


class Clock:
    """Real time plus an offset that a test moves; nothing ever sleeps by it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the simulated time, aware, in UTC."""
        return datetime.now(timezone.utc) + self._offset

    def timestamp(self) -> float:
        """Return the simulated time in seconds since 1970."""
        return self.now().timestamp()

    def advance(self, seconds: float) -> datetime:
        """Move the time forward (tokens, cursors and channels expire), and return it."""
        with self._lock:
            self._offset += timedelta(seconds=seconds)
        return self.now()

    def reset(self) -> None:
        """Go back to real time."""
        with self._lock:
            self._offset = timedelta()
