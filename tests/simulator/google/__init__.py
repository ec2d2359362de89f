"""The Google side."""

from __future__ import annotations

from ..call import Call, Reply
from ..side import Side


class Google(Side):
    """OAuth, Calendar v3, batch, push; not written yet."""

    name = "google"

    def kind(self, call: Call) -> str:
        return "google.unknown"

    def identify(self, call: Call) -> str:
        return ""

    def handle(self, call: Call) -> Reply:
        return Reply.json({"error": {"code": 501}}, 501)
