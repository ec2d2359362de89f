"""Runs the sync of one connection: short transactions, and HTTP only between them.

Decisions are in ``core``, what is stored in ``models``; here is the order of things.
"""

from .lease import due_ids, holds_back, lease_next
from .run import run

__all__ = ["due_ids", "holds_back", "lease_next", "run"]
