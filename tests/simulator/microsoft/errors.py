"""Errors of the simulated Microsoft Graph.

Body: https://learn.microsoft.com/graph/errors (``error.code``, ``error.message``, ``innerError``).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any


class GraphError(Exception):
    """A refusal, with everything that its HTTP answer needs.

    :param headers: of the answer, beside the usual ones.
    :param more: further members of ``error``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ):
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def body(self, now: datetime) -> dict[str, Any]:
        """Return the JSON body; ``now`` is aware."""
        request_id = str(uuid.uuid4())
        inner = {
            "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": request_id,
        }
        error = {"code": self.code, "message": self.message, **self.more, "innerError": inner}
        return {"error": error}


def invalid(message: str) -> GraphError:
    """Return the refusal of a request that makes no sense."""
    return GraphError(400, "ErrorInvalidRequest", message)


def unusable(message: str) -> GraphError:
    """Return the refusal of a value: unknown zone, end before start, not one of an enumeration."""
    return GraphError(400, "ErrorPropertyValidationFailure", message)


def not_found() -> GraphError:
    """Return the refusal of an id that is not in the mailbox, or no longer."""
    return GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def denied(message: str = "Access is denied. Check credentials and try again.") -> GraphError:
    """Return the refusal for a scope, a role or a read-only calendar."""
    return GraphError(403, "ErrorAccessDenied", message)


def bad_query(message: str) -> GraphError:
    """Return the refusal of a query option."""
    return GraphError(400, "BadRequest", message)
