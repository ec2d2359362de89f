"""The Microsoft side: see :mod:`tests.simulator` for how it plugs in."""

from __future__ import annotations

from ..call import Call, Reply
from ..side import Side


class Microsoft(Side):
    """Login v2 and Graph; not written yet."""

    name = "microsoft"

    def kind(self, call: Call) -> str:
        return "microsoft.unknown"

    def identify(self, call: Call) -> str:
        return ""

    def handle(self, call: Call) -> Reply:
        return Reply.json({"error": {"code": "notImplemented", "message": "Not written."}}, 501)
